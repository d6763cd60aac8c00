"""Stage 1: the continuous tokenizer (vae) and the understanding encoder (encoder), each on its own."""
from __future__ import annotations

import argparse
import json
import os
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import data as D
from . import world as W
from .models import VAE, CellHead, Encoder
from .step import Ahead, Step, optimiser, rate

WORK = Path(os.environ.get("UNIFLUID_WORK", W.ROOT / "work"))


def to_px(ims):
    return shown(torch.from_numpy(np.stack(ims)))


def shown(px):
    """uint8 [B,64,64,3] -> [-1,1] [B,3,64,64]"""
    return px.permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous(memory_format=torch.channels_last)


def augment(px):
    """Light photometric noise, so that re-encoded or resized pictures are still understood."""
    b, d = px.shape[0], px.device

    def some(share, *of):
        return (torch.rand(b, 1, 1, 1, device=d) < share) * torch.randn(b, *of, device=d)

    px = px * (1 + 0.08 * some(0.4, 3, 1, 1)) + 0.04 * some(0.4, 3, 1, 1)
    px = px + 0.05 * torch.rand(b, 1, 1, 1, device=d) * (torch.rand(b, 1, 1, 1, device=d) < 0.3) * torch.randn_like(px)
    soft = 0.5 * px + 0.5 * F.avg_pool2d(F.pad(px, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return torch.where(torch.rand(b, 1, 1, 1, device=d) < 0.15, soft, px).clamp(-1, 1)


def save(path, obj):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(obj, str(path) + ".tmp")
    os.replace(str(path) + ".tmp", path)


def cast(x, dtype):
    """All of a checkpoint's floating-point tensors as that type."""
    if isinstance(x, dict):
        return {k: cast(v, dtype) for k, v in x.items()}
    return x.to(dtype) if isinstance(x, torch.Tensor) and x.is_floating_point() else x


def halved(c):
    """A checkpoint of the unified model as it is shipped: the averaged weights in fp16, no optimiser state."""
    half = cast(c["ema"], torch.half)
    return {"net": half, "ema": half, "step": c["step"], "seen": c["seen"], "config": c["config"]}


class Log:
    def __init__(self, name):
        WORK.mkdir(exist_ok=True)
        self.f = open(WORK / name, "a")

    def __call__(self, **k):
        k = {a: (round(b, 5) if isinstance(b, float) else b) for a, b in k.items()}
        self.f.write(json.dumps(k) + "\n")
        self.f.flush()
        print(k, flush=True)


class Likeness(torch.nn.Module):
    """How unlike two pictures are to the frozen encoder: its features at four depths, each relative to its own size."""

    def __init__(self, device):
        super().__init__()
        enc = Encoder()
        enc.load_state_dict(torch.load(WORK / "encoder.pt", map_location="cpu")["enc"])
        self.at = enc.levels
        self.stem = enc.stem.eval().requires_grad_(False).to(device, memory_format=torch.channels_last)

    def levels(self, px):
        out = []
        for i, part in enumerate(self.stem):
            px = part(px)
            if i in self.at:
                out.append(px.float())
        return out

    def forward(self, y, px):
        with torch.no_grad():
            want = self.levels(px)
        return sum((a - b).abs().mean() / b.abs().mean() for a, b in zip(self.levels(y), want))


class Clock:
    """Time for a run of `minutes`, with a rate that decays to nothing with it."""

    def __init__(self, minutes, lr, warm=100):
        self.t0, self.budget, self.lr, self.warm = time.time(), minutes * 60, lr, warm

    def steps(self, opt):
        """For each step: sets its rate -> the share of the time that is gone before it, 1 for the last, and the rate."""
        gone, n = 0.0, 0
        while gone < 1:
            n += 1
            gone = min(1.0, (time.time() - self.t0) / self.budget)
            lr = self.lr * min(1, n / self.warm) * max(0.01, 1 - gone)
            rate(opt, lr)
            yield gone, lr

    def seconds(self):
        return round(time.time() - self.t0)


def train_vae(a):
    dev = torch.device(a.device)
    feed = D.Feed(partial(only_pictures, n=a.batch, house=a.house, wider=a.wider), a.workers, int(time.time()) if a.resume else 7)
    ahead = Ahead(feed, dev)
    net = VAE().to(dev, memory_format=torch.channels_last)
    path, step, images = WORK / "vae.pt", 0, 0
    if a.resume and path.exists():
        c = torch.load(path, map_location=dev)
        net.load_state_dict(c["net"])
        step, images = c.get("step", 0), c.get("images", 0)
    if a.decoder_only:
        net.enc.requires_grad_(False)
    opt = optimiser([{"params": [p for p in net.parameters() if p.requires_grad]}], a.lr, dev, betas=(0.9, 0.98), weight_decay=0.01)
    likeness = Likeness(dev) if a.likeness and not a.likeness_after else None

    def loss(b):
        px = shown(b["px"])
        m, lv = (x.float() for x in net.encode(px))
        z = m if a.decoder_only else m + torch.randn_like(m) * (0.5 * lv).exp()
        if a.decoder_only:  # the sampler's errors are part of what the decoder must clean up
            z = z + torch.randn_like(z) * net.std * 0.1 * torch.rand(len(z), 1, 1, 1, device=dev)
        y = net.dec(z).float()
        d = y - px
        grad = (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean()
        kl = 0.5 * (m.square() + lv.exp() - 1 - lv).mean() * net.zc * 64 / (3 * 64 * 64)
        mse = d.square().mean()
        unlike = likeness(y, px) if likeness else torch.zeros((), device=dev)
        return d.abs().mean() + 8 * mse + 0.5 * grad + a.kl * kl * 12 + a.likeness * unlike, {"mse": mse, "unlike": unlike, "kl": kl}

    def standardise():
        """Latents of mean 0 and deviation 1 in each channel."""
        with torch.no_grad():
            z = torch.cat([net.encode(shown(ahead.get()["px"].to(dev)))[0] for _ in range(max(1, 512 // a.batch))])
            net.mean.copy_(z.mean((0, 2, 3), keepdim=True))
            net.std.copy_(z.std((0, 2, 3), keepdim=True))

    run, log, clock, last = Step(loss, opt, dev, a.bf16), Log("vae.jsonl"), Clock(a.minutes, a.lr), time.time()
    for gone, lr in clock.steps(opt):
        if likeness is None and a.likeness and gone >= a.likeness_after and (WORK / "encoder.pt").exists():
            likeness = Likeness(dev)
            run = Step(loss, opt, dev, a.bf16)
        said = run(ahead.get())
        step, images = step + 1, images + a.batch
        if step % (25 if dev.type == "cpu" else 200) == 0:
            said = {k: v.item() for k, v in said.items()}
            log(stage="vae", step=step, images=images, s=clock.seconds(), psnr=10 * float(np.log10(4 / said["mse"])), lr=lr, **said)
        if gone >= 1 or time.time() - last > 120:
            if not a.decoder_only:
                standardise()
            save(path, {"net": net.state_dict(), "step": step, "images": images})
            last = time.time()
    feed.close()


def only_pictures(rng, n, house, wider):
    return {"px": D.pictures(rng, n, house, wider)[1]}


def with_cells(rng, n, house, wider):
    sc, px = D.pictures(rng, n, house, wider)
    return {"px": px, "cells": np.stack([W.cell_labels(s) for s in sc]), "colour": np.array([W.COLOURS.index(s.colour) for s in sc])}


def train_encoder(a):
    dev = torch.device(a.device)
    feed = D.Feed(partial(with_cells, n=a.batch, house=0.1, wider=a.wider), a.workers, int(time.time()) if a.resume else 8)
    ahead = Ahead(feed, dev)
    enc, head = Encoder().to(dev, memory_format=torch.channels_last), CellHead().to(dev)
    path, step, images = WORK / "encoder.pt", 0, 0
    if a.resume and path.exists():
        c = torch.load(path, map_location=dev)
        enc.load_state_dict(c["enc"])
        head.load_state_dict(c["head"])
        step, images = c.get("step", 0), c.get("images", 0)
    opt = optimiser([{"params": list(enc.parameters()) + list(head.parameters())}], a.lr, dev, betas=(0.9, 0.98), weight_decay=0.03)

    def loss(b):
        cell, colour = head(enc(augment(shown(b["px"]))))
        lc, cc = F.cross_entropy(cell.flatten(0, 1).float(), b["cells"].flatten()), F.cross_entropy(colour.float(), b["colour"])
        on = b["cells"] < W.N
        right = ((cell.argmax(-1) == b["cells"]) & on).sum() / on.sum()
        return lc + 0.2 * cc, {"cells": lc, "cell": right, "colour": (colour.argmax(-1) == b["colour"]).float().mean()}

    run, log, clock, last = Step(loss, opt, dev, a.bf16), Log("encoder.jsonl"), Clock(a.minutes, a.lr), time.time()
    for gone, lr in clock.steps(opt):
        said = run(ahead.get())
        step, images = step + 1, images + a.batch
        if step % (25 if dev.type == "cpu" else 200) == 0:
            log(stage="encoder", step=step, images=images, s=clock.seconds(), lr=lr, **{k: v.item() for k, v in said.items()})
        if gone >= 1 or time.time() - last > a.save_every:
            save(path, {"enc": enc.state_dict(), "head": head.state_dict(), "step": step, "images": images})
            last = time.time()
    feed.close()


def unpack():
    """Stage 1's results out of the shipped checkpoint, where they are not here already."""
    shipped = W.ROOT / "checkpoint" / "main.pt"
    if (WORK / "vae.pt").exists() and (WORK / "encoder.pt").exists() or not shipped.exists():
        return
    weights = cast(torch.load(shipped, map_location="cpu")["ema"], torch.float)

    def part(name):
        return {k[len(name):]: v for k, v in weights.items() if k.startswith(name)}

    save(WORK / "vae.pt", {"net": part("vae.")})
    save(WORK / "encoder.pt", {"enc": part("encoder."), "head": part("cells.")})


def main(argv=None):
    p = argparse.ArgumentParser()
    p.add_argument("stage", choices=["vae", "encoder", "unpack"])
    p.add_argument("--minutes", type=float, default=12)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--kl", type=float, default=2e-4)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--resume", action="store_true")
    p.add_argument("--workers", type=int, default=1, help="processes that make scenes")
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--wider", type=float, default=0.4, help="share of wider scenes")
    p.add_argument("--save-every", type=float, default=120)
    p.add_argument("--likeness-after", type=float, default=0.0, help="share of the time after which likeness begins to count")
    p.add_argument("--decoder-only", action="store_true", help="latents stay as they are, and so does what draws them")
    p.add_argument("--likeness", type=float, default=0.0, help="weight of what the frozen encoder sees differently")
    p.add_argument("--house", type=float, default=0.3, help="share of scenes in the house style")
    p.add_argument("--bf16", action="store_true", help="autocast (GPU, or a CPU with AVX512-bf16)")
    a = p.parse_args(argv)
    torch.set_num_threads(a.threads)
    torch.manual_seed(int(time.time()) if a.resume else 1)
    if a.stage == "unpack":
        unpack()
    else:
        (train_vae if a.stage == "vae" else train_encoder)(a)


if __name__ == "__main__":
    main()
