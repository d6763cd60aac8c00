"""Adds to a bundle the graph of loop.py: onnx/decoder_loop.onnx, and its entries in bundle.json."""

import hashlib
import json
import os

import onnx

from . import loop

NAME = "decoder_loop"
EMBED, DECODER = "embed_tokens", "decoder_model_merged"
# What chooses tokens otherwise than by their scores alone.
RULES = {
    "noRepeat": "forbids runs of tokens that were there before",
    "temperature": "draws tokens by chance",
    "first": "gives every text its first token",
    "last": "gives long texts their last token",
}


def manifest(folder):
    file = folder / "bundle.json"
    if not file.is_file():
        raise loop.Refused(f"{folder} is no bundle: it has no bundle.json; import the model first.")
    try:
        read = json.loads(file.read_bytes())
        graphs, sums = read["graphs"], read["sha256"]
        if not all(isinstance(part, dict) for part in (graphs, sums)):
            raise TypeError
        return read
    except (ValueError, KeyError, TypeError) as e:
        raise loop.Refused(f"{file} cannot be read as that of a bundle; import the model again.") from e


def files(folder, bundle):
    """Those of the table and the decoder."""
    graphs = bundle["graphs"]
    if EMBED not in graphs or DECODER not in graphs or "encoder_model" in graphs:
        why = "has an encoder of prompts" if "encoder_model" in graphs else f"has not both {EMBED} and {DECODER}"
        raise loop.Refused(
            f"{folder} is of the family {bundle.get('family')}, which {why}: compiled are models whose decoder alone reads"
            " and writes, such as of paligemma and smolvlm."
        )
    decoding = bundle.get("decoding", {})
    for rule, what in RULES.items():
        given = decoding.get(rule)
        # A token may be 0.
        if given or given is not None and rule in ("first", "last"):
            raise loop.Refused(f"{folder} has decoding.{rule} in bundle.json, which {what}, and a compiled loop does not.")
    embed, decoder = folder / graphs[EMBED], folder / graphs[DECODER]
    for file in (embed, decoder):
        if not file.is_file():
            raise loop.Refused(f"The file {file} is missing; import the model again.")
    if embed.parent != decoder.parent:
        raise loop.Refused(f"{embed} and {decoder} lie in different folders; put both into one.")
    return embed, decoder


def replace(file, content):
    part = file.with_name(file.name + ".part")
    part.write_bytes(content)
    os.replace(part, file)


def add(folder):
    """-> the graph's file and its size. What was there before is replaced by whole files only."""
    bundle = manifest(folder)
    embed_file, decoder_file = files(folder, bundle)
    embed, decoder = loop.read(embed_file), loop.read(decoder_file)
    loop.share(embed, embed_file)
    loop.share(decoder, decoder_file)
    content = loop.compose_loop(decoder, embed).SerializeToString(deterministic=True)
    out = decoder_file.with_name(NAME + ".onnx")
    part = out.with_name(out.name + ".part")
    part.write_bytes(content)
    try:
        onnx.checker.check_model(str(part))
    except onnx.checker.ValidationError as e:
        part.unlink()
        raise loop.Refused(f"What was made of {decoder_file} is no sound graph ({str(e).splitlines()[0]}).") from e
    os.replace(part, out)
    name = out.relative_to(folder).as_posix()
    bundle["graphs"][NAME] = name
    bundle["sha256"][name] = hashlib.sha256(content).hexdigest()
    replace(folder / "bundle.json", (json.dumps(bundle, indent=2, ensure_ascii=False) + "\n").encode())
    return out, len(content)
