"""Takes understand.onnx apart, so that an engine can leave rows out of a batch once they have ended.

begin.onnx   the inputs of understand but max_new -> next_X for each X of the state
step.onnx    state_X -> next_X, token i [B], logprob f [B]: one turn of understand's loop
keep.onnx    state_X, rows i [K] -> next_X of those rows alone

next_X of any of them goes into state_X of the next. They hold the same operators and weights as understand.
Usage: python -m unifluid.stepwise BUNDLE writes them anew and enters them into bundle.json.
"""
from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import onnx
from onnx import TensorProto as T
from onnx import helper as H

GRAPHS = ("begin", "step", "keep")


def value(like, name, batch=None):
    v = onnx.ValueInfoProto()
    v.CopyFrom(like)
    v.name = name
    if batch:
        v.type.tensor_type.shape.dim[0].dim_param = batch
    return v


def split(folder: Path):
    model = onnx.load(folder / "understand.onnx", load_external_data=False)
    graph = model.graph
    at = next(i for i, n in enumerate(graph.node) if n.op_type == "Loop")
    loop = graph.node[at]
    body = next(a.g for a in loop.attribute if a.name == "body")
    count, going, *inner = body.input
    more, *given = body.output
    state, (token, logprob) = given[:-2], given[-2:]
    names = [x.name.removeprefix("s_") for x in inner]

    def save(name, nodes, inputs, outputs, weights):
        made = H.make_graph(nodes, name, inputs, outputs, initializer=weights)
        onnx.save(H.make_model(made, opset_imports=model.opset_import, producer_name="unifluid", ir_version=model.ir_version), folder / f"{name}.onnx")
        onnx.checker.check_model(str(folder / f"{name}.onnx"))

    def renamed(nodes, new):
        """Not by Identity: ONNX Runtime would copy the whole state at each step."""
        made = []
        for n in nodes:
            m = onnx.NodeProto()
            m.CopyFrom(n)
            m.input[:], m.output[:] = [new.get(x, x) for x in n.input], [new.get(x, x) for x in n.output]
            made.append(m)
        assert len(set(new.values())) == len(new)
        return made

    first = renamed(graph.node[:at], dict(zip(loop.input[2:], ["next_" + n for n in names], strict=True)))
    turn = renamed(body.node, {
        **dict(zip([x.name for x in inner], ["state_" + n for n in names], strict=True)),
        **dict(zip([x.name for x in state], ["next_" + n for n in names], strict=True)),
        token.name: "token", logprob.name: "logprob"})
    save("begin", first,
         [x for x in graph.input if x.name != "max_new"], [value(x, "next_" + n) for x, n in zip(inner, names)],
         [x for x in graph.initializer if any(x.name in n.input for n in first)])
    save("step", turn,
         [value(x, "state_" + n) for x, n in zip(inner, names)],
         [value(x, "next_" + n) for x, n in zip(inner, names)] + [value(token, "token"), value(logprob, "logprob")], list(body.initializer))
    save("keep", [H.make_node("Gather", ["state_" + n, "rows"], ["next_" + n], axis=0) for n in names],
         [value(x, "state_" + n) for x, n in zip(inner, names)] + [H.make_tensor_value_info("rows", T.INT64, ["K"])],
         [value(x, "next_" + n, "K") for x, n in zip(inner, names)], [])


def checksums(folder: Path, bundle: dict, files):
    for name in files:
        bundle["sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    bundle["sha256"] = dict(sorted(bundle["sha256"].items()))


def enter(folder: Path, graphs):
    """Into bundle.json, with their checksums."""
    file = folder / "bundle.json"
    bundle = json.loads(file.read_text())
    for name in graphs:
        bundle["graphs"][name] = f"{name}.onnx"
    checksums(folder, bundle, [f"{name}.onnx" for name in graphs])
    file.write_text(json.dumps(bundle, indent=1) + "\n")


def main():
    folder = Path(sys.argv[1])
    split(folder)
    enter(folder, GRAPHS)


if __name__ == "__main__":
    main()
