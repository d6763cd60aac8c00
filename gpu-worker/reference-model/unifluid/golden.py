"""Golden inputs and outputs, written by the PyTorch side (no ONNX), for the tests of every consumer of the bundle."""
from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from . import text as X
from . import world as W
from .export import load
from .parts import Prefill, Score, TextStep
from .pretrain import WORK
from .runtime import draws

MARGIN = 0.05


def px(im):
    return torch.from_numpy(((np.asarray(im).astype(np.float32) / 255 - 0.5) / 0.5).transpose(2, 0, 1).copy()).unsqueeze(0)


@torch.no_grad()
def greedy(m, feats, ids, n=24):
    """-> tokens up to and including the end of text, log-probabilities, smallest margin of the two best"""
    lg, valid, cache, pos, done = Prefill(m)(feats, torch.tensor([ids]), torch.tensor([len(ids)]))
    step, out, lps, margin = TextStep(m), [], [], 9.0
    for _ in range(n):
        top = torch.log_softmax(lg, -1).topk(2).values[0]
        margin = min(margin, float(top[0] - top[1]))
        go, lg, cache, valid, pos, done, tok, lp = step(lg, cache, valid, pos, done)
        out.append(int(tok))
        lps.append(float(lp))
        if not bool(go):
            break
    return out, lps, margin


@torch.no_grad()
def score(m, feats, q, answers):
    p = [X.QUESTION] + X.ids(q) + [X.ANSWER]
    r = []
    for a in answers:
        i = X.ids(a) + [X.EOS]
        r.append(float(Score(m)(feats, torch.tensor([p]), torch.tensor([len(p)]), torch.tensor([i]), torch.tensor([len(i)]))))
    return r


@torch.no_grad()
def picture(m, ids, order, noise, guidance, steps, source=None):
    src = None if source is None else (m.encoder(source), m.vae.tokens(source))
    t, kept = m.sample(torch.tensor([ids]), torch.tensor([len(ids)]), torch.from_numpy(order), torch.from_numpy(noise), torch.tensor([guidance]), steps, src)
    return m.picture(t, kept, source)[0].numpy()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--checkpoint", default=str(WORK / "main.pt"))
    p.add_argument("--out", default=str(W.ROOT / "golden"))
    p.add_argument("--guidance", type=float, default=2.5)
    a = p.parse_args()
    torch.set_num_threads(1)
    m, _ = load(a.checkpoint)
    tmp = Path(a.out + ".new")
    shutil.rmtree(tmp, ignore_errors=True)
    tmp.mkdir(parents=True)
    g = {"guidance": a.guidance, "understand": [], "score": [], "generate": [], "edit": []}
    dropped = 0
    for k in range(1, 37):  # 216 texts, above the 200 that parity is asked of
        rng = W.rng_for("test", 500000 + k)
        s = W.sample_scene(rng)
        im = W.render(s)
        name = f"{k:04d}.png"
        Image.fromarray(im).save(tmp / name)
        f = m.encoder(px(im)).detach()
        tasks = [("caption", "", [X.CAPTION, X.ANSWER])]
        for kind in ("colour", "count", "exist", "moderation", "position"):
            q, _, _, ch = W.question(s, rng, kind, 1.0)
            tasks.append(("vqa", q, [X.QUESTION] + X.ids(q) + [X.ANSWER]))
            if kind in ("exist", "moderation", "position"):
                g["score"].append({"image": name, "question": q, "choices": ch, "logprob": score(m, f, q, ch)})
        for t, q, ids in tasks:
            tok, lp, margin = greedy(m, f, ids)
            if margin < MARGIN:
                dropped += 1
                continue
            g["understand"].append({"image": name, "template": t, "text": q, "promptIds": ids, "tokens": tok, "logprob": lp, "answer": X.decode(tok)})
    for k in range(4):
        rng = W.rng_for("test", 600000 + k)
        s = W.sample_scene(rng, house=True, counts=(0.5, 0.5, 0))
        steps = (2, 20)[k // 2]
        for kind in ("generate", "edit"):
            order, noise = draws([k + 10 * (kind == "edit")])
            e = {"order": order[0].tolist(), "noise": f"{kind}-{k}-noise.f32", "guidance": a.guidance, "steps": steps, "pixels": f"{kind}-{k}-pixels.f32"}
            if kind == "generate":
                p_ = W.caption(s)
                ids = [X.GENERATE] + X.ids(p_) + [X.IMAGE]
                e = {"prompt": p_, "promptIds": ids, **e}
                y = picture(m, ids, order, noise, a.guidance, steps)
            else:
                im = np.asarray(Image.open(tmp / f"{k + 1:04d}.png"))
                s2 = W.sample_scene(W.rng_for("test", 500000 + k + 1))
                ins, _, _ = W.edit(s2, rng, ["background", "replace"][k % 2], 1.0)
                ids = [X.EDIT] + X.ids(ins) + [X.IMAGE]
                e = {"source": f"{k + 1:04d}.png", "instruction": ins, "prompt": ins, "promptIds": ids, **e}
                y = picture(m, ids, order, noise, a.guidance, steps, px(im))
            noise[0].astype("<f4").tofile(tmp / e["noise"])
            y.astype("<f4").tofile(tmp / e["pixels"])
            g[kind].append(e)
    g["dropped"] = dropped
    (tmp / "golden.json").write_text(json.dumps(g, indent=1) + "\n")
    others = Path(a.out) / "domain.json"  # `domain golden` makes it
    if others.exists():
        shutil.copy(others, tmp)
    shutil.rmtree(a.out, ignore_errors=True)
    tmp.rename(a.out)
    print({k: len(v) for k, v in g.items() if isinstance(v, list)}, "dropped for a small margin:", dropped)


if __name__ == "__main__":
    main()
