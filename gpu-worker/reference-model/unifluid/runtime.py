"""Runs a bundle with ONNX Runtime, as the worker does."""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image
from tokenizers import Tokenizer

from . import world as W


class Bundle:
    def __init__(self, path, threads=2):
        self.path = Path(path)
        self.meta = json.loads((self.path / "bundle.json").read_text())
        self.tok = Tokenizer.from_file(str(self.path / self.meta["tokenizer"]))
        self.buckets = self.meta["buckets"]["promptTokens"]
        self.threads, self._s = threads, {}

    def session(self, name):
        if name not in self._s:
            o = ort.SessionOptions()
            o.intra_op_num_threads = self.threads
            o.log_severity_level = 3
            self._s[name] = ort.InferenceSession(str(self.path / self.meta["graphs"][name]), o, providers=["CPUExecutionProvider"])
        return self._s[name]

    def pixels(self, images):
        out = []
        for im in images:
            if not isinstance(im, np.ndarray):
                im = np.asarray(im.convert("RGB").resize((64, 64), Image.BILINEAR))
            out.append(im)
        return ((np.stack(out).astype(np.float32) / 255 - 0.5) / 0.5).transpose(0, 3, 1, 2).copy()

    def prompt(self, kind, texts):
        t = self.meta["templates"][kind]
        key = t[t.index("{"):t.index("}") + 1]
        rows = [self.tok.encode(t.replace(key, x.replace("<|", "")), add_special_tokens=False).ids for x in texts]
        n = np.array([len(r) for r in rows], np.int64)
        width = next(b for b in self.buckets if b >= n.max())
        ids = np.zeros((len(rows), width), np.int64)
        for i, r in enumerate(rows):
            ids[i, :len(r)] = r
        return ids, n

    def encode(self, px):
        return self.session("encode").run(None, {"pixels": px})[0]

    def understand(self, feats, kind, texts, max_new=24):
        ids, n = self.prompt(kind, texts)
        tok, lp = self.session("understand").run(None, {"features": feats, "prompt_ids": ids, "prompt_length": n, "max_new": np.array(max_new)})
        return [self.tok.decode([int(x) for x in r if x > 2]) for r in tok], tok, lp

    def score(self, feats, questions, answers):
        ids, n = self.prompt("vqa", questions)
        rows = [self.tok.encode(a, add_special_tokens=False).ids + [2] for a in answers]
        an = np.array([len(r) for r in rows], np.int64)
        a = np.zeros((len(rows), max(an)), np.int64)
        for i, r in enumerate(rows):
            a[i, :len(r)] = r
        return self.session("score").run(None, {"features": feats, "prompt_ids": ids, "prompt_length": n, "answer_ids": a, "answer_length": an})[0]

    def image(self, kind, texts, order, noise, guidance=2.5, steps=20, source=None):
        ids, n = self.prompt(kind, texts)
        d = {"prompt_ids": ids, "prompt_length": n, "order": order, "noise": noise, "guidance": np.full(len(texts), guidance, np.float32) if np.isscalar(guidance) else guidance,
             "steps": np.array(steps)}
        if source is not None:
            d["source"] = source
        return self.session(kind).run(None, d)[0]


def draws(seeds):
    """order and noise of an item, from its own seed"""
    o, z = [], []
    for s in seeds:
        r = np.random.default_rng(s)
        o.append(r.permutation(16))
        z.append(r.standard_normal((16, 64), np.float32))
    return np.stack(o).astype(np.int64), np.stack(z)
