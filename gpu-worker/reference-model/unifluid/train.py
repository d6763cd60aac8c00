"""Stage 2: the unified model. Resumable, by a time budget, the same code on CPU and GPU.

L = L_image + lambda * L_text over a mixed batch of packed understanding rows, generations and edits.
"""
from __future__ import annotations

import argparse
import signal
import time
from contextlib import contextmanager
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F

from . import data as D
from . import world as W
from .pretrain import WORK, Log, augment, save, shown
from .step import Ahead, Step, each, optimiser, rate
from .unified import CONFIGS, UniFluid


def features(m, px, train):
    if train:
        return m.encoder(px)
    with torch.no_grad():
        return m.encoder(px)


def text_loss(m, b, train_encoder=False):
    """-> loss, logits [B,T,V] of every place (labels are -100 where nothing is said), where the encoder is trained too the loss of
    its own reading of the cells, else 0"""
    px = shown(b["px"])
    f = features(m, augment(px) if m.training else px, train_encoder)
    lg = m.logits(m.understand(f, b["ids"], b["seg"], b["pos"])).float()
    ce = F.cross_entropy(lg.flatten(0, 1), b["label"].flatten(), reduction="none")
    w = b["weight"].flatten()
    cells = F.cross_entropy(m.cells.cell(f).flatten(0, 1).float(), b["cells"].flatten()) if train_encoder else 0.0
    return (ce * w).sum() / w.sum(), lg, cells


def gen_loss(m, b, draws):
    with torch.no_grad():
        tok = m.vae.tokens(shown(b["px"]))
    h, seq, _ = m.conditions(b["ids"], b["len"], tok, b["order"])
    return m.image_loss(h, seq, draws)


def edit_loss(m, b, draws, train_encoder=False):
    """-> (flow loss of the tokens that change, cross-entropy of which ones do, its accuracy)"""
    with torch.no_grad():
        source = shown(b["src"])
        tok, st = m.vae.tokens(shown(b["px"])), m.vae.tokens(source)
        tok = torch.where(b["kept"].unsqueeze(-1), st, tok)  # what is kept is the source's token itself
    f = features(m, source, train_encoder)
    h, seq, keep = m.conditions(b["ids"], b["len"], tok, b["order"], (f, st, b["kept"]))
    return m.edit_losses(h, seq, keep, st, b["order"], b["kept"], b["named"], draws)


@torch.no_grad()
def validate(m, dev, seed=1, rows=96):
    """Exact match of captions and answers under teacher forcing (equal to greedy exact match) of a model in `eval`."""
    rng = W.rng_for("val", seed)
    there = lambda b: each(lambda v: torch.from_numpy(v).to(dev), b)
    b = D.understanding(rng, rows)
    lg = text_loss(m, there(b))[1]
    right = lg.argmax(-1).cpu().numpy() == b["label"]
    r, c = np.nonzero(b["label"] >= 0)
    res = {}
    for i, k in zip(right[r, c], zip(r, b["seg"][r, c])):
        res[k] = res.get(k, True) and bool(i)
    cap = [v for (a, s), v in res.items() if s == 0]
    qa = [v for (a, s), v in res.items() if s > 0]
    torch.manual_seed(0)
    g = gen_loss(m, there(D.generation(rng, 64, drop=0)), 4).item()
    e, _, k = edit_loss(m, there(D.editing(rng, 64, drop=0)), 4)
    return {"val_caption": float(np.mean(cap)), "val_qa": float(np.mean(qa)), "val_gen": g, "val_edit": e.item(), "val_keep": k.item()}


def freeze_stats(m):
    for x in m.encoder.modules():
        if isinstance(x, torch.nn.BatchNorm2d):
            x.eval()


def load_stage1(m, dev, parts=("encoder", "vae")):
    for f in parts:
        p = WORK / f"{f}.pt"
        if not p.exists():
            continue
        c = torch.load(p, map_location=dev)
        if f == "vae":
            m.vae.load_state_dict(c["net"])
        elif c["enc"]["pos"].shape[-1] == m.d:
            m.encoder.load_state_dict(c["enc"])
            m.cells.load_state_dict(c["head"])
        else:  # another width: what does not depend on it
            m.encoder.load_state_dict({k: v for k, v in c["enc"].items() if k.startswith("stem.")}, strict=False)


