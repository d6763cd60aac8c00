"""Writes src/test/resources: a bundle of toy graphs whose answers can be told by hand, and odd pictures.

Run: python make_fixtures.py (needs numpy, onnx, tokenizers, pillow).
"""
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as n
from PIL import Image
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

OUT = Path(__file__).resolve().parent.parent / "resources"
SPECIALS = ["<|pad|>", "<|bos|>", "<|eos|>", "<|caption|>", "<|question|>", "<|answer|>", "<|generate|>", "<|edit|>", "<|image|>"]
SIDE, TOKENS, DIM = 4, 4, 12  # 4x4 px pictures: 4 tokens of 2x2x3 numbers


def const(name, value, dtype):
    return n.from_array(np.array(value, dtype), name)


def save(folder, name, nodes, inputs, outputs, constants):
    graph = h.make_graph(nodes, name, [h.make_tensor_value_info(*i) for i in inputs], [h.make_tensor_value_info(*o) for o in outputs], constants)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / f"{name}.onnx")


def tiny_bundle():
    folder = OUT / "tiny-bundle"
    folder.mkdir(parents=True, exist_ok=True)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {s: i for i, s in enumerate(SPECIALS)}
    plain = [c for c in letters if ord(c) < 128] + ["Ġ"]  # what bytes of ASCII text become
    for c in plain + [c for c in letters if c not in plain]:
        vocab[c] = len(vocab)
    known = len(SPECIALS) + len(plain)
    t = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    t.normalizer = normalizers.Lowercase()
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens(SPECIALS)
    t.save(str(folder / "tokenizer.json"))

    # The features of a picture are its channel means.
    save(folder, "encode",
         [h.make_node("ReduceMean", ["pixels"], ["m"], axes=[2, 3], keepdims=0),
          h.make_node("Unsqueeze", ["m", "one"], ["u"]),
          h.make_node("Expand", ["u", "shape"], ["features"])],
         [("pixels", T.FLOAT, ["n", 3, SIDE, SIDE])], [("features", T.FLOAT, ["n", TOKENS, 3])],
         [const("one", [1], np.int64), const("shape", [1, TOKENS, 1], np.int64)])

    # Repeats the second token of the prompt, then ends. A token that is not ASCII is outside the table: the run fails.
    text = [("features", T.FLOAT, ["b", TOKENS, 3]), ("prompt_ids", T.INT64, ["b", "t"]), ("prompt_length", T.INT64, ["b"])]
    look_up = [h.make_node("Gather", ["table", "prompt_ids"], ["seen"])]
    table = const("table", range(known), np.int64)
    red = [h.make_node("Gather", ["features", "zero"], ["token0"], axis=1),
           h.make_node("Gather", ["token0", "zero"], ["red"], axis=1)]
    save(folder, "understand",
         look_up + red + [
             h.make_node("Slice", ["seen", "one", "two", "one"], ["second"]),
             h.make_node("Shape", ["second"], ["like"]),
             h.make_node("ConstantOfShape", ["like"], ["eos"], value=n.from_array(np.array([2], np.int64))),
             h.make_node("Concat", ["second", "second", "eos"], ["all"], axis=1),
             h.make_node("Unsqueeze", ["max_new", "zeros"], ["end"]),
             h.make_node("Slice", ["all", "zeros", "end", "one"], ["tokens"]),
             h.make_node("Unsqueeze", ["red", "one"], ["column"]),
             h.make_node("Shape", ["tokens"], ["wide"]),
             h.make_node("Expand", ["column", "wide"], ["logprob"])],
         text + [("max_new", T.INT64, [])],
         [("tokens", T.INT64, ["b", "w"]), ("logprob", T.FLOAT, ["b", "w"])],
         [table, const("zero", 0, np.int64), const("zeros", [0], np.int64), const("one", [1], np.int64), const("two", [2], np.int64)])

    # An answer scores minus its length, plus the red of the picture.
    save(folder, "score",
         look_up + red + [
             h.make_node("Cast", ["answer_length"], ["f"], to=T.FLOAT),
             h.make_node("Sub", ["red", "f"], ["logprob"])],
         text + [("answer_ids", T.INT64, ["b", "l"]), ("answer_length", T.INT64, ["b"])],
         [("logprob", T.FLOAT, ["b"]), ("seen", T.INT64, ["b", "t"])],
         [table, const("zero", 0, np.int64)])

    # A picture is its noise in its order, times guidance, over ten steps' worth.
    draw_in = [("prompt_ids", T.INT64, ["b", "t"]), ("prompt_length", T.INT64, ["b"]), ("order", T.INT64, ["b", TOKENS]),
               ("noise", T.FLOAT, ["b", TOKENS, DIM]), ("guidance", T.FLOAT, ["b"]), ("steps", T.INT64, [])]
    draw = look_up + [
        h.make_node("Unsqueeze", ["order", "last"], ["o"]),
        h.make_node("Expand", ["o", "token"], ["index"]),
        h.make_node("GatherElements", ["noise", "index"], ["sorted"], axis=1),
        h.make_node("Reshape", ["sorted", "picture"], ["p"]),
        h.make_node("Reshape", ["guidance", "column"], ["g"]),
        h.make_node("Mul", ["p", "g"], ["pg"]),
        h.make_node("Cast", ["steps"], ["s"], to=T.FLOAT),
        h.make_node("Mul", ["s", "tenth"], ["st"]),
        h.make_node("Mul", ["pg", "st"], ["drawn"])]
    shapes = [table, const("last", [2], np.int64), const("token", [1, 1, DIM], np.int64), const("tenth", 0.01, np.float32),
              const("picture", [-1, 3, SIDE, SIDE], np.int64), const("column", [-1, 1, 1, 1], np.int64)]
    out = [("pixels", T.FLOAT, ["b", 3, SIDE, SIDE]), ("seen", T.INT64, ["b", "t"])]
    save(folder, "generate", draw + [h.make_node("Identity", ["drawn"], ["pixels"])], draw_in, out, shapes)
    save(folder, "edit", draw + [h.make_node("Add", ["drawn", "source"], ["pixels"])],
         [("source", T.FLOAT, ["b", 3, SIDE, SIDE])] + draw_in, out, shapes)

    graphs = ["encode", "understand", "score", "generate", "edit"]
    files = [f"{g}.onnx" for g in graphs] + ["tokenizer.json"]
    (folder / "bundle.json").write_text(json.dumps({
        "format": 1, "family": "unifluid", "name": "tiny", "version": "1", "licence": "Apache-2.0",
        "tasks": ["caption", "vqa", "generate", "edit"], "graphs": {g: f"{g}.onnx" for g in graphs},
        "tokenizer": "tokenizer.json", "specialTokens": {"pad": 0, "bos": 1, "eos": 2},
        "image": {"width": SIDE, "height": SIDE, "channels": 3, "fit": "stretch", "mean": [0.5] * 3, "std": [0.5] * 3,
                  "tokens": TOKENS, "tokenDim": DIM, "featureDim": 3},
        "templates": {"caption": "<|caption|>{hint}<|answer|>", "vqa": "<|question|>{question}<|answer|>",
                      "generate": "<|generate|>{prompt}<|image|>", "edit": "<|edit|>{instruction}<|image|>"},
        "limits": {"maxPromptTokens": 16, "maxNewTokens": 8, "maxBatch": 4, "maxSteps": 50, "maxCount": 8},
        "defaults": {"steps": 20, "guidance": 2.5, "maxTokens": 8}, "buckets": {"promptTokens": [8, 16]},
        "calibration": {"temperature": 2.0}, "metrics": {},
        "sha256": {f: hashlib.sha256((folder / f).read_bytes()).hexdigest() for f in files}}, indent=1))


