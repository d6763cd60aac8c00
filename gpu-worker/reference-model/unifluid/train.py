"""Stage 2: the unified model. Resumable, by a time budget, the same code on CPU and GPU.

L = L_image + lambda * L_text over a mixed batch of packed understanding rows, generations and edits.
"""
from __future__ import annotations

import argparse
import multiprocessing as mp
import signal
import time

import numpy as np
import torch
import torch.nn.functional as F

from . import data as D
from . import world as W
from .pretrain import WORK, Log, augment, save
from .text import EOS, decode
from .unified import CONFIGS, UniFluid


def px_of(x, dev):
    return torch.from_numpy(x).to(dev).permute(0, 3, 1, 2).float().div_(127.5).sub_(1).contiguous(memory_format=torch.channels_last)


def tt(b, dev):
    return {k: torch.from_numpy(v).to(dev) if k not in ("px", "src") else px_of(v, dev) for k, v in b.items()}


def features(m, px, train):
    if train:
        return m.encoder(px)
    with torch.no_grad():
        return m.encoder(px)


def text_loss(m, b, train_encoder=False):
    f = features(m, augment(b["px"]) if m.training else b["px"], train_encoder)
    h = m.understand(f, b["ids"], b["seg"], b["pos"])
    sel = b["label"] >= 0
    lg = m.logits(h[sel])
    lab, w = b["label"][sel], b["weight"][sel]
    ce = F.cross_entropy(lg, lab, reduction="none")
    return (ce * w).sum() / w.sum(), lg, lab


def gen_loss(m, b, draws):
    with torch.no_grad():
        tok = m.vae.tokens(b["px"])
    h, seq, _ = m.conditions(b["ids"], b["len"], tok, b["order"])
    return m.image_loss(h, seq, draws)


def edit_loss(m, b, draws, train_encoder=False):
    """-> (flow loss of the tokens that change, cross-entropy of which ones do, its accuracy)"""
    with torch.no_grad():
        tok, st = m.vae.tokens(b["px"]), m.vae.tokens(b["src"])
        tok = torch.where(b["kept"].unsqueeze(-1), st, tok)  # what is kept is the source's token itself
    f = features(m, b["src"], train_encoder)
    h, seq, keep = m.conditions(b["ids"], b["len"], tok, b["order"], (f, st, b["kept"]))
    return m.edit_losses(h, seq, keep, st, b["order"], b["kept"], b["named"], draws)


@torch.no_grad()
def validate(m, dev, seed=1, rows=96):
    """Exact match of captions and answers under teacher forcing (equal to greedy exact match)."""
    m.eval()
    rng = W.rng_for("val", seed)
    b = D.understanding(rng, rows)
    t = tt(b, dev)
    _, lg, lab = text_loss(m, t)
    ok = (lg.argmax(-1) == lab).cpu().numpy()
    r, c = np.nonzero(b["label"] >= 0)
    res = {}
    for i, k in enumerate(zip(r, b["seg"][r, c])):
        res[k] = res.get(k, True) and bool(ok[i])
    cap = [v for (a, s), v in res.items() if s == 0]
    qa = [v for (a, s), v in res.items() if s > 0]
    torch.manual_seed(0)
    g = gen_loss(m, tt(D.generation(rng, 64, drop=0), dev), 4).item()
    e, _, k = edit_loss(m, tt(D.editing(rng, 64, drop=0), dev), 4)
    m.train()
    freeze_stats(m)
    return {"val_caption": float(np.mean(cap)), "val_qa": float(np.mean(qa)), "val_gen": g, "val_edit": e.item(), "val_keep": k.item()}


def freeze_stats(m):
    for x in m.encoder.modules():
        if isinstance(x, torch.nn.BatchNorm2d):
            x.eval()


