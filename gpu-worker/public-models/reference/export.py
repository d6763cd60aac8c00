"""Graphs in the layout of transformers.js, and bundle.json."""

import hashlib
import json
import shutil
import warnings

import torch


def onnx(module, file, inputs, outputs, axes):
    """inputs: name -> example; axes: name -> {axis: symbol}."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            str(file),
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def begin(folder, reference):
    """An empty folder with all but the graphs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    reference.model.config.save_pretrained(folder)
    reference.model.generation_config.save_pretrained(folder)
    reference.images.save_pretrained(folder)
    reference.tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def cache_names(layers, kinds=("",)):
    names = [f"{i}.{kind}{part}" for i in range(layers) for kind in kinds for part in ("key", "value")]
    return [f"past_key_values.{name}" for name in names], [f"present.{name}" for name in names]


def bundle(folder, manifest):
    """bundle.json of a folder, with the checksums of all that is read when it runs."""
    files = ["tokenizer.json"] + sorted(f"onnx/{file.name}" for file in (folder / "onnx").iterdir())
    manifest = {"format": 1, "version": "1", "licence": "Apache-2.0", "tokenizer": "tokenizer.json"} | manifest
    manifest["sha256"] = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files}
    (folder / "bundle.json").write_text(json.dumps(manifest, indent=2) + "\n")


def stir(model, seed, scale):
    """Random weights, large enough that greedy decoding has something to say."""
    torch.manual_seed(seed)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            parameter.data.normal_(0, scale)
        else:
            parameter.data.add_(torch.randn_like(parameter) * 0.05)
    return model.eval()
