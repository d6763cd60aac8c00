"""Makes choices.onnx of score.onnx: all questions about a picture, with all their choices, in one row.

score computes picture, prompt and answer anew for every choice. A picture does not see the text behind it, and texts that begin
alike are alike as far as they do; so one row can hold the picture once, and of all prompts and choices every common beginning
once, if a token sees nothing but the picture and the tokens of its own text. What it computes are score's own operators on
score's own weights. In the last block only what is scored is computed behind the attention.

choices.onnx  features  f [N, S, F]   of one picture each
              ids       i [N, W]      a tree of texts: behind each token all that follows it in any of them
              place     i [N, W]      of a token in its own text: 0 at a prompt's beginning; a choice goes on where its prompt ends
              until     i [N, W]      0 to W - 1: the last of what follows a token, itself where nothing does; -1 for padding
              before    i [N, K]      0 to W - 1: behind which token one is scored
              wanted    i [N, K]      which
           -> logprob   f [N, K]

Usage: python -m unifluid.packed BUNDLE writes it anew and enters it into bundle.json.
"""
from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as H
from onnx import numpy_helper

from .stepwise import enter

GRAPHS = ("choices",)


class Nodes:
    """The nodes of a graph, found by what they make."""

    def __init__(self, graph):
        self.graph = graph
        self.maker = {o: n for n in graph.node for o in n.output}

    def only(self, what, found):
        found = list(found)
        if len(found) != 1:
            raise RuntimeError(f"score.onnx: there are {len(found)} nodes that look like {what}, not one: it was exported otherwise")
        return found[0]

    def of(self, *kinds):
        return [n for n in self.graph.node if n.op_type in kinds]

    def source(self, name, *kinds):
        """What `name` was made of, back over nodes of these kinds."""
        while name in self.maker and self.maker[name].op_type in kinds:
            name = self.maker[name].input[0]
        return name

    def needed(self, wanted, given):
        """The nodes that make `wanted` out of `given`, in their order."""
        names, kept = set(wanted), []
        for n in reversed(self.graph.node):
            if any(o in names for o in n.output if o not in given):
                kept.append(n)
                names.update(n.input)
        return kept[::-1]


