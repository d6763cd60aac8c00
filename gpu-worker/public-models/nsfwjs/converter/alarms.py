"""Counts false alarms on safe pictures: of each model, and where both agree.

usage: python -m converter.alarms [PICTURES], after ./run bundle of both models
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from . import pictures
from .bundle import ACCURACY, CLASSES, UNSAFE
from .compare import WORK


def unsafe(bundle: Path, files: list[Path]) -> np.ndarray:
    side = json.loads((bundle / "bundle.json").read_text())["image"]["width"]
    session = onnxruntime.InferenceSession(bundle / "classify.onnx", providers=["CPUExecutionProvider"])
    rows = [CLASSES.index(name) for name in UNSAFE]
    scores = []
    for file in files:
        pixels = pictures.pixels(file, side).transpose(2, 0, 1)[None]
        scores.append(session.run(None, {"pixels": np.ascontiguousarray(pixels)})[0][0, rows].sum())
    return np.array(scores)


def main(count: int) -> None:
    files = pictures.files(count)
    scores = {model: unsafe(WORK / ("nsfwjs-" + model.replace("_", "-")), files) for model in ACCURACY}
    for model, found in scores.items():
        alarms = [f"{file.name} {score:.2f}" for file, score in zip(files, found) if score >= 0.5]
        print(f"{model}: {len(alarms)} false alarms at 0.5 among {len(files)} safe pictures: {', '.join(alarms) or 'none'}")
    both = np.min(list(scores.values()), 0)
    print(f"both: {int((both >= 0.5).sum())}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
