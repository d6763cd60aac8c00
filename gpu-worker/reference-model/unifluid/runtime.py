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
    """parts: captions, answers and scores by the graphs that a worker runs on a CPU; int8: by those of them that multiply integers."""

    def __init__(self, path, threads=2, parts=False, int8=False):
        self.path, self.parts, self.int8, self.watch = Path(path), parts or int8, int8, None
        self.meta = json.loads((self.path / "bundle.json").read_text())
        self.tok = Tokenizer.from_file(str(self.path / self.meta["tokenizer"]))
        self.buckets = self.meta["buckets"]["promptTokens"]
        self.threads, self._s = threads, {}

    def session(self, name):
        if name not in self._s:
            o = ort.SessionOptions()
            o.intra_op_num_threads = self.threads
            o.log_severity_level = 3
            graph = self.meta["int8"].get(name) if self.int8 else None
            self._s[name] = ort.InferenceSession(str(self.path / (graph or self.meta["graphs"][name])), o, providers=["CPUExecutionProvider"])
        return self._s[name]

    def run(self, name, given):
        """-> outputs by name"""
        if self.watch:
            self.watch(name, given)
        s = self.session(name)
        return dict(zip([o.name for o in s.get_outputs()], s.run(None, given)))

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
        return self.run("encode", {"pixels": px})["features"]

    def understand(self, feats, kind, texts, max_new=24):
        ids, n = self.prompt(kind, texts)
        if self.parts:
            return self.in_steps({"features": feats, "prompt_ids": ids, "prompt_length": n}, max_new)
        tok, lp = self.session("understand").run(None, {"features": feats, "prompt_ids": ids, "prompt_length": n, "max_new": np.array(max_new)})
        return [self.tok.decode([int(x) for x in r if x > 2]) for r in tok], tok, lp

    def in_steps(self, asked, max_new):
        """As understand gives it, row by row as long as the longest."""
        state, toks, lps, done = self.run("begin", asked), [], [], np.zeros(len(asked["features"]), bool)
        while len(toks) < max_new and not done.all():
            state = self.run("step", {"state_" + k.removeprefix("next_"): v for k, v in state.items() if k.startswith("next_")})
            toks.append(np.where(done, 0, state["token"]))
            lps.append(np.where(done, 0, state["logprob"]))
            done |= state["token"] == self.meta["specialTokens"]["eos"]
        tok, lp = np.stack(toks, 1), np.stack(lps, 1)
        return [self.tok.decode([int(x) for x in r if x > 2]) for r in tok], tok, lp

    def in_one_row(self, feats, prompts, answers):
        """prompts, answers: rows of ids, each a text of its own -> log-probabilities of the answers"""
        wide, most = max(len(p) + len(a) for p, a in zip(prompts, answers)) - 1, max(map(len, answers))
        ids, place, until = (np.full((len(prompts), wide), x, np.int64) for x in (0, 0, -1))
        before, wanted, known = (np.zeros((len(prompts), most), np.int64) for _ in range(3))
        for i, (p, a) in enumerate(zip(prompts, answers)):
            n = len(p) + len(a) - 1
            ids[i, :n], place[i, :n], until[i, :n] = [*p, *a][:-1], range(n), n - 1
            before[i, :len(a)], wanted[i, :len(a)], known[i, :len(a)] = range(len(p) - 1, n), a, 1
        return (self.run("choices", {"features": feats, "ids": ids, "place": place, "until": until, "before": before, "wanted": wanted})["logprob"] * known).sum(1)

    def score(self, feats, questions, answers):
        ids, n = self.prompt("vqa", questions)
        rows = [self.tok.encode(a, add_special_tokens=False).ids + [2] for a in answers]
        if self.parts:
            return self.in_one_row(feats, [p[:k] for p, k in zip(ids.tolist(), n)], rows)
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