def pack(folder: Path):
    model = onnx.load(folder / "score.onnx", load_external_data=False)
    g = model.graph
    nodes = Nodes(g)

    # Where the trunk begins and ends.
    seen = nodes.only("the picture in its place", (n.output[0] for n in nodes.of("Add") if "features" in n.input))
    row = nodes.only("picture, prompt and answer in one row", (n for n in nodes.of("Concat") if n.input[0] == seen))
    picture, text = row.input[0], nodes.maker[row.input[1]]
    table = nodes.maker[text.input[0]].input[0]
    scale = text.input[1]
    least = {i.name for i in g.initializer if i.data_location != T.EXTERNAL and i.data_type == T.FLOAT and (numpy_helper.to_array(i) < -1e30).all()}
    see = nodes.only("the mask", {n.input[0] for n in nodes.of("Where") if n.input[2] in least})
    angle = nodes.only("the angles of positions", {n.input[0] for n in nodes.of("Cos")})
    where = nodes.maker[nodes.source(angle, "Mul", "Unsqueeze")].input[0]  # of the Cast
    ends = nodes.only("the logits", (n for n in nodes.of("LogSoftmax")))
    product = nodes.maker[ends.input[0]]
    last = nodes.maker[nodes.source(product.input[0], "Slice")]
    hidden = nodes.maker[last.input[1]].input[0]
    rows = nodes.only("the number of rows", (n for n in nodes.of("Shape") if n.input[0] == "answer_length"))
    counted = {i for n in nodes.of("Range") for i in n.input}
    length = nodes.only("the length of a row", (n.output[0] for n in nodes.of("Reshape") if n.input[0] in counted))

    made, consts = [], {}

    def const(name, value):
        consts[name] = numpy_helper.from_array(np.asarray(value, np.int64), name)
        return name

    def node(op, ins, out, **k):
        made.append(H.make_node(op, ins, [out], **k))
        return out

    # The number of image tokens is the bundle's: as long as the features are.
    zero, one, two = const("c_0", [0]), const("c_1", [1]), const("c_2", [2])
    node("Shape", ["ids"], rows.output[0], start=0, end=1)
    node("Shape", ["features"], "c_S", start=1, end=2)
    node("Shape", ["ids"], "c_W", start=1, end=2)
    node("Add", ["c_S", "c_W"], length)
    words = node("Mul", [node("Gather", [table, "ids"], "c_words", axis=0), scale], "c_text")
    node("Concat", [picture, words], row.output[0], axis=1)

    node("Concat", [rows.output[0], "c_S"], "c_NS", axis=0)
    scalar = {x: node("Squeeze", [x], x + "_n") for x in ("c_S", length)}
    node("Range", [const("c_from", 0), scalar[length], const("c_by", 1)], "c_n")
    key, query = node("Unsqueeze", ["c_n", zero], "c_key"), node("Unsqueeze", ["c_n", one], "c_query")
    node("Less", [key, scalar["c_S"]], "c_shown")                      # [1, L] the picture is seen by all
    node("LessOrEqual", [key, query], "c_past")                        # [L, L]
    until = node("Add", ["until", scalar["c_S"]], "c_until_text")
    node("Concat", [node("Expand", [const("c_none", [[-1]]), "c_NS"], "c_until_shown"), until], "c_until", axis=1)
    node("Unsqueeze", ["c_until", one], "c_until_key")                 # [N, 1, L]
    node("LessOrEqual", ["c_query", "c_until_key"], "c_follows")       # [N, L, L]
    node("And", ["c_follows", "c_past"], "c_own")
    node("Or", ["c_own", "c_shown"], "c_see")
    node("Unsqueeze", ["c_see", one], see)

    node("Add", ["place", scalar["c_S"]], "c_place_text")
    node("Expand", [node("Unsqueeze", [node("Range", ["c_from", scalar["c_S"], "c_by"], "c_shown_n"), zero], "c_shown_row"), "c_NS"], "c_place_shown")
    node("Concat", ["c_place_shown", "c_place_text"], where, axis=1)

    given = {row.output[0], see, where, rows.output[0], length, "features"}
    # Behind the last attention, a token is computed by itself: those that are scored are enough.
    block = nodes.maker[nodes.source(hidden, "Mul")]
    joined = nodes.maker[block.input[0]]
    attended = nodes.maker[joined.input[1]]
    if (block.op_type, joined.op_type, attended.op_type) != ("Add", "Add", "MatMul"):
        raise RuntimeError("score.onnx: its last block does not end in attention and what follows it: it was exported otherwise")
    behind = [H.make_node(n.op_type, list(n.input), list(n.output)) for n in (attended, joined)]
    behind[0].input[0], behind[1].input[0] = "c_attended", "c_joined"
    trunk = nodes.needed([joined.input[0], attended.input[0], attended.input[1]], given)
    known = {o for n in trunk for o in n.output} | {joined.output[0]}
    rest = nodes.needed([hidden], given | known)
    logits = nodes.needed([product.input[1]], given)
    beginning = nodes.needed([picture, table, scale], {"features"})

    tail = []

    def after(op, ins, out, **k):
        tail.append(H.make_node(op, ins, [out], **k))
        return out

    picked = []

    def pick(name, out):
        """Of [N, L, D] the rows that are scored: [N, K, D]."""
        wide = f"{out}_wide"
        picked.extend([
            H.make_node("Shape", [name], [wide], start=2, end=3),
            H.make_node("Concat", ["c_NK", wide], [f"{out}_shape"], axis=0),
            H.make_node("Expand", ["c_at_each", f"{out}_shape"], [f"{out}_at"]),
            H.make_node("GatherElements", [name, f"{out}_at"], [out], axis=1)])

    node("Add", ["before", scalar["c_S"]], "c_at")
    node("Unsqueeze", ["c_at", two], "c_at_each")
    node("Shape", ["before"], "c_NK")
    pick(attended.input[0], "c_attended")
    pick(joined.input[0], "c_joined")
    after("MatMul", [hidden, product.input[1]], "c_logits")
    after("LogSoftmax", ["c_logits"], "c_log", axis=-1)
    after("GatherElements", ["c_log", after("Unsqueeze", ["wanted", two], "c_wanted")], "c_one", axis=2)
    after("Squeeze", ["c_one", two], "logprob")

    there, all_ = set(), []
    for n in [*beginning, *made, *trunk, *picked, *behind, *rest, *logits, *tail]:
        if n.output[0] not in there:
            there.add(n.output[0])
            all_.append(n)
    used = {i for n in all_ for i in n.input}
    vi = H.make_tensor_value_info
    features = next(i for i in g.input if i.name == "features")
    shown = [d.dim_value or "S" for d in features.type.tensor_type.shape.dim]
    graph = H.make_graph(
        all_, "choices",
        [vi("features", T.FLOAT, ["N", *shown[1:]])] + [vi(x, T.INT64, ["N", "W"]) for x in ("ids", "place", "until")]
        + [vi(x, T.INT64, ["N", "K"]) for x in ("before", "wanted")],
        [vi("logprob", T.FLOAT, ["N", "K"])],
        initializer=[i for i in g.initializer if i.name in used] + list(consts.values()))
    onnx.save(H.make_model(graph, opset_imports=model.opset_import, producer_name="unifluid", ir_version=model.ir_version), folder / "choices.onnx")
    onnx.checker.check_model(str(folder / "choices.onnx"))


def main():
    folder = Path(sys.argv[1])
    pack(folder)
    enter(folder, GRAPHS)


if __name__ == "__main__":
    main()
