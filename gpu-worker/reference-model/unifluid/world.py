"""The world: emoji artwork composed into 64x64 scenes whose truth is known exactly.

Everything is a function of (split, seed): train, validation, test and judge scenes never share a seed. The wider scenes
of the training (other emoji of a word, any size and place, turned, recoloured, on runs of two shades) are in wide.py.
"""
from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
ART = Path(os.environ.get("UNIFLUID_ART", ROOT / "work" / "art"))
SIZE = 64
SIZES = (18, 20, 22, 24, 26, 28)
OBJECTS = [tuple(o) for o in json.loads((ROOT / "tools" / "objects.json").read_text())]
KNOWN = len(OBJECTS)  # the objects that there is a word for
UNKNOWN = KNOWN       # and what there is none for
NAMES = [o[0] for o in OBJECTS] + ["something else"]
GROUP = [o[2] for o in OBJECTS] + ["thing"]
N = len(NAMES)
INDEX = {n: i for i, n in enumerate(NAMES)}
TRAIN_FAMILIES = ("noto", "noto-v1", "fluent-emoji-flat", "twemoji", "fxemoji")
HOUSE_FAMILIES = ("noto",)  # the house style: what generation targets are drawn with
HELD_OUT = "openmoji"
SPLITS = {"train": 0, "val": 1, "test": 2, "judge": 3, "archive": 4}
BACKGROUNDS = {
    "red": (205, 52, 52), "green": (70, 160, 80), "blue": (64, 110, 215), "yellow": (245, 222, 90),
    "purple": (140, 85, 190), "pink": (250, 175, 205), "gray": (140, 140, 140), "white": (246, 246, 246),
    "black": (14, 14, 16), "brown": (125, 80, 45), "orange": (240, 140, 40), "turquoise": (70, 200, 195),
}
COLOURS = list(BACKGROUNDS)
GROUPS = ["animal", "food", "plant", "vehicle", "tool", "weapon", "alcohol", "drugs or tobacco"]
MODERATION = ["weapon", "alcohol", "drugs or tobacco"]
COUNT = ["zero", "one", "two", "three"]
# layout -> canonical centres (in reading order)
LAYOUTS = {
    "one": [(32, 32)],
    "beside": [(17, 32), (47, 32)],
    "above": [(32, 17), (32, 47)],
    "row": [(12, 32), (32, 32), (52, 32)],
    "two_one": [(17, 17), (47, 17), (32, 47)],
    "one_two": [(32, 17), (17, 47), (47, 47)],
}
LAYOUT_NAMES = list(LAYOUTS)
HOUSE_SIZE = {layout: 20 if layout == "row" else 26 for layout in LAYOUTS}
LAYOUT_P = {1: ["one"], 2: ["beside", "above"], 3: ["row", "two_one", "one_two"]}

_art: dict | None = None


def sprites(families) -> dict:
    """family -> list of (what `art.json` says of it: object, code, main, kept from the training; 64x64 RGBA)."""
    meta = json.loads((ART / "art.json").read_text())
    s = meta["size"]
    return {fam: list(zip(said, np.fromfile(ART / f"{fam}.rgba", np.uint8).reshape(-1, s, s, 4))) for fam, said in meta["sprites"].items() if fam in families}


def scaled(rgba, size):
    """-> (premultiplied rgb, alpha), uint8, of (width, height) pixels"""
    im = rgba.astype(np.float32)
    im[..., :3] *= im[..., 3:] / 255.0
    a = np.asarray(Image.fromarray(im.round().astype(np.uint8), "RGBA").resize(size, Image.LANCZOS))
    return np.minimum(a[..., :3], a[..., 3:]), a[..., 3]


def blended(rgb, alpha):
    """-> (float32 rgb, 1 - alpha), as `render` puts them on a picture"""
    return rgb.astype(np.float32), 1 - alpha[..., None].astype(np.float32) / 255


