"""How often the model says "something else" of what it has no word for, and of what it has one for.

The emoji of every fifth such kind were kept from the training (tools/artwork.mjs: `unseen`). Each stands on a background of the world,
alone and beside a known object; the known things are those of the test scenes and of the second generator's.

usage: python -m tools.unknown [--bundle DIR]      writes report/unknown.json
"""
import argparse
import json
from collections import Counter

import numpy as np

from unifluid import evaluate as E
from unifluid import wide
from unifluid import world as W
from unifluid.runtime import Bundle

from .stranger import Stranger, mostly, share

ELSE = W.NAMES[W.UNKNOWN]
SEEDS = 21  # beside world.py's splits and the cut-outs
TEST_SCENES, STRANGERS = 300, 600


def kept(families):
    """Code and sprite of what there is no word for, without those of the training"""
    return [(said["code"], rgba) for _, all_ in sorted(W.sprites(families).items()) for said, rgba in all_ if said["object"] == W.UNKNOWN and said["kept"]]


def scene(seed, sprite, beside):
    """-> (scene, generator for its question, which thing is unknown)"""
    rng = np.random.default_rng([SEEDS, seed, beside])
    objs = [W.UNKNOWN]
    if beside:
        objs.insert(int(rng.integers(2)), int(rng.integers(W.KNOWN)))
    s, at = W.sample_scene(rng, objs=objs), objs.index(W.UNKNOWN)
    t = s.things[at]
    t.sprite = W.blended(*W.scaled(sprite, (t.size, t.size)))
    return s, rng, at


def question(picture, rng, layout, objs, at):
    """What the thing there is, with "something else" among the choices, as `evaluate.answers` takes it"""
    text = W.SINGLE_Q[0] if layout == "one" else W.WHERE_Q[0].format(W.WHERE[layout][at][0])
    return picture, text, W.NAMES[objs[at]], "what", W.choices(rng, objs[at], {*objs, W.UNKNOWN})


def mean(x):
    """-> mean, number and its 95 % interval"""
    half = 1.96 * np.std(x, ddof=1) / len(x) ** 0.5
    return {"mean": round(float(np.mean(x)), 4), "n": len(x), "interval": [round(float(np.mean(x) - half), 4), round(float(np.mean(x) + half), 4)]}


def unknown(b, families):
    codes, sprites = zip(*kept(families))
    out = {"kinds": len(set(codes))}
    for beside in (False, True):
        scenes = [scene(i, sprite, beside) for i, sprite in enumerate(sprites)]
        f = E.features(b, [W.render(s) for s, _, _ in scenes])
        captions = E.captions(b, f)
        rows = E.answers(b, f, [question(i, rng, s.layout, s.objs(), at) for i, (s, rng, at) in enumerate(scenes)])
        out["beside a known object" if beside else "alone"] = {
            "captions": share([ELSE in c for c in captions]), "whole_caption": share([c == W.caption(s) for (s, _, _), c in zip(scenes, captions)]),
            "what_is_it": share([r[1] for r in rows]), "kinds_mostly_called_so": mostly(codes, [r[1] for r in rows]),
            "closed_choice": share([E.chosen(r) for r in rows]),
            "score_of_the_right_choice": mean([E.probs(r[4], b.meta["calibration"]["temperature"])[r[5]] for r in rows]),
            "called_instead": dict(Counter(r[3] for r in rows if not r[1]).most_common(10))}
    return out


def wrongly(objs, caption):
    """-> for each of these known objects, whether the caption says "something else" in its place"""
    missing = [o for o in objs if o not in E.named(caption)]
    so = missing[:caption.count(ELSE)]
    return [o in so for o in objs]


def known(b, pictures, of, questions):
    """of: the objects of each picture"""
    f = E.features(b, pictures)
    rows = E.answers(b, f, questions)
    return {"captions": share([so for objs, c in zip(of, E.captions(b, f)) for so in wrongly(objs, c)]), "what_is_it": share([r[3] == ELSE for r in rows]),
            "closed_choice": share([r[2][4][int(np.argmax(r[4]))] == ELSE for r in rows])}


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--bundle", default=str(W.ROOT / "bundle"))
    a.add_argument("--threads", type=int, default=2)
    a = a.parse_args()
    b = Bundle(a.bundle, a.threads)
    result = {"version": b.meta["version"], "unknown_called_so": {"families of the training": unknown(b, wide.FAMILIES), "OpenMoji": unknown(b, (W.HELD_OUT,))}}
    tests = E.scenes("test", 0, TEST_SCENES)
    where = [(i, at) for i, (s, _) in enumerate(tests) for at in range(len(s.things))]
    test = known(b, [W.render(s) for s, _ in tests], [s.objs() for s, _ in tests],
                 [question(i, tests[i][1], tests[i][0].layout, tests[i][0].objs(), at) for i, at in where])
    stranger, rng = Stranger(), np.random.default_rng(SEEDS)
    drawn = [stranger.picture(i) for i in range(STRANGERS)]
    of = [[W.INDEX[w] for w in truth["words"]] for _, truth in drawn]
    strange = known(b, [im for im, _ in drawn], of, [question(i, rng, "one", objs, 0) for i, objs in enumerate(of) if len(objs) == 1])
    result["known_called_so"] = {"test scenes": test, "second generator": strange}
    (W.ROOT / "report" / "unknown.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
