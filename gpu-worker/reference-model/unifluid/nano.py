"""The paper's claims at our scale (UniFluid, arXiv 2503.13436): single-task against unified, lambda, random against raster order, a
pre-trained encoder against none, each with several seeds.

All variants of a seed see the same batches in the same order and start from the same weights, so that their differences are paired; every
variant sees the same number of samples of each of its tasks. Writes report/nano.json and report/nano.png.
"""
from __future__ import annotations

import argparse
import json
import sys
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from . import data as D
from . import judge as J
from . import text as X
from . import world as W
from .evaluate import REPORT, scenes
from .pretrain import WORK, Log
from .step import Ahead, each
from .train import Training, validate
from .unified import CONFIGS

BASE = "unified, lambda 0.5, random order"
VARIANTS = {
    BASE: {},
    "understanding only": {"gen": 0},
    "generation only": {"und": 0},
    "unified, lambda 0.05": {"lam": 0.05},
    "unified, lambda 2": {"lam": 2.0},
    "unified, raster order": {"raster": True},
    "unified, encoder from nothing": {"scratch": True},
}
MEASURES = ("generation_success", "objects_found", "generation_loss", "question_accuracy", "caption_exact")
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}  # Student's t, two-sided, of so many seeds


def part(b, v):
    """What a variant sees of a batch."""
    b = {k: x for k, x in b.items() if v.get(k, 1)}
    if v.get("raster"):
        b["gen"] = {**b["gen"], "order": torch.arange(16, device=b["gen"]["order"].device).expand_as(b["gen"]["order"]).contiguous()}
    return b


@torch.no_grad()
def measure(m, v, dev, sc, j, rows):
    """Of a model in `eval`: what the judge j sees in what it draws of the scenes, and its answers about so many others."""
    val, r = validate(m, dev, rows=rows), {}
    if v.get("gen", 1):
        ids, n = D.pad([[X.GENERATE] + X.ids(W.caption(s)) + [X.IMAGE] for s, _ in sc])
        rng = np.random.default_rng(0)
        order = D.random_orders(rng, len(sc), v.get("raster", False))
        noise = rng.standard_normal((len(sc), 16, 64)).astype(np.float32)
        given = [torch.from_numpy(x).to(dev) for x in (ids, n, order, noise)]
        y = m.picture(m.sample(*given, torch.full((len(sc),), 1.5, device=dev), 20)[0]).cpu()
        found = J.read(j, y)
        r["objects_found"] = float(np.mean([len({k for k, _, _ in f} & set(s.objs())) / len(s.objs()) for (s, _), (f, _) in zip(sc, found)]))
        r["background_right"] = float(np.mean([c == s.colour for (s, _), (_, c) in zip(sc, found)]))
        r["generation_success"] = float(np.mean([c == s.colour and J.matches(f, s.objs(), s.layout) for (s, _), (f, c) in zip(sc, found)]))
        if not v.get("raster"):  # the loss under random orders says nothing of a model that knows one order
            r["generation_loss"] = val["val_gen"]
    if v.get("und", 1):
        r["caption_exact"], r["question_accuracy"] = val["val_caption"], val["val_qa"]
    return r


def interval(x):
    """-> mean, half of its 95 % interval (t over the seeds), None of one seed"""
    half = T95[len(x)] * np.std(x, ddof=1) / len(x) ** 0.5 if len(x) > 1 else None
    return {"mean": float(np.mean(x)), "interval": None if half is None else float(half)}


def summary(runs):
    """runs: {variant: [what `measure` says of each seed]} -> of each variant each measure, and its difference from the first, seed by seed"""
    res = {}
    for name, of in runs.items():
        res[name] = {"seeds": of}
        for k in MEASURES:
            if k in of[0]:
                res[name][k] = interval([r[k] for r in of])
                if name != BASE:
                    res[name][k]["difference"] = interval([r[k] - b[k] for r, b in zip(of, runs[BASE])])
    return res