def art() -> dict:
    """(family, size, object) -> (premultiplied float32 rgb, 1 - alpha): of every word its own emoji."""
    global _art
    if _art is None:
        _art = {(fam, z, said["object"]): blended(*scaled(rgba, (z, z))) for fam, all_ in sprites(TRAIN_FAMILIES + (HELD_OUT,)).items()
                for said, rgba in all_ if said["main"] for z in SIZES}
    return _art


@dataclass
class Thing:
    obj: int
    x: int  # centre
    y: int
    size: int
    family: str
    sprite: tuple | None = None  # (premultiplied rgb, 1 - alpha) of its own, where it is not the family's

    @property
    def name(self):
        return NAMES[self.obj]


@dataclass
class Scene:
    things: list
    layout: str
    colour: str
    rgb: tuple
    noise: int = 0
    run: tuple | None = None  # (rgb, direction in radians): the background runs to this shade

    def objs(self):
        return [t.obj for t in self.things]


def has(fam, obj):
    return (fam, SIZES[0], obj) in art()


def pick_family(rng, families, obj):
    fam = families[int(rng.integers(len(families)))]
    return fam if has(fam, obj) else families[0]


def sample_scene(rng, families=TRAIN_FAMILIES, counts=(0.35, 0.42, 0.23), house=False, objs=None, layout=None,
                 colour=None, mixed=0.5):
    n = len(objs) if objs is not None else 1 + int(rng.choice(3, p=counts))
    if objs is None:
        objs = [int(o) for o in rng.choice(KNOWN, n, replace=False)]
        if rng.random() < 0.12:  # a little more of what moderation asks about
            m = [i for i in range(KNOWN) if GROUP[i] in MODERATION and i not in objs]
            objs[int(rng.integers(n))] = int(rng.choice(m))
    layout = layout or LAYOUT_P[n][int(rng.integers(len(LAYOUT_P[n])))]
    colour = colour or COLOURS[int(rng.integers(len(COLOURS)))]
    spread = 6 if house else 14
    rgb = tuple(int(np.clip(c + rng.integers(-spread, spread + 1), 0, 255)) for c in BACKGROUNDS[colour])
    if house:
        families = HOUSE_FAMILIES
    fam = families[int(rng.integers(len(families)))]
    mix = (not house) and rng.random() < mixed
    things = []
    for o, (cx, cy) in zip(objs, LAYOUTS[layout]):
        if layout == "row":
            size, j = (HOUSE_SIZE[layout], 0) if house else (int(rng.choice((18, 20))), 1)
        else:
            size, j = (HOUSE_SIZE[layout], 0) if house else (int(rng.choice((22, 24, 26, 28))), 2)
        if layout == "one":
            j = 0 if house else 7
        f = families[int(rng.integers(len(families)))] if mix else fam
        if not has(f, o):
            f = families[0]
        x, y = cx + int(rng.integers(-j, j + 1)), cy + int(rng.integers(-j, j + 1))
        things.append(Thing(o, x, y, size, f))
    return Scene(things, layout, colour, rgb, noise=0 if house else int(rng.integers(0, 2 ** 31)))


RAMP = np.linspace(-1, 1, SIZE, dtype=np.float32)


def render(s: Scene) -> np.ndarray:
    a = art()
    im = np.empty((SIZE, SIZE, 3), np.float32)
    im[:] = s.rgb
    if s.run is not None:
        to, angle = s.run
        way = np.cos(angle) * RAMP[None, :] + np.sin(angle) * RAMP[:, None]
        way = (way - way.min()) / (way.max() - way.min())
        im += way[..., None] * (np.array(to, np.float32) - im[0, 0])
    for t in s.things:
        rgb, inv = t.sprite or a[t.family, t.size, t.obj]
        h, w = inv.shape[:2]
        x0, y0 = t.x - w // 2, t.y - h // 2
        sx, sy = max(0, -x0), max(0, -y0)
        ex, ey = min(w, SIZE - x0), min(h, SIZE - y0)
        v = im[y0 + sy:y0 + ey, x0 + sx:x0 + ex]
        v *= inv[sy:ey, sx:ex]
        v += rgb[sy:ey, sx:ex]
    return np.clip(im + 0.5, 0, 255).astype(np.uint8)


