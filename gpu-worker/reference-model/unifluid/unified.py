"""The unified model: one causal transformer over text tokens and continuous image tokens."""
from __future__ import annotations

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from .models import VAE, Block, CellHead, Encoder, RMSNorm, rope
from .text import EDIT, GENERATE, IMAGE
from .world import N

CONFIGS = {
    "nano": dict(d=128, layers=3, heads=4, hidden=320, head_width=192, head_blocks=2),
    "small": dict(d=256, layers=6, heads=4, hidden=704, head_width=384, head_blocks=3),
    "large": dict(d=640, layers=12, heads=10, hidden=1792, head_width=1024, head_blocks=6),
}
IMG, DIM = 16, 64  # image tokens of a picture, dimensions of a token


def guided(vc, vu, guidance, steps):
    """The velocity with a prompt and without, guided. Few steps are long, and overshoot: they bear no more guidance than 1 + steps / 4."""
    return vu + torch.minimum(guidance, 1 + torch.as_tensor(steps, dtype=torch.float32) / 4).unsqueeze(1) * (vc - vu)


class HeadBlock(nn.Module):
    def __init__(self, w):
        super().__init__()
        self.norm = nn.LayerNorm(w, elementwise_affine=False, eps=1e-6)
        self.ada = nn.Linear(w, 3 * w)
        self.a, self.b = nn.Linear(w, w), nn.Linear(w, w)
        nn.init.zeros_(self.ada.weight)
        nn.init.zeros_(self.ada.bias)

    def forward(self, x, y):
        s, c, g = self.ada(y).chunk(3, -1)
        return x + g * self.b(F.silu(self.a(self.norm(x) * (1 + c) + s)))


class Head(nn.Module):
    """Velocity of one token's flow: (x_t, t, condition) -> x - noise. The net itself says what x is, and the velocity follows from
    it (JiT, arXiv 2511.13720): at t = 0 it is the mean of what may come, so that few steps go far."""

    def __init__(self, d, w, blocks):
        super().__init__()
        self.inp, self.cond = nn.Linear(DIM, w), nn.Linear(d, w)
        self.src, self.src_cond = nn.Linear(DIM, w, bias=False), nn.Linear(DIM, w, bias=False)  # an edit's source token of the same place
        self.t1, self.t2 = nn.Linear(128, w), nn.Linear(w, w)
        self.blocks = nn.ModuleList([HeadBlock(w) for _ in range(blocks)])
        self.norm = nn.LayerNorm(w, elementwise_affine=False, eps=1e-6)
        self.ada, self.out = nn.Linear(w, 2 * w), nn.Linear(w, DIM)
        nn.init.zeros_(self.src.weight)
        nn.init.zeros_(self.src_cond.weight)
        for m in (self.ada, self.out):
            nn.init.zeros_(m.weight)
            nn.init.zeros_(m.bias)

    def time(self, t):
        f = torch.exp(torch.arange(64, device=t.device, dtype=torch.float32) * (-math.log(1000.0) / 64))
        a = t.unsqueeze(-1) * 100.0 * f
        return self.t2(F.silu(self.t1(torch.cat([a.cos(), a.sin()], -1))))

    def forward(self, x, t, c, s=None):
        """c: already projected by self.cond (of an edit: and self.src_cond), s: by self.src"""
        y = F.silu(self.time(t) + c)
        h = self.inp(x) if s is None else self.inp(x) + s
        for b in self.blocks:
            h = b(h, y)
        s, k = self.ada(y).chunk(2, -1)
        whole = self.out(self.norm(h) * (1 + k) + s)
        return (whole.float() - x) / (1 - t).clamp(min=0.05).unsqueeze(-1)


