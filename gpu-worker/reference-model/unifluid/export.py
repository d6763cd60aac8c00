"""Exports a checkpoint as a bundle, and beside the shipped bundle the checkpoint as training goes on from it: ONNX graphs whose token and denoising loops run inside the graph.

The plain modules of parts.py are exported one by one, then composed with onnx.helper. Weights are fp16 in one shared
file (weights.bin, ONNX external data) and are cast to fp32 when a session loads; computation is fp32.
"""
from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnx.inliner
import onnxruntime as ort
import torch
from onnx import TensorProto as T
from onnx import helper as H
from onnx import numpy_helper

from . import int8
from . import packed
from . import parts as P
from . import stepwise
from . import text
from . import world as W
from .pretrain import WORK, halved, save
from .unified import CONFIGS, UniFluid
from .weights import Bin

OPSET = 20
VERSION = "0.4.0"
PURPOSE = "The shipped reference model knows 80 kinds of emoji on twelve colours, at 64x64 px, and nothing else: it answers about photographs confidently and wrongly."

def card(metrics: dict) -> dict:
    """The rest of the model card; what was measured is left out where nothing was."""
    said = {
        "trainedOn": "Scenes of 1 to 3 of 80 emoji on 12 colours, made by this project from eight families of emoji, and for understanding from icons, line drawings and clip art of the same things (NOTICE-ART.md).",
        "pictures": "64x64 px, to which everything is stretched; it draws the same size.",
        "languages": "English, in the words and turns of its training texts.",
        "limits": "It knows no photographs, no text in pictures, no people, and no more than three things at once; it calls what it has no word for \"something else\" where it was trained to, and results say how unlike its world a picture is (domain, of 1; above 0.5 do not rely on them). Other emoji styles pass for its own, and so do things cut out of photographs and put on one colour, of which it takes two of three for others.",
    }
    if metrics:
        said["measured"] = ", ".join(f"{name} {value}" for name, value in metrics.items()) + "; on scenes of its own kind (report/evaluation.json)."
    return said



def load(path, half=True):
    c = torch.load(path, map_location="cpu")
    m = UniFluid(**CONFIGS[c["config"]])
    m.load_state_dict(c["ema"])
    m.eval()
    if half:  # the reference is the rounded model, so that both sides hold the same weights
        with torch.no_grad():
            for mod in m.encoder.modules():
                if isinstance(mod, torch.nn.Sequential) and len(mod) == 2 and isinstance(mod[1], torch.nn.BatchNorm2d):
                    fold(mod)
            for q in list(m.parameters()) + list(m.buffers()):
                if q.dtype.is_floating_point:
                    q.copy_(q.half().float())
    return m, c


def fold(seq):
    """BatchNorm into its convolution, so that the weights are rounded once, after folding."""
    conv, bn = seq[0], seq[1]
    s = bn.weight / torch.sqrt(bn.running_var + bn.eps)
    new = torch.nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding)
    new.weight.copy_(conv.weight * s.view(-1, 1, 1, 1))
    new.bias.copy_(bn.bias - bn.running_mean * s)
    seq[0], seq[1] = new, torch.nn.Identity()


class Graph:
    """A graph under composition: exported parts inlined under a prefix."""

    def __init__(self, name):
        self.name, self.nodes, self.inits, self.count, self.subs = name, [], {}, 0, []

    def export(self, part, args, names_in, names_out, dyn, wires, outs):
        """Exports a part and inlines it. wires: part input -> outer name; outs: part output -> outer name."""
        part.eval()
        with tempfile.TemporaryDirectory() as d:
            f = f"{d}/p.onnx"
            torch.onnx.export(part, args, f, dynamo=True, opset_version=OPSET, input_names=names_in, output_names=names_out,
                              dynamic_shapes=dyn, external_data=False, optimize=True, verbose=False)
            g = onnx.load(f)
        g = onnx.inliner.inline_local_functions(g)
        ren = {}
        for a in names_in:
            ren[a] = wires[a]
        for a in names_out:
            ren[a] = outs[a]
        pre = f"{self.name}{self.count}_"
        self.count += 1

        def r(x):
            return "" if x == "" else ren.setdefault(x, pre + x.replace("::", "_"))

        have = {i.name for i in g.graph.input}
        for i in g.graph.initializer:
            assert i.name not in have
            a = numpy_helper.to_array(i)
            self.inits[r(i.name)] = a
        produced = {o for n in g.graph.node for o in n.output}
        for n in g.graph.node:
            m = onnx.NodeProto()
            m.CopyFrom(n)
            assert not any(x.type == onnx.AttributeProto.GRAPH for x in n.attribute), n.op_type
            m.name = pre + n.name
            del m.input[:], m.output[:]
            m.input.extend(r(x) for x in n.input)
            m.output.extend(r(x) for x in n.output)
            del m.metadata_props[:]
            self.nodes.append(m)
        for o in names_out:  # an output that is an input or a constant
            if o not in produced:
                raise RuntimeError(f"{self.name}: output {o} is not computed")

    def node(self, op, ins, outs, **k):
        self.nodes.append(H.make_node(op, ins, outs, **k))

    def const(self, name, a):
        self.inits[name] = np.asarray(a)
        return name


