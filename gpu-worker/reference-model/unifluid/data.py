"""Batches for the unified model, made by a background process from the world."""
from __future__ import annotations

import multiprocessing as mp
import os
import queue as queues
import signal

import numpy as np

from . import wide
from . import world as W
from .text import ANSWER, CAPTION, EDIT, EOS, GENERATE, IMAGE, QUESTION, ids

FILLER = ["please tell me", "hey", "question:", "can you say", "tell me", "i wonder,", "quick check:"]
STYLE = ["nice", "beautiful", "high quality", "cute", "detailed", "cartoon", "emoji style", "simple", "colorful", "clean"]


def understanding(rng, rows, questions=4, families=W.TRAIN_FAMILIES, relations=0.0, wider=0.0, width=0):
    """relations: share of questions of two or three objects that ask how they stand, beyond those that come by chance; wider: share
    of the wider scenes; width: of the packed rows, as long as the longest where it is 0 (questions that do not fit are left out)"""
    px, cells, segs = [], [], []
    for _ in range(rows):
        s = wide.sample_scene(rng) if wider and rng.random() < wider else W.sample_scene(rng, families=families)
        px.append(W.render(s))
        cells.append(W.cell_labels(s))
        row = [([CAPTION] + ids(W.hint(rng)) + [ANSWER], ids(W.caption(s)) + [EOS], 1.0)]
        seen, left = set(), (width or 10000) - sum(len(x) for x in row[0][:2]) + 1
        for _ in range(questions):
            more = relations > 0 and len(s.things) > 1 and rng.random() < relations
            q, a, _, _ = W.question(s, rng, ("where" if rng.random() < 0.25 else "relation") if more else None)
            if rng.random() < 0.05:
                q = FILLER[int(rng.integers(len(FILLER)))] + " " + q
            if rng.random() < 0.1:
                q = q.rstrip("?")
            if q not in seen:
                seen.add(q)
                segment = ([QUESTION] + ids(q)[:50] + [ANSWER], ids(a) + [EOS], 2.0)
                left -= len(segment[0]) + len(segment[1]) - 1
                if left >= 0:
                    row.append(segment)
        segs.append(row)
    t = width or max(sum(len(p) + len(a) - 1 for p, a, _ in r) for r in segs)
    n = len(segs)
    out = {"px": np.stack(px), "cells": np.stack(cells), "ids": np.zeros((n, t), np.int64), "seg": np.full((n, t), -1, np.int64), "pos": np.zeros((n, t), np.int64),
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


def pad(rows, width=0):
    n = np.array([len(r) for r in rows], np.int64)
    out = np.zeros((len(rows), width or n.max()), np.int64)
    for i, r in enumerate(rows):
        out[i, :len(r)] = r
    return out, n


def random_orders(rng, n, raster=False):
    if raster:
        return np.tile(np.arange(16), (n, 1))
    return np.argsort(rng.random((n, 16)), 1)


def generation(rng, rows, drop=0.1, raster=False, counts=(0.35, 0.42, 0.23), width=0):
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
        text.append([GENERATE] + ([] if rng.random() < drop else ids(p)[:(width or 62) - 2]) + [IMAGE])
    i, n = pad(text, width)
    return {"px": np.stack(px), "ids": i, "len": n, "order": random_orders(rng, rows, raster)}


def editing(rng, rows, drop=0.1, raster=False, wider=0.0, width=0):
    src, dst, text, named = [], [], [], []
    for _ in range(rows):
        if wider and rng.random() < wider:
            s, kind = wide.sample_scene(rng), "remove" if rng.random() < 0.3 else "background"
        else:
            s, kind = W.sample_scene(rng, house=rng.random() < 0.4), None
        t, target, _ = W.edit(s, rng, kind)
        src.append(W.render(s))
        dst.append(W.render(target))
        said = rng.random() >= drop
        text.append([EDIT] + (ids(t)[:(width or 62) - 2] if said else []) + [IMAGE])
        gone = [o for o in s.objs() if o not in target.objs()]
        named.append((gone + [W.N])[0] if said else -1)
    i, n = pad(text, width)
    src, dst = np.stack(src), np.stack(dst)
    same = (src == dst).reshape(rows, 4, 16, 4, 16, 3).all((2, 4, 5)).reshape(rows, 16)
    return {"src": src, "px": dst, "ids": i, "len": n, "order": random_orders(rng, rows, raster), "kept": same, "named": np.array(named)}


def pictures(rng, n, house=0.3, wider=0.4):
    """-> n scenes, of the house style, wider, and the rest as the world has them; their pixels"""
    sc = [wide.sample_scene(rng) if u > 1 - wider else W.sample_scene(rng, house=u < house, counts=(0.3, 0.4, 0.3)) for u in rng.random(n)]
    return sc, np.stack([W.render(s) for s in sc])


def worker(queue, seed, make, split):
    """Makes batches for ever: make(random generator)."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    rng = np.random.default_rng([W.SPLITS[split], 100, seed])
    parent = os.getppid()
    while True:
        b = make(rng)
        while os.getppid() == parent:
            try:
                queue.put(b, timeout=5)
                break
            except queues.Full:
                pass
        else:
            os._exit(0)  # nobody is left to take it


class Feed:
    """Batches that `workers` forked processes make. Close it."""

    def __init__(self, make, workers, seed, depth=4, split="train", wider=True):
        W.art()
        if wider:
            wide.bank()
        ctx = mp.get_context("fork")
        self.queue = ctx.Queue(depth + workers)
        self.workers = [ctx.Process(target=worker, args=(self.queue, seed + 7907 * i, make, split), daemon=True) for i in range(workers)]
        for w in self.workers:
            w.start()

    def get(self):
        while True:
            try:
                return self.queue.get(timeout=10)
            except queues.Empty:
                if not all(w.is_alive() for w in self.workers):
                    raise RuntimeError("a process that makes scenes has ended; see above why") from None

    def close(self):
        for w in self.workers:
            w.kill()


def mixed(rng, und, gen, edit, raster=False, counts=(0.35, 0.42, 0.23), relations=0.0, wider=0.0, widths=(0, 0, 0)):
    """A batch for the unified model. widths: of understanding rows, prompts and instructions, where they are to be fixed"""
    b = {}
    if und:
        b["und"] = understanding(rng, und, relations=relations, wider=wider, width=widths[0])
    if gen:
        b["gen"] = generation(rng, gen, raster=raster, counts=counts, width=widths[1])
    if edit:
        b["edit"] = editing(rng, edit, raster=raster, wider=wider / 2, width=widths[2])
    return b
