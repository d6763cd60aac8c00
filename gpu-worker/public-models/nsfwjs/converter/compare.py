"""Compares converted models with TensorFlow.js, and counts false alarms on safe pictures.

usage: python -m converter.compare [PICTURES], after ./run bundle of each model that is to be compared
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

from . import pictures
from .bundle import CLASSES, UNSAFE

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


def main(count: int) -> int:
    worst = 0.0
    for model in ("mobilenet_v2", "inception_v3"):
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
        print(f"{model}: {len(made)} pictures, largest difference {difference:.1e}")
        unsafe = ours[: len(files), [CLASSES.index(name) for name in UNSAFE]].sum(1)
        alarms = [f"{file.name} {score:.2f}" for file, score in zip(files, unsafe) if score >= 0.5]
        print(f"{model}: {len(alarms)} false alarms at 0.5 among {len(files)} safe pictures: {', '.join(alarms) or 'none'}")
    return 0 if worst < 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))
