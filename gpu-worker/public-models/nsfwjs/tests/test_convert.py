"""The converted MobileNetV2 gives what TensorFlow.js gives, to five decimals. Skipped where its packages are not installed."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from converter import bundle, compare, pictures
from converter.convert import Converter
from converter.layers import Layers

HERE = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(
    not (HERE / "node_modules" / "nsfwjs").exists() or shutil.which("node") is None,
    reason="run './run setup' where node and npm are there",
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["node", HERE / "converter" / "unpack.cjs", "mobilenet_v2", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def made(unpacked, tmp_path_factory):
    out = tmp_path_factory.mktemp("bundle")
    bundle.main("mobilenet_v2", unpacked, out)
    return out


def test_gives_what_tensorflow_js_gives(unpacked, made):
    files = pictures.files(5)
    theirs, ours = compare.both(unpacked, made / "classify.onnx", np.stack([pictures.pixels(file, 224) for file in files]))
    assert np.abs(theirs - ours).max() < 1e-5
    assert np.abs(theirs.sum(1) - 1).max() < 1e-5


def test_makes_the_same_bundle_twice(unpacked, made, tmp_path):
    bundle.main("mobilenet_v2", unpacked, tmp_path / "again")
    assert (tmp_path / "again" / "bundle.json").read_text() == (made / "bundle.json").read_text()


def test_lists_every_file_with_its_checksum(made):
    manifest = json.loads((made / "bundle.json").read_text())
    assert set(manifest["sha256"]) == {file.name for file in made.iterdir()} - {"bundle.json"}
    for file, checksum in manifest["sha256"].items():
        assert hashlib.sha256((made / file).read_bytes()).hexdigest() == checksum


def test_refuses_a_layer_that_it_does_not_know(unpacked):
    layers = Layers(unpacked)
    layers.layers[3]["class_name"] = "PReLU"
    with pytest.raises(ValueError, match="is a PReLU, which is not converted"):
        Converter(layers).convert()


def test_refuses_weights_that_were_cut_short(unpacked, tmp_path):
    shutil.copytree(unpacked, tmp_path / "cut")
    data = (tmp_path / "cut" / "weights.bin").read_bytes()
    (tmp_path / "cut" / "weights.bin").write_bytes(data[:-10])
    with pytest.raises(ValueError):
        Layers(tmp_path / "cut")
