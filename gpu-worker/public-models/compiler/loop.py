"""One graph of a decoder and the loop around it.

The body of an ONNX Loop is the decoder, the choice of the likeliest token, and the table that embeds it for the next turn. The
first turn reads the prompt, every other one a token, so that the decoder and its weights are there once; caches are carried
from turn to turn and stay where they are. The graph takes what the decoder takes, and beside it

  most  [B]  tokens of each row at most, its end mark included
  ends  [E]  tokens that end a text
  pad   []   the token that rows are fed which have ended

and gives tokens [B, M] and the logarithms of their probabilities, logs [B, M], of which those behind a row's end mean nothing.
"""

import mmap

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper, inliner, numpy_helper

EMBEDS, MASK, POSITIONS, LOGITS, IDS = "inputs_embeds", "attention_mask", "position_ids", "logits", "input_ids"
BRANCH, KEEP = "use_cache_branch", "num_logits_to_keep"
PAST, PRESENT = "past_key_values.", "present."
# Of what torch and optimum write; below, operators take other things under the same names.
LEAST_OPSET = 13
# Smaller tensors come along: those that are read without being aligned are the operands of large products alone.
SHARED_FROM = 1 << 16


class Refused(Exception):
    """One sentence."""


def read(file):
    """A graph without its weights' files."""
    try:
        model = onnx.load(file, load_external_data=False)
    except Exception as e:
        raise Refused(f"{file} cannot be read as an ONNX graph ({type(e).__name__}); import the model again.") from e
    if not model.graph.node:
        raise Refused(f"{file} holds no ONNX graph; import the model again.")
    return inliner.inline_local_functions(model) if model.functions else model


def graphs_in(graph):
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs] if attribute.type in (5, 10) else []:
                yield from graphs_in(inner)


