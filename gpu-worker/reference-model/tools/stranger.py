"""A second generator of scenes, for the evaluation alone: it shares neither code nor layout with the world that the model is trained on, but for where artwork is found.

Other emoji of the same families wherever a word has some (of each of them one family of four was kept from the training), turned and
mirrored, of any size, anywhere; shades by their CSS names, runs of two shades, black. Its captions are the model's own turns of phrase, so that a caption can be right as a whole.

usage: python -m tools.stranger [--bundle DIR] [--count N] [--show FILE]      writes report/stranger.json
"""
import argparse
import json
import math
import os
import random
import re
from pathlib import Path

from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
FILES = Path(os.environ.get("UNIFLUID_STRANGER", ROOT / "work" / "stranger"))
SIDE, FINE = 64, 4  # pixels of a picture; how much finer it is painted
SHADES = {
    "red": [(220, 20, 60), (178, 34, 34), (225, 60, 50)], "green": [(34, 139, 34), (60, 179, 113), (85, 150, 60)],
    "blue": [(65, 105, 225), (30, 144, 255), (40, 70, 170)], "yellow": [(255, 215, 0), (240, 230, 120), (250, 235, 60)],
    "purple": [(153, 50, 204), (102, 51, 153), (147, 112, 219)], "pink": [(255, 105, 180), (255, 182, 193), (245, 150, 190)],
    "gray": [(128, 128, 128), (105, 105, 105), (160, 160, 160)], "white": [(255, 255, 255), (255, 250, 250), (240, 245, 245)],
}
GROUNDS = ("plain", "plain", "plain", "run", "black")


def named(word):
    return ("an " if word[0] in "aeiou" else "a ") + word