def finish(g, inputs, outputs, as_model, shared, bin_):
    """-> GraphProto. Float weights become fp16 external data with a Cast; equal contents are stored once in the file."""
    nodes, protos = [], []
    for name, a in g.inits.items():
        if a.dtype == np.float32 and a.size >= 256:
            t = bin_.add(name + "_h", a.astype(np.float16))
            protos.append(t)
            nodes.append(H.make_node("Cast", [t.name], [name], to=T.FLOAT))
        else:
            protos.append(numpy_helper.from_array(a, name))
    return H.make_graph(nodes + g.nodes, g.name, inputs, outputs, initializer=protos)


def vi(name, t, shape):
    return H.make_tensor_value_info(name, t, shape)


F, I, B = T.FLOAT, T.INT64, T.BOOL


def doubled(g):
    """rows [R]: 0 to B - 1, and again where any guidance is not 1: without guidance nothing is computed twice."""
    g.const("one", np.array(1, np.int64))
    g.const("nought", np.array(0, np.int64))
    g.const("none", np.array(1, np.float32))
    g.node("Equal", ["guidance", "none"], ["plain"])
    g.node("Not", ["plain"], ["guided"])
    g.node("Cast", ["guided"], ["guided_i"], to=T.INT64)
    g.node("ReduceMax", ["guided_i"], ["any"], keepdims=0)
    g.node("Add", ["any", "one"], ["times"])
    g.node("Size", ["guidance"], ["items"])
    g.node("Mul", ["items", "times"], ["many"])
    g.node("Range", ["nought", "many", "one"], ["all"])
    g.node("Mod", ["all", "items"], ["rows"])


