"""The judge: a small convolutional net trained only to read pictures for the evaluation; never part of the model.

It has its own weights, seeds (split "judge") and architecture (dense prediction on an 8x8 grid: object, and background).
"""
from __future__ import annotations

import argparse
import time
from functools import partial

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from . import data as D
from . import world as W
from .models import cbn
from .pretrain import WORK, Clock, augment, save, shown, to_px
from .step import Ahead, Step, optimiser


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        s = nn.SiLU
        self.net = nn.Sequential(cbn(3, 24, 3, 2), s(), cbn(24, 48, 3, 2), s(), cbn(48, 64), s(), cbn(64, 128, 3, 2), s(), cbn(128, 128), s(),
                                 cbn(128, 160), s(), cbn(160, 160), s())
        self.obj, self.colour = nn.Conv2d(160, W.N + 1, 1), nn.Linear(160, len(W.COLOURS))

    def forward(self, px):
        h = self.net(px)
        return self.obj(h), self.colour(h.mean((2, 3)))


def labels(s):
    """8x8 cells of 8 pixels: the object whose middle half covers the cell's centre; the rim is ignored."""
    lab = np.full((8, 8), W.N, np.int64)
    c = np.arange(8) * 8 + 4
    for t in s.things:
        dx, dy = np.abs(c - t.x), np.abs(c - t.y)
        r = np.maximum(dx[None, :], dy[:, None])
        lab[r < t.size * 0.55] = -100
    for t in s.things:
        dx, dy = np.abs(c - t.x), np.abs(c - t.y)
        r = np.maximum(dx[None, :], dy[:, None])
        lab[r <= max(5.6, t.size * 0.26)] = t.obj
    return lab


@torch.no_grad()
def read(j, px, threshold=0.0):
    """-> for each picture (list of (object, x, y), colour)"""
    o, c = j(px)
    p = o.softmax(1)
    val, idx = p.max(1)
    col = c.argmax(1)
    out = []
    for b in range(len(px)):
        found = []
        cells = [(float(val[b, y, x]), int(idx[b, y, x]), x, y) for y in range(8) for x in range(8) if idx[b, y, x] < W.N]
        left = dict(((x, y), (v, k)) for v, k, x, y in cells)
        while left:
            # connected cells of one class are one object
            (x, y), (v, k) = max(left.items(), key=lambda e: e[1][0])
            todo, comp = [(x, y)], []
            while todo:
                q = todo.pop()
                if q in left and left[q][1] == k:
                    comp.append((q, left.pop(q)[0]))
                    todo += [(q[0] + a, q[1] + d) for a in (-1, 0, 1) for d in (-1, 0, 1)]
            w = np.array([e[1] for e in comp])
            xy = (np.array([e[0] for e in comp]) * 8 + 4)
            score = float(w.sum())
            cx, cy = (xy * w[:, None]).sum(0) / w.sum()
            found.append((k, float(cx), float(cy), score))
        # parts of one thing read as two classes: keep the stronger
        found.sort(key=lambda e: -e[3])
        keep = []
        for f in found:
            if f[3] >= 0.5 and all(max(abs(f[1] - g[1]), abs(f[2] - g[2])) > 13 for g in keep):
                keep.append(f)
        out.append(([(k, x, y) for k, x, y, _ in keep], W.COLOURS[int(col[b])]))
    return out


def matches(found, scene_objs, layout):
    """All objects there, no others, and the layout's relation right. found: [(object, x, y)]"""
    if sorted(k for k, _, _ in found) != sorted(scene_objs):
        return False
    at = {k: (x, y) for k, x, y in found}
    p = [at[o] for o in scene_objs]
    if layout == "beside":
        return p[0][0] + 6 < p[1][0]
    if layout == "above":
        return p[0][1] + 6 < p[1][1]
    if layout == "row":
        return p[0][0] + 6 < p[1][0] and p[1][0] + 6 < p[2][0]
    if layout == "two_one":
        return max(p[0][1], p[1][1]) + 6 < p[2][1]
    if layout == "one_two":
        return p[0][1] + 6 < min(p[1][1], p[2][1])
    return True


def check(found, colour, s: W.Scene, tol=10):
    """Against a target scene with positions (edits)."""
    if colour != s.colour or sorted(k for k, _, _ in found) != sorted(s.objs()):
        return False
    at = {k: (x, y) for k, x, y in found}
    return all(abs(at[t.obj][0] - t.x) <= tol and abs(at[t.obj][1] - t.y) <= tol for t in s.things)


def load():
    """The judge that was trained here last, else the committed one."""
    j, trained = Judge(), WORK / "judge.pt"
    c = torch.load(trained if trained.exists() else W.ROOT / "checkpoint" / "judge.pt")
    j.load_state_dict(c["net"])
    return j.eval(), c["accuracy"]


def accuracy(j, n=600, split="test", first=700000, families=W.TRAIN_FAMILIES, house=False):
    ok = obj = 0
    for i in range(0, n, 50):
        sc = [W.sample_scene(W.rng_for(split, first + i + k), families=families, house=house) for k in range(50)]
        for s, (f, c) in zip(sc, read(j, to_px([W.render(s) for s in sc]))):
            ok += check(f, c, s)
            obj += sorted(k for k, _, _ in f) == sorted(s.objs())
    return {"scene": ok / n, "objects": obj / n}


def batch(rng, n):
    """A share of wider scenes, since what is drawn is never quite what was meant."""
    sc, px = D.pictures(rng, n, 0.35, 0.1)
    return {"px": px, "cells": np.stack([labels(s) for s in sc]), "colour": np.array([W.COLOURS.index(s.colour) for s in sc])}


def main(argv=None):
    p = argparse.ArgumentParser()
    p.add_argument("--minutes", type=float, default=5)
    p.add_argument("--batch", type=int, default=48)
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--resume", action="store_true")
    p.add_argument("--bf16", action="store_true")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    a = p.parse_args(argv)
    dev = torch.device(a.device)
    torch.set_num_threads(1)
    torch.manual_seed(3)
    feed = D.Feed(partial(batch, n=a.batch), a.workers, int(time.time()) if a.resume else 7777777, split="judge")
    ahead = Ahead(feed, dev)
    j, before = Judge(), 0
    if a.resume:
        c = torch.load(WORK / "judge.pt", map_location="cpu")
        j.load_state_dict(c["net"])
        before = c["pictures"]
    j = j.to(dev, memory_format=torch.channels_last)
    opt = optimiser([{"params": list(j.parameters())}], 3e-3, dev, weight_decay=0.02, betas=(0.9, 0.98))

    def loss(b):
        o, c = j(augment(shown(b["px"])))
        whole = F.cross_entropy(o.float(), b["cells"], ignore_index=-100) * 3 + 0.3 * F.cross_entropy(c.float(), b["colour"])
        return whole, {"loss": whole}

    run, clock, step = Step(loss, opt, dev, a.bf16), Clock(a.minutes, 3e-3, 50), 0
    for gone, _ in clock.steps(opt):
        said = run(ahead.get())
        step += 1
        if step % 200 == 0:
            print("judge", step, round(gone, 2), round(said["loss"].item(), 4), flush=True)
    feed.close()
    j = j.cpu()
    j.eval()
    acc = {"test": accuracy(j), "house": accuracy(j, house=True), "held_out": accuracy(j, families=(W.HELD_OUT,))}
    print(acc, before + step * a.batch, "pictures")
    save(WORK / "judge.pt", {"net": j.state_dict(), "accuracy": acc, "pictures": before + step * a.batch})


if __name__ == "__main__":
    main()