class Training:
    """A unified model of one configuration from what the first stage made, the mean of its weights, and one step of the mixed loss.

    a: `und`, `gen` and `edit` are the samples of each kind in a step (those of 0 are not learned), `lam` the weight of the text,
    `draws` the noises of a token, `ema` how much of the mean stays in a step, `bf16` and `no_graph` how a step runs.
    scratch: the encoder starts from nothing, and its normalisation follows what it sees.
    """

    def __init__(self, a, dev, scratch=False):
        self.a, self.dev, self.scratch = a, dev, scratch
        m = self.m = UniFluid(**CONFIGS[a.config]).to(dev)
        for x in (m.encoder, m.vae):
            x.to(memory_format=torch.channels_last)
        load_stage1(m, dev, ("vae",) if scratch else ("encoder", "vae"))
        for q in m.vae.parameters():
            q.requires_grad_(False)
        for q in (*m.encoder.parameters(), *m.cells.parameters()):
            q.requires_grad_(a.train_encoder)
        m.cells.colour.requires_grad_(False)  # of the pre-training alone
        enc = [*m.encoder.parameters(), *m.cells.cell.parameters()] if a.train_encoder else []
        rest = [q for n, q in m.named_parameters() if not n.startswith(("vae.", "encoder.", "cells."))]
        groups = [{"params": [q for q in rest if q.dim() >= 2], "weight_decay": 0.03, "k": 1.0},
                  {"params": [q for q in rest if q.dim() < 2], "weight_decay": 0.0, "k": 1.0}]
        if enc:
            groups.append({"params": enc, "weight_decay": 0.03, "k": 1.0 if scratch else 0.3})
        self.opt = optimiser(groups, a.lr, dev, betas=(0.9, 0.97))
        self.ema = {k: v.detach().clone() for k, v in m.state_dict().items()}
        kept = [k for k in self.ema if self.ema[k].dtype.is_floating_point and not k.startswith("vae.")
                and (a.train_encoder or not k.startswith(("encoder.", "cells.")))]
        live = m.state_dict()
        self.live, self.mean = [live[k] for k in kept], [self.ema[k] for k in kept]
        self.run = Step(self.loss, self.opt, dev, a.bf16, graph=not a.no_graph)
        self.learn()

    def learn(self):
        self.m.train()
        if not self.scratch:
            freeze_stats(self.m)

    def loss(self, b):
        m, a = self.m, self.a
        n = max(1, a.gen + a.edit)
        whole, said = torch.zeros((), device=self.dev), {}
        if "und" in b:
            said["text"], _, cells = text_loss(m, b["und"], a.train_encoder)
            whole = whole + a.lam * (said["text"] + 0.3 * cells)
        if "gen" in b:
            said["gen"] = gen_loss(m, b["gen"], a.draws)
            whole = whole + said["gen"] * (a.gen / n)
        if "edit" in b:
            said["edit"], keep, said["keep"] = edit_loss(m, b["edit"], a.draws, a.train_encoder)
            whole = whole + (said["edit"] + 1.5 * keep) * (a.edit / n)
        return whole, said

    def step(self, batch, lr, number):
        """One step at that rate, the number-th from 1 -> what it reports"""
        rate(self.opt, lr)
        said = self.run(batch)
        with torch.no_grad():
            torch._foreach_lerp_(self.mean, self.live, 1 - min(self.a.ema, (number + 1) / (number + 20)))
        return said

    @contextmanager
    def averaged(self):
        """The model with the mean of its weights meanwhile."""
        now = {k: v.clone() for k, v in self.m.state_dict().items()}
        self.m.load_state_dict(self.ema)
        self.m.eval()
        with torch.compiler.set_stance("force_eager"):
            yield self.m
        self.m.load_state_dict(now)
        self.learn()