def load_stage1(m, dev):
    for f in ("encoder.pt", "vae.pt"):
        p = WORK / f
        if not p.exists():
            continue
        c = torch.load(p, map_location=dev)
        if f == "vae.pt":
            m.vae.load_state_dict(c["net"])
        elif c["enc"]["pos"].shape[-1] == m.d:
            m.encoder.load_state_dict(c["enc"])
            m.cells.load_state_dict(c["head"])
        else:  # another width: what does not depend on it
            m.encoder.load_state_dict({k: v for k, v in c["enc"].items() if k.startswith("stem.")}, strict=False)


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
    p.add_argument("--reload-vae", action="store_true")
    p.add_argument("--counts", type=float, nargs=3, default=(0.35, 0.42, 0.23))
    p.add_argument("--relations", type=float, default=0.0, help="share of questions that are about a relation where there is one: they are learned last")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--steps", type=int, default=0)
    p.add_argument("--ema", type=float, default=0.995)
    p.add_argument("--ranks", type=int, default=1, help="CPU processes of one thread each; robust where other work shares the cores")
    p.add_argument("--step-seconds", type=float, default=2.0, help="with ranks > 1: each rank runs micro-batches for about this long per step")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--bf16", action="store_true", help="autocast (GPU, or a CPU with AMX/AVX512-bf16)")
    a = p.parse_args(argv)
    if a.ranks > 1:
        W.art()
        port = 20000 + int(time.time()) % 20000
        procs = [mp.get_context("fork").Process(target=run, args=(a, r, port)) for r in range(1, a.ranks)]
        for x in procs:
            x.start()
        run(a, 0, port)
        for x in procs:
            x.join(20)
            x.kill()
    else:
        run(a)


