"""Puts together what `./run whole --ship DIR` left in pieces: python -m tools.pieces DIR [--work DIR]"""
import argparse
import io
from pathlib import Path

import torch

from unifluid.pretrain import WORK, save


def whole(folder, name):
    parts = sorted(Path(folder).glob(f"{name}.part*"))
    if not parts:
        return None
    c = torch.load(io.BytesIO(b"".join(p.read_bytes() for p in parts)), map_location="cpu")
    return {k: {n: x.float() if x.dtype.is_floating_point else x for n, x in v.items()} if isinstance(v, dict) and k != "seen" else v for k, v in c.items()}


def main():
    a = argparse.ArgumentParser()
    a.add_argument("folder")
    a = a.parse_args()
    for name in ("main", "vae", "encoder"):
        c = whole(a.folder, name)
        if c:
            save(WORK / f"{name}.pt", c)
            print(name, {k: v for k, v in c.items() if not isinstance(v, dict) or k == "seen"})


if __name__ == "__main__":
    main()
