"""Wider scenes than world.py's, for the training: other emoji of a word and families beyond the world's, what there is no word
for, any size and place that the layout's words still hold for, turned, mirrored, recoloured, outlined, on runs of two shades.
"""
from __future__ import annotations

import multiprocessing as mp
import os
import time

import numpy as np
from PIL import Image, ImageFilter

from . import world as W

FAMILIES = W.TRAIN_FAMILIES + ("emojione", "fluent-emoji", "streamline-emojis")
MORE = ("icons", "lines", "clipart")  # where `./run artwork` has been run
MORE_SHARE = 0.35
GREYS = (16, 6)  # in "lines": how far the greys of enclosed parts are apart, how many there are
SHADES = {
    "red": [(205, 52, 52), (140, 20, 30), (240, 70, 70), (220, 30, 70)], "green": [(70, 160, 80), (30, 110, 50), (110, 190, 90), (60, 175, 120), (95, 140, 50)],
    "blue": [(64, 110, 215), (30, 50, 150), (60, 150, 250), (40, 80, 190)], "yellow": [(245, 222, 90), (255, 205, 10), (250, 245, 140), (235, 215, 40)],
    "purple": [(140, 85, 190), (90, 40, 140), (170, 60, 210), (160, 130, 220)], "pink": [(250, 175, 205), (255, 110, 185), (245, 150, 185), (255, 200, 210)],
    "gray": [(140, 140, 140), (90, 90, 90), (180, 180, 180)], "white": [(246, 246, 246), (255, 255, 255), (240, 242, 246), (255, 250, 240)],
    "black": [(14, 14, 16), (28, 28, 32), (0, 0, 0)], "brown": [(125, 80, 45), (90, 55, 30), (150, 105, 70)],
    "orange": [(240, 140, 40), (255, 165, 60), (230, 115, 20)], "turquoise": [(70, 200, 195), (30, 165, 165), (110, 220, 215)],
}
SIZES = tuple(range(14, 50, 2))
UNKNOWN = 0.06  # share of things that there is no word for
_sources = None


def sources():
    """object -> family -> its sprites, without those that are kept from the training"""
    global _sources
    if _sources is None:
        _sources = {}
        for fam, all_ in W.sprites(FAMILIES + MORE).items():
            for said, rgba in all_:
                if not said["kept"]:
                    _sources.setdefault(said["object"], {}).setdefault(fam, []).append(rgba)
    return _sources


def paint(rng):
    """A colour, a strong one mostly"""
    if rng.random() < 0.2:
        return rng.uniform(90, 255, 3)
    h = (rng.random() + np.arange(3) / 3) * 2 * np.pi
    return 255 * np.clip(rng.uniform(0.4, 0.7) + rng.uniform(0.2, 0.6) * np.cos(h), 0, 1)


def coloured(rng, rgba):
    """A drawing of lines, each part that they enclose filled with a colour, or left open."""
    ink = rng.uniform(0, 45, 3) if rng.random() < 0.7 else paint(rng)
    step, n = GREYS
    main = np.full(3, 255.0) if rng.random() < 0.2 else paint(rng)
    fills = np.stack([main if i == 0 or u < 0.4 else np.full(3, 255.0) if u < 0.6 else paint(rng) for i, u in enumerate(rng.random(n))])
    level = np.arange(256)
    part = np.where(level > 255 - step * n, np.clip(np.rint((255 - level) / step), 0, n - 1), 0).astype(int)
    t = np.clip(level / (255 - step * part), 0, 1)[:, None]
    out = np.empty_like(rgba)
    out[..., :3] = ((1 - t) * ink + t * fills[part]).astype(np.uint8)[rgba[..., 0]]
    out[..., 3] = rgba[..., 3]
    if rng.random() < 0.2:
        out[..., 3] = rgba[..., 3].astype(int) * (255 - rgba[..., 0]) // 255
        out[..., :3] = ink
    return out