def run(a, rank=0, port=0):
    if a.ranks > 1:
        torch.set_num_threads(1)
        torch.distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=a.ranks)
    else:
        torch.set_num_threads(a.threads)
    dev = torch.device(a.device)
    m = UniFluid(**CONFIGS[a.config]).to(dev)
    path, step, seen = WORK / f"{a.name}.pt", 0, {"und": 0, "gen": 0, "edit": 0}
    load_stage1(m, dev)
    for q in m.vae.parameters():
        q.requires_grad_(False)
    enc = list(m.encoder.parameters())
    rest = [q for n, q in m.named_parameters() if not n.startswith(("vae.", "encoder.", "cells."))]
    decay = [q for q in rest if q.dim() >= 2]
    plain = [q for q in rest if q.dim() < 2]
    groups = [{"params": decay, "weight_decay": 0.03, "k": 1.0}, {"params": plain, "weight_decay": 0.0, "k": 1.0},
              {"params": enc, "weight_decay": 0.03, "k": 0.3 if a.train_encoder else 0.0}]
    opt = torch.optim.AdamW(groups, lr=a.lr, betas=(0.9, 0.97))
    ema = {k: v.detach().clone() for k, v in m.state_dict().items()}
    source = path if path.exists() else W.ROOT / "checkpoint" / f"{a.name}.pt"  # the shipped one: weights in fp16, no optimiser state
    if a.resume and source.exists():
        c = torch.load(source, map_location=dev)
        vae = {k: v for k, v in m.state_dict().items() if k.startswith("vae.")}
        m.load_state_dict({**m.state_dict(), **c["net"]})  # a checkpoint from before edits pointed lacks what they point with
        if a.reload_vae:
            m.load_state_dict({**m.state_dict(), **vae})
        if "opt" in c and all(len(g["params"]) == len(o["params"]) for g, o in zip(opt.param_groups, c["opt"]["param_groups"])):
            opt.load_state_dict(c["opt"])
        for g, x in zip(opt.param_groups, groups):
            g["k"] = x["k"]
        ema, step, seen = {**ema, **{k: v.to(ema[k].dtype) for k, v in c["ema"].items()}}, c["step"], c["seen"]
        if a.reload_vae:
            ema.update({k: v.clone() for k, v in vae.items()})
    m.train()
    freeze_stats(m)
    ctx = mp.get_context("fork")
    q = ctx.Queue(4)
    W.art()
    w = ctx.Process(target=D.worker, args=(q, step + int(time.time()) + 1000003 * rank, a.und, a.gen, a.edit, a.raster, tuple(a.counts), a.relations), daemon=True)
    w.start()
    torch.manual_seed(step + 1 + 7919 * rank)
    log = Log(f"{a.name}.jsonl") if rank == 0 else (lambda **k: None)
    n_par = sum(x.numel() for x in m.parameters())
    log(event="start", args=vars(a), parameters=n_par, step=step)
    t0 = last_save = last_val = time.time()
    start, acc, stop = step, {}, []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    while True:
        el = (time.time() - t0) / 60
        frac = min(1.0, step / a.steps if a.steps else el / a.minutes)
        lr = (a.lr + (a.lr_end - a.lr) * frac) * min(1.0, (step - start + 1) / a.warm)
        for g in opt.param_groups:
            g["lr"] = lr * g["k"]
        opt.zero_grad(set_to_none=True)
        n, micro, t1 = a.gen + a.edit, 0, time.time()
        while micro == 0 or (a.ranks > 1 and (time.time() - t1) * (1 + 0.5 / micro) < a.step_seconds):
            b = q.get()
            with torch.autocast(dev.type, torch.bfloat16, enabled=a.bf16):
                if "und" in b:
                    l, _, _ = text_loss(m, tt(b["und"], dev), a.train_encoder)
                    (a.lam * l).backward()
                    acc["text"] = acc.get("text", []) + [l.item()]
                if "gen" in b:
                    l = gen_loss(m, tt(b["gen"], dev), a.draws)
                    (l * (a.gen / n)).backward()
                    acc["gen"] = acc.get("gen", []) + [l.item()]
                if "edit" in b:
                    l, k, ok = edit_loss(m, tt(b["edit"], dev), a.draws)
                    ((l + 1.5 * k) * (a.edit / n)).backward()
                    acc["edit"], acc["keep"] = acc.get("edit", []) + [l.item()], acc.get("keep", []) + [ok.item()]
            micro += 1
        ps = [x for x in m.parameters() if x.grad is not None]
        quit_ = bool(stop)
        if a.ranks > 1:  # sum of all ranks' gradients and micro-batch counts (rank 0 says when to stop)
            done0 = rank == 0 and (el >= a.minutes or bool(a.steps and step + 1 >= a.steps) or quit_)
            flat = torch.cat([x.grad.flatten() for x in ps] + [torch.tensor([float(micro), float(done0)])])
            torch.distributed.all_reduce(flat)
            micro, quit_ = int(flat[-2]), flat[-1] > 0
            o = 0
            for x in ps:
                x.grad.copy_(flat[o:o + x.numel()].view_as(x.grad))
                o += x.numel()
        if micro > 1:
            torch._foreach_mul_([x.grad for x in ps], 1.0 / micro)
        gn = torch.nn.utils.clip_grad_norm_(ps, 1.0)
        opt.step()
        step += 1
        for k in seen:
            seen[k] += getattr(a, k) * micro
        if rank > 0:
            if quit_:
                break
            continue
        d = min(a.ema, (step + 1) / (step + 20))
        with torch.no_grad():
            sd = m.state_dict()
            ks = [k for k in sd if sd[k].dtype.is_floating_point and not k.startswith("vae.") and (a.train_encoder or not k.startswith("encoder."))]
            torch._foreach_lerp_([ema[k] for k in ks], [sd[k] for k in ks], 1 - d)
        if step % 20 == 0:
            log(step=step, min=round(el, 2), lr=lr, grad=float(gn), **{k: float(np.mean(v)) for k, v in acc.items()}, seen=dict(seen),
                rate=round((step - start) / max(1e-9, time.time() - t0), 3))
            acc = {}
        done = quit_ if a.ranks > 1 else (el >= a.minutes or (a.steps and step >= a.steps) or quit_)
        if done or time.time() - last_val > 600:
            live = {k: v.clone() for k, v in m.state_dict().items()}
            m.load_state_dict(ema)
            log(step=step, min=round(el, 2), **validate(m, dev))
            m.load_state_dict(live)
            last_val = time.time()
        if done or time.time() - last_save > 180:
            save(path, {"net": m.state_dict(), "ema": ema, "opt": opt.state_dict(), "step": step, "seen": seen, "config": a.config})
            last_save = time.time()
        if done:
            break
    w.terminate()


if __name__ == "__main__":
    main()