class UniFluid(nn.Module):
    def __init__(self, vocab=2048, d=256, layers=6, heads=4, hidden=704, head_width=384, head_blocks=3):
        super().__init__()
        self.d, self.dh, self.heads, self.layers = d, d // heads, heads, layers
        self.encoder = Encoder(d, heads=heads)
        self.cells = CellHead(d)
        self.vae = VAE()
        self.emb = nn.Embedding(vocab, d)
        nn.init.normal_(self.emb.weight, std=0.02)
        self.scale = math.sqrt(d)
        self.blocks = nn.ModuleList([Block(d, heads, hidden) for _ in range(layers)])
        self.norm = RMSNorm(d)
        self.tok_in = nn.Linear(DIM, d)       # a continuous token, as input
        self.src_in = nn.Linear(DIM, d)       # a source picture's token, beside its feature
        self.src_pos = nn.Parameter(torch.randn(1, IMG, d) * 0.02)
        self.cur_pos = nn.Parameter(torch.randn(IMG, d) * 0.3)
        self.next_pos = nn.Parameter(torch.randn(IMG, d) * 0.3)
        self.boi = nn.Parameter(torch.randn(d) * 0.3)
        self.head = Head(d, head_width, head_blocks)
        # an edit: which of the source's tokens it keeps, from what the prompt's end and the source's places have become
        self.point_text, self.point_place = nn.Linear(d, 128), nn.Linear(d, 128)
        self.named = nn.Linear(d, N + 1)      # the object that the instruction is about, N: none
        self.point = nn.Sequential(nn.Linear(3 * 128 + IMG, 128), nn.SiLU(), nn.Linear(128, 1))
        self.kept = nn.Parameter(torch.zeros(2, d))  # what a step is told of its place: drawn, kept

    def embed(self, ids):
        return self.emb(ids) * self.scale

    def logits(self, h):
        return F.linear(h, self.emb.weight)

    def trunk(self, x, pos, mask):
        cos, sin = rope(pos, self.dh)
        kv = []
        for b in self.blocks:
            x, c = b(x, cos, sin, mask)
            kv.append(c)
        return self.norm(x), kv

    # ------------------------------------------------ training passes
    def understand(self, feats, ids, seg, pos):
        """Packed rows: every segment sees the picture and its own past. -> hidden of the text"""
        b, t = ids.shape
        x = torch.cat([feats + self.src_pos, self.embed(ids)], 1)
        m = torch.zeros(b, IMG + t, IMG + t, dtype=torch.bool, device=ids.device)
        m[:, :, :IMG] = True
        causal = torch.ones(t, t, dtype=torch.bool, device=ids.device).tril()
        m[:, IMG:, IMG:] = (seg.unsqueeze(2) == seg.unsqueeze(1)) & causal
        p = torch.cat([torch.arange(IMG, device=ids.device).expand(b, IMG), pos + IMG], 1)
        return self.trunk(x, p, m.unsqueeze(1))[0][:, IMG:]

    def keep(self, h_text, h_source, features):
        """-> logits of keeping each place [B,16], of the object that the instruction is about [B,N+1].

        h_text [B,d], h_source [B,16,d]: states of the trunk at the prompt's end and at the source's places; features
        [B,16,d]: what the encoder saw there. A place that shows the named object is told by the encoder's own reading.
        """
        named = self.named(h_text)
        match = (named.softmax(-1).unsqueeze(1) * self.cells.cell(features).softmax(-1))[..., :N].sum(-1)
        k = self.point_place(h_source)
        q = self.point_text(h_text).unsqueeze(1).expand_as(k)
        return self.point(torch.cat([q * k, q, k, match.unsqueeze(1).expand(-1, IMG, -1)], -1)).squeeze(-1), named

    def image_inputs(self, tok, order, kept=None):
        """tok [B,16,64] and kept [B,16] by position, order [B,16] -> inputs of the 16 steps"""
        seq = torch.gather(tok, 1, order.unsqueeze(-1).expand(-1, -1, DIM))
        x = self.next_pos[order]
        if kept is not None:
            x = x + self.kept[torch.gather(kept, 1, order).long()]
        first = x[:, :1] + self.boi
        rest = x[:, 1:] + self.tok_in(seq[:, :-1]) + self.cur_pos[order[:, :-1]]
        return torch.cat([first, rest], 1), seq

    def conditions(self, ids, length, tok, order, source=None):
        """Teacher-forced conditions of the 16 steps, their tokens, and of an edit what `keep` gives.

        source: (features, tokens, which of them are kept) of an edit's source.
        """
        b, t = ids.shape
        steps, seq = self.image_inputs(tok, order, None if source is None else source[2])
        x = torch.cat([self.embed(ids), steps], 1)
        s = 0
        ar = torch.arange(t + IMG, device=ids.device)
        m = torch.ones(t + IMG, t + IMG, dtype=torch.bool, device=ids.device).tril().unsqueeze(0)
        key = torch.cat([ar[:t].unsqueeze(0) < length.unsqueeze(1), torch.ones(b, IMG, dtype=torch.bool, device=ids.device)], 1)
        m = (m & key.unsqueeze(1)) | torch.eye(t + IMG, dtype=torch.bool, device=ids.device)
        pos = torch.cat([ar[:t].expand(b, t), length.unsqueeze(1) + ar[:IMG]], 1) + IMG
        if source is not None:
            s = IMG
            x = torch.cat([source[0] + self.src_in(source[1]) + self.src_pos, x], 1)
            full = torch.zeros(b, t + 2 * IMG, t + 2 * IMG, dtype=torch.bool, device=ids.device)
            full[:, :, :IMG] = True
            full[:, IMG:, IMG:] = m
            m = full
            pos = torch.cat([torch.arange(IMG, device=ids.device).expand(b, IMG), pos], 1)
        h = self.trunk(x, pos, m.unsqueeze(1))[0]
        keep = None if source is None else self.keep(h[torch.arange(b, device=h.device), IMG + length - 1], h[:, :IMG], source[0])
        return h[:, s + t:], seq, keep

    def image_loss(self, h, seq, draws=4, source=None, of=None):
        """h [..,d], seq [..,64], source (of an edit) [..,64], of [..]: which tokens count, all where it is None
        -> mean squared error of the velocity, `draws` noises for each token; a quarter of the times is 0, where sampling begins"""
        many = (draws,) + (1,) * (h.dim() - 1)
        c, x, s = self.head.cond(h), seq.repeat(many), None
        if source is not None:
            c, s = c + self.head.src_cond(source), self.head.src(source).repeat(many)
        c = c.repeat(many)
        noise = torch.randn_like(x)
        t = torch.sigmoid(torch.randn(x.shape[:-1], device=x.device) * 1.1 - 0.3)
        t = torch.where(torch.rand_like(t) < 0.25, torch.zeros_like(t), t)
        xt = (1 - t).unsqueeze(-1) * noise + t.unsqueeze(-1) * x
        v = self.head(xt, t, c, s)
        e = (v - (x - noise)).square().mean(-1)
        return e.mean() if of is None else (e * of.repeat(many[:-1])).sum() / (of.sum() * draws + 1e-6)

    def edit_losses(self, h, seq, keep, source, order, kept, named, draws=4):
        """keep: as from `keep`; source [B,16,64] and kept [B,16] by position; named [B], -1 where nothing was said
        -> (flow loss of the tokens to draw, cross-entropy of keeping and of the object that is named, accuracy of keeping)"""
        keep, name = keep
        src = torch.gather(source, 1, order.unsqueeze(-1).expand(-1, -1, DIM))
        new = ~torch.gather(kept, 1, order)
        ce = F.binary_cross_entropy_with_logits(keep, kept.float(), weight=torch.where(kept, 1.0, 1.5))
        ce = ce + 0.3 * F.cross_entropy(name, named, ignore_index=-1)
        return self.image_loss(h, seq, draws, src, new), ce, ((keep > 0) == kept).float().mean()

    # ------------------------------------------------ sampling (reference, without a cache)
    @torch.no_grad()
    def sample(self, ids, length, order, noise, guidance, steps, source=None):
        """-> tokens [B,16,64], which of them are the source's [B,16]; the reference for the exported graphs"""
        b = ids.shape[0]
        task = ids[:, :1]
        un = torch.zeros_like(ids)
        un[:, :1] = task
        un[:, 1] = IMAGE
        ids2, len2 = torch.cat([ids, un]), torch.cat([length, torch.full_like(length, 2)])
        order2 = torch.cat([order, order])
        src2 = None if source is None else tuple(torch.cat([x, x]) for x in source)
        prefix, kv, keep = self.prefix(ids2, len2, src2)
        tok = torch.zeros(b, IMG, DIM, device=noise.device)
        kept = torch.zeros(b, IMG, dtype=torch.bool, device=noise.device) if source is None else keep[0][:b] > 0
        prev = torch.zeros(2 * b, DIM, device=noise.device)
        cache = kv
        n_pre = kv[0][0].shape[2]
        valid = prefix
        for i in range(IMG):
            nxt = order2[:, i]
            x = self.next_pos[nxt] + (self.boi if i == 0 else self.tok_in(prev) + self.cur_pos[order2[:, i - 1]])
            if source is not None:
                same = torch.gather(kept, 1, order[:, i:i + 1])
                x = x + self.kept[torch.cat([same, same])[:, 0].long()]
            x = x.unsqueeze(1)
            cos, sin = rope((len2 + i + IMG).unsqueeze(1), self.dh)
            valid = torch.cat([valid, torch.ones(2 * b, 1, dtype=torch.bool, device=valid.device)], 1)
            new = []
            for blk, p in zip(self.blocks, cache):
                x, c = blk(x, cos, sin, valid[:, None, None, :], p)
                new.append(c)
            cache = new
            h = self.norm(x)[:, 0]
            c, s = self.head.cond(h), None
            if source is not None:
                old = torch.gather(source[1], 1, order[:, i].view(b, 1, 1).expand(b, 1, DIM))[:, 0]
                c, s = c + self.head.src_cond(torch.cat([old, old])), self.head.src(torch.cat([old, old]))
            z = torch.gather(noise, 1, order[:, i].view(b, 1, 1).expand(b, 1, DIM))[:, 0]
            for k in range(steps):
                t = torch.full((2 * b,), k / steps, device=z.device)
                v = self.head(torch.cat([z, z]), t, c, s)
                vc, vu = v.chunk(2)
                z = z + guided(vc, vu, guidance, steps) / steps
            if source is not None:
                z = torch.where(same, old, z)
            tok.scatter_(1, order[:, i].view(b, 1, 1).expand(b, 1, DIM), z.unsqueeze(1))
            prev = torch.cat([z, z])
        return tok, kept

    def picture(self, tok, kept=None, source=None):
        """tokens, and of an edit which are the source's, and its pixels -> pixels. What an edit keeps, it keeps to the bit."""
        y = self.vae.pixels(tok).clamp(-1, 1)
        if source is None:
            return y
        mask = kept.view(-1, 1, 4, 1, 4, 1).expand(-1, 3, 4, 16, 4, 16).reshape(-1, 3, 64, 64)
        return torch.where(mask, source, y)

    def prefix(self, ids, length, source=None):
        """-> valid keys [B,P], caches, and of an edit what `keep` gives"""
        b, t = ids.shape
        ar = torch.arange(t, device=ids.device)
        x, pos = self.embed(ids), (ar + IMG).expand(b, t)
        valid = ar.unsqueeze(0) < length.unsqueeze(1)
        causal = torch.ones(t, t, dtype=torch.bool, device=ids.device).tril().unsqueeze(0)
        m = (causal & valid.unsqueeze(1)) | torch.eye(t, dtype=torch.bool, device=ids.device)
        if source is not None:
            x = torch.cat([source[0] + self.src_in(source[1]) + self.src_pos, x], 1)
            pos = torch.cat([torch.arange(IMG, device=ids.device).expand(b, IMG), pos], 1)
            full = torch.zeros(b, t + IMG, t + IMG, dtype=torch.bool, device=ids.device)
            full[:, :, :IMG] = True
            full[:, IMG:, IMG:] = m
            m = full
            valid = torch.cat([torch.ones(b, IMG, dtype=torch.bool, device=ids.device), valid], 1)
        h, kv = self.trunk(x, pos, m.unsqueeze(1))
        return valid, kv, None if source is None else self.keep(h[torch.arange(b, device=h.device), IMG + length - 1], h[:, :IMG], source[0])