def build(m, out: Path):
    out.mkdir(parents=True, exist_ok=True)
    bin_ = Bin(out / "weights.bin")
    D = torch.export.Dim
    b, t, l, p = D("b", max=512), D("t", min=3, max=512), D("l", min=2, max=256), D("p", min=2, max=1024)
    L2, hh, dh, d, V = 2 * m.layers, m.heads, m.dh, m.d, m.emb.weight.shape[0]
    KV = [f"cache{i}" for i in range(L2)]
    ids, n = torch.ones(2, 9, dtype=torch.long), torch.tensor([5, 9])
    feats = torch.randn(2, 16, d)
    cache, valid, pos = [torch.randn(2, hh, 25, dh) for _ in KV], torch.ones(2, 25, dtype=torch.bool), torch.tensor([21, 25])
    order = torch.stack([torch.randperm(16) for _ in range(2)])
    r, rows = D("r", max=1024), torch.tensor([0, 1, 0, 1])
    noise, px = torch.randn(2, 16, 64), torch.randn(2, 3, 64, 64)
    DC, DV = [{0: b, 2: p}] * L2, {0: b, 1: p}

    def model(gr, name):
        mod = H.make_model(gr, opset_imports=[H.make_opsetid("", OPSET)], producer_name="unifluid", ir_version=10)
        onnx.save(mod, out / name)
        onnx.checker.check_model(str(out / name))

    # encode
    g = Graph("encode")
    g.export(P.Encode(m), (px,), ["pixels"], ["features"], ({0: b},), {"pixels": "pixels"}, {"features": "features"})
    model(finish(g, [vi("pixels", F, ["N", 3, 64, 64])], [vi("features", F, ["N", 16, d])], True, None, bin_), "encode.onnx")

    # score
    g = Graph("score")
    names = ["features", "prompt_ids", "prompt_length", "answer_ids", "answer_length"]
    g.export(P.Score(m), (feats, ids, n, torch.ones(2, 4, dtype=torch.long), torch.tensor([2, 4])), names, ["logprob"],
             ({0: b}, {0: b, 1: t}, {0: b}, {0: b, 1: l}, {0: b}), {x: x for x in names}, {"logprob": "logprob"})
    text_in = [vi("features", F, ["B", 16, d]), vi("prompt_ids", I, ["B", "T"]), vi("prompt_length", I, ["B"])]
    model(finish(g, text_in + [vi("answer_ids", I, ["B", "L"]), vi("answer_length", I, ["B"])], [vi("logprob", F, ["B"])], True, None, bin_), "score.onnx")
    packed.pack(out)

    # understand
    g = Graph("understand")
    st = ["logits", "valid", *KV, "pos", "done"]
    g.export(P.Prefill(m), (feats, ids, n), ["features", "prompt_ids", "prompt_length"], st, ({0: b}, {0: b, 1: t}, {0: b}),
             {x: x for x in ("features", "prompt_ids", "prompt_length")}, {x: x + "0" for x in st})
    s = Graph("textstep")
    si = ["logits", *KV, "valid", "pos", "done"]
    so = ["go", *(x + "_n" for x in si), "tok", "lp"]
    s.export(P.TextStep(m), (torch.randn(2, V), cache, valid, pos, torch.tensor([False, True])), si, so,
             ({0: b}, DC, DV, {0: b}, {0: b}), {x: "s_" + x for x in si}, {x: "s_" + x for x in so})
    ty = {"logits": (F, ["B", V]), **{x: (F, ["B", hh, None, dh]) for x in KV}, "valid": (B, ["B", None]), "pos": (I, ["B"]), "done": (B, ["B"])}
    body = finish(s, [vi("s_i", I, []), vi("s_c", B, [])] + [vi("s_" + x, *ty[x]) for x in si],
                  [vi("s_go", B, [])] + [vi(f"s_{x}_n", *ty[x]) for x in si] + [vi("s_tok", I, ["B"]), vi("s_lp", F, ["B"])], False, None, bin_)
    g.const("true", np.array(True))
    g.node("Loop", ["max_new", "true"] + [x + "0" for x in si], [f"{x}_end" for x in si] + ["tok_seq", "lp_seq"], body=body)
    g.node("Transpose", ["tok_seq"], ["tokens"], perm=[1, 0])
    g.node("Transpose", ["lp_seq"], ["logprob"], perm=[1, 0])
    model(finish(g, text_in + [vi("max_new", I, [])], [vi("tokens", I, ["B", "M"]), vi("logprob", F, ["B", "M"])], True, None, bin_), "understand.onnx")
    stepwise.split(out)

    # generate, edit
    for kind in ("generate", "edit"):
        g = Graph(kind)
        doubled(g)
        pi = ["prompt_ids", "prompt_length", "order", "rows"]
        po = [*KV, "valid", "pos", "prev", "prev_pos"]
        if kind == "generate":
            g.export(P.ImagePrefix(m), (ids, n, order, rows), pi, po, ({0: b, 1: t}, {0: b}, {0: b}, {0: r}), {x: x for x in pi}, {x: x + "0" for x in po})
        else:
            g.export(P.EditPrefix(m), (px, ids, n, order, rows), ["source"] + pi, po + ["tokens", "kept"], ({0: b}, {0: b, 1: t}, {0: b}, {0: b}, {0: r}),
                     {x: x for x in ["source"] + pi}, {**{x: x + "0" for x in po}, "tokens": "tokens", "kept": "kept"})
        s = Graph("step")
        si = ["i", "prev", "prev_pos", *KV, "valid", "pos", "order", "noise", "rows"]
        so = ["c", "z", "cur", *(x + "_n" for x in KV), "valid_n", "pos_n"]
        w = m.head.cond.out_features
        edit = kind == "edit"
        step_args = (torch.tensor(0), torch.randn(2, 64), torch.tensor([1, 2]), [torch.randn(4, hh, 25, dh) for _ in KV],
                     torch.ones(4, 25, dtype=torch.bool), torch.tensor([21, 25, 18, 18]), order, noise, rows)
        step_dyn = (None, {0: b}, {0: b}, [{0: r, 2: p}] * L2, {0: r, 1: p}, {0: r}, {0: b}, {0: b}, {0: r})
        step_in = {**{x: "s_" + x for x in si}, "order": "order", "noise": "noise", "rows": "rows", "i": "s_i"}
        head_in = {"k": "d_k", "z": "d_z", "c": "s_c", "guidance": "guidance", "steps": "steps", "rows": "rows"}
        head_args = (torch.tensor(0), torch.randn(2, 64), torch.randn(4, w), torch.ones(2), torch.tensor(4), rows)
        head_dyn = (None, {0: b}, {0: r}, {0: b}, None, {0: r})
        if edit:  # the source's tokens and which are kept stand outside of the loop, beside order and noise
            so = so + ["old", "s", "keep"]
            step_args += (torch.randn(2, 16, 64), torch.ones(2, 16, 1, dtype=torch.bool))
            step_dyn, step_in = step_dyn + ({0: b}, {0: b}), {**step_in, "tokens": "tokens", "kept": "kept"}
            head_args, head_dyn, head_in = head_args + (torch.randn(4, w),), head_dyn + ({0: r},), {**head_in, "s": "s_s"}
        s.export(P.EditStep(m) if edit else P.ImageStep(m), step_args, list(step_in), so, step_dyn, step_in, {x: "s_" + x for x in so})
        q = Graph("denoise")
        q.export(P.Denoise(m), head_args, list(head_in), ["z2"], head_dyn, head_in, {"z2": "d_z2"})
        q.node("Identity", ["d_cond"], ["d_cond2"])
        inner = finish(q, [vi("d_k", I, []), vi("d_cond", B, []), vi("d_z", F, ["B", 64])], [vi("d_cond2", B, []), vi("d_z2", F, ["B", 64])], False, None, bin_)
        s.const("s_true", np.array(True))
        s.node("Loop", ["steps", "s_true", "s_z"], ["s_drawn"], body=inner)
        if edit:
            s.node("Where", ["s_keep", "s_old", "s_drawn"], ["s_x"])
        else:
            s.node("Identity", ["s_drawn"], ["s_x"])
        s.node("Identity", ["s_cond"], ["s_cond2"])
        s.node("Identity", ["s_x"], ["s_tok"])
        ty = {"prev": (F, ["B", 64]), "prev_pos": (I, ["B"]), **{x: (F, ["R", hh, None, dh]) for x in KV}, "valid": (B, ["R", None]), "pos": (I, ["R"])}
        carry = ["prev", "prev_pos", *KV, "valid", "pos"]
        res = {"prev": "s_x", "prev_pos": "s_cur", **{x: f"s_{x}_n" for x in (*KV, "valid", "pos")}}
        body = finish(s, [vi("s_i", I, []), vi("s_cond", B, [])] + [vi("s_" + x, *ty[x]) for x in carry],
                      [vi("s_cond2", B, [])] + [vi(res[x], *ty[x]) for x in carry] + [vi("s_tok", F, ["B", 64])], False, None, bin_)
        g.const("true", np.array(True))
        g.const("sixteen", np.array(16, np.int64))
        g.node("Loop", ["sixteen", "true"] + [x + "0" for x in carry], [x + "_end" for x in carry] + ["seq"], body=body)
        last = [("seq", torch.randn(16, 2, 64), {1: b}), ("order", order, {0: b})]
        if edit:
            last += [("kept", torch.ones(2, 16, 1, dtype=torch.bool), {0: b}), ("source", px, {0: b})]
        names, args, dyn = zip(*last)
        g.export(P.EditPost(m) if edit else P.Post(m), args, list(names), ["pixels"], dyn, {x: x for x in names}, {"pixels": "pixels"})
        ins = [vi("prompt_ids", I, ["B", "T"]), vi("prompt_length", I, ["B"]), vi("order", I, ["B", 16]), vi("noise", F, ["B", 16, 64]),
               vi("guidance", F, ["B"]), vi("steps", I, [])]
        if kind == "edit":
            ins = [vi("source", F, ["B", 3, 64, 64])] + ins
        model(finish(g, ins, [vi("pixels", F, ["B", 3, 64, 64])], True, None, bin_), f"{kind}.onnx")
    bin_.f.close()


