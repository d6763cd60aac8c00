"""Photographs cut out, on the world's backgrounds: a second held-out set. `./run cutouts` fetches them; none is kept here, none was trained on.

The stamps of Debian's tuxpaint-stamps-default that are photographs of one of the words were chosen by hand (tools/stamps.json; no
drawings). One of them stands alone, 24 to 48 pixels wide or high, or two of them beside or above each other; questions and captions are evaluate.py's.

usage: python -m tools.cutouts [--bundle DIR] [--count N] [--show FILE]      writes report/cutouts.json
"""
import argparse
import functools
import json
import os
from pathlib import Path

import numpy as np
from PIL import Image

from unifluid import evaluate as E
from unifluid import world as W
from unifluid.domain import Measure
from unifluid.runtime import Bundle

from .stranger import mostly, share

FILES = Path(os.environ.get("UNIFLUID_STAMPS", W.ROOT / "work" / "stamps" / "usr" / "share" / "tuxpaint" / "stamps"))
STAMPS = {W.INDEX[word]: files for word, files in json.loads((W.ROOT / "tools" / "stamps.json").read_text()).items()}
SEEDS = 20  # beside world.py's splits
SIZES = {"one": (24, 48), "beside": (24, 30), "above": (24, 30)}
ENOUGH = 30  # questions with the answer yes, for a recall


@functools.cache
def stamp(file):
    im = Image.open(FILES / file).convert("RGBA")
    return im.crop(im.getchannel("A").getbbox())


@functools.cache
def emoji(file):
    """What the training has of the word in its place: the scenes with these say what is due to the photographs"""
    word = next(o for o, files in STAMPS.items() if file in files)
    im = next(Image.fromarray(rgba, "RGBA") for said, rgba in W.sprites(W.HOUSE_FAMILIES)[W.HOUSE_FAMILIES[0]] if said["object"] == word and said["main"])
    return im.crop(im.getchannel("A").getbbox())


def scene(seed, picture=stamp):
    """-> (scene, generator for its questions, the stamps' files)"""
    rng = np.random.default_rng([SEEDS, seed])
    layout = ("one", "one", "one", "beside", "above")[int(rng.integers(5))]
    objs = [int(o) for o in rng.choice(list(STAMPS), len(W.LAYOUTS[layout]), replace=False)]
    s, files = W.sample_scene(rng, objs=objs, layout=layout), []
    for t in s.things:
        least, most = SIZES[layout]
        files.append(STAMPS[t.obj][int(rng.integers(len(STAMPS[t.obj])))])
        im, t.size = picture(files[-1]), int(rng.integers(least, most + 1))
        t.sprite = W.blended(*W.scaled(np.asarray(im), tuple(max(2, round(side * t.size / max(im.size))) for side in im.size)))
    return s, rng, files


def right(scenes, captions):
    return {"objects": share([t.obj in E.named(c) for (s, _, _), c in zip(scenes, captions) for t in s.things]),
            "whole_caption": share([c == W.caption(s) for (s, _, _), c in zip(scenes, captions)])}


def measure(scenes, rows, captions, domain, temperature):
    things = [(s, t, t.obj in E.named(c)) for (s, _, _), c in zip(scenes, captions) for t in s.things]
    stamps = [f for *_, files in scenes for f in files]
    kinds = sorted({r[0] for r in rows})
    asked = [r for r in rows if r[0] == "moderation"]
    positives = sum(r[5] == 0 for r in asked)
    recall = E.moderation(rows, temperature, 0.9)["recall_at_precision_0.9"] if positives >= ENOUGH else f"not said of fewer than {ENOUGH} positives"
    small = SIZES["one"][0] + 12
    return {"pictures": len(scenes), "stamps": len(set(stamps)), "words": len(STAMPS),
            "questions_free": share([r[1] for r in rows]), "questions_closed_choice": share([E.chosen(r) for r in rows]),
            "by_kind": {k: {"free": share([r[1] for r in rows if r[0] == k]), "closed_choice": share([E.chosen(r) for r in rows if r[0] == k])} for k in kinds},
            **right(scenes, captions), "stamps_mostly_named": mostly(stamps, [hit for *_, hit in things]),
            "objects_alone_below_36_px": share([hit for s, t, hit in things if s.layout == "one" and t.size < small]),
            "objects_alone_from_36_px": share([hit for s, t, hit in things if s.layout == "one" and t.size >= small]),
            "captions_that_name_something_else": share([W.NAMES[W.UNKNOWN] in c for c in captions]),
            "background_right": share([c.endswith(f" on {W.an(s.colour)} background") for (s, _, _), c in zip(scenes, captions)]),
            "moderation": {"positives": positives, "recall_at_precision_0.9": recall, "found": share([r[3] == "yes" for r in asked if r[5] == 0]),
                           "wrongly_yes": share([r[3] == "yes" for r in asked if r[5] == 1])},
            "domain_above_0.5": share([bool(d > 0.5) for d in domain]),
            "objects_by_word": {W.NAMES[o]: share([hit for _, t, hit in things if t.obj == o]) for o in STAMPS}}


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--bundle", default=str(W.ROOT / "bundle"))
    a.add_argument("--count", type=int, default=500)
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--show", help="writes a sheet of the first 40 pictures here")
    a = a.parse_args()
    missing = [f for files in STAMPS.values() for f in files if not (FILES / f).is_file()]
    if missing:
        raise SystemExit(f"{FILES} lacks {len(missing)} of the stamps, {missing[0]} first: nothing is measured")
    b = Bundle(a.bundle, a.threads)
    scenes = [scene(i) for i in range(a.count)]
    pictures = [W.render(s) for s, _, _ in scenes]
    if a.show:
        sheet = Image.new("RGB", (10 * 132, 4 * 132), "white")
        for i, im in enumerate(pictures[:40]):
            sheet.paste(Image.fromarray(im).resize((128, 128), Image.NEAREST), (i % 10 * 132, i // 10 * 132))
        sheet.save(a.show)
    _, rows, captions = E.understand(b, [(s, rng) for s, rng, _ in scenes])
    result = {"version": b.meta["version"], **measure(scenes, rows, captions, Measure.read(b).of(pictures), b.meta["calibration"]["temperature"])}
    same = [scene(i, emoji) for i in range(a.count)]
    result["same_scenes_with_the_trainings_emoji"] = right(same, E.captions(b, E.features(b, [W.render(s) for s, _, _ in same])))
    (W.ROOT / "report" / "cutouts.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    if a.show:
        for (s, _, _), c in zip(scenes[:40], captions):
            print(W.caption(s), "|", c)


if __name__ == "__main__":
    main()
