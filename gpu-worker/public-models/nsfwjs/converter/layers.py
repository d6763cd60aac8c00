"""Reads a model of TensorFlow.js' layers format: the layers of Keras as JSON, and the weights behind one another."""

import json
from pathlib import Path

import numpy as np


class Layers:
    """A functional model: layers in order, each with the names of those before it, and weights by name."""

    def __init__(self, folder: Path):
        document = json.loads((folder / "model.json").read_text())
        topology = document["modelTopology"]["model_config"]
        if topology["class_name"] != "Model":
            raise ValueError(f"{folder} holds a {topology['class_name']}, and only functional models are read")
        self.layers = topology["config"]["layers"]
        self.outputs = [name for name, _, _ in topology["config"]["output_layers"]]
        self.weights = weights(document["weightsManifest"], (folder / "weights.bin").read_bytes())

    @staticmethod
    def before(layer) -> list[str]:
        nodes = layer["inbound_nodes"]
        if len(nodes) > 1:
            raise ValueError(f"layer {layer['name']} is used twice")
        return [node[0] for node in nodes[0]] if nodes else []


def weights(manifest, data: bytes) -> dict[str, np.ndarray]:
    """Weights of 8 bits become floats as TensorFlow.js makes them: value x scale + min, in single precision."""
    found, at = {}, 0
    for spec in (spec for group in manifest for spec in group["weights"]):
        quantization = spec.get("quantization")
        stored = np.dtype(quantization["dtype"] if quantization else spec["dtype"])
        count = int(np.prod(spec["shape"], dtype=np.int64))
        values = np.frombuffer(data, stored, count, at)
        at += count * stored.itemsize
        if quantization:
            values = (values * quantization["scale"] + quantization["min"]).astype(np.float32)
        found[spec["name"]] = values.reshape(spec["shape"])
    if at != len(data):
        raise ValueError(f"the weights have {len(data)} bytes and their list says {at}")
    return found
