"""The exported bundle against PyTorch. Needs bundle/, golden/ and, for the parity tests, the checkpoint that it was exported from."""
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from unifluid import world as W
from unifluid.runtime import Bundle, draws

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINT = Path(os.environ.get("UNIFLUID_CHECKPOINT", ROOT / "work" / "shipped.pt"))
ART = (W.ART / "art.json").exists()
needs_model = pytest.mark.skipif(not (CHECKPOINT.exists() and ART), reason="no checkpoint or artwork here")


@pytest.fixture(scope="module")
def bundle():
    return Bundle(ROOT / "bundle")


@pytest.fixture(scope="module")
def golden():
    return json.loads((ROOT / "golden" / "golden.json").read_text())


def gpx(b, name):
    return b.pixels([np.asarray(Image.open(ROOT / "golden" / name))])


def test_checksums(bundle):
    for name, want in bundle.meta["sha256"].items():
        assert hashlib.sha256((bundle.path / name).read_bytes()).hexdigest() == want
    assert sum(p.stat().st_size for p in bundle.path.iterdir()) <= 60 * 2**20


def test_golden_understanding(bundle, golden):
    for e in golden["understand"]:
        f = bundle.encode(gpx(bundle, e["image"]))
        text, tok, lp = bundle.understand(f, e["template"], [e["text"]])
        assert [int(t) for t in tok[0]] == e["tokens"] and text[0] == e["answer"]
        np.testing.assert_allclose(lp[0], e["logprob"], atol=2e-3)


def test_understanding_in_parts(bundle, golden):
    """begin and step, with the odd rows dropped after four tokens, write what understand writes."""
    cases = [e for e in golden["understand"] if e["template"] == "caption"][:6]
    f = bundle.encode(np.concatenate([gpx(bundle, e["image"]) for e in cases]))
    _, whole, _ = bundle.understand(f, "caption", [e["text"] for e in cases])
    ids, n = bundle.prompt("caption", [e["text"] for e in cases])

    def run(name, given, inputs):
        s = bundle.session(name)
        state = {"state_" + k.removeprefix("next_"): v for k, v in given.items() if k.startswith("next_")}
        return dict(zip([o.name for o in s.get_outputs()], s.run(None, {**state, **inputs})))

    state, rows, written = run("begin", {}, {"features": f, "prompt_ids": ids, "prompt_length": n}), np.arange(len(cases)), []
    for i in range(whole.shape[1]):
        state = run("step", state, {})
        written.append(dict(zip(rows, state["token"])))
        if i == 3:
            state, rows = run("keep", state, {"rows": np.arange(0, len(rows), 2)}), rows[::2]
    for i, tokens in enumerate(written):
        assert all(tokens[row] == whole[row, i] for row in tokens)


def test_eight_bits(bundle, golden):
    """Nearly the tokens and scores of the floats."""
    eight, alike = Bundle(ROOT / "bundle", int8=True), []
    for e in golden["understand"]:
        _, tok, lp = eight.understand(eight.encode(gpx(eight, e["image"])), e["template"], [e["text"]])
        alike.append([int(t) for t in tok[0]] == e["tokens"])
    assert np.mean(alike) >= 0.98
    apart = []
    for e in golden["score"]:
        f, n = eight.encode(gpx(eight, e["image"])), len(e["choices"])
        got = eight.score(np.repeat(f, n, 0), [e["question"]] * n, e["choices"])
        p, q = (np.exp(x) / np.exp(x).sum() for x in (np.array(got), np.array(e["logprob"])))
        apart.append(np.abs(p - q).max())
    assert 0 < np.mean(apart) < 0.01


def test_golden_scores(bundle, golden):
    for e in golden["score"]:
        f = bundle.encode(gpx(bundle, e["image"]))
        n = len(e["choices"])
        got = bundle.score(np.repeat(f, n, 0), [e["question"]] * n, e["choices"])
        np.testing.assert_allclose(got, e["logprob"], atol=2e-3)


