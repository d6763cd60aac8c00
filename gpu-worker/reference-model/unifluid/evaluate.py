"""Measures the shipped bundle (ONNX Runtime) on test scenes: report/evaluation.json, report/index.html with pictures.

All figures come from the exported graphs, not from the PyTorch model. The judge of pictures is judge.py, never the model itself.
"""
from __future__ import annotations

import argparse
import html
import json
import math
import re
import time
from collections import Counter

import numpy as np
import torch
from PIL import Image

from . import judge as J
from . import wide
from . import world as W
from .models import VAE
from .pretrain import WORK
from .runtime import Bundle, draws

REPORT = W.ROOT / "report"


def scenes(split, first, n, **k):
    out = []
    for i in range(n):
        rng = W.rng_for(split, first + i)
        out.append((W.sample_scene(rng, **k), rng))
    return out


def cider(refs, hyps):
    """CIDEr-D with one reference a picture."""
    def grams(s):
        w = s.split()
        return [Counter(tuple(w[i:i + n]) for i in range(len(w) - n + 1)) for n in range(1, 5)]
    R, Hs = [grams(r) for r in refs], [grams(h) for h in hyps]
    df = Counter(g for r in R for c in r for g in c)
    N = math.log(max(2, len(refs)))
    tot = 0.0
    for r, h, rs, hs in zip(R, Hs, refs, hyps):
        v = 0.0
        for a, b in zip(r, h):
            idf = lambda g: N - math.log(max(1, df[g]))
            num = sum(min(b[g], a[g]) * a[g] * idf(g) ** 2 for g in b if g in a)
            na = math.sqrt(sum((x * idf(g)) ** 2 for g, x in a.items()))
            nb = math.sqrt(sum((x * idf(g)) ** 2 for g, x in b.items()))
            v += num / (na * nb) if na and nb else 0.0
        v *= math.exp(-((len(rs.split()) - len(hs.split())) ** 2) / 72.0)
        tot += 10 * v / 4
    return tot / len(refs)


def chunks(x, n):
    return [x[i:i + n] for i in range(0, len(x), n)]


def questions(sc):
    """Every kind once, every moderation group once, canonical wording."""
    out = []
    for i, (s, rng) in enumerate(sc):
        qs = [W.question(s, rng, k, 1.0) for k in ("exist", "exist", "group", "count", "colour", "position")]
        if s.layout in ("beside", "above"):
            qs.append(W.question(s, rng, "relation", 1.0))
        for g in W.MODERATION:
            qs.append((W.GROUP_Q[g][0], "yes" if any(W.GROUP[o] == g for o in s.objs()) else "no", "moderation", ["yes", "no"]))
        out += [(i, q, a, "single object" if k == "position" and s.layout == "one" else k, c) for q, a, k, c in qs]
    return out


def features(b, pictures):
    return np.concatenate([b.encode(b.pixels(c)) for c in chunks(pictures, 32)])


def captions(b, f):
    return [text for c in chunks(f, 32) for text in b.understand(c, "caption", [""] * len(c))[0]]


def named(caption):
    """-> the objects whose words are in it"""
    return {o for o in range(W.KNOWN) if re.search(rf"\b{W.NAMES[o]}\b", caption.rsplit(" on ", 1)[0])}


def answers(b, f, qs):
    """questions as `questions` gives them -> rows of [kind, right, question, answer, choice scores, index of the truth]"""
    rows = []
    for c in chunks(qs, 32):
        ans = b.understand(f[[q[0] for q in c]], "vqa", [q[1] for q in c], 8)[0]
        rows += [[q[3], a == q[2], q, a] for q, a in zip(c, ans)]
    sco = []
    for d in chunks([(r, ch) for r in rows for ch in r[2][4]], 32):
        sco += list(b.score(f[[r[2][0] for r, _ in d]], [r[2][1] for r, _ in d], [ch for _, ch in d]))
    at = 0
    for r in rows:
        n = len(r[2][4])
        r += [np.array(sco[at:at + n]), r[2][4].index(r[2][2])]
        at += n
    return rows


def chosen(row):
    """Whether the right choice has the highest score"""
    return int(np.argmax(row[4])) == row[5]