def figure(res, out):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = ("generation_success", "generation_loss", "question_accuracy", "caption_exact")
    fig, ax = plt.subplots(1, len(shown), figsize=(13, 3.2), sharey=True)
    names = list(res["variants"])[::-1]
    for a, k in zip(ax, shown):
        for y, n in enumerate(names):
            v = res["variants"][n]
            if k in v:
                a.errorbar(v[k]["mean"], y, xerr=v[k]["interval"] or 0, fmt="o", color="C0", capsize=3)
                a.plot([r[k] for r in v["seeds"]], [y] * len(v["seeds"]), "|", color="C1", ms=9)
        a.set(title=k.replace("_", " "), yticks=range(len(names)), yticklabels=names)
        a.grid(alpha=0.3)
    fig.tight_layout()
    fig.savefig(out, dpi=90)
    plt.close(fig)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seeds", type=int, default=3, choices=range(1, 6))
    p.add_argument("--seconds", type=float, default=0, help="for all training together; --steps where it is 0")
    p.add_argument("--steps", type=int, default=1500)
    p.add_argument("--rows", type=int, nargs=2, default=(8, 16), help="of a step: understanding, generation")
    p.add_argument("--config", default="nano", choices=list(CONFIGS))
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--pictures", type=int, default=256)
    p.add_argument("--questions", type=int, default=256, help="scenes that are asked about")
    p.add_argument("--workers", type=int, default=1, help="processes that make scenes, of each seed")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--bf16", action="store_true")
    p.add_argument("--no-graph", action="store_true")
    p.add_argument("--out", type=Path, default=REPORT)
    a = p.parse_args()
    dev = torch.device(a.device)
    torch.set_num_threads(a.threads)
    und, gen = a.rows
    given = [x for x in sys.argv[1:] if x not in ("--out", str(a.out))]
    log, t0 = Log("nano.jsonl"), time.time()
    feeds = [D.Feed(partial(D.mixed, und=und, gen=gen, edit=0, relations=0.35, widths=(80, 32, 16)), a.workers, 1000003 * (s + 1), wider=False)
             for s in range(a.seeds)]
    batches = [Ahead(f, dev) for f in feeds]
    of = []
    for s in range(a.seeds):
        of.append({})
        for name, v in VARIANTS.items():
            torch.manual_seed(s + 1)
            ways = SimpleNamespace(config=a.config, und=v.get("und", und), gen=v.get("gen", gen), edit=0, lam=v.get("lam", 0.5), draws=4, lr=a.lr,
                                   train_encoder=True, ema=0.998, bf16=a.bf16, no_graph=a.no_graph)
            of[-1][name] = Training(ways, dev, v.get("scratch", False))
    log(event="start", args={k: str(v) for k, v in vars(a).items()}, parameters=sum(x.numel() for x in of[0][BASE].m.parameters()))
    step, begun = 0, time.time()
    while True:
        gone = (time.time() - begun) / a.seconds if a.seconds else step / a.steps
        if gone >= 1:
            break
        lr = a.lr * max(0.01, 1 - gone) * min(1.0, (step + 1) / 100)
        step += 1
        for s in range(a.seeds):
            b = each(lambda x: x.to(dev, non_blocking=True), batches[s].get())
            for name, v in VARIANTS.items():
                said = of[s][name].step(part(b, v), lr, step)
                if step % 100 == 0:
                    log(step=step, s=round(time.time() - t0), seed=s, variant=name, **{k: x.item() for k, x in said.items()})
    for f in feeds:
        f.close()
    log(event="trained", step=step, s=round(time.time() - t0))
    runs, sc, (j, _) = {n: [] for n in VARIANTS}, scenes("val", 400000, a.pictures, house=True), J.load()
    a.out.mkdir(parents=True, exist_ok=True)
    for s in range(a.seeds):
        for name, v in VARIANTS.items():
            with of[s][name].averaged() as m:
                runs[name].append(measure(m, v, dev, sc, j, a.questions))
            log(seed=s, variant=name, **runs[name][-1])
        res = {"config": a.config, "steps": step, "samples": {"understanding": und * step, "generation": gen * step}, "seeds": s + 1,
               "command": "./run nano " + " ".join(given), "variants": summary(runs)}
        (a.out / "nano.json").write_text(json.dumps(res, indent=1) + "\n")
    figure(res, a.out / "nano.png")


if __name__ == "__main__":
    main()
