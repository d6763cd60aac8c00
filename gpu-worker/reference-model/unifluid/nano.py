"""The paper's claims at our scale, on the nano configuration: single-task against unified, lambda, random against raster order.

Every variant sees the same number of samples of each of its tasks and starts from the same pre-trained stem. Each is a
run of train.py of its own, kept in work/, so an interrupted series goes on where it ended. Writes report/nano.json.
"""
from __future__ import annotations

import argparse
import json

import numpy as np
import torch

from . import data as D
from . import judge as J
from . import text as X
from . import train
from . import world as W
from .evaluate import REPORT, scenes
from .pretrain import WORK
from .unified import CONFIGS, UniFluid

UND, GEN = 8, 16  # samples of a step
VARIANTS = {
    "unified, lambda 0.5, random order": {},
    "understanding only": {"gen": 0},
    "generation only": {"und": 0},
    "unified, lambda 0.05": {"lam": 0.05},
    "unified, lambda 2": {"lam": 2.0},
    "unified, raster order": {"raster": True},
}


def slug(name):
    return "nano-" + "".join(c if c.isalnum() else "-" for c in name)


@torch.no_grad()
def measure(m, v, pictures):
    val = train.validate(m, torch.device("cpu"), rows=200)
    m.eval()
    r = {}
    if v.get("gen", GEN):
        j, _ = J.load()
        sc = scenes("val", 400000, pictures, house=True)
        ids, n = D.pad([[X.GENERATE] + X.ids(W.caption(s)) + [X.IMAGE] for s, _ in sc])
        rng = np.random.default_rng(0)
        order = torch.from_numpy(D.random_orders(rng, pictures, v.get("raster", False)))
        noise = torch.from_numpy(rng.standard_normal((pictures, 16, 64)).astype(np.float32))
        y = m.picture(m.sample(torch.from_numpy(ids), torch.from_numpy(n), order, noise, torch.full((pictures,), 1.5), 20)[0])
        found = J.read(j, y)
        r["objects_found"] = float(np.mean([len({k for k, _, _ in f} & set(s.objs())) / len(s.objs()) for (s, _), (f, _) in zip(sc, found)]))
        r["background_right"] = float(np.mean([c == s.colour for (s, _), (_, c) in zip(sc, found)]))
        r["generation_success"] = float(np.mean([c == s.colour and J.matches(f, s.objs(), s.layout) for (s, _), (f, c) in zip(sc, found)]))
        if not v.get("raster", False):  # the loss under random orders says nothing of a model that knows one order
            r["generation_loss"] = val["val_gen"]
    if v.get("und", UND):
        r["caption_exact"], r["question_accuracy"] = val["val_caption"], val["val_qa"]
    return r


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=1500)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--pictures", type=int, default=128)
    a = p.parse_args()
    res = {"steps": a.steps, "samples": {"understanding": UND * a.steps, "generation": GEN * a.steps}, "variants": {}}
    out = REPORT / "nano.json"
    if out.exists():
        before = json.loads(out.read_text())
        if all(before[k] == res[k] for k in ("steps", "samples")):
            res = before
    for name, v in VARIANTS.items():
        if name in res["variants"]:
            continue
        path = WORK / f"{slug(name)}.pt"
        done = torch.load(path, map_location="cpu")["step"] if path.exists() else 0
        if done < a.steps:
            args = ["--config", "nano", "--name", slug(name), "--resume", "--steps", str(a.steps), "--threads", str(a.threads), "--warm", "50",
                    "--und", str(v.get("und", UND)), "--gen", str(v.get("gen", GEN)), "--edit", "0", "--lam", str(v.get("lam", 0.5)),
                    "--lr", "2e-3", "--lr-end", "2e-4", "--train-encoder"] + (["--raster"] if v.get("raster") else [])
            train.main(args)
        m = UniFluid(**CONFIGS["nano"])
        m.load_state_dict(torch.load(path, map_location="cpu")["ema"])
        res["variants"][name] = measure(m, v, a.pictures)
        print(name, res["variants"][name], flush=True)
        REPORT.mkdir(exist_ok=True)
        out.write_text(json.dumps(res, indent=1) + "\n")


if __name__ == "__main__":
    main()