def understand(b, sc):
    """-> metrics, rows as `answers` gives them, captions"""
    f = features(b, [W.render(s) for s, _ in sc])
    caps = captions(b, f)
    refs = [W.caption(s) for s, _ in sc]
    rows = answers(b, f, questions(sc))
    by = {}
    for r in rows:
        by.setdefault(r[0], []).append(r[1])
    bys = {}
    for r in rows:
        bys.setdefault(r[0], []).append(chosen(r))
    m = {"scenes": len(sc), "caption_objects": float(np.mean([named(c) == set(s.objs()) for c, (s, _) in zip(caps, sc)])), "caption_exact": float(np.mean([a == r for a, r in zip(caps, refs)])), "caption_cider": cider(refs, caps),
         "questions": len(rows), "question_accuracy": float(np.mean([r[1] for r in rows])),
         "question_accuracy_by_kind": {k: {"accuracy": float(np.mean(v)), "n": len(v)} for k, v in sorted(by.items())},
         "closed_choice_accuracy": float(np.mean([chosen(r) for r in rows])),
         "closed_choice_by_kind": {k: float(np.mean(v)) for k, v in sorted(bys.items())}}
    return m, rows, caps


def probs(s, T):
    e = np.exp((s - s.max()) / T)
    return e / e.sum()


def ece(rows, T, bins=10):
    conf = np.array([probs(r[4], T).max() for r in rows])
    ok = np.array([chosen(r) for r in rows])
    e, table = 0.0, []
    for i in range(bins):
        m = (conf > i / bins) & (conf <= (i + 1) / bins)
        if m.any():
            e += m.mean() * abs(conf[m].mean() - ok[m].mean())
            table.append({"confidence": float(conf[m].mean()), "accuracy": float(ok[m].mean()), "n": int(m.sum())})
    return float(e), table


def fit_T(rows):
    best = min(((np.mean([-np.log(probs(r[4], T)[r[5]] + 1e-9) for r in rows]), T) for T in np.geomspace(0.4, 4, 47)))
    return float(round(best[1], 3))


def moderation(rows, T, precision=0.95):
    r = [x for x in rows if x[0] == "moderation"]
    p = np.array([probs(x[4], T)[0] for x in r])
    y = np.array([x[5] == 0 for x in r])
    pts = []
    for t in np.unique(np.concatenate([np.linspace(0.02, 0.98, 49), p])):
        s = p >= t
        if s.any():
            pts.append((float(t), float(y[s].mean()), float(s[y].mean())))
    good = [q for q in pts if q[1] >= precision]
    best = max(good, key=lambda q: (q[2], -abs(q[0] - 0.5))) if good else (1.0, 0.0, 0.0)
    groups = {}
    for g in W.MODERATION:
        k = np.array([W.GROUP_Q[g][0] == x[2][1] for x in r])
        s = p >= best[0]
        groups[g] = {"n_positive": int((y & k).sum()), "recall": float(s[y & k].mean()) if (y & k).any() else None,
                     "precision": float(y[s & k].mean()) if (s & k).any() else None}
    return {"n": len(r), "positives": int(y.sum()), f"recall_at_precision_{precision}": best[2], "threshold": best[0], "by_group_at_threshold": groups,
            "curve": [{"threshold": round(a, 3), "precision": round(c, 4), "recall": round(d, 4)} for a, c, d in pts if abs(a * 50 - round(a * 50)) < 1e-6]}


def generate(b, j, sc, guidance, steps, seed0, batch=16):
    ok, objs, col, pics, per = [], [], [], [], {}
    for c in chunks(list(enumerate(sc)), batch):
        o, z = draws([seed0 + i for i, _ in c])
        y = b.image("generate", [W.caption(s) for _, (s, _) in c], o, z, guidance, steps)
        for (i, (s, _)), (f, colour) in zip(c, J.read(j, torch.from_numpy(y))):
            k = colour == s.colour and J.matches(f, s.objs(), s.layout)
            ok.append(k)
            objs.append(len(set(x for x, _, _ in f) & set(s.objs())) / len(s.objs()))
            col.append(colour == s.colour)
            per.setdefault(len(s.objs()), []).append(k)
        pics += list(y)
    return {"n": len(ok), "success": float(np.mean(ok)), "objects_found": float(np.mean(objs)), "background_right": float(np.mean(col)),
            "by_object_count": {str(k): {"success": float(np.mean(v)), "n": len(v)} for k, v in sorted(per.items())}, "guidance": guidance, "steps": steps}, pics, ok


