"""Stage 1: the continuous tokenizer (vae) and the understanding encoder (encoder), each on its own."""
from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from . import world as W
from .models import VAE, CellHead, Encoder

WORK = Path(os.environ.get("UNIFLUID_WORK", W.ROOT / "work"))


def to_px(ims):
    return torch.from_numpy(np.stack(ims)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def augment(px, gen=None):
    """Light photometric noise, so that re-encoded or resized pictures are still understood."""
    b = px.shape[0]
    gain = 1 + 0.08 * torch.randn(b, 3, 1, 1) * (torch.rand(b, 1, 1, 1) < 0.4)
    px = px * gain + 0.04 * torch.randn(b, 3, 1, 1) * (torch.rand(b, 1, 1, 1) < 0.4)
    px = px + 0.05 * torch.rand(b, 1, 1, 1) * torch.randn_like(px) * (torch.rand(b, 1, 1, 1) < 0.3)
    m = torch.rand(b) < 0.15
    if m.any():
        px[m] = 0.5 * px[m] + 0.5 * F.avg_pool2d(F.pad(px[m], (1, 1, 1, 1), mode="replicate"), 3, 1)
    return px.clamp(-1, 1)


def save(path, obj):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(obj, str(path) + ".tmp")
    os.replace(str(path) + ".tmp", path)


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

    def __init__(self):
        super().__init__()
        enc = Encoder()
        enc.load_state_dict(torch.load(WORK / "encoder.pt")["enc"])
        self.stem = enc.stem.eval().requires_grad_(False).to(memory_format=torch.channels_last)

    def levels(self, px):
        out = []
        for i, part in enumerate(self.stem):
            px = part(px)
            if i in (1, 5, 9, 12):
                out.append(px.float())
        return out

    def forward(self, y, px):
        with torch.no_grad():
            want = self.levels(px)
        return sum((a - b).abs().mean() / b.abs().mean() for a, b in zip(self.levels(y), want))


def train_vae(a):
    net = VAE().to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(net.parameters(), lr=a.lr, betas=(0.9, 0.98), weight_decay=0.01)
    path, step, images, used = WORK / "vae.pt", 0, 0, 0.0
    if a.resume and path.exists():
        c = torch.load(path)
        net.load_state_dict(c["net"])
        step, images = c.get("step", 0), c.get("images", 0)
    if a.decoder_only:
        net.enc.requires_grad_(False)
    likeness = Likeness() if a.likeness else None
    rng = np.random.default_rng([7, step, int(time.time()) if a.resume else 0])
    log, t0, last = Log("vae.jsonl"), time.time(), time.time()
    start, budget = step, a.minutes * 60
    while True:
        el = time.time() - t0
        frac = min(1.0, el / budget)
        lr = a.lr * min(1, (step - start + 1) / 100) * max(0.02, 1 - frac)
        for g in opt.param_groups:
            g["lr"] = lr
        px = to_px([W.render(W.sample_scene(rng, house=rng.random() < a.house)) for _ in range(a.batch)]).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=a.bf16):
            m, lv = (x.float() for x in net.encode(px))
            z = m if a.decoder_only else m + torch.randn_like(m) * (0.5 * lv).exp()
            if a.decoder_only:  # the sampler's errors are part of what the decoder must clean up
                z = z + torch.randn_like(z) * net.std * 0.1 * torch.rand(len(z), 1, 1, 1)
            y = net.dec(z).float()
            unlike = likeness(y, px) if likeness else torch.zeros(())
        d = y - px
        grad = (d[..., 1:] - d[..., :-1]).abs().mean() + (d[..., 1:, :] - d[..., :-1, :]).abs().mean()
        kl = 0.5 * (m.square() + lv.exp() - 1 - lv).mean() * net.zc * 64 / (3 * 64 * 64)
        mse = d.square().mean()
        loss = d.abs().mean() + 4 * mse + 0.5 * grad + a.kl * kl * 12 + a.likeness * unlike
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        step += 1
        images += a.batch
        done = el >= budget
        if step % 25 == 0:
            log(stage="vae", step=step, images=images, s=round(el), loss=loss.item(), psnr=10 * float(np.log10(4 / mse.item())), unlike=unlike.item(), kl=kl.item(), lr=lr)
        if done or time.time() - last > 120:
            if not a.decoder_only:
                with torch.no_grad():
                    z = torch.cat([net.encode(to_px([W.render(W.sample_scene(rng)) for _ in range(128)]))[0] for _ in range(4)])
                    net.mean.copy_(z.mean((0, 2, 3), keepdim=True))
                    net.std.copy_(z.std((0, 2, 3), keepdim=True))
            save(path, {"net": net.state_dict(), "step": step, "images": images})
            last = time.time()
        if done:
            break


