"""Writes photographs of 1152x864 px as JPEG, made of those that come with scikit-image. usage: python -m converter.photographs OUT"""

import sys
from pathlib import Path

import skimage
from PIL import Image, ImageOps

SIZE = (1152, 864)
NAMES = ["astronaut.png", "chelsea.png", "coffee.png", "hubble_deep_field.jpg", "motorcycle_left.png", "retina.jpg", "rocket.jpg"]


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        with Image.open(Path(skimage.__file__).parent / "data" / name) as picture:
            whole = ImageOps.fit(picture.convert("RGB"), SIZE, Image.Resampling.LANCZOS)
        for number, seen in enumerate((whole, ImageOps.mirror(whole), ImageOps.flip(whole), ImageOps.autocontrast(whole))):
            seen.save(out / f"{Path(name).stem}-{number}.jpg", quality=85)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