def scattered(rng, n):
    """-> how the n things stand to each other, their squares (left, top, side) of which no two touch"""
    how = rng.choice({1: ["alone"], 2: ["across", "down"], 3: ["line", "roof", "feet"]}[n])
    rows = {"alone": [1], "across": [2], "down": [1, 1], "line": [3], "roof": [2, 1], "feet": [1, 2]}[how]
    most = {1: 44, 2: 32, 3: 20}[max(rows)] if len(rows) == 1 else 30
    while True:
        squares, top = [], rng.randint(0, 6)
        for many in rows:
            sides = [rng.randint(max(16, most // 2), most) for _ in range(many)]
            left = rng.randint(0, max(0, SIDE - sum(sides)))
            spare = SIDE - left - sum(sides)
            for side in sides:
                squares.append((left, top + (max(sides) - side) * rng.random(), side))
                gap = rng.uniform(0, max(0, spare) / many)
                left += side + gap
            top += max(sides) + rng.randint(0, 8)
        down = SIDE - max(y + s for _, y, s in squares)
        if all(x + s <= SIDE for x, _, s in squares) and down >= 0:
            lower = rng.uniform(0, down)
            return how, [(x, y + lower, s) for x, y, s in squares]


def said(how, words):
    a = [named(w) for w in words]
    return {"alone": "{0}", "across": "{0} to the left of {1}", "down": "{0} above {1}", "line": "{0}, {1} and {2} in a row",
            "roof": "{0} and {1} above {2}", "feet": "{0} above {1} and {2}"}[how].format(*a)


def ground(rng, kind, colour):
    side = SIDE * FINE
    if kind == "black":
        return Image.new("RGB", (side, side), (rng.randint(0, 12),) * 3)
    one, two = rng.sample(SHADES[colour], 2)
    if kind == "plain":
        return Image.new("RGB", (side, side), one)
    ramp = Image.linear_gradient("L").resize((side, side)).rotate(rng.choice((0, 90, 180, 270)))
    return Image.composite(Image.new("RGB", (side, side), one), Image.new("RGB", (side, side), two), ramp)


class Stranger:
    def __init__(self):
        self.files = json.loads((FILES / "stranger.json").read_text())
        self.words = sorted(self.files)

    def picture(self, seed):
        """-> (picture of 64x64, its truth)"""
        rng = random.Random(f"stranger {seed}")
        words = rng.sample(self.words, rng.choice((1, 2, 2, 3)))
        how, squares = scattered(rng, len(words))
        kind, colour = rng.choice(GROUNDS), rng.choice(sorted(SHADES))
        im, others, kept = ground(rng, kind, colour), [], []
        for word, (x, y, side) in zip(words, squares):
            emoji = rng.choice(self.files[word][rng.choice(sorted(self.files[word]))])
            others.append(emoji["other"])
            kept.append(emoji["kept"])
            art = Image.open(FILES / emoji["file"]).convert("RGBA")
            if rng.random() < 0.5:
                art = ImageOps.mirror(art)
            art = art.rotate(rng.uniform(-15, 15), Image.BICUBIC, expand=True)
            art.thumbnail((side * FINE, side * FINE), Image.LANCZOS)
            at = round(x * FINE + (side * FINE - art.width) / 2), round(y * FINE + (side * FINE - art.height) / 2)
            im.paste(art, at, art)
        colour = "black" if kind == "black" else colour
        truth = {"words": words, "other": others, "kept": kept, "ground": kind, "colour": colour, "caption": f"{said(how, words)} on {named(colour)} background"}
        return im.resize((SIDE, SIDE), Image.BOX), truth


def share(hits):
    """-> share, number and the 95 % interval (Wilson) of a list of booleans"""
    n, z = len(hits), 1.96
    if n == 0:
        return {"share": None, "n": 0}
    p = sum(hits) / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return {"share": round(p, 4), "n": n, "interval": [max(0.0, round((middle - half) / (1 + z * z / n), 4)), round((middle + half) / (1 + z * z / n), 4)]}


def mostly(units, hits):
    """-> of so many units (each has several hits and misses) the share that is hit more often than not: an interval that does not count them as independent"""
    of = {}
    for unit, hit in zip(units, hits):
        of.setdefault(unit, []).append(hit)
    return share([2 * sum(h) > len(h) for h in of.values()])


def measure(truths, captions):
    """How many of the things captions name, and how many captions are right as a whole; pictures on black are counted apart."""
    pattern = {w: re.compile(rf"\b{w}\b") for t in truths for w in t["words"]}
    rows = [(t, [bool(pattern[w].search(c)) for w in t["words"]], c) for t, c in zip(truths, captions)]
    own, black = ([r for r in rows if (r[0]["ground"] == "black") == b] for b in (False, True))

    def things(of, where=lambda t, i: True):
        return share([hit for t, hits, _ in of for i, hit in enumerate(hits) if where(t, i)])

    def whole(of):
        return share([c == t["caption"] for t, _, c in of])

    return {"pictures": len(rows), "objects": things(own), "whole_caption": whole(own),
            "objects_of_other_emoji": things(own, lambda t, i: t["other"][i]),
            "objects_of_emoji_kept_from_the_training": things(own, lambda t, i: t["kept"][i]),
            "objects_of_the_trainings_emoji": things(own, lambda t, i: not t["other"][i]),
            "background_right": share([f" {t['colour']} background" in c for t, _, c in own]),
            "whole_caption_by_object_count": {str(n): whole([r for r in own if len(r[0]["words"]) == n]) for n in (1, 2, 3)},
            "by_background": {"plain": whole([r for r in own if r[0]["ground"] == "plain"]), "two shades": whole([r for r in own if r[0]["ground"] == "run"]),
                              "black": whole(black), "black, objects": things(black)}}


def main():
    from unifluid.runtime import Bundle
    a = argparse.ArgumentParser()
    a.add_argument("--bundle", default=str(ROOT / "bundle"))
    a.add_argument("--count", type=int, default=600)
    a.add_argument("--show", help="writes a sheet of the first 40 pictures here")
    a = a.parse_args()
    bundle, stranger = Bundle(a.bundle, 2), Stranger()
    drawn = [stranger.picture(i) for i in range(a.count)]
    captions = []
    for i in range(0, a.count, 32):
        features = bundle.encode(bundle.pixels([im for im, _ in drawn[i:i + 32]]))
        captions += bundle.understand(features, "caption", [""] * len(features))[0]
    result = {"version": bundle.meta["version"], **measure([t for _, t in drawn], captions)}
    (ROOT / "report" / "stranger.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    if a.show:
        sheet = Image.new("RGB", (10 * 132, 4 * 132), "white")
        for i, (im, _) in enumerate(drawn[:40]):
            sheet.paste(im.resize((128, 128), Image.NEAREST), (i % 10 * 132, i // 10 * 132))
        sheet.save(a.show)
        for (_, t), c in zip(drawn[:40], captions):
            print(t["caption"], "|", c)


if __name__ == "__main__":
    main()