def reads_alike(one, other):
    """Whether the encoders of two bundles are the same, to the bit."""
    px = np.random.default_rng(0).standard_normal((2, 3, 64, 64), np.float32)
    return np.array_equal(*(ort.InferenceSession(str(d / "encode.onnx")).run(None, {"pixels": px})[0] for d in (one, other)))


def sha(p):
    return hashlib.sha256(p.read_bytes()).hexdigest()


def write_bundle(out: Path, m, info):
    shutil.copy(text.PATH, out / "tokenizer.json")
    (out / "LICENCE-NOTICE.txt").write_text("Weights: Apache-2.0. Trained on scenes composed of emoji, icons and clip art; licences of the artwork: NOTICE-ART.md of the reference model.\n")
    files = sorted(p for p in out.iterdir() if p.name != "bundle.json")
    j = {"format": 1, "family": "unifluid", "name": "unifluid-reference", "version": VERSION, "licence": "Apache-2.0", "purpose": PURPOSE,
         "card": card(info.get("metrics", {})),
         "tasks": ["caption", "vqa", "generate", "edit"],
         "graphs": {k: f"{k}.onnx" for k in ("encode", "understand", *stepwise.GRAPHS, "score", *packed.GRAPHS, "generate", "edit")},
         "externalData": ["weights.bin"], "tokenizer": "tokenizer.json", "specialTokens": {"pad": text.PAD, "bos": text.BOS, "eos": text.EOS},
         "image": {"width": 64, "height": 64, "channels": 3, "fit": "stretch", "mean": [0.5] * 3, "std": [0.5] * 3, "tokens": 16, "tokenDim": 64, "featureDim": m.d},
         "templates": {"caption": "<|caption|>{hint}<|answer|>", "vqa": "<|question|>{question}<|answer|>",
                       "generate": "<|generate|>{prompt}<|image|>", "edit": "<|edit|>{instruction}<|image|>"},
         "limits": {"maxPromptTokens": 64, "maxNewTokens": 32, "maxBatch": 32, "maxSteps": 50, "maxCount": 8},
         "defaults": {"steps": info.get("steps", 20), "guidance": info.get("guidance", 2.5), "maxTokens": 24},
         "buckets": {"promptTokens": [8, 16, 32, 64]}, "calibration": {"temperature": info.get("temperature", 1.0)},
         **({"domain": info["domain"]} if "domain" in info else {}),
         "training": info.get("training", {}), "metrics": info.get("metrics", {}), "sha256": {p.name: sha(p) for p in files}}
    if (out / int8.WEIGHTS).exists():
        int8.enter(j)
    (out / "bundle.json").write_text(json.dumps(j, indent=1) + "\n")


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--checkpoint", default=str(WORK / "main.pt"))
    a.add_argument("--out", default=str(W.ROOT / "bundle"))
    a.add_argument("--manifest-only", action="store_true", help="write bundle.json anew, with the latest evaluation, and keep the graphs")
    a.add_argument("--info", default=str(W.ROOT / "report" / "headline.json"), help="figures of the evaluation for bundle.json")
    a = a.parse_args()
    torch.set_num_threads(1)
    m, c = load(a.checkpoint)
    info = json.loads(Path(a.info).read_text()) if Path(a.info).exists() else {}
    info["training"] = {"steps": c["step"], "samples": c["seen"], "config": c["config"]}
    if a.manifest_only:
        before = json.loads((Path(a.out) / "bundle.json").read_text())
        if "domain" in before:
            info["domain"] = before["domain"]
        write_bundle(Path(a.out), m, info)
        return
    tmp = Path(a.out + ".new")
    shutil.rmtree(tmp, ignore_errors=True)
    with torch.no_grad():
        build(m, tmp)
    old = Path(a.out)
    before = json.loads((old / "bundle.json").read_text()) if (old / "bundle.json").exists() else {}
    if "domain" in before and reads_alike(old, tmp):  # what was fitted to the encoder holds
        info["domain"] = before["domain"]
        shutil.copy(old / before["domain"]["file"], tmp)
    write_bundle(tmp, m, info)
    shutil.rmtree(old, ignore_errors=True)
    tmp.rename(old)
    int8.make(old)
    if old.resolve() == W.ROOT / "bundle":
        save(W.ROOT / "checkpoint" / "main.pt", halved(c))
    print("bundle", sum(p.stat().st_size for p in old.iterdir()) / 2 ** 20, "MiB", {p.name: p.stat().st_size for p in old.iterdir()})


if __name__ == "__main__":
    main()
