"""A PaliGemma of about fifty million random parameters, for `tests/bench/run decoding`: it has no golden files."""

from . import paligemma


def write(folder):
    paligemma.HIDDEN, paligemma.INNER, paligemma.LAYERS = 640, 1536, 12
    paligemma.HEADS, paligemma.KEYS, paligemma.DIM = 8, 1, 80
    paligemma.SCALE = 0.05
    # So that texts become as long as they may.
    paligemma.END = []
    paligemma.write(folder)