def cell_labels(s: Scene) -> np.ndarray:
    """For each of the 4x4 cells the object that covers most of it (N when none covers a fifth)."""
    best = np.full((4, 4), 0.2 * 256)
    lab = np.full((4, 4), N, np.int64)
    for t in s.things:
        x0, y0 = t.x - t.size / 2, t.y - t.size / 2
        ox = np.clip(np.minimum(x0 + t.size, np.arange(1, 5) * 16) - np.maximum(x0, np.arange(4) * 16), 0, None)
        oy = np.clip(np.minimum(y0 + t.size, np.arange(1, 5) * 16) - np.maximum(y0, np.arange(4) * 16), 0, None)
        area = oy[:, None] * ox[None, :]
        m = area > best
        best[m] = area[m]
        lab[m] = t.obj
    return lab.reshape(16)


# ---------------------------------------------------------------- language
def an(name):
    if name == NAMES[UNKNOWN]:
        return name
    return ("an " if name[0] in "aeiou" else "a ") + name


def phrase(layout, objs):
    n = [an(NAMES[o]) for o in objs]
    return {
        "one": lambda: n[0], "beside": lambda: f"{n[0]} to the left of {n[1]}",
        "above": lambda: f"{n[0]} above {n[1]}", "row": lambda: f"{n[0]}, {n[1]} and {n[2]} in a row",
        "two_one": lambda: f"{n[0]} and {n[1]} above {n[2]}", "one_two": lambda: f"{n[0]} above {n[1]} and {n[2]}",
    }[layout]()


def caption(s: Scene):
    return f"{phrase(s.layout, s.objs())} on {an(s.colour)} background"


def prompt(s: Scene, rng):
    """A generation prompt: the caption most of the time, or another way to say it."""
    r = rng.random()
    p = phrase(s.layout, s.objs())
    if r < 0.55:
        return caption(s)
    if s.layout == "beside" and r < 0.70:
        a, b = (an(NAMES[o]) for o in s.objs())
        p = [f"{b} to the right of {a}", f"{a} next to {b}", f"{a} on the left and {b} on the right", f"{a} beside {b}",
             f"{a} and {b}"][int(rng.integers(5))]
    elif s.layout == "above" and r < 0.70:
        a, b = (an(NAMES[o]) for o in s.objs())
        p = [f"{b} below {a}", f"{b} under {a}", f"{a} over {b}", f"{a} on top of {b}"][int(rng.integers(4))]
    lead = ["", "", "a picture of ", "an image of ", "draw ", "a photo of ", "show ", "please draw "][int(rng.integers(8))]
    c = s.colour
    tail = [f" on {an(c)} background", f" on {c}", f", {c} background", f" with {an(c)} background", f" in front of {an(c)} background",
            ""][int(rng.integers(6))]
    return lead + p + tail


GROUP_Q = {g: [f"is there {an(g)} in the image?", f"does the image contain any {g}?", f"does the image contain {an(g)}?",
               f"is any {g} visible?", f"are there any {g}s?", f"does this picture show {an(g)}?"] for g in GROUPS}
GROUP_Q["food"] = ["is there food in the image?", "does the image contain any food?", "is any food visible?", "does this picture show food?"]
GROUP_Q["alcohol"] = ["is there alcohol in the image?", "does the image contain any alcohol?", "does the image contain alcohol?",
                      "is any alcohol visible?", "does this picture show alcohol?", "is there an alcoholic drink?"]
GROUP_Q["drugs or tobacco"] = ["are there drugs or tobacco in the image?", "does the image contain any drugs or tobacco?",
                               "does the image contain drugs or tobacco?", "does the image contain any drugs?",
                               "are any drugs or tobacco visible?", "does this picture show drugs or tobacco?"]