def test_golden_scores_in_one_row(bundle, golden):
    """All questions of a picture as one tree in a row of choices.onnx, and a row behind it that is shorter."""
    cases = {}
    for e in golden["score"]:
        cases.setdefault(e["image"], []).append(e)
    rows, want = [], []
    for image, questions in cases.items():
        texts = []
        for e in questions:
            ids, n = bundle.prompt("vqa", [e["question"]])
            for choice, lp in zip(e["choices"], e["logprob"]):
                answer = bundle.tok.encode(choice, add_special_tokens=False).ids + [2]
                texts.append((ids[0, :n[0]].tolist(), answer, lp))
        r, w, root = {k: [] for k in ("ids", "place", "until", "before", "wanted")}, [], {}
        for prompt, answer, _ in texts:
            at = root
            for token in prompt + answer[:-1]:
                at = at.setdefault(token, {})

        def lay(following, place):
            for token, next_ in list(following.items()):
                number = len(r["ids"])
                r["ids"].append(token)
                r["place"].append(place)
                r["until"].append(0)
                lay(next_, place + 1)
                following[token] = (number, next_)
                r["until"][number] = len(r["ids"]) - 1

        lay(root, 0)
        for prompt, answer, lp in texts:
            at, following, span = 0, root, len(r["before"])
            for i, token in enumerate(prompt + answer):
                if i >= len(prompt):
                    r["before"].append(at)
                    r["wanted"].append(token)
                if i < len(prompt) + len(answer) - 1:
                    at, following = following[token]
            w.append((span, len(r["before"]), lp))
        rows.append((image, r))
        want.append(w)

    def matrix(k):
        m = np.full((len(rows), max(len(r[k]) for _, r in rows)), -1 if k == "until" else 0, np.int64)
        for i, (_, r) in enumerate(rows):
            m[i, :len(r[k])] = r[k]
        return m

    f = bundle.encode(np.concatenate([gpx(bundle, image) for image, _ in rows]))
    got = bundle.session("choices").run(None, {"features": f, **{k: matrix(k) for k in rows[0][1]}})[0]
    for i, w in enumerate(want):
        for a, b, lp in w:
            np.testing.assert_allclose(got[i, a:b].sum(), lp, atol=2e-3)


@pytest.mark.parametrize("kind", ["generate", "edit"])
def test_golden_pictures(bundle, golden, kind):
    for e in golden[kind]:
        noise = np.fromfile(ROOT / "golden" / e["noise"], "<f4").reshape(1, 16, 64)
        want = np.fromfile(ROOT / "golden" / e["pixels"], "<f4").reshape(3, 64, 64)
        src = gpx(bundle, e["source"]) if kind == "edit" else None
        got = bundle.image(kind, [e["prompt"]], np.array([e["order"]]), noise, e["guidance"], e["steps"], src)[0]
        assert np.abs(got - want).max() < 1e-3


def test_an_edit_keeps_what_it_does_not_concern_to_the_bit(bundle):
    """An instruction about one of two objects: cells of the picture are the source's own, others are new."""
    src = gpx(bundle, "0001.png").repeat(4, 0)
    o, z = draws(range(4))
    y = bundle.image("edit", ["remove the dog", "make the background red", "replace the fox with a key", "hello"], o, z, 1.0, 4, source=src)
    same = (y == src).all(1).reshape(4, 4, 16, 4, 16).all((2, 4))
    assert same.any() and not same.all()
    assert not same[1].any()  # a new background is everywhere


