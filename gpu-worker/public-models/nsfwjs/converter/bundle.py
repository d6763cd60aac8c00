"""Makes a bundle of a model of nsfwjs. usage: python -m converter.bundle MODEL UNPACKED OUT"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import onnx

from .convert import Converter
from .layers import Layers

CLASSES = ["Drawing", "Hentai", "Neutral", "Porn", "Sexy"]
SAFE, UNSAFE = ["Drawing", "Neutral"], ["Hentai", "Porn", "Sexy"]
# What the authors state, and false alarms on 83 safe pictures (./run alarms; the README says which pictures).
ACCURACY = {"mobilenet_v2": "90 %", "inception_v3": "93 %"}
ALARMS = {"mobilenet_v2": 6, "inception_v3": 1}


def question(*ask: str, yes: list[str], no: list[str]) -> dict:
    return {"ask": list(ask), "answers": [{"answer": "yes", "classes": yes}, {"answer": "no", "classes": no}]}


def questions() -> list[dict]:
    return [
        question("is this picture safe for work?", "is this safe for work?", "is it safe for work?", yes=SAFE, no=UNSAFE),
        question(
            "is this picture unsafe for work?",
            "is there nudity or sex in this picture?",
            "does the image contain nudity or sex?",
            yes=UNSAFE,
            no=SAFE,
        ),
        question(
            "is this picture pornographic?",
            "does the image contain pornography?",
            yes=["Hentai", "Porn"],
            no=["Drawing", "Neutral", "Sexy"],
        ),
        question("is this a drawing?", yes=["Drawing", "Hentai"], no=["Neutral", "Porn", "Sexy"]),
    ]


def manifest(model: str, version: str, side: int) -> dict:
    name = "nsfwjs-" + model.replace("_", "-")
    return {
        "format": 1,
        "family": "image-classifier",
        "name": name,
        "version": version,
        "licence": "MIT",
        "purpose": "Says how much a photograph or drawing looks like nudity or sex, and nothing else: not violence, weapons"
        " or drugs; what it lets pass is not proven safe.",
        "tasks": ["vqa"],
        "graphs": {"classify": "classify.onnx"},
        "classes": CLASSES,
        "output": "probabilities",
        "image": {
            "width": side,
            "height": side,
            "fit": "stretch",
            "resampling": "bicubic",
            "layout": "nchw",
            "mean": [0, 0, 0],
            "std": [1, 1, 1],
        },
        "limits": {"maxBatch": 32},
        "questions": questions(),
        "example": {"question": "is this picture safe for work?", "choices": ["yes", "no"]},
        "card": {
            "trainedOn": "By its authors, on more than 60 GB of pictures that nsfw_data_scraper gathered from the web, in five"
            " classes; not looked at here.",
            "pictures": f"Photographs and drawings of any size, stretched to {side}x{side} px.",
            "languages": "It reads no text: its questions are looked up, and other choices are its classes "
            + ", ".join(CLASSES)
            + ".",
            "limits": "It sees a whole picture, so what is small in it is lost; its scores are not calibrated; its authors"
            " say nothing about whom it wrongs.",
            "measured": f"About {ACCURACY[model]} of pictures right, by its authors' account. Here {ALARMS[model]} of 83 safe"
            " pictures raised a false alarm at 0.5; no unsafe picture was run, so how much it finds was not tested.",
            "source": f"The npm package nsfwjs {version}, model {model}, weights of 8 bits; converted by"
            " gpu-worker/public-models/nsfwjs.",
        },
    }


def main(model: str, unpacked: Path, out: Path) -> None:
    layers = Layers(unpacked)
    side = layers.layers[0]["config"]["batch_input_shape"][1]
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(Converter(layers).convert(), out / "classify.onnx")
    shutil.copyfile(unpacked / "LICENSE", out / "LICENSE")
    bundle = manifest(model, (unpacked / "version").read_text().strip(), side)
    bundle["sha256"] = {
        file: hashlib.sha256((out / file).read_bytes()).hexdigest() for file in ("LICENSE", "classify.onnx")
    }
    (out / "bundle.json").write_text(json.dumps(bundle, indent=1) + "\n")
    print(f"{out}: {bundle['name']} {bundle['version']}; './unifluid model import {out.resolve()}' takes it")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