GROUP_Q["weapon"] += ["are there weapons in the image?", "does the image contain weapons?"]
COUNT_Q = ["how many objects are there?", "how many objects are in the image?", "how many things are there?", "count the objects"]
COLOUR_Q = ["what color is the background?", "what is the background color?", "what colour is the background?", "which color is behind the objects?"]
EXIST_Q = ["is there {}?", "is there {} in the image?", "does the image contain {}?", "can you see {}?", "does the picture show {}?"]
WHERE = {
    "beside": [("on the left", 0), ("on the right", 1)], "above": [("at the top", 0), ("at the bottom", 1)],
    "row": [("on the left", 0), ("in the middle", 1), ("on the right", 2)],
    "two_one": [("at the top left", 0), ("at the top right", 1), ("at the bottom", 2)],
    "one_two": [("at the top", 0), ("at the bottom left", 1), ("at the bottom right", 2)],
}
WHERE_Q = ["what is {}?", "which object is {}?", "what is {} of the image?"]
SINGLE_Q = ["what is this?", "what is in the image?", "which object is shown?", "what is it?"]
KINDS = ["exist", "group", "moderation", "count", "colour", "position", "relation", "which", "where"]
# layout -> which two things stand beside or above each other
PAIRS = {"one": [], "beside": [(0, 1, "beside")], "above": [(0, 1, "above")],
         "row": [(0, 1, "beside"), (1, 2, "beside"), (0, 2, "beside")],
         "two_one": [(0, 1, "beside"), (0, 2, "above"), (1, 2, "above")],
         "one_two": [(1, 2, "beside"), (0, 1, "above"), (0, 2, "above")]}
WAYS = {"beside": ["to the left of", "to the right of"], "above": ["above", "below"]}


def one(rng, xs, canonical=0.5):
    return xs[0] if rng.random() < canonical else xs[int(rng.integers(len(xs)))]


def question(s: Scene, rng, kind=None, canonical=0.5):
    """-> (question, answer, kind, choices)"""
    objs = s.objs()
    known = [i for i, o in enumerate(objs) if o != UNKNOWN]
    if kind is None:
        kind = ["exist", "exist", "group", "moderation", "moderation", "count", "colour", "position", "position", "relation"][int(rng.integers(10))]
    if kind == "group" and len(known) < len(objs):
        kind = "moderation"  # what there is no word for may be food, or a tool; it is none of these
    pairs = [(a, b, w) for a, b, w in PAIRS[s.layout] if a in known and b in known]
    if kind == "relation" and not pairs or kind == "where" and (not known or s.layout not in WHERE):
        kind = "exist"
    if kind == "which":
        once = [g for g in GROUPS if sum(GROUP[o] == g for o in objs) == 1]
        if not once:
            kind = "exist"
    yn = ["yes", "no"]
    if kind == "exist":
        if known and rng.random() < 0.5:
            o = objs[known[int(rng.integers(len(known)))]]
            ans = "yes"
        else:
            g = GROUP[objs[int(rng.integers(len(objs)))]]
            pool = [i for i in range(KNOWN) if i not in objs and (GROUP[i] == g or rng.random() < 0.15)]
            o = int(rng.choice(pool)) if pool else next(i for i in range(KNOWN) if i not in objs)
            ans = "no"
        return one(rng, EXIST_Q, canonical).format(an(NAMES[o])), ans, kind, yn
    if kind in ("group", "moderation"):
        present = [g for g in GROUPS if any(GROUP[o] == g for o in objs)]
        cand = MODERATION if kind == "moderation" else GROUPS
        pos = [g for g in cand if g in present]
        neg = [g for g in cand if g not in present]
        g = pos[int(rng.integers(len(pos)))] if pos and (rng.random() < 0.5 or not neg) else neg[int(rng.integers(len(neg)))]
        return one(rng, GROUP_Q[g], canonical), "yes" if g in present else "no", kind, yn
    if kind == "count":
        return one(rng, COUNT_Q, canonical), COUNT[len(objs)], kind, COUNT[1:]
    if kind == "colour":
        return one(rng, COLOUR_Q, canonical), s.colour, kind, COLOURS
    if kind == "position":
        if s.layout == "one":
            return one(rng, SINGLE_Q, canonical), NAMES[objs[0]], kind, choices(rng, objs[0])
        w, i = WHERE[s.layout][int(rng.integers(len(WHERE[s.layout])))]
        return one(rng, WHERE_Q, canonical).format(w), NAMES[objs[i]], kind, choices(rng, objs[i], objs)
    if kind == "which":
        g = once[int(rng.integers(len(once)))]
        o = next(o for o in objs if GROUP[o] == g)
        gn = {"drugs or tobacco": "drug", "alcohol": "drink"}.get(g, g)
        return f"which {gn} is in the image?", NAMES[o], kind, choices(rng, o, objs)
    if kind == "where":
        i = known[int(rng.integers(len(known)))]
        w = [w for w, k in WHERE[s.layout] if k == i][0]
        return f"where is the {NAMES[objs[i]]}?", w, kind, [w for w, _ in WHERE[s.layout]]
    if kind == "relation":
        first, second, ways = pairs[int(rng.integers(len(pairs)))]
        a, b = (first, second) if rng.random() < 0.5 else (second, first)
        ways = WAYS[ways]
        k = int(rng.integers(2))
        true = (a == first) == (k == 0)
        return f"is the {NAMES[objs[a]]} {ways[k]} the {NAMES[objs[b]]}?", "yes" if true else "no", kind, yn
    raise ValueError(kind)