def editing(b, j, sc, guidance, steps, seed0, batch=16):
    ok, per, pics, inst = [], {}, [], []
    for c in chunks(list(enumerate(sc)), batch):
        o, z = draws([seed0 + i for i, _ in c])
        px = b.pixels([W.render(s) for _, (s, _) in c])
        ed = [W.edit(s, rng, W.EDIT_KINDS[i % 3], 1.0) for i, (s, rng) in c]
        y = b.image("edit", [e[0] for e in ed], o, z, guidance, steps, source=px)
        for e, (f, colour) in zip(ed, J.read(j, torch.from_numpy(y))):
            k = J.check(f, colour, e[1])
            ok.append(k)
            per.setdefault(e[2], []).append(k)
        pics += list(zip(px, y))
        inst += [e[0] for e in ed]
    return {"n": len(ok), "success": float(np.mean(ok)), "by_kind": {k: {"success": float(np.mean(v)), "n": len(v)} for k, v in sorted(per.items())},
            "guidance": guidance, "steps": steps}, pics, inst, ok


def to_img(y, scale=2):
    a = ((np.clip(y, -1, 1) + 1) * 127.5).round().astype(np.uint8).transpose(1, 2, 0)
    return Image.fromarray(a).resize((64 * scale, 64 * scale), Image.LANCZOS)


def beside(pictures):
    sheet = Image.new("RGB", (136 * len(pictures) - 8, 128), "white")
    for i, y in enumerate(pictures):
        sheet.paste(to_img(y), (136 * i, 0))
    return sheet


def by_word(b, sc):
    """Where captions of unseen artwork fail, of which there is one drawing for each word."""
    shown, missed, taken = Counter(), Counter(), Counter()
    wrong = []  # of each scene what is missed and what is said in its place
    for s, caption in zip(sc, captions(b, features(b, [W.render(s) for s in sc]))):
        objs, said = set(s.objs()), named(caption)
        wrong.append((objs - said, said - objs))
        shown.update(objs)
        missed.update(objs - said)
        taken.update((o, x) for o in objs - said for x in said - objs)
    worst = [o for o, _ in missed.most_common()]

    def right(known):
        """Share of captions with the right objects if these words were always named, each in the place of one wrong one."""
        return sum(gone <= known and len(instead) <= len(gone) for gone, instead in wrong) / len(sc)

    return {"scenes": len(sc), "captions_with_the_right_objects": right(set()), "objects_named": 1 - missed.total() / shown.total(),
            "words_always_named": sum(missed[o] == 0 for o in shown), "words": len(shown),
            "share_of_what_is_missed_in_the_worst_words": {str(n): sum(missed[o] for o in worst[:n]) / max(1, missed.total()) for n in (5, 8, 10, 20)},
            "captions_with_the_right_objects_if_the_worst_words_were_named": {str(n): right(set(worst[:n])) for n in (4, 6, 8)},
            "named_of_shown": {W.NAMES[o]: f"{shown[o] - missed[o]} of {shown[o]}" for o in worst[:20]},
            "taken_for": {f"{W.NAMES[o]}: {W.NAMES[x]}": n for (o, x), n in taken.most_common(20)}}


