"""Graphs of a bundle that multiply 8-bit integers: X_int8.onnx beside X.onnx, for the graphs that a CPU reads pictures with.

Weights have 7 bits and a sign for each output channel, so that no sum of two products overflows the 16 bits that processors
without VNNI add them in; activations have 8 bits in a fixed range for each tensor, taken from the training's scenes. A range that
would follow the batch would make an item's result depend on its neighbours. Everything between two products stays in floats.
The weights lie in weights_int8.bin; what is not multiplied is read from the file that X.onnx reads.

Usage: python -m unifluid.int8 BUNDLE [--scenes N] writes them anew and enters them into bundle.json under "int8";
       python -m unifluid.int8 BUNDLE --compare N: both precisions on test scenes, into report/int8.json.
"""
from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnx
from onnx import helper as H
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from . import world as W
from .runtime import Bundle
from .stepwise import checksums
from .weights import Bin

GRAPHS = {"encode": ["Conv", "MatMul"], "begin": ["MatMul"], "step": ["MatMul"], "choices": ["MatMul"]}
WEIGHTS = "weights_int8.bin"
SCENES = 256


class Fed(CalibrationDataReader):
    """What was put into a graph, once more."""

    def __init__(self, inputs):
        self.inputs = iter(inputs)

    def get_next(self):
        return next(self.inputs, None)


def fed(bundle: Bundle, count: int):
    """Inputs of each graph, of so many training scenes: their captions, and closed questions about them."""
    inputs = defaultdict(list)
    bundle.watch = lambda name, given: inputs[name].append(given)
    for first in range(0, count, 32):
        scenes = []
        for i in range(first, min(first + 32, count)):
            rng = W.rng_for("train", 900_000 + i)
            scenes.append((W.sample_scene(rng), rng))
        f = bundle.encode(bundle.pixels([W.render(s) for s, _ in scenes]))
        bundle.understand(f, "caption", [""] * len(scenes))
        asked = [(i, *W.question(s, rng, kind, 1.0)) for i, (s, rng) in enumerate(scenes) for kind in ("exist", "count", "colour", "moderation")]
        asked = [asked[i] for i in range(0, len(asked), 3)]
        bundle.understand(f[[q[0] for q in asked]], "vqa", [q[1] for q in asked], 8)
        flat = [(i, q, c) for i, q, _, _, choices in asked for c in choices]
        bundle.score(f[[x[0] for x in flat]], [x[1] for x in flat], [x[2] for x in flat])
    bundle.watch = None
    return inputs


def folded(model):
    """Weights as initializers of 32 bits under the names that they are multiplied by. -> where each that remains is stored."""
    graph, stored = model.graph, {}
    base = {i.name: i for i in graph.initializer}
    kept = []
    for n in graph.node:
        if n.op_type in ("Cast", "Transpose") and n.input[0] in base:
            w = numpy_helper.to_array(base[n.input[0]]).astype(np.float32)
            if n.op_type == "Transpose":
                w = np.ascontiguousarray(w.transpose(next((a.ints for a in n.attribute if a.name == "perm"), range(w.ndim)[::-1])))
            else:
                stored[n.output[0]] = n
            made = numpy_helper.from_array(w, n.output[0])
            graph.initializer.append(made)
            base[n.output[0]] = made
        else:
            kept.append(n)
    del graph.node[:]
    graph.node.extend(kept)
    used = {x for n in kept for x in n.input}
    weights = [i for i in graph.initializer if i.name in used]
    del graph.initializer[:]
    graph.initializer.extend(weights)
    return stored


