"""A greedy loop over a PaliGemma in the transformers.js layout with onnxruntime alone, caches left where they are."""

import argparse
import json
import pathlib
import time

import numpy
import onnxruntime
from tokenizers import Tokenizer

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--tokens", type=int, default=64)
parser.add_argument("--repeat", type=int, default=1)
given = parser.parse_args()

bundle = json.loads((given.folder / "bundle.json").read_text())
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
options.add_session_config_entry("session.intra_op.allow_spinning", "0")
vision, embed, decoder = (
    onnxruntime.InferenceSession(given.folder / bundle["graphs"][name], options, providers=["CPUExecutionProvider"])
    for name in ("vision_encoder", "embed_tokens", "decoder_model_merged")
)
tokenizer = Tokenizer.from_file(str(given.folder / "tokenizer.json"))
image, mark, ends = bundle["image"], bundle["specialTokens"]["image"], set(bundle["specialTokens"]["eos"])
prompt = "<image>" * image["tokens"] + "<bos>caption en\n"
pixels = numpy.full((1, 3, image["height"], image["width"]), 0.1, numpy.float32)
pasts = [entry for entry in decoder.get_inputs() if entry.name.startswith("past_key_values.")]
outputs = ["logits"] + [entry.name.replace("past_key_values", "present") for entry in pasts]
value = onnxruntime.OrtValue.ortvalue_from_numpy


def caption():
    ids = numpy.array([tokenizer.encode(prompt, add_special_tokens=False).ids])
    embeds = embed.run(None, {"input_ids": ids})[0]
    embeds[0, ids[0] == mark] = vision.run(None, {"pixel_values": pixels})[0][0]
    length, written = ids.shape[1], []
    caches = {
        entry.name: value(numpy.zeros([1] + [n if isinstance(n, int) else 0 for n in entry.shape[1:]], numpy.float32))
        for entry in pasts
    }
    embeds, positions = value(embeds), numpy.arange(1, length + 1)[None]
    while len(written) < given.tokens:
        fed = {"inputs_embeds": embeds, "position_ids": value(positions)} | caches
        logits, *presents = decoder.run_with_ort_values(outputs, fed)
        last = logits.numpy()[0, -1]
        token = int(last.argmax())
        # Ours says how likely each token was; so does this.
        shifted = last - last[token]
        -numpy.log(numpy.exp(shifted).sum())
        written.append(token)
        if token in ends:
            break
        caches = {entry.name: present for entry, present in zip(pasts, presents)}
        embeds = embed.run_with_ort_values(["inputs_embeds"], {"input_ids": value(numpy.array([[token]]))})[0]
        length += 1
        positions = numpy.array([[length]])
    return written


caption()
start, processor = time.perf_counter(), time.process_time()
written = [caption() for _ in range(given.repeat)]
print(json.dumps({
    "captions": sum(map(len, written)),
    "seconds": time.perf_counter() - start,
    "processorSeconds": time.process_time() - processor,
    "digest": tokenizer.decode([token for token in written[-1] if token not in ends]).strip(),
}))