def pictures():
    """Left half red, right half blue, 32x16; what differs is how it is stored. The turned ones have four colours."""
    folder = OUT / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    halves = Image.new("RGB", (32, 16), (255, 0, 0))
    halves.paste((0, 0, 255), (16, 0, 32, 16))
    halves.save(folder / "plain.jpg", quality=95, subsampling=0)
    quarters = halves.copy()
    quarters.paste((0, 255, 0), (0, 8, 16, 16))
    quarters.paste((255, 255, 255), (16, 8, 32, 16))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        quarters.save(folder / f"orientation-{orientation}.jpg", quality=95, subsampling=0, exif=exif)
    exif = Image.Exif()
    exif[0x0112] = 6
    quarters.save(folder / "orientation-6.png", exif=exif)
    quarters.save(folder / "orientation-6.webp", lossless=True, exif=exif)
    halves.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    halves.save(folder / "plain.webp", lossless=True)
    halves.save(folder / "lossy.webp", quality=95)
    halves.save(folder / "plain.tiff")
    halves.save(folder / "lzw.tiff", compression="tiff_lzw")
    halves.save(folder / "plain.bmp")
    halves.save(folder / "progressive.jpg", quality=95, subsampling=0, progressive=True)
    green = Image.new("RGB", (32, 16), (0, 255, 0))
    halves.save(folder / "animated.gif", save_all=True, append_images=[green], duration=100)
    halves.save(folder / "animated.webp", save_all=True, append_images=[green], lossless=True)
    half = np.zeros((16, 32), np.uint16)
    half[:, 16:] = 32768
    Image.fromarray(half).save(folder / "grey16.png")
    Image.fromarray((half >> 8).astype(np.uint8)).save(folder / "grey.jpg", quality=95)
    Image.merge("LA", [Image.new("L", (32, 16), 128), Image.new("L", (32, 16), 255)]).save(folder / "grey-alpha.png")
    clear = halves.convert("RGBA")
    clear.putalpha(Image.fromarray(np.repeat(np.array([[255] * 16 + [0] * 16], np.uint8), 16, 0)))
    clear.save(folder / "half-transparent.png")
    clear.save(folder / "half-transparent.webp", lossless=True)
    halves.convert("P", palette=Image.Palette.ADAPTIVE).save(folder / "palette.png")


if __name__ == "__main__":
    tiny_bundle()
    pictures()
