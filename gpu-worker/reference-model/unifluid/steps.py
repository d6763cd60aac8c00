"""Bundles and numbers of steps beside each other: success by the judge on the same scenes and seeds, and time. Writes report/steps.json.

    ./run steps OLD:20:1.5 bundle:2:1 ..      folders of bundles, and of each the steps and the guidance; with the first the others are compared
"""
from __future__ import annotations

import argparse
import json
import time

import numpy as np

from . import judge as J
from . import world as W
from .evaluate import REPORT, editing, generate, scenes
from .runtime import Bundle, draws


def mean(x):
    """-> mean and half of its 95 % interval"""
    x = np.asarray(x, float)
    return {"mean": round(float(x.mean()), 4), "within": round(float(1.96 * x.std() / len(x) ** 0.5), 4)}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("what", nargs="+", metavar="BUNDLE:STEPS:GUIDANCE")
    p.add_argument("--pictures", type=int, default=600)
    p.add_argument("--edit-guidance", type=float, default=1.0)
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    j, acc = J.load()
    runs = []
    for w in a.what:
        folder, steps, guidance = w.rsplit(":", 2)
        runs.append((w, Bundle(folder, a.threads), int(steps), float(guidance)))
    prompts, (order, noise) = [W.caption(s) for s, _ in scenes("test", 20000, 8, house=True)], draws(range(8))
    spent = {w: [] for w, *_ in runs}
    for _ in range(a.rounds):
        for w, b, n, g in runs:
            t = time.process_time()
            b.image("generate", prompts, order, noise, g, n)
            spent[w].append(time.process_time() - t)
    out, first = {}, None
    for w, b, n, g in runs:
        ok = {"generation": generate(b, j, scenes("test", 20000, a.pictures, house=True), g, n, 0, 50)[2],
              "edit": editing(b, j, scenes("test", 30000, a.pictures), a.edit_guidance, n, 0, 50)[3]}
        first = first or ok
        out[w] = {"version": b.meta["version"], "time": round(float(np.median(spent[w]) / np.median(spent[runs[0][0]])), 3),
                  **{k: {**mean(v), "against_the_first": mean(np.subtract(v, first[k], dtype=float))} for k, v in ok.items()}}
        print(w, json.dumps(out[w]), flush=True)
    (REPORT / "steps.json").write_text(json.dumps({"pictures": a.pictures, "judge": acc, "time": "processor time of generate, batch of 8, of the first's",
                                                   "edit_guidance": a.edit_guidance, "runs": out}, indent=1) + "\n")


if __name__ == "__main__":
    main()