def test_batch_and_padding_do_not_matter(bundle):
    prompts = ["a dog on a red background", "a fox", "a picture of a cat to the left of an apple on a yellow background, nice and clean",
               "zyx qwerty", "a duck, a bomb and a key in a row on a pink background"]
    o, z = draws(range(5))
    all_ = bundle.image("generate", prompts, o, z, 2.0, 6)
    src = np.clip(z[:, :, :48].reshape(5, 3, 16, 16).repeat(4, 2).repeat(4, 3), -1, 1).copy()
    alle = bundle.image("edit", prompts, o, z, 2.0, 6, source=src)
    f = bundle.encode(src)
    cap, tok, lp = bundle.understand(f, "vqa", prompts)
    sc = bundle.score(f, prompts, ["yes", "no", "a bunch of grapes", "red", "two"])
    for i, p in enumerate(prompts):
        np.testing.assert_allclose(bundle.image("generate", [p], o[i:i + 1], z[i:i + 1], 2.0, 6)[0], all_[i], atol=1e-4)
        np.testing.assert_allclose(bundle.image("edit", [p], o[i:i + 1], z[i:i + 1], 2.0, 6, source=src[i:i + 1])[0], alle[i], atol=1e-4)
        assert bundle.understand(bundle.encode(src[i:i + 1]), "vqa", [p])[0][0] == cap[i]
        one = bundle.score(f[i:i + 1], [p], [["yes", "no", "a bunch of grapes", "red", "two"][i]])
        np.testing.assert_allclose(one[0], sc[i], atol=1e-4)


def test_seeds_matter(bundle):
    o, z = draws([1, 2])
    y = bundle.image("generate", ["a fox"] * 2, o, z, 2.0, 6)
    assert np.abs(y[0] - y[1]).max() > 0.02


def test_few_steps_bear_much_guidance(bundle):
    """Two long steps would overshoot: guidance beyond what they bear is that which they bear."""
    o, z = draws([1])
    much, most, less = (bundle.image("generate", ["a fox on a red background"], o, z, g, 2) for g in (8.0, 1.5, 1.0))
    np.testing.assert_allclose(much, most, atol=1e-4)
    assert np.abs(most - less).max() > 0.02
    at_length = [bundle.image("generate", ["a fox on a red background"], o, z, g, 20) for g in (1.5, 4.0)]
    assert np.abs(at_length[0] - at_length[1]).max() > 0.02


def test_free_text_does_not_break(bundle):
    f = bundle.encode(np.zeros((1, 3, 64, 64), np.float32))
    for q in ["", "?", "ÄÖÜ 你好 🦊", "<|image|> ignore", "WHAT IS THIS, PRETTY PLEASE"]:
        text, tok, _ = bundle.understand(f, "vqa", [q], 8)
        assert tok.shape[1] <= 8
        o, z = draws([3])
        assert np.isfinite(bundle.image("generate", [q], o, z, 2.0, 2)).all()


@needs_model
def test_text_parity_over_200_items(bundle):
    from unifluid import text as X
    from unifluid.export import load
    from unifluid.golden import greedy
    m, _ = load(CHECKPOINT)
    torch.set_num_threads(1)
    n = same = tight = 0
    for i in range(100):
        rng = W.rng_for("test", 800000 + i)
        s = W.sample_scene(rng)
        p = bundle.pixels([W.render(s)])
        with torch.no_grad():
            tf = m.encoder(torch.from_numpy(p))
        f = bundle.encode(p)
        assert np.abs(tf.numpy() - f).max() < 1e-3
        q = W.question(s, rng)[0]
        for kind, t, ids in (("caption", "", [X.CAPTION, X.ANSWER]), ("vqa", q, [X.QUESTION] + X.ids(q) + [X.ANSWER])):
            want, _, margin = greedy(m, tf, ids)
            if margin < 1e-3:
                tight += 1
                continue
            n += 1
            same += [int(x) for x in bundle.understand(f, kind, [t])[1][0]] == want
    assert same == n and tight <= 4


@needs_model
def test_picture_parity(bundle):
    from unifluid.export import load
    from unifluid.golden import picture
    m, _ = load(CHECKPOINT)
    for i in range(4):
        s = W.sample_scene(W.rng_for("test", 810000 + i), house=True)
        o, z = draws([i])
        ids, n = bundle.prompt("generate", [W.caption(s)])
        got = bundle.image("generate", [W.caption(s)], o, z, 2.5, 10)[0]
        assert np.abs(got - picture(m, ids[0, :n[0]].tolist(), o, z, 2.5, 10)).max() < 1e-3
