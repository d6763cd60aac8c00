import importlib
import pathlib
import sys

import torch

from . import golden

HERE = pathlib.Path(__file__).resolve().parent.parent


def main(command, family, *rest):
    torch.set_num_threads(1)
    torch.manual_seed(0)  # SigLIP's biases are drawn when the model is made
    module = importlib.import_module(f"reference.{family}")
    if command == "twin":
        folder = pathlib.Path(rest[0]) if rest else HERE / "twins" / family
        module.write(folder)
    else:
        items = int(rest[0]) if rest else 28
        folder = pathlib.Path(rest[1]) if len(rest) > 1 else HERE / "twins" / family / "golden"
        golden.write(module.Reference(), folder, items)
    print(folder)


main(*sys.argv[1:])
