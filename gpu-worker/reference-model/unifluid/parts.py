"""Plain modules, one per piece of the exported graphs (see export.py)."""
from __future__ import annotations

import torch
import torch.nn as nn
import torch.nn.functional as F

from .models import rope
from .text import EOS, IMAGE, PAD
from .unified import DIM, IMG, guided


def flat(kv):
    """A cache travels as one list (k, v of layer 0, k, v of layer 1, ..): one loop variable each, so that no step copies it whole."""
    return [x for c in kv for x in c]


def pairs(cache):
    return list(zip(cache[::2], cache[1::2]))


def at(x, pos):
    """x [B,16,n], pos [B] -> [B,n]"""
    return torch.gather(x, 1, pos.view(-1, 1, 1).expand(-1, 1, x.shape[2])).squeeze(1)


class Part(nn.Module):
    def __init__(self, m):
        super().__init__()
        self.m = m


class Encode(Part):
    def forward(self, pixels):
        return self.m.encoder(pixels)


class Prefill(Part):
    """features + prompt -> hidden state at the prompt's end, valid keys, cache"""

    def run(self, features, prompt_ids, prompt_length):
        m, (b, t) = self.m, prompt_ids.shape
        x = torch.cat([features + m.src_pos, m.embed(prompt_ids)], 1)
        ar = torch.arange(t)
        n = torch.arange(t + IMG)
        valid = torch.cat([torch.ones(b, IMG, dtype=torch.bool), ar.unsqueeze(0) < prompt_length.unsqueeze(1)], 1)
        # pictures see themselves; text sees the picture and its own past
        see = (n.unsqueeze(0) < IMG) | ((n.unsqueeze(1) >= IMG) & (n.unsqueeze(0) <= n.unsqueeze(1)))
        mask = (see.unsqueeze(0) & valid.unsqueeze(1)) | (n.unsqueeze(0) == n.unsqueeze(1))
        pos = n.unsqueeze(0).expand(b, t + IMG)
        h, kv = m.trunk(x, pos, mask.unsqueeze(1))
        return h, valid, flat(kv)

    def forward(self, features, prompt_ids, prompt_length):
        h, valid, cache = self.run(features, prompt_ids, prompt_length)
        last = (IMG + prompt_length - 1).view(-1, 1, 1).expand(-1, 1, h.shape[2])
        logits = self.m.logits(torch.gather(h, 1, last).squeeze(1))
        return logits, valid, cache, prompt_length + IMG, prompt_length < 0


class TextStep(Part):
    """One greedy token: emit from the logits, then step."""

    def forward(self, logits, cache, valid, pos, done):
        m = self.m
        lp = torch.log_softmax(logits, -1)
        tok = torch.argmax(logits, -1)
        p = torch.gather(lp, 1, tok.unsqueeze(1)).squeeze(1)
        tok = torch.where(done, torch.full_like(tok, PAD), tok)
        p = torch.where(done, torch.zeros_like(p), p)
        done2 = done | (tok == EOS)
        x = m.embed(tok).unsqueeze(1)
        cos, sin = rope(pos.unsqueeze(1), m.dh)
        valid2 = torch.cat([valid, torch.ones_like(valid[:, :1])], 1)
        kv = []
        for blk, past in zip(m.blocks, pairs(cache)):
            x, c = blk(x, cos, sin, valid2.unsqueeze(1).unsqueeze(1), past)
            kv.append(c)
        lg = m.logits(m.norm(x)[:, 0])
        return torch.logical_not(done2.all()), lg, flat(kv), valid2, pos + 1, done2, tok, p


class Score(Part):
    def forward(self, features, prompt_ids, prompt_length, answer_ids, answer_length):
        m = self.m
        (b, t), l = prompt_ids.shape, answer_ids.shape[1]
        x = torch.cat([features + m.src_pos, m.embed(prompt_ids), m.embed(answer_ids)], 1)
        n = torch.arange(IMG + t + l)
        a0 = n - IMG - t  # >= 0 in the answer
        text = n - IMG
        valid = (n.unsqueeze(0) < IMG) | ((text.unsqueeze(0) < prompt_length.unsqueeze(1)) & (text.unsqueeze(0) < t)) | \
                ((a0.unsqueeze(0) >= 0) & (a0.unsqueeze(0) < answer_length.unsqueeze(1)))
        see = (n.unsqueeze(0) < IMG) | ((n.unsqueeze(1) >= IMG) & (n.unsqueeze(0) <= n.unsqueeze(1)))
        mask = (see.unsqueeze(0) & valid.unsqueeze(1)) | (n.unsqueeze(0) == n.unsqueeze(1))
        pos = torch.where(a0.unsqueeze(0) >= 0, IMG + prompt_length.unsqueeze(1) + a0.unsqueeze(0), n.unsqueeze(0))
        h, _ = m.trunk(x, pos, mask.unsqueeze(1))
        last = torch.gather(h, 1, (IMG + prompt_length - 1).view(-1, 1, 1).expand(-1, 1, h.shape[2]))
        h = torch.cat([last, h[:, IMG + t:]], 1)[:, :l]
        lp = torch.gather(torch.log_softmax(m.logits(h), -1), 2, answer_ids.unsqueeze(2)).squeeze(2)
        ok = torch.arange(l).unsqueeze(0) < answer_length.unsqueeze(1)
        return torch.where(ok, lp, torch.zeros_like(lp)).sum(1)


