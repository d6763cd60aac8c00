"""Captions with the shipped bundle, as a careful user of Python would write it: one class, used by every peer."""
import hashlib
import io
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image
from tokenizers import Tokenizer

CHECKOUT = Path(__file__).resolve().parents[3]
BUNDLE = CHECKOUT / "gpu-worker" / "reference-model" / "bundle"
ARCHIVE = CHECKOUT / "infra" / "sample-archive"


def picture_files():
    return sorted(p for p in ARCHIVE.iterdir() if p.suffix in (".png", ".jpg"))


class Captioner:
    """threads: inside one operator, 0 for ONNX Runtime's own choice."""

    def __init__(self, threads=1):
        bundle = json.loads((BUNDLE / "bundle.json").read_text())
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.encode, self.understand = (
            ort.InferenceSession(str(BUNDLE / bundle["graphs"][name]), options, providers=["CPUExecutionProvider"])
            for name in ("encode", "understand"))
        self.tokenizer = Tokenizer.from_file(str(BUNDLE / bundle["tokenizer"]))
        prompt = bundle["templates"]["caption"].replace("{hint}", "")
        self.prompt = np.array(self.tokenizer.encode(prompt, add_special_tokens=False).ids, np.int64)
        self.size = (bundle["image"]["width"], bundle["image"]["height"])
        self.mean = np.array(bundle["image"]["mean"], np.float32)
        self.std = np.array(bundle["image"]["std"], np.float32)
        self.max_new = np.array(bundle["defaults"]["maxTokens"], np.int64)

    def pixels(self, encoded):
        picture = Image.open(io.BytesIO(encoded)).convert("RGB")
        if picture.size != self.size:
            picture = picture.resize(self.size, Image.BILINEAR)
        return np.asarray(picture, np.float32)

    def captions(self, encoded):
        """encoded: the bytes of a batch's pictures -> their captions"""
        planes = np.stack([self.pixels(one) for one in encoded])
        planes = ((planes / 255 - self.mean) / self.std).transpose(0, 3, 1, 2)
        features = self.encode.run(["features"], {"pixels": np.ascontiguousarray(planes, np.float32)})[0]
        rows = len(encoded)
        tokens = self.understand.run(["tokens"], {
            "features": features,
            "prompt_ids": np.tile(self.prompt, (rows, 1)),
            "prompt_length": np.full(rows, len(self.prompt), np.int64),
            "max_new": self.max_new})[0]
        return [text.strip() for text in self.tokenizer.decode_batch(tokens.tolist(), skip_special_tokens=True)]


def batches(pictures, size):
    return [pictures[i:i + size] for i in range(0, len(pictures), size)]


def digest(captions):
    """Of captions in any order, so that whoever compares two programs sees that they did the same work."""
    return hashlib.sha256("\n".join(sorted(captions)).encode()).hexdigest()[:16]


def report(count, seconds, captions, processor_seconds=0.0):
    """processor_seconds: 0 where they are not known"""
    print(json.dumps({"captions": count, "seconds": round(seconds, 4), "processorSeconds": round(processor_seconds, 4),
                      "digest": digest(captions)}), flush=True)
