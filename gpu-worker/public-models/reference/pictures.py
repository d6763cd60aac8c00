"""Pictures of odd sizes and modes, the same on every run."""

import io

import numpy
from PIL import Image, ImageDraw, ImageOps

SIZES = [(57, 56), (56, 56), (1, 1), (1, 230), (90, 3), (131, 70), (64, 128), (33, 47), (200, 150), (28, 28), (119, 7), (75, 75)]
MODES = ["RGB", "L", "P", "RGBA", "LA", "1", "RGB", "turned"]


def picture(index):
    """One of endless pictures, as bytes of a PNG."""
    chance = numpy.random.default_rng(index)
    width, height = SIZES[index % len(SIZES)] if index < 3 * len(SIZES) else chance.integers(1, 260, 2).tolist()
    across = numpy.linspace(0, 255, width)[None, :, None]
    down = numpy.linspace(0, 255, height)[:, None, None]
    mix = chance.random((1, 1, 3))
    image = Image.fromarray((across * mix + down * (1 - mix)).astype(numpy.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        x, y = sorted(chance.integers(0, width + 1, 2)), sorted(chance.integers(0, height + 1, 2))
        colour = tuple(chance.integers(0, 256, 3).tolist())
        draw.rectangle([int(x[0]), int(y[0]), int(x[1]), int(y[1])], fill=colour)
    mode = MODES[index % len(MODES)]
    exif = Image.Exif()
    if mode == "turned":
        exif[0x0112] = 2 + index // len(MODES) % 7
    elif mode in ("RGBA", "LA"):
        image.putalpha(Image.fromarray(chance.integers(0, 2, (height, width)).astype(numpy.uint8) * 200 + 55))
        image = image.convert(mode)
    else:
        image = image.convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, exif=exif)
    return out.getvalue()


def opened(png):
    """As a viewer shows it: upright, transparent parts on white. What the worker's decoder promises for every model."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(png)))
    if image.mode in ("RGBA", "LA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")
