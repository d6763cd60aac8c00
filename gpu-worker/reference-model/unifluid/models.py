"""The parts: understanding encoder, continuous tokenizer (VAE), backbone, per-token flow-matching head."""
from __future__ import annotations

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from .world import COLOURS, N


# ---------------------------------------------------------------- transformer
class RMSNorm(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.w = nn.Parameter(torch.ones(d))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.w


def rope(pos, dim, base=1000.0):
    """pos [B,T] -> cos, sin [B,1,T,dim/2]"""
    f = torch.exp(torch.arange(dim // 2, device=pos.device, dtype=torch.float32) * (-math.log(base) * 2 / dim))
    a = pos.to(torch.float32).unsqueeze(-1) * f
    return a.cos().unsqueeze(1), a.sin().unsqueeze(1)


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Block(nn.Module):
    def __init__(self, d, heads, hidden):
        super().__init__()
        self.h, self.dh = heads, d // heads
        self.n1, self.n2 = RMSNorm(d), RMSNorm(d)
        self.qkv = nn.Linear(d, 3 * d, bias=False)
        self.o = nn.Linear(d, d, bias=False)
        self.up = nn.Linear(d, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, d, bias=False)
        nn.init.normal_(self.o.weight, std=0.3 / math.sqrt(d))
        nn.init.normal_(self.down.weight, std=0.3 / math.sqrt(hidden))

    def forward(self, x, cos, sin, mask=None, past=None):
        """mask: boolean, broadcast to [B,H,Tq,Tk]; past: (k, v) to put before. -> x, (k, v) of all keys"""
        b, t, d = x.shape
        q, k, v = self.qkv(self.n1(x)).view(b, t, 3, self.h, self.dh).permute(2, 0, 3, 1, 4).unbind(0)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.o(a.transpose(1, 2).reshape(b, t, d))
        g, u = self.up(self.n2(x)).chunk(2, -1)
        return x + self.down(F.gelu(g, approximate="tanh") * u), (k, v)


# ---------------------------------------------------------------- understanding encoder
def cbn(i, o, k=3, s=1):
    return nn.Sequential(nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o))


class Res(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.a, self.b = cbn(w, w), cbn(w, w)

    def forward(self, x):
        return F.silu(x + self.b(F.silu(self.a(x))))


class Encoder(nn.Module):
    """64x64 pixels in [-1,1] -> 16 features of the backbone's width."""

    def __init__(self, d=256, widths=(32, 64, 128, 256), depth=2, heads=4):
        super().__init__()
        a, b, c, e = widths
        self.stem = nn.Sequential(cbn(3, a, 5, 2), nn.SiLU(), Res(a) if a <= 16 else nn.Identity(), cbn(a, b, 3, 2), nn.SiLU(), Res(b),
                                  cbn(b, c, 3, 2), nn.SiLU(), Res(c), Res(c), Res(c), cbn(c, e, 3, 2), nn.SiLU(), Res(e), Res(e), Res(e))
        self.levels = (1, 5, 10, 13)  # of the stem: where each grid begins to be understood
        self.proj = nn.Linear(e, d)
        self.pos = nn.Parameter(torch.randn(1, 16, d) * 0.02)
        self.blocks = nn.ModuleList([Block(d, heads, 2 * d) for _ in range(depth)])
        self.norm = RMSNorm(d)
        self.dh = d // heads

    def forward(self, px):
        x = self.stem(px).flatten(2).transpose(1, 2)
        x = self.proj(x) + self.pos
        cos, sin = rope(torch.zeros(1, 16, dtype=torch.long, device=px.device), self.dh)
        for b in self.blocks:
            x, _ = b(x, cos, sin)
        return self.norm(x)


class CellHead(nn.Module):
    """Auxiliary targets of the encoder's pre-training: the object of each cell, and the background."""

    def __init__(self, d=256):
        super().__init__()
        self.cell, self.colour = nn.Linear(d, N + 1), nn.Linear(d, len(COLOURS))

    def forward(self, f):
        return self.cell(f), self.colour(f.mean(1))


# ---------------------------------------------------------------- continuous tokenizer
class GRes(nn.Module):
    def __init__(self, w, hidden=None):
        super().__init__()
        h = hidden or w
        self.n1, self.n2 = nn.GroupNorm(8, w), nn.GroupNorm(8, h)
        self.a, self.b = nn.Conv2d(w, h, 3, 1, 1), nn.Conv2d(h, w, 3, 1, 1)
        nn.init.zeros_(self.b.weight)

    def forward(self, x):
        return x + self.b(F.silu(self.n2(self.a(F.silu(self.n1(x))))))


class VAE(nn.Module):
    """64x64x3 <-> 8x8x16 <-> 16 tokens of 64 dimensions (16x16 pixels each)."""

    def __init__(self, w=(48, 96, 128), hidden=320, zc=16):
        """hidden: of the two wide blocks of each side, which stand at its coarsest grid, where width is cheap"""
        super().__init__()
        a, b, c = w
        self.zc = zc
        self.enc = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, a, 3, 1, 1), GRes(a), nn.Conv2d(a, b, 3, 2, 1), GRes(b),
                                 GRes(b), nn.Conv2d(b, c, 3, 2, 1), GRes(c), GRes(c), GRes(c, hidden), GRes(c, hidden), nn.GroupNorm(8, c), nn.SiLU(),
                                 nn.Conv2d(c, 2 * zc, 1))
        self.dec = nn.Sequential(nn.Conv2d(zc, c, 3, 1, 1), GRes(c), GRes(c), GRes(c, hidden), GRes(c, hidden),
                                 nn.Conv2d(c, 4 * b, 1), nn.PixelShuffle(2), GRes(b), GRes(b), nn.Conv2d(b, 4 * a, 1), nn.PixelShuffle(2), GRes(a),
                                 nn.GroupNorm(8, a), nn.SiLU(), nn.Conv2d(a, 12, 3, 1, 1), nn.PixelShuffle(2))
        self.register_buffer("mean", torch.zeros(1, zc, 1, 1))
        self.register_buffer("std", torch.ones(1, zc, 1, 1))

    def encode(self, px):
        m, lv = self.enc(px).chunk(2, 1)
        return m, lv.clamp(-12, 4)

    def tokens(self, px):
        """pixels -> normalised tokens [B,16,64]"""
        z = (self.encode(px)[0] - self.mean) / self.std
        b = z.shape[0]
        return z.reshape(b, self.zc, 4, 2, 4, 2).permute(0, 2, 4, 1, 3, 5).reshape(b, 16, self.zc * 4)

    def pixels(self, tok):
        b = tok.shape[0]
        z = tok.reshape(b, 4, 4, self.zc, 2, 2).permute(0, 3, 1, 4, 2, 5).reshape(b, self.zc, 8, 8)
        return self.dec(z * self.std + self.mean)
