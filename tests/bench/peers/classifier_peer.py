"""Python, Pillow and ONNX Runtime: is each photograph safe for work? As a careful user would write it, in a loop over batches (loop.py)."""
import functools
import io
import json
import pathlib

import loop
import numpy as np
import onnxruntime as ort
from PIL import Image

QUESTION = "is this picture safe for work?"


class Classifier:
    """threads: inside one operator, 0 for ONNX Runtime's own choice."""

    def __init__(self, folder, threads=1):
        bundle = json.loads((folder / "bundle.json").read_text())
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = ort.InferenceSession(
            folder / bundle["graphs"]["classify"], options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.size = (bundle["image"]["width"], bundle["image"]["height"])
        answers = next(each["answers"] for each in bundle["questions"] if QUESTION in each["ask"])
        self.answers = [each["answer"] for each in answers]
        self.classes = np.array([[name in each["classes"] for name in bundle["classes"]] for each in answers], np.float32)

    def pixels(self, encoded):
        picture = Image.open(io.BytesIO(encoded))
        picture.draft("RGB", self.size)  # Decoded at the smallest scale that is still as large.
        return np.asarray(picture.convert("RGB").resize(self.size, Image.BICUBIC))

    def judged(self, encoded):
        """encoded: the bytes of a batch's pictures -> their answers"""
        levels = np.stack([self.pixels(one) for one in encoded])
        planes = np.ascontiguousarray(levels.transpose(0, 3, 1, 2), np.float32) * np.float32(1 / 255)
        scores = self.session.run(None, {self.input: planes})[0]
        return [self.answers[best] for best in (scores @ self.classes.T).argmax(1)]


def opened(folder, threads):
    return Classifier(folder, threads).judged


if __name__ == "__main__":
    parser = loop.options()
    parser.add_argument("bundle", type=pathlib.Path)
    parser.add_argument("photographs", type=pathlib.Path)
    given = parser.parse_args()
    loop.run(functools.partial(opened, given.bundle), sorted(given.photographs.glob("*.jpg")), given)