def page(res, figs):
    def table(d):
        rows = "".join(f"<tr><td>{html.escape(str(k))}</td><td>{table(v) if isinstance(v, dict) else (f'{v:.3f}' if isinstance(v, float) else html.escape(str(v)))}</td></tr>"
                       for k, v in d.items() if k not in ("curve", "reliability"))
        return f"<table>{rows}</table>"
    body = "".join(f"<h2>{html.escape(k)}</h2>{table(v) if isinstance(v, dict) else html.escape(str(v))}" for k, v in res.items())
    pics = "".join(f"<h2>{html.escape(t)}</h2><div class=g>" + "".join(f"<figure class={'ok' if ok else 'no'}>" + "".join(f"<img src='{p}'>" for p in ps) +
                   f"<figcaption>{html.escape(c)}</figcaption></figure>" for ps, c, ok in items) + "</div>" for t, items in figs)
    (REPORT / "index.html").write_text("<!doctype html><meta charset=utf-8><title>Reference model: evaluation</title><style>body{font:14px sans-serif;margin:2em;max-width:1200px}"
        "table{border-collapse:collapse}td{border:1px solid #ccc;padding:2px 8px;vertical-align:top}.g{display:flex;flex-wrap:wrap;gap:10px}figure{margin:0;max-width:400px;border-top:4px solid #c33}"
        "figure.two{width:280px}figure.ok{border-color:#3a3}figcaption{font-size:12px}</style><h1>Reference model: evaluation</h1><p>Green: the judge found everything right; red: it did not.</p>" + pics + body)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--bundle", default=str(W.ROOT / "bundle"))
    p.add_argument("--scenes", type=int, default=300)
    p.add_argument("--pictures", type=int, default=150)
    p.add_argument("--steps", type=int, default=2)
    p.add_argument("--guidance", type=float, nargs="*", default=[1.0], help="of several the best on validation scenes is used; 1 is cheapest, since the half without the prompt is not computed")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--held-out", type=int, metavar="SCENES", help="only this: which words of the held-out artwork are missed, into report/held-out.json")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    REPORT.mkdir(exist_ok=True)
    if a.held_out:
        res = by_word(Bundle(a.bundle, a.threads), [s for s, _ in scenes("test", 0, a.held_out, families=(W.HELD_OUT,))])
        (REPORT / "held-out.json").write_text(json.dumps(res, indent=1) + "\n")
        print(json.dumps(res, indent=1))
        return
    (REPORT / "pictures").mkdir(exist_ok=True)
    b = Bundle(a.bundle, a.threads)
    j, acc = J.load()
    t0, res = time.time(), {}
    res["bundle"] = {"version": b.meta["version"], "training": b.meta.get("training"), "size_MiB": round(sum(f.stat().st_size for f in b.path.iterdir()) / 2 ** 20, 1)}
    res["judge"] = {"accuracy_on_true_test_scenes": acc}
    wide.bank(400000, 4)
    rng = W.rng_for("val", 400000)  # wider scenes too: where the model is always right, nothing says how sure it may be
    _, val, _ = understand(b, scenes("val", 100000, 150) + [(wide.sample_scene(rng), rng) for _ in range(150)])
    T = fit_T(val)
    m, rows, caps = understand(b, scenes("test", 0, a.scenes))
    res["understanding"] = m
    e1, _ = ece(rows, 1.0)
    e2, tab = ece(rows, T)
    yn = [r for r in rows if r[2][4] == ["yes", "no"]]
    res["calibration"] = {"temperature": T, "ece_raw": e1, "ece": e2, "ece_yes_no": ece(yn, T)[0], "reliability": tab}
    res["moderation"] = moderation(rows, T)
    h, hrows, _ = understand(b, scenes("test", 0, a.scenes, families=(W.HELD_OUT,)))
    h["moderation_recall_at_precision_0.9"] = moderation(hrows, T, 0.9)["recall_at_precision_0.9"]
    res["held_out_artwork"] = h
    print(json.dumps({"understanding": m, "held_out": h["question_accuracy"], "moderation": res["moderation"]["recall_at_precision_0.95"]}, indent=1), flush=True)
    # the tokenizer's ceiling
    v = VAE()
    v.load_state_dict(torch.load(WORK / "vae.pt")["net"])
    v.eval()
    hs = [s for s, _ in scenes("test", 20000, a.pictures, house=True)]
    with torch.no_grad():
        px = torch.from_numpy(b.pixels([W.render(s) for s in hs]))
        again = torch.cat([v.pixels(v.tokens(x)) for x in px.split(50)]).clamp(-1, 1)
    ok = [c == s.colour and J.matches(f, s.objs(), s.layout) for s, (f, c) in zip(hs, J.read(j, again))]
    every = torch.from_numpy(b.pixels([W.render(s) for s, _ in scenes("test", 0, a.scenes)]))
    with torch.no_grad():
        apart = torch.cat([(v.pixels(v.tokens(x)).clamp(-1, 1) - x).square().mean((1, 2, 3)) for x in every.split(50)])
    res["tokenizer"] = {"psnr_db": float((10 * torch.log10(4 / apart)).mean()), "psnr_db_house_style": float((10 * torch.log10(4 / (again - px).square().mean((1, 2, 3)))).mean()),
                        "judge_success_on_reconstructions": float(np.mean(ok))}
    print(json.dumps(res["tokenizer"]), flush=True)
    vs = scenes("val", 200000, 32, house=True)
    tried = {str(g): generate(b, j, vs, g, a.steps, 5000)[0]["success"] for g in a.guidance}
    best = max(a.guidance, key=lambda g: tried[str(g)])
    gm, pics, gok = generate(b, j, scenes("test", 20000, a.pictures, house=True), best, a.steps, 0)
    gm["guidance_on_validation"] = tried
    res["generation"] = gm
    print(json.dumps(gm), flush=True)
    ve = {str(g): editing(b, j, scenes("val", 300000, 32), g, a.steps, 7000)[0]["success"] for g in (1.0, best)}
    ge = max((1.0, best), key=lambda g: ve[str(g)])
    em, ep, inst, eok = editing(b, j, scenes("test", 30000, a.pictures), ge, a.steps, 0)
    em["guidance_on_validation"] = ve
    res["edit"] = em
    eh, _, _, _ = editing(b, j, scenes("test", 40000, a.pictures, house=True), ge, a.steps, 0)
    res["edit_house_style_sources"] = eh
    print(json.dumps([em, eh]), flush=True)
    res["seconds"] = round(time.time() - t0)
    figs, items = [], []
    for i in range(min(48, len(pics))):
        beside([px[i].numpy(), again[i].numpy(), pics[i]]).save(REPORT / "pictures" / f"generate-{i:02d}.png")
        items.append(([f"pictures/generate-{i:02d}.png"], W.caption(hs[i]), gok[i]))
    figs.append(("As the house style has it, through the tokenizer, generated (the first 48 test prompts, none left out)", items))
    sheet = Image.new("RGB", (8 * 136 - 8, 2 * 136 - 8), "white")
    for i in range(16):
        sheet.paste(to_img(pics[i]), (i % 8 * 136, i // 8 * 136))
    sheet.save(REPORT / "sheet.png")
    items = []
    for i in range(min(36, len(ep))):
        beside(ep[i]).save(REPORT / "pictures" / f"edit-{i:02d}.png")
        items.append(([f"pictures/edit-{i:02d}.png"], inst[i], eok[i]))
    figs.append(("Edits (source, result; the first 36)", items))
    items = []
    ts = scenes("test", 0, a.scenes)
    for i in range(24):
        Image.fromarray(W.render(ts[i][0])).resize((128, 128), Image.LANCZOS).save(REPORT / "pictures" / f"caption-{i:02d}.png")
        items.append(([f"pictures/caption-{i:02d}.png"], caps[i], caps[i] == W.caption(ts[i][0])))
    figs.append(("Captions by the model (the first 24 test scenes)", items))
    (REPORT / "evaluation.json").write_text(json.dumps(res, indent=1) + "\n")
    head = {"captionExactMatch": m["caption_exact"], "captionCider": m["caption_cider"], "questionAccuracy": m["question_accuracy"],
            "moderationRecallAtPrecision95": res["moderation"]["recall_at_precision_0.95"], "moderationThreshold": res["moderation"]["threshold"],
            "generationSuccess": gm["success"], "editSuccess": em["success"], "heldOutQuestionAccuracy": h["question_accuracy"], "ece": e2}
    (REPORT / "headline.json").write_text(json.dumps({"temperature": T, "guidance": best, "steps": a.steps, "metrics": {k: round(v, 4) for k, v in head.items()}}, indent=1) + "\n")
    page(res, figs)
    print(json.dumps(head, indent=1))


if __name__ == "__main__":
    main()