class ImagePrefix(Part):
    """prompt -> cache of the rows with the prompt, and behind them of those without, where guidance asks for them.

    rows [R]: to which item of the batch a row belongs: R is B, or 2B where any item's guidance is not 1."""

    def both(self, prompt_ids, prompt_length, rows):
        t = prompt_ids.shape[1]
        ar = torch.arange(t).unsqueeze(0)
        un = torch.where(ar == 0, prompt_ids[:, :1], torch.where(ar == 1, torch.full_like(prompt_ids, IMAGE), torch.zeros_like(prompt_ids)))
        first = torch.arange(rows.shape[0])
        return torch.cat([prompt_ids, un])[first], torch.cat([prompt_length, torch.full_like(prompt_length, 2)])[first]

    def begin(self, order):
        b = order.shape[0]
        return torch.zeros(b, DIM), order[:, 0] * 0

    def forward(self, prompt_ids, prompt_length, order, rows):
        m = self.m
        ids, length = self.both(prompt_ids, prompt_length, rows)
        r, t = ids.shape
        n = torch.arange(t)
        valid = n.unsqueeze(0) < length.unsqueeze(1)
        mask = ((n.unsqueeze(0) <= n.unsqueeze(1)).unsqueeze(0) & valid.unsqueeze(1)) | (n.unsqueeze(0) == n.unsqueeze(1))
        _, kv = m.trunk(m.embed(ids), (n + IMG).unsqueeze(0).expand(r, t), mask.unsqueeze(1))
        return (flat(kv), valid, length + IMG) + self.begin(order)


class EditPrefix(ImagePrefix):
    """.. and the source's tokens, and which of them are kept [B,16,1]"""

    def forward(self, source, prompt_ids, prompt_length, order, rows):
        m = self.m
        tokens = m.vae.tokens(source)
        features = m.encoder(source)
        src = features + m.src_in(tokens) + m.src_pos
        ids, length = self.both(prompt_ids, prompt_length, rows)
        r, t = ids.shape
        x = torch.cat([src[rows], m.embed(ids)], 1)
        n = torch.arange(t + IMG)
        valid = torch.cat([torch.ones(r, IMG, dtype=torch.bool), torch.arange(t).unsqueeze(0) < length.unsqueeze(1)], 1)
        see = (n.unsqueeze(0) < IMG) | ((n.unsqueeze(1) >= IMG) & (n.unsqueeze(0) <= n.unsqueeze(1)))
        mask = (see.unsqueeze(0) & valid.unsqueeze(1)) | (n.unsqueeze(0) == n.unsqueeze(1))
        h, kv = m.trunk(x, n.unsqueeze(0).expand(r, t + IMG), mask.unsqueeze(1))
        h = h[torch.arange(order.shape[0])]  # the rows with the prompt
        end = torch.gather(h, 1, (IMG + prompt_length - 1).view(-1, 1, 1).expand(-1, 1, m.d)).squeeze(1)
        return (flat(kv), valid, length + IMG) + self.begin(order) + (tokens, m.keep(end, h[:, :IMG], features)[0].unsqueeze(2) > 0)


class ImageStep(Part):
    """Step i of the token loop: -> condition of the head, the position's noise, carried state"""

    def run(self, i, prev, prev_pos, cache, valid, pos, order, noise, rows, kept=None):
        m = self.m
        b = order.shape[0]
        cur = torch.gather(order, 1, i.view(1, 1).expand(b, 1))[:, 0]
        x = m.next_pos[cur] + torch.where(i == 0, m.boi.unsqueeze(0).expand(b, m.d), m.tok_in(prev) + m.cur_pos[prev_pos])
        if kept is not None:
            x = x + m.kept[at(kept, cur)[:, 0].to(torch.int64)]
        x = x[rows].unsqueeze(1)
        cos, sin = rope(pos.unsqueeze(1), m.dh)
        valid2 = torch.cat([valid, torch.ones_like(valid[:, :1])], 1)
        kv = []
        for blk, past in zip(m.blocks, pairs(cache)):
            x, c = blk(x, cos, sin, valid2.unsqueeze(1).unsqueeze(1), past)
            kv.append(c)
        h = m.norm(x)[:, 0]
        return m.head.cond(h), at(noise, cur), cur, flat(kv), valid2, pos + 1

    def forward(self, i, prev, prev_pos, cache, valid, pos, order, noise, rows):
        return self.run(i, prev, prev_pos, cache, valid, pos, order, noise, rows)


class EditStep(ImageStep):
    """.. and the source's token of the position, as it is and projected for the head, and whether it is kept"""

    def forward(self, i, prev, prev_pos, cache, valid, pos, order, noise, rows, tokens, kept):
        out = self.run(i, prev, prev_pos, cache, valid, pos, order, noise, rows, kept)
        old = at(tokens, out[2])
        of = old[rows]
        return (out[0] + self.m.head.src_cond(of),) + out[1:] + (old, self.m.head.src(of), at(kept, out[2]))


class Denoise(Part):
    def forward(self, k, z, c, guidance, steps, rows, s=None):
        n = steps.to(torch.float32)
        t = (k.to(torch.float32) / n).view(1)  # broadcasts over the rows
        v = self.m.head(z[rows], t, c, s)
        first = torch.arange(z.shape[0])
        return z + guided(v[first], v[first + (rows.shape[0] - z.shape[0])], guidance, n) / n


class Post(Part):
    """tokens in generation order [16,B,64] -> pixels"""

    def forward(self, seq, order):
        return self.m.picture(self.by_place(seq, torch.argsort(order, 1)))

    def by_place(self, seq, inv):
        return torch.gather(seq.transpose(0, 1), 1, inv.unsqueeze(2).expand(-1, -1, seq.shape[2]))


class EditPost(Post):
    """.. and which tokens are kept, by position [B,16,1], and the source's pixels"""

    def forward(self, seq, order, kept, source):
        return self.m.picture(self.by_place(seq, torch.argsort(order, 1)), kept, source)