def worn(rng, rgba):
    """A sprite turned, mirrored, recoloured, outlined: what another artist's could look like."""
    im = Image.fromarray(rgba, "RGBA")
    if rng.random() < 0.5:
        im = im.transpose(Image.FLIP_LEFT_RIGHT)
    if rng.random() < 0.5:
        a = np.asarray(im).astype(np.float32)
        rgb = a[..., :3] * rng.uniform(0.75, 1.2) + rng.normal(0, 8, 3)
        grey = rgb.mean(-1, keepdims=True)
        rgb = grey + (rgb - grey) * rng.uniform(0.5, 1.4)
        if rng.random() < 0.4:  # a turn of the hue, about the grey axis
            t = rng.uniform(-0.35, 0.35)
            c, s = np.cos(t), np.sin(t) / 3 ** 0.5
            d = (1 - c) / 3
            rgb = rgb @ np.array([[c + d, d - s, d + s], [d + s, c + d, d - s], [d - s, d + s, c + d]]).T
        a[..., :3] = rgb
        im = Image.fromarray(np.clip(a, 0, 255).astype(np.uint8), "RGBA")
    if rng.random() < 0.25:  # strong contours within, as in drawn lines
        a = np.asarray(im).astype(np.float32)
        g = np.asarray(Image.fromarray(a[..., :3].mean(-1).astype(np.uint8)).filter(ImageFilter.FIND_EDGES), np.float32)
        a[..., :3] *= (1 - np.clip(g / 90, 0, 1) * rng.uniform(0.5, 1))[..., None]
        im = Image.fromarray(a.astype(np.uint8), "RGBA")
    if rng.random() < 0.15:
        a = np.asarray(im).copy()
        step = int(rng.choice((32, 48, 64)))
        a[..., :3] = np.clip(a[..., :3] // step * step + step // 2, 0, 255)
        im = Image.fromarray(a, "RGBA")
    if rng.random() < 0.6:
        im = Image.fromarray(np.pad(np.asarray(im), ((16, 16), (16, 16), (0, 0)))).rotate(rng.uniform(-20, 20), Image.BICUBIC)
    if rng.random() < 0.3:  # a dark line around it
        a = np.pad(np.asarray(im), ((4, 4), (4, 4), (0, 0)))
        around = Image.fromarray(a[..., 3]).filter(ImageFilter.MaxFilter(int(rng.choice((3, 5, 7)))))
        shape = np.zeros_like(a)
        shape[..., :3] = rng.integers(0, 50)
        shape[..., 3] = around
        im = Image.alpha_composite(Image.fromarray(shape, "RGBA"), Image.fromarray(a, "RGBA"))
    box = im.getchannel("A").getbbox()
    return im.crop(box) if box else im


def sprite(rng, obj, size):
    """-> (premultiplied uint8 rgb, uint8 alpha) whose longer side is `size`"""
    of = sources()[obj]
    more = [f for f in of if f in MORE]
    among = more if more and rng.random() < MORE_SHARE else [f for f in of if f not in MORE]
    fam = among[int(rng.integers(len(among)))]
    rgba = of[fam][int(rng.integers(len(of[fam])))]
    im = worn(rng, coloured(rng, rgba) if fam == "lines" else rgba)
    k = size / max(im.size)
    return W.scaled(np.asarray(im), (max(2, round(im.width * k)), max(2, round(im.height * k))))


def _some(args):
    seed, obj, each = args
    rng = np.random.default_rng([W.SPLITS["train"], 200, seed, obj])
    return {(obj, z): [sprite(rng, obj, z) for _ in range(each * (3 if obj == W.UNKNOWN else 1))] for z in SIZES}


class Bank:
    """Worn sprites, `each` of every object and size, made before by all processors, for processes that are forked from this one."""

    def __init__(self, seed, each=int(os.environ.get("UNIFLUID_SPRITES", 30))):
        sources()
        self.of = {}
        with mp.get_context("fork").Pool(os.cpu_count()) as pool:
            for some in pool.imap_unordered(_some, [(seed, o, each) for o in reversed(range(W.N))]):
                self.of.update(some)

    def pick(self, rng, obj, size):
        have = self.of[obj, min(SIZES[-1], max(SIZES[0], size // 2 * 2))]
        return W.blended(*have[int(rng.random() * len(have))])


_bank = None


def bank(*seeded):
    """This process's sprites; seeded: (seed, how many of each), where they must be the same every time"""
    global _bank
    if _bank is None:
        _bank = Bank(*(seeded or (int(time.time()),)))
    return _bank


def shade(rng, colour):
    anchors = np.array(SHADES[colour], float)
    return tuple(np.clip(rng.dirichlet(np.full(len(anchors), 0.6)) @ anchors + rng.normal(0, 5, 3), 0, 255))


def places(rng, layout):
    """-> (x, y, size) of each thing, such that the layout's words hold"""
    r = rng.random
    while True:
        if layout == "one":
            p = [(r(), r(), 16 + r() * 33)]
        elif layout in ("beside", "above"):
            p = [(r(), r(), 15 + r() * 19) for _ in range(2)]
        else:
            most = 7 if layout == "row" else 15
            p = [(r(), r(), 15 + r() * most) for _ in range(3)]
        p = [(s * 0.45 + x * (W.SIZE - 0.9 * s), s * 0.45 + y * (W.SIZE - 0.9 * s), int(s)) for x, y, s in p]
        if layout in ("above", "one_two", "two_one"):
            p.sort(key=lambda q: q[1])
        if layout in ("beside", "row"):
            p.sort()
        elif layout == "two_one":
            p = sorted(p[:2]) + p[2:]
        elif layout == "one_two":
            p = p[:1] + sorted(p[1:])
        if all(clear(p[a], p[b], how == "beside") for a, b, how in W.PAIRS[layout]):
            return [(int(x), int(y), s) for x, y, s in p]


def clear(p, q, beside):
    """Whether p is to the left of q (or above it), seen at once, and the two overlap by little."""
    along, across = (q[0] - p[0], q[1] - p[1]) if beside else (q[1] - p[1], q[0] - p[0])
    return along > 0.42 * (p[2] + q[2]) and abs(across) < (0.8 if beside else 1.6) * along


def sample_scene(rng, counts=(0.3, 0.4, 0.3)):
    n = 1 + int(rng.choice(3, p=counts))
    objs = [int(o) for o in rng.choice(W.KNOWN, n, replace=False)]
    if rng.random() < 0.12:
        m = [i for i in range(W.KNOWN) if W.GROUP[i] in W.MODERATION and i not in objs]
        objs[int(rng.integers(n))] = int(rng.choice(m))
    if rng.random() < UNKNOWN * n:
        objs[int(rng.integers(n))] = W.UNKNOWN
    layout = W.LAYOUT_P[n][int(rng.integers(len(W.LAYOUT_P[n])))]
    colour = W.COLOURS[int(rng.integers(len(W.COLOURS)))]
    things = [W.Thing(o, x, y, z, "worn", bank().pick(rng, o, z)) for o, (x, y, z) in zip(objs, places(rng, layout))]
    run = (shade(rng, colour), rng.random() * 2 * np.pi) if rng.random() < 0.35 else None
    return W.Scene(things, layout, colour, shade(rng, colour), run=run)
