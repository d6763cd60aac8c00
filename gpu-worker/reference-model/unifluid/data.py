"""Batches for the unified model, made by a background process from the world."""
from __future__ import annotations

import signal

import numpy as np

from . import world as W
from .text import ANSWER, CAPTION, EDIT, EOS, GENERATE, IMAGE, QUESTION, ids

FILLER = ["please tell me", "hey", "question:", "can you say", "tell me", "i wonder,", "quick check:"]
STYLE = ["nice", "beautiful", "high quality", "cute", "detailed", "cartoon", "emoji style", "simple", "colorful", "clean"]


def understanding(rng, rows, questions=4, families=W.TRAIN_FAMILIES, relations=0.0):
    """relations: share of questions about two objects that ask for their relation, beyond those that come by chance"""
    px, segs = [], []
    for _ in range(rows):
        s = W.sample_scene(rng, families=families)
        px.append(W.render(s))
        row = [([CAPTION] + ids(W.hint(rng)) + [ANSWER], ids(W.caption(s)) + [EOS], 1.0)]
        seen = set()
        for _ in range(questions):
            more = relations > 0 and s.layout in ("beside", "above") and rng.random() < relations
            q, a, _, _ = W.question(s, rng, "relation" if more else None)
            if rng.random() < 0.05:
                q = FILLER[int(rng.integers(len(FILLER)))] + " " + q
            if rng.random() < 0.1:
                q = q.rstrip("?")
            if q not in seen:
                seen.add(q)
                row.append(([QUESTION] + ids(q)[:50] + [ANSWER], ids(a) + [EOS], 2.0))
        segs.append(row)
    t = max(sum(len(p) + len(a) - 1 for p, a, _ in r) for r in segs)
    n = len(segs)
    out = {"px": np.stack(px), "ids": np.zeros((n, t), np.int64), "seg": np.full((n, t), -1, np.int64), "pos": np.zeros((n, t), np.int64),
           "label": np.full((n, t), -100, np.int64), "weight": np.zeros((n, t), np.float32)}
    for i, r in enumerate(segs):
        o = 0
        for k, (p, a, w) in enumerate(r):
            full = p + a
            m = len(full) - 1
            out["ids"][i, o:o + m] = full[:-1]
            out["seg"][i, o:o + m] = k
            out["pos"][i, o:o + m] = np.arange(m)
            out["label"][i, o + len(p) - 1:o + m] = a
            out["weight"][i, o + len(p) - 1:o + m] = w
            o += m
    return out


def pad(rows):
    n = np.array([len(r) for r in rows], np.int64)
    out = np.zeros((len(rows), n.max()), np.int64)
    for i, r in enumerate(rows):
        out[i, :len(r)] = r
    return out, n


def random_orders(rng, n, raster=False):
    if raster:
        return np.tile(np.arange(16), (n, 1))
    return np.argsort(rng.random((n, 16)), 1)


def generation(rng, rows, drop=0.1, raster=False, counts=(0.35, 0.42, 0.23)):
    px, text = [], []
    for _ in range(rows):
        s = W.sample_scene(rng, house=True, counts=counts)
        px.append(W.render(s))
        p = W.prompt(s, rng)
        if rng.random() < 0.05:
            p += ", " + STYLE[int(rng.integers(len(STYLE)))]
        if rng.random() < 0.02:
            w = W.words()
            p += " " + w[int(rng.integers(len(w)))]
        text.append([GENERATE] + ([] if rng.random() < drop else ids(p)[:60]) + [IMAGE])
    i, n = pad(text)
    return {"px": np.stack(px), "ids": i, "len": n, "order": random_orders(rng, rows, raster)}


def editing(rng, rows, drop=0.1, raster=False):
    src, dst, text, named = [], [], [], []
    for _ in range(rows):
        s = W.sample_scene(rng, house=rng.random() < 0.5)
        t, target, _ = W.edit(s, rng)
        src.append(W.render(s))
        dst.append(W.render(target))
        said = rng.random() >= drop
        text.append([EDIT] + (ids(t)[:60] if said else []) + [IMAGE])
        gone = [o for o in s.objs() if o not in target.objs()]
        named.append((gone + [W.N])[0] if said else -1)
    i, n = pad(text)
    src, dst = np.stack(src), np.stack(dst)
    same = (src == dst).reshape(rows, 4, 16, 4, 16, 3).all((2, 4, 5)).reshape(rows, 16)
    return {"src": src, "px": dst, "ids": i, "len": n, "order": random_orders(rng, rows, raster), "kept": same, "named": np.array(named)}


def worker(queue, seed, und, gen, edit, raster, counts, relations):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    rng = np.random.default_rng([W.SPLITS["train"], 100, seed])
    while True:
        b = {}
        if und:
            b["und"] = understanding(rng, und, relations=relations)
        if gen:
            b["gen"] = generation(rng, gen, raster=raster, counts=counts)
        if edit:
            b["edit"] = editing(rng, edit, raster=raster)
        queue.put(b)