def main(argv=None):
    p = argparse.ArgumentParser()
    p.add_argument("--config", default="small", choices=list(CONFIGS))
    p.add_argument("--name", default="main")
    p.add_argument("--minutes", type=float, default=30)
    p.add_argument("--resume", action="store_true")
    p.add_argument("--und", type=int, default=32)
    p.add_argument("--gen", type=int, default=48)
    p.add_argument("--edit", type=int, default=24)
    p.add_argument("--draws", type=int, default=4)
    p.add_argument("--lam", type=float, default=0.5)
    p.add_argument("--lr", type=float, default=1.2e-3)
    p.add_argument("--lr-end", type=float, default=6e-4)
    p.add_argument("--warm", type=int, default=150)
    p.add_argument("--train-encoder", action="store_true")
    p.add_argument("--raster", action="store_true")
    p.add_argument("--reload", nargs="*", default=(), choices=["vae", "encoder"], help="what of the first stage is newer than what is resumed")
    p.add_argument("--counts", type=float, nargs=3, default=(0.35, 0.42, 0.23))
    p.add_argument("--relations", type=float, default=0.0, help="share of questions that are about a relation where there is one: they are learned last")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--steps", type=int, default=0)
    p.add_argument("--ema", type=float, default=0.995)
    p.add_argument("--workers", type=int, default=1, help="processes that make scenes")
    p.add_argument("--wider", type=float, default=0.0, help="share of wider scenes among what is to be understood")
    p.add_argument("--widths", type=int, nargs=3, default=(0, 0, 0), help="of understanding rows, prompts and instructions; a GPU needs them fixed")
    p.add_argument("--compile", action="store_true")
    p.add_argument("--no-graph", action="store_true", help="start the kernels of a step one by one on a GPU too")
    p.add_argument("--save-every", type=float, default=180)
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--bf16", action="store_true", help="autocast (GPU, or a CPU with AMX/AVX512-bf16)")
    a = p.parse_args(argv)
    dev = torch.device(a.device)
    torch.set_num_threads(a.threads)
    feed = D.Feed(partial(D.mixed, und=a.und, gen=a.gen, edit=a.edit, raster=a.raster, counts=tuple(a.counts), relations=a.relations,
                          wider=a.wider, widths=a.widths), a.workers, int(time.time()), wider=a.wider > 0)
    ahead = Ahead(feed, dev)
    path, step, seen = WORK / f"{a.name}.pt", 0, {"und": 0, "gen": 0, "edit": 0}
    t = Training(a, dev)
    m, opt, ema = t.m, t.opt, t.ema
    source = path if path.exists() else W.ROOT / "checkpoint" / f"{a.name}.pt"  # the shipped one: weights in fp16, no optimiser state
    if a.resume and source.exists():
        c = torch.load(source, map_location=dev)
        parts = tuple(p for of in a.reload for p in {"vae": ("vae.",), "encoder": ("encoder.", "cells.")}[of])
        newer = {k: v.clone() for k, v in m.state_dict().items() if k.startswith(parts)}
        m.load_state_dict({**m.state_dict(), **c["net"], **newer})
        if "opt" in c and [len(g["params"]) for g in opt.param_groups] == [len(g["params"]) for g in c["opt"]["param_groups"]]:
            opt.load_state_dict(c["opt"])
        for k, v in {**c["ema"], **newer}.items():
            ema[k].copy_(v)
        step, seen = c["step"], c["seen"]
    if a.compile:
        for x in (*m.blocks, m.head):
            x.compile(dynamic=False)
    torch.manual_seed(step + 1)
    log = Log(f"{a.name}.jsonl")
    log(event="start", args=vars(a), parameters=sum(x.numel() for x in m.parameters()), step=step)
    t0 = last_save = last_val = last_log = time.time()
    start, sums, stop = step, {}, []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    while True:
        el = (time.time() - t0) / 60
        frac = min(1.0, step / a.steps if a.steps else el / a.minutes)
        lr = (a.lr + (a.lr_end - a.lr) * frac) * min(1.0, (step - start + 1) / a.warm)
        said = t.step(ahead.get(), lr, step + 1)
        sums = {k: v + sums.get(k, 0) for k, v in said.items()}
        step += 1
        for k in seen:
            seen[k] += getattr(a, k)
        every = 20 if dev.type == "cpu" else 100
        if step % every == 0:
            if dev.type == "cuda":
                torch.cuda.synchronize()
            log(step=step, min=round(el, 2), lr=lr, **{k: v.item() / every for k, v in sums.items()}, seen=dict(seen),
                rate=round(every / max(1e-9, time.time() - last_log), 3))
            sums, last_log = {}, time.time()
        done = el >= a.minutes or bool(a.steps and step >= a.steps) or bool(stop)
        if done or time.time() - last_save > a.save_every:
            save(path, {"net": m.state_dict(), "ema": ema, "opt": opt.state_dict(), "step": step, "seen": seen, "config": a.config})
            last_save = time.time()
        if done or time.time() - last_val > 600:
            with t.averaged():
                log(step=step, min=round(el, 2), **validate(m, dev))
            last_val = time.time()
        if done:
            break
    feed.close()


if __name__ == "__main__":
    main()