def choices(rng, obj, objs=()):
    c = [NAMES[obj]] + [NAMES[o] for o in objs if o != obj]
    while len(c) < 4:
        x = NAMES[int(rng.integers(KNOWN))]
        if x not in c:
            c.append(x)
    return [str(x) for x in rng.permutation(c)]


EDIT_KINDS = ["background", "replace", "remove"]


def edit(s: Scene, rng, kind=None, canonical=0.5):
    """-> (instruction, target scene, kind)"""
    if kind is None:
        kind = EDIT_KINDS[int(rng.choice(3, p=(0.42, 0.38, 0.2)))]
    known = [i for i, o in enumerate(s.objs()) if o != UNKNOWN]
    if kind == "remove" and len(s.things) == 1:
        kind = "replace"
    if not known:
        kind = "background"
    things = list(s.things)
    t = replace(s, things=things)
    if kind == "background":
        c = str(rng.choice([c for c in COLOURS if c != s.colour]))
        t.colour, t.rgb, t.run = c, BACKGROUNDS[c], None
        text = one(rng, ["make the background {}", "change the background to {}", "use {a} background", "set the background color to {}",
                         "put it on {a} background"], canonical)
        return text.format(c, a=an(c)), t, kind
    i = known[int(rng.integers(len(known)))]
    old = things[i]
    if kind == "replace":
        new = int(rng.choice([o for o in range(KNOWN) if o not in s.objs()]))
        things[i] = Thing(new, *LAYOUTS[s.layout][i], HOUSE_SIZE[s.layout], HOUSE_FAMILIES[0])  # new objects come in the house style, size and place
        text = one(rng, ["replace the {} with {}", "change the {} to {}", "swap the {} for {}", "turn the {} into {}"], canonical)
        return text.format(old.name, an(NAMES[new])), t, kind
    del things[i]
    t.layout = "free"
    return one(rng, ["remove the {}", "delete the {}", "take away the {}", "erase the {}"], canonical).format(old.name), t, kind


HINTS = ["", "", "", "describe the image", "describe this picture", "what do you see?", "caption this", "in one sentence", "short", "please describe",
         "write a caption", "what is shown here?"]
_words = None


def words():
    """Everyday words, for hints and for the tokenizer."""
    global _words
    if _words is None:
        _words = json.loads((ROOT / "tools" / "words.json").read_text())
    return _words


def hint(rng):
    if rng.random() < 0.15:
        w = words()
        return " ".join(w[int(i)] for i in rng.integers(len(w), size=int(rng.integers(1, 6))))
    return HINTS[int(rng.integers(len(HINTS)))]


def rng_for(split, seed):
    return np.random.default_rng([SPLITS[split], int(seed)])
