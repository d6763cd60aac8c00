"""Compares converted models with TensorFlow.js.

usage: python -m converter.compare [MODEL [PICTURES]], after ./run bundle of each model that is to be compared
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

from . import pictures
from .bundle import ACCURACY

HERE = Path(__file__).parent
WORK = HERE.parent / "work"


def both(unpacked: Path, graph: Path, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The scores of TensorFlow.js and of the converted graph, for pictures with their channels last."""
    with tempfile.TemporaryDirectory() as folder:
        given, got = Path(folder, "in"), Path(folder, "out")
        given.write_bytes(np.ascontiguousarray(inputs, np.float32).tobytes())
        subprocess.run(["node", HERE / "tfjs.cjs", unpacked, given, got], check=True)
        theirs = np.frombuffer(got.read_bytes(), np.float32).reshape(len(inputs), -1)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return theirs, session.run(None, {"pixels": np.ascontiguousarray(inputs.transpose(0, 3, 1, 2))})[0]


def main(models: list[str], count: int) -> int:
    worst = 0.0
    for model in models:
        bundle = WORK / ("nsfwjs-" + model.replace("_", "-"))
        if not (bundle / "bundle.json").exists():
            print(f"{model}: not made; './run bundle {model}' makes it")
            continue
        side = json.loads((bundle / "bundle.json").read_text())["image"]["width"]
        files = pictures.files(count)
        made = pictures.crops([pictures.pixels(file, side) for file in files], count, side)
        theirs, ours = both(WORK / "unpacked" / model, bundle / "classify.onnx", np.stack(made))
        difference = float(np.abs(theirs - ours).max())
        worst = max(worst, difference)
        print(f"{model}: {len(made)} pictures, largest difference {difference:.1e}", flush=True)
    return 0 if worst < 1e-5 else 1


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(given[:1] or list(ACCURACY), int(given[1]) if len(given) > 1 else 50))