def quantised(folder: Path, name: str, inputs, bin_: Bin):
    plain = onnx.load(folder / f"{name}.onnx", load_external_data=False)
    outside = {i.name: i for i in plain.graph.initializer}
    model = onnx.load(folder / f"{name}.onnx")
    stored = folded(model)
    weights = {i.name for i in model.graph.initializer}
    products = [n.name for n in model.graph.node if n.op_type in GRAPHS[name] and n.input[1] in weights]
    with tempfile.TemporaryDirectory() as d:
        onnx.save(model, f"{d}/float.onnx")
        quantize_static(
            f"{d}/float.onnx", f"{d}/int8.onnx", Fed(inputs), quant_format=QuantFormat.QDQ, op_types_to_quantize=GRAPHS[name], nodes_to_quantize=products,
            per_channel=True, reduce_range=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
            extra_options={"OpTypesToExcludeOutputQuantization": ["MatMul"]})
        made = onnx.load(f"{d}/int8.onnx")
    graph, kept, casts = made.graph, [], []
    used = {x for n in graph.node for x in n.input} | {o.name for o in graph.output}
    for i in graph.initializer:
        if i.name not in used:
            continue
        if i.name in stored:  # not multiplied: as it was, from the same place of the same file
            kept.append(outside[stored[i.name].input[0]])
            casts.append(stored[i.name])
            continue
        a = numpy_helper.to_array(i)
        if a.nbytes >= 256 and a.dtype != np.int64:
            i = bin_.add(i.name, a)
        kept.append(i)
    named = {i.name: i for i in kept}
    nodes = casts + list(graph.node)
    for n in nodes:
        n.doc_string = ""
    made = H.make_graph(nodes, name, graph.input, graph.output, initializer=list(named.values()))
    file = folder / f"{name}_int8.onnx"
    onnx.save(H.make_model(made, opset_imports=plain.opset_import, producer_name="unifluid", ir_version=plain.ir_version), file)
    onnx.checker.check_model(str(file))


def enter(meta: dict):
    """Into what bundle.json says, but for the checksums."""
    meta["int8"] = {name: f"{name}_int8.onnx" for name in GRAPHS}
    meta["externalData"] = sorted({*meta["externalData"], WEIGHTS})


def make(folder: Path, scenes: int = SCENES):
    bundle = Bundle(folder, 2, parts=True)
    inputs = fed(bundle, scenes)
    bin_ = Bin(folder / WEIGHTS)
    for name in GRAPHS:
        quantised(folder, name, inputs[name], bin_)
        print(name, "from", len(inputs[name]), "runs", flush=True)
    bin_.f.close()
    file = folder / "bundle.json"
    meta = json.loads(file.read_text())
    enter(meta)
    checksums(folder, meta, [*meta["int8"].values(), WEIGHTS])
    file.write_text(json.dumps(meta, indent=1) + "\n")


def compare(folder: Path, count: int):
    """Both precisions on test scenes, of the training's artwork and of the held-out one: what is right, and what differs."""
    from . import evaluate as E

    temperature = json.loads((folder / "bundle.json").read_text())["calibration"]["temperature"]
    result = {"scenes": count}
    for art, how in (("own artwork", {}), ("held-out artwork", {"families": (W.HELD_OUT,)})):
        seen = {}
        for precision in ("fp32", "int8"):
            m, rows, captions = E.understand(Bundle(folder, 2, parts=True, int8=precision == "int8"), E.scenes("test", 0, count, **how))
            seen[precision] = captions, rows
            result.setdefault(art, {})[precision] = {
                **{k: m[k] for k in ("caption_exact", "caption_objects", "question_accuracy", "closed_choice_accuracy")},
                "moderation_recall_at_precision_0.95": E.moderation(rows, temperature)["recall_at_precision_0.95"],
                "ece": E.ece(rows, temperature)[0]}
        (c, r), (c8, r8) = seen["fp32"], seen["int8"]
        apart = [np.abs(E.probs(x[4], temperature) - E.probs(y[4], temperature)).max() for x, y in zip(r, r8)]
        result[art]["alike"] = {"captions": float(np.mean([x == y for x, y in zip(c, c8)])), "answers": float(np.mean([x[3] == y[3] for x, y in zip(r, r8)])),
                                "scores_apart_mean": float(np.mean(apart)), "scores_apart_p99": float(np.quantile(apart, 0.99))}
        print(json.dumps({art: result[art]}, indent=1), flush=True)
    (W.ROOT / "report" / "int8.json").write_text(json.dumps(result, indent=1) + "\n")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("bundle")
    p.add_argument("--scenes", type=int, default=SCENES, help="of the training, from which ranges are taken")
    p.add_argument("--compare", type=int, help="test scenes")
    a = p.parse_args()
    if a.compare:
        compare(Path(a.bundle), a.compare)
    else:
        make(Path(a.bundle), a.scenes)


if __name__ == "__main__":
    main()
