"""Safe pictures: those that come with scikit-image, and those in folders that UNIFLUID_PICTURES names, separated by colons."""

import os
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

ENDINGS = {".png", ".jpg", ".jpeg", ".webp"}


def files(most: int) -> list[Path]:
    folders = [Path(skimage.__file__).parent / "data"]
    folders += [Path(each) for each in os.environ.get("UNIFLUID_PICTURES", "").split(":") if each]
    found = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix.lower() in ENDINGS]
    return found[:most]


def pixels(file: Path, side: int) -> np.ndarray:
    """Red, green and blue from 0 to 1, stretched; channels last."""
    with Image.open(file) as picture:
        picture.draft("RGB", (2 * side, 2 * side))
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture)
        small = white.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(small, np.float32) / 255


def crops(pictures: list[np.ndarray], count: int, side: int) -> list[np.ndarray]:
    """As many pictures as asked: where there are fewer, parts of them too, enlarged by repeating pixels."""
    made = list(pictures)
    seed = np.random.default_rng(0)
    while len(made) < count:
        picture = pictures[len(made) % len(pictures)]
        top, left = seed.integers(0, side // 2, 2)
        part = picture[top : top + side // 2, left : left + side // 2]
        grown = np.repeat(np.repeat(part, 2, 0), 2, 1)
        made.append(np.pad(grown, ((0, side - len(grown)), (0, side - len(grown)), (0, 0)), "edge"))
    return made[:count]
