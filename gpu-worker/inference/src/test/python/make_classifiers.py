"""Writes src/test/resources/tiny-classifier and hub-classifier: toy classifiers whose scores can be told by hand.

Run: python make_classifiers.py (needs numpy, onnx). A class's logit is the mean of its colour: red, green, blue. A picture
whose mean red is above 3 makes the whole run fail.
"""
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as n

OUT = Path(__file__).resolve().parent.parent / "resources"
SIDE = 4


def const(name, value, dtype):
    return n.from_array(np.array(value, dtype), name)


def graph(given, shape, axes, gives, batch="batch", classes=3):
    nodes = [
        h.make_node("ReduceMean", [given, "axes"], ["means"], keepdims=0),
        h.make_node("Gather", ["means", "zero"], ["red"], axis=1),
        h.make_node("Cast", ["red"], ["whole"], to=T.INT64),
        h.make_node("Gather", ["table", "whole"], ["nothing"]),  # fails for what is above 3
        h.make_node("MatMul", ["means", "colours"], ["logits0"]),
        h.make_node("Add", ["logits0", "nothing"], [gives]),
    ]
    constants = [
        const("axes", axes, np.int64),
        const("zero", [0], np.int64),
        const("table", [0.0] * 4, np.float32),
        const("colours", np.eye(3, classes), np.float32),
    ]
    made = h.make_graph(
        nodes,
        "classify",
        [h.make_tensor_value_info(given, T.FLOAT, [batch, *shape])],
        [h.make_tensor_value_info(gives, T.FLOAT, [batch, classes])],
        constants,
    )
    model = h.make_model(made, opset_imports=[h.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def tiny():
    folder = OUT / "tiny-classifier"
    folder.mkdir(parents=True, exist_ok=True)
    planes = graph("pixels", [3, SIDE, SIDE], [2, 3], "logits")
    onnx.save(planes, folder / "planes.onnx")
    onnx.save(graph("image", [SIDE, SIDE, 3], [1, 2], "scores"), folder / "interleaved.onnx")
    onnx.save(graph("pixels", [3, SIDE, SIDE], [2, 3], "logits", batch=2), folder / "pairs.onnx")
    both = onnx.ModelProto()
    both.CopyFrom(planes)
    both.graph.input.append(h.make_tensor_value_info("attention_mask", T.INT64, ["batch", 7]))
    onnx.save(both, folder / "two-inputs.onnx")
    manifest = {
        "format": 1,
        "family": "image-classifier",
        "name": "tiny-classifier",
        "version": "1",
        "licence": "Apache-2.0",
        "purpose": "Tells red from green and blue.",
        "tasks": ["vqa"],
        "graphs": {"classify": "planes.onnx"},
        "classes": ["Red", "Green", "Blue"],
        "output": "logits",
        "image": {
            "width": SIDE,
            "height": SIDE,
            "fit": "stretch",
            "resampling": "bicubic",
            "mean": [0, 0, 0],
            "std": [1, 1, 1],
        },
        "limits": {"maxBatch": 4},
        "questions": [
            {
                "ask": ["is this picture warm?", "is it warm?"],
                "answers": [
                    {"answer": "yes", "classes": ["Red"]},
                    {"answer": "no", "classes": ["Green", "Blue"]},
                ],
            }
        ],
        "example": {"question": "is this picture warm?", "choices": ["yes", "no"]},
        "card": {"trainedOn": "Nothing: its weights were written by hand.", "limits": "It knows three colours."},
    }
    files = sorted(file.name for file in folder.glob("*.onnx"))
    manifest["sha256"] = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files}
    (folder / "bundle.json").write_text(json.dumps(manifest, indent=1) + "\n")


def hub():
    folder = OUT / "hub-classifier"
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    for old in (folder / "onnx").iterdir():
        old.unlink()
    model = graph("pixel_values", [3, SIDE, SIDE], [2, 3], "logits")
    onnx.save(model, folder / "onnx" / "model_quantized.onnx")
    onnx.save(
        model,
        folder / "onnx" / "model.onnx",
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location="model.onnx_data",
        size_threshold=60,  # of a Python object of the bytes: the colours alone
    )
    (folder / "config.json").write_text(
        json.dumps(
            {
                "_name_or_path": "somebody/colours",
                "architectures": ["ViTForImageClassification"],
                "id2label": {"0": "Red", "1": "Green", "2": "Blue"},
                "model_type": "vit",
            },
            indent=1,
        )
        + "\n"
    )
    (folder / "preprocessor_config.json").write_text(
        json.dumps(
            {
                "do_normalize": True,
                "do_rescale": True,
                "do_resize": True,
                "image_mean": [0.5, 0.5, 0.5],
                "image_std": [0.5, 0.5, 0.5],
                "resample": 3,
                "rescale_factor": 0.00392156862745098,
                "size": {"height": SIDE, "width": SIDE},
            },
            indent=1,
        )
        + "\n"
    )
    (folder / "README.md").write_text(
        "---\nlanguage: en\nlicense: apache-2.0\ndatasets:\n- crayons\n- \"balloons\"\n---\n\n# Colours\n\nlicense: none\n"
    )


tiny()
hub()