def train_encoder(a):
    enc, head = Encoder().to(memory_format=torch.channels_last), CellHead()
    ps = list(enc.parameters()) + list(head.parameters())
    opt = torch.optim.AdamW(ps, lr=a.lr, betas=(0.9, 0.98), weight_decay=0.03)
    path, step, images = WORK / "encoder.pt", 0, 0
    if a.resume and path.exists():
        c = torch.load(path)
        enc.load_state_dict(c["enc"])
        head.load_state_dict(c["head"])
        step, images = c["step"], c["images"]
    rng = np.random.default_rng([8, step])
    log, t0, last, start, budget = Log("encoder.jsonl"), time.time(), time.time(), step, a.minutes * 60
    while True:
        el = time.time() - t0
        lr = a.lr * min(1, (step - start + 1) / 100) * max(0.03, 1 - el / budget)
        for g in opt.param_groups:
            g["lr"] = lr
        sc = [W.sample_scene(rng, counts=(0.3, 0.4, 0.3)) for _ in range(a.batch)]
        px = augment(to_px([W.render(s) for s in sc])).contiguous(memory_format=torch.channels_last)
        lab = torch.from_numpy(np.stack([W.cell_labels(s) for s in sc]))
        col = torch.tensor([W.COLOURS.index(s.colour) for s in sc])
        cell, colour = head(enc(px))
        lc = F.cross_entropy(cell.flatten(0, 1), lab.flatten())
        loss = lc + 0.2 * F.cross_entropy(colour, col)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(ps, 1.0)
        opt.step()
        step += 1
        images += a.batch
        if step % 25 == 0:
            on = lab < W.N
            acc = (cell.argmax(-1) == lab)[on].float().mean().item()
            log(stage="encoder", step=step, images=images, s=round(el), loss=loss.item(), cell=acc,
                colour=(colour.argmax(-1) == col).float().mean().item(), lr=lr)
        done = el >= budget
        if done or time.time() - last > 120:
            save(path, {"enc": enc.state_dict(), "head": head.state_dict(), "step": step, "images": images})
            last = time.time()
        if done:
            break


def unpack():
    """Stage 1's results out of the shipped checkpoint, where they are not here already."""
    shipped = W.ROOT / "checkpoint" / "main.pt"
    if (WORK / "vae.pt").exists() and (WORK / "encoder.pt").exists() or not shipped.exists():
        return
    weights = torch.load(shipped, map_location="cpu")["ema"]

    def part(name):
        return {k[len(name):]: v.float() if v.dtype.is_floating_point else v for k, v in weights.items() if k.startswith(name)}

    save(WORK / "vae.pt", {"net": part("vae.")})
    save(WORK / "encoder.pt", {"enc": part("encoder."), "head": part("cells.")})


def main():
    p = argparse.ArgumentParser()
    p.add_argument("stage", choices=["vae", "encoder", "unpack"])
    p.add_argument("--minutes", type=float, default=12)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--lr", type=float, default=2e-3)
    p.add_argument("--kl", type=float, default=2e-4)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--resume", action="store_true")
    p.add_argument("--decoder-only", action="store_true", help="latents stay as they are, and so does what draws them")
    p.add_argument("--likeness", type=float, default=0.0, help="weight of what the frozen encoder sees differently")
    p.add_argument("--house", type=float, default=0.3, help="share of scenes in the house style")
    p.add_argument("--bf16", action="store_true", help="autocast, on a CPU with AVX512-bf16")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(int(time.time()) if a.resume else 1)
    if a.stage == "unpack":
        unpack()
    else:
        (train_vae if a.stage == "vae" else train_encoder)(a)


if __name__ == "__main__":
    main()