def share(model, file):
    """Large tensors that a graph's own file holds are read from there: nothing is copied."""
    with open(file, "rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = 0
        for graph in graphs_in(model.graph):
            for tensor in graph.initializer:
                if tensor.data_location == T.EXTERNAL:
                    continue
                raw = numpy_helper.to_array(tensor).tobytes() if not tensor.raw_data else tensor.raw_data
                if len(raw) < SHARED_FROM:
                    continue
                # In the file's order, mostly.
                found = content.find(raw, at)
                found = content.find(raw) if found < 0 else found
                if found < 0:
                    continue
                at = found + len(raw)
                bare = T(name=tensor.name, dims=tensor.dims, data_type=tensor.data_type, data_location=T.EXTERNAL)
                for key, value in (("location", file.name), ("offset", found), ("length", len(raw))):
                    bare.external_data.add(key=key, value=str(value))
                tensor.CopyFrom(bare)


def prefix(graph, begins):
    """In all branches too, which see what is around them."""
    for each in graphs_in(graph):
        for named in [*each.input, *each.output, *each.initializer, *each.value_info, *each.node]:
            named.name = begins + named.name if named.name else ""
        for sparse in each.sparse_initializer:
            sparse.values.name = begins + sparse.values.name
        for node in each.node:
            node.input[:] = [begins + name if name else "" for name in node.input]
            node.output[:] = [begins + name if name else "" for name in node.output]


def types(values):
    return {value.name: value.type.tensor_type for value in values}


def check(decoder, embed):
    """Refuses what the loop would not know how to feed."""
    taken, given = types(decoder.graph.input), types(decoder.graph.output)
    caches = [name for name in taken if name.startswith(PAST)]
    if any(name.startswith("encoder_") or ".encoder." in name for name in taken):
        raise Refused("Its decoder goes on from what an encoder gives, which is not compiled; it runs step by step.")
    strange = set(taken) - set(caches) - {EMBEDS, MASK, POSITIONS, BRANCH, KEEP}
    lacking = {EMBEDS} - set(taken) | {LOGITS, *(PRESENT + name.removeprefix(PAST) for name in caches)} - set(given)
    if strange or lacking or not caches:
        what = [f"wants {', '.join(sorted(strange))}"] if strange else []
        what += [f"lacks {', '.join(sorted(lacking))}"] if lacking else []
        raise Refused(
            f"Its decoder {' and '.join(what) or f'has no {PAST}*'}, so that it is none in the layout of transformers.js;"
            " it cannot be compiled."
        )
    rows, embedded = types(embed.graph.input), types(embed.graph.output)
    if list(rows) != [IDS] or len(embedded) != 1:
        raise Refused(f"Its graph embed_tokens takes {', '.join(rows)} and not {IDS} alone; it cannot be compiled.")
    if next(iter(embedded.values())).elem_type != taken[EMBEDS].elem_type:
        raise Refused("Its graph embed_tokens gives other numbers than its decoder takes; import both of one dtype.")
    for name in (MASK, POSITIONS):
        if name in taken and taken[name].elem_type != T.INT64:
            raise Refused(f"Its decoder takes {name} not as 64-bit integers; it cannot be compiled.")
    opsets = [{each.domain or "ai.onnx": each.version for each in model.opset_import} for model in (decoder, embed)]
    for domain in opsets[0].keys() & opsets[1].keys():
        if opsets[0][domain] != opsets[1][domain]:
            raise Refused(
                f"Its decoder has opset {opsets[0][domain]} of {domain} and its embed_tokens {opsets[1][domain]};"
                " both must be exported alike."
            )
    if opsets[0].get("ai.onnx", 0) < LEAST_OPSET:
        raise Refused(f"Its decoder has opset {opsets[0].get('ai.onnx', 0)}, and {LEAST_OPSET} is the least.")
    return opsets[0] | opsets[1]


class Nodes:
    """Nodes and constants in the making, each named by what it gives."""

    def __init__(self, prefix):
        self.prefix, self.nodes, self.constants = prefix, [], []

    def __call__(self, operator, inputs, output, **attributes):
        name = self.prefix + output
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def constant(self, name, value, kind=np.int64):
        self.constants.append(numpy_helper.from_array(np.asarray(value, kind), self.prefix + name))
        return self.prefix + name


def value(name, kind, axes):
    """Axes without a length of their own have no name either: what is carried grows."""
    return helper.make_tensor_value_info(name, kind, axes)


def lengths(kind):
    return [axis.dim_value or None for axis in kind.shape.dim]


def compose_loop(decoder, embed):
    """-> the model, with numbers, weights' places and opset of both, which are used up for it."""
    opsets = check(decoder, embed)
    taken, given = types(decoder.graph.input), types(decoder.graph.output)
    scores, vectors = given[LOGITS].elem_type, embed.graph.output[0].name
    caches = [name for name in taken if name.startswith(PAST)]
    prefix(decoder.graph, "decoder/")
    prefix(embed.graph, "embed/")
    # Its axes have the names of the decoder's, and in the first turn not their lengths.
    del embed.graph.value_info[:]

    turn = Nodes("turn/")
    before = []
    if BRANCH in taken:
        zero = turn.constant("zero", 0)
        later = turn("Greater", ["turn/i", zero], "later")
        before.append(turn("Or", [BRANCH, later], "branch"))
        turn.nodes.append(helper.make_node("Identity", ["turn/branch"], ["decoder/" + BRANCH]))
    if KEEP in taken:
        turn.nodes.append(helper.make_node("Identity", [KEEP], ["decoder/" + KEEP]))
    begin, turn.nodes = turn.nodes, []

    one, last, flat = turn.constant("one", 1), turn.constant("last", -1), turn.constant("flat", [-1])
    across, none = turn.constant("across", [1]), turn.constant("none", 0)
    there = turn("Gather", ["decoder/" + LOGITS, last], "there", axis=1)
    there = turn("Cast", [there], "scores", to=T.FLOAT) if scores != T.FLOAT else there
    logs = turn("LogSoftmax", [there], "all", axis=1)
    best = turn("ArgMax", [there], "best", axis=1, keepdims=1)
    log = turn("Reshape", [turn("GatherElements", [logs, best], "its", axis=1), flat], "log")
    token = turn("Where", ["turn/ended", "pad", turn("Reshape", [best, flat], "likeliest")], "token")
    column = turn("Unsqueeze", [token, across], "column")
    hits = turn("Cast", [turn("Equal", [column, "ends"], "hit")], "hits", to=T.INT64)
    closed = turn("Greater", [turn("ReduceSum", [hits, across], "count", keepdims=0), none], "closed")
    full = turn("Not", [turn("Greater", ["most", turn("Add", ["turn/i", one], "written")], "room")], "full")
    over = turn("Or", [turn("Or", [closed, full], "stops"), "turn/ended"], "over")
    left = turn("Cast", [turn("Not", [over], "going")], "left", to=T.INT64)
    go = turn("Greater", [turn("ReduceSum", [left], "lefts", keepdims=0), none], "go")
    turn.nodes.append(helper.make_node("Identity", [column], ["embed/" + IDS]))

    carried = [(EMBEDS, "embed/" + vectors)]
    if MASK in taken:
        ones = turn.constant("ones", [[1]])
        wide = turn("Expand", [ones, turn("Shape", [column], "wide")], "read")
        carried.append((MASK, turn("Concat", ["decoder/" + MASK, wide], "mask", axis=1)))
    if POSITIONS in taken:
        at = turn("Gather", ["decoder/" + POSITIONS, flat], "at", axis=1)
        carried.append((POSITIONS, turn("Add", [at, one], "position")))
    carried += [(name, "decoder/" + PRESENT + name.removeprefix(PAST)) for name in caches]

    kinds = {name: (taken[name].elem_type, lengths(taken[name])) for name, _ in carried}
    body = helper.make_graph(
        begin + list(decoder.graph.node) + turn.nodes + list(embed.graph.node),
        "turn",
        [value("turn/i", T.INT64, []), value("turn/go_on", T.BOOL, [])]
        + [value("decoder/" + name, *kinds[name]) for name, _ in carried]
        + [value("turn/ended", T.BOOL, [None])],
        [value(go, T.BOOL, [])]
        + [value(result, *kinds[name]) for name, result in carried]
        + [value(over, T.BOOL, [None]), value(token, T.INT64, [None]), value(log, T.FLOAT, [None])],
        list(decoder.graph.initializer) + list(embed.graph.initializer) + turn.constants,
        value_info=decoder.graph.value_info,
        sparse_initializer=list(decoder.graph.sparse_initializer) + list(embed.graph.sparse_initializer),
    )

    whole = Nodes("loop/")
    true, never = whole.constant("true", True, np.bool_), numpy_helper.from_array(np.array([False]))
    turns = whole("ReduceMax", ["most"], "turns", keepdims=0)
    ended = whole("ConstantOfShape", [whole("Shape", ["most"], "rows")], "ended", value=never)
    names = [name for name, _ in carried]
    whole.nodes.append(helper.make_node(
        "Loop",
        [turns, true, *names, ended],
        [f"loop/{name}" for name in [*names, "over"]] + ["loop/tokens", "loop/logs"],
        "loop",
        body=body,
    ))
    for name in ("tokens", "logs"):
        whole.nodes.append(helper.make_node("Transpose", ["loop/" + name], [name], perm=[1, 0]))
    beside = [value(name, taken[name].elem_type, lengths(taken[name])) for name in (BRANCH, KEEP) if name in taken]
    graph = helper.make_graph(
        whole.nodes,
        "decoder_loop",
        [value(name, *kinds[name]) for name in names] + beside
        + [value("most", T.INT64, ["rows"]), value("ends", T.INT64, ["ends"]), value("pad", T.INT64, [])],
        [value("tokens", T.INT64, ["rows", "turns"]), value("logs", T.FLOAT, ["rows", "turns"])],
        whole.constants,
    )
    return helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("" if domain == "ai.onnx" else domain, opsets[domain]) for domain in sorted(opsets)],
        producer_name="unifluid",
        ir_version=max(decoder.ir_version, embed.ir_version),
    )
