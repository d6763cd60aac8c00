"""How unlike the model's world a picture is, from 0 (like it) to 1: what `domain.bin` and `domain` in bundle.json hold.

Seven numbers say it: of the encoder's pooled features the distance within and beside the directions in which scenes differ, and of
the 64x64 pixels how flat, how soft and how colourful they are. A logistic function, fitted to scenes and photographs, makes one of
them. `DomainMeasure` in the worker computes the same; golden/domain.json holds both to it.

    ./run domain fit --photos DIR..          writes domain.bin and bundle.json
    ./run domain evaluate --photos DIR..     writes report/domain.json, from pictures that the fit has not seen
    ./run domain golden                      writes golden/domain.json
"""
from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from . import wide
from . import world as W
from .runtime import Bundle

ROOT = Path(__file__).resolve().parent.parent
FILE = "domain.bin"
COMPONENTS = 64
FEATURES = ["within", "beside", "flat", "border", "foreign", "soft", "colours"]
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif"}
PHOTOGRAPHS = ("astronaut brick camera cell chelsea clock_motion coffee coins grass gravel hubble_deep_field ihc microaneurysms moon "
               "motorcycle_left motorcycle_right retina rocket").split()
NOT_PHOTOGRAPHS = "chessboard_GRAY chessboard_RGB color horse logo page phantom text".split()


def small(im) -> np.ndarray:
    return np.asarray(im.convert("RGB").resize((W.SIZE, W.SIZE), Image.BICUBIC))


def pixel_numbers(im: np.ndarray) -> list:
    """flat: of the border's median colour; border: the same of the border alone; foreign: that colour from the nearest background of
    the world; soft: neighbours that differ a little; colours: the logarithm of how many, at 5 bits a channel."""
    a = im.astype(np.int64)
    ring = np.concatenate([a[0], a[-1], a[1:-1, 0], a[1:-1, -1]])
    back = np.sort(ring, 0)[len(ring) // 2]
    near = np.abs(a - back).max(-1) <= 12
    ring_near = np.abs(ring - back).max(-1) <= 12
    foreign = min(np.abs(back - np.array(c)).max() for c in W.BACKGROUNDS.values())
    steps = np.concatenate([np.abs(np.diff(a, axis=1)).max(-1).ravel(), np.abs(np.diff(a, axis=0)).max(-1).ravel()])
    codes = (a[..., 0] >> 3 << 10) | (a[..., 1] >> 3 << 5) | (a[..., 2] >> 3)
    return [near.mean(), ring_near.mean(), foreign / 255, ((steps > 3) & (steps <= 24)).mean(), np.log(len(np.unique(codes)))]


class Measure:
    def __init__(self, bundle: Bundle, mean=None, directions=None, weights=None, offset=None):
        self.bundle, self.mean, self.directions, self.weights, self.offset = bundle, mean, directions, weights, offset

    @staticmethod
    def read(bundle: Bundle):
        says = bundle.meta["domain"]
        raw = np.fromfile(bundle.path / says["file"], "<f4")
        d = bundle.meta["image"]["featureDim"]
        return Measure(bundle, raw[:d], raw[d:].reshape(-1, d), np.array(says["weights"]), says["offset"])

    def pooled(self, images):
        px = self.bundle.pixels(images)
        return np.concatenate([self.bundle.encode(px[i:i + 32]).mean(1) for i in range(0, len(px), 32)])

    def numbers(self, images):
        x = self.pooled(images).astype(np.float64) - self.mean
        y = x @ self.directions.T.astype(np.float64)  # of variance 1 in the world
        scale = np.maximum((self.directions.astype(np.float64) ** 2).sum(1), 1e-30)
        beside = (x ** 2).sum(1) - (y ** 2 / scale).sum(1)
        return np.column_stack([np.log((y ** 2).mean(1) + 1e-6), np.log(np.maximum(beside, 0) + 1e-6), [pixel_numbers(i) for i in images]])

    def of(self, images):
        return 1 / (1 + np.exp(-(self.numbers(images) @ self.weights + self.offset)))


def scenes(split, n, worn=0.4, **how):
    """Scenes, some of them enlarged and kept as JPEG before."""
    out = []
    for i in range(n):
        rng = np.random.default_rng([W.SPLITS[split], i, 7])
        im = W.render(W.sample_scene(rng, house=rng.random() < 0.2 and not how, **how))
        if rng.random() < worn:
            side = int(rng.choice((64, 128, 256)))
            buffer = io.BytesIO()
            Image.fromarray(im).resize((side, side), Image.LANCZOS).save(buffer, "JPEG", quality=int(rng.integers(60, 96)))
            im = small(Image.open(buffer))
        out.append(im)
    return out


def files(folders):
    """Each picture once, whatever its sizes and names."""
    found, seen = [], set()
    for folder in folders:
        for p in sorted(Path(folder).rglob("*")):
            if p.suffix.lower() in SUFFIXES and p.is_file():
                im = Image.open(p)
                im.draft("RGB", (512, 512))
                im = im.convert("RGB")
                im.thumbnail((512, 512))
                key = hashlib.sha256(small(im).tobytes()).digest()
                if key not in seen and min(im.size) >= 32:
                    seen.add(key)
                    found.append((p, im))
    return found


def crops(pictures, n, rng):
    out = []
    for im in pictures:
        for _ in range(n):
            s = int(min(im.size) * rng.uniform(0.3, 1))
            x, y = (int(rng.integers(0, side - s + 1)) for side in im.size)
            out.append(small(im.crop((x, y, x + s, y + s))))
    return out


def auroc(inside, outside):
    a = np.sort(inside)
    return float(((np.searchsorted(a, outside, "left") + np.searchsorted(a, outside, "right")) / 2 / len(a)).mean())


def logistic(x, y, ridge=1e-2):
    """Weights and offset, both classes counting the same; Newton's method."""
    mean, std = x.mean(0), x.std(0) + 1e-9
    z = np.column_stack([(x - mean) / std, np.ones(len(x))])
    balance = np.where(y, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    w = np.zeros(z.shape[1])
    keep = ridge * np.append(np.ones(x.shape[1]), 0)
    for _ in range(30):
        p = 1 / (1 + np.exp(-(z @ w)))
        gradient = z.T @ (balance * (p - y)) / len(x) + keep * w
        hessian = (z * (balance * p * (1 - p))[:, None]).T @ z / len(x) + np.diag(keep) + 1e-9 * np.eye(len(w))
        w -= np.linalg.solve(hessian, gradient)
    return w[:-1] / std, float(w[-1] - (w[:-1] / std * mean).sum())


def fit(bundle, photos, n):
    rng = np.random.default_rng(4)
    world = scenes("train", n) + [W.render(wide.sample_scene(rng)) for _ in range(n // 4)]
    measure = Measure(bundle)
    x = measure.pooled(world)
    measure.mean = x.mean(0).astype(np.float32)
    values, vectors = np.linalg.eigh(np.cov((x - measure.mean).astype(np.float64).T))
    top = np.argsort(values)[::-1][:COMPONENTS]
    measure.directions = (vectors[:, top] / np.sqrt(values[top])).T.astype(np.float32)
    rng = np.random.default_rng(1)
    pictures = [im for _, im in photos]
    outside = [small(im) for im in pictures] + crops(pictures, 8, rng)
    numbers = np.concatenate([measure.numbers(world), measure.numbers(outside)])
    weights, offset = logistic(numbers, np.arange(len(numbers)) >= len(world))
    raw = np.concatenate([measure.mean.ravel(), measure.directions.ravel()]).astype("<f4")
    (bundle.path / FILE).write_bytes(raw.tobytes())
    path = bundle.path / "bundle.json"
    meta = json.loads(path.read_text())
    meta["domain"] = {"file": FILE, "components": COMPONENTS, "weights": [round(float(w), 6) for w in weights], "offset": round(offset, 6),
                      "backgrounds": [v for c in W.BACKGROUNDS.values() for v in c]}
    meta["sha256"][FILE] = hashlib.sha256((bundle.path / FILE).read_bytes()).hexdigest()
    meta["sha256"] = dict(sorted(meta["sha256"].items()))
    path.write_text(json.dumps(meta, indent=1) + "\n")
    print(json.dumps({"scenes": len(world), "photographs": len(pictures), "with crops": len(outside), **meta["domain"]}, indent=1))


def hard(rng):
    """Made here: pictures without any scene, and drawings."""
    yield "plain, a background of the world", [np.full((64, 64, 3), c, np.uint8) for c in W.BACKGROUNDS.values()]
    yield "plain, another colour", [np.full((64, 64, 3), c, np.uint8) for c in ((180, 220, 40), (0, 255, 255), (60, 0, 90), (0, 60, 0))]
    yield "noise", [rng.integers(0, 256, (64, 64, 3)).astype(np.uint8) for _ in range(20)]
    drawn, screens = [], []
    for _ in range(40):
        im = Image.new("RGB", (256, 256), tuple(int(c) for c in rng.integers(0, 256, 3)))
        d = ImageDraw.Draw(im)
        for _ in range(int(rng.integers(2, 7))):
            x0, y0, x1, y1 = np.sort(rng.integers(0, 256, (2, 2)), 0).ravel()
            [d.ellipse, d.rectangle][int(rng.integers(2))]([int(x0), int(y0), int(x1) + 1, int(y1) + 1], fill=tuple(int(c) for c in rng.integers(0, 256, 3)))
        drawn.append(small(im))
        im = Image.new("RGB", (640, 480), (250, 250, 250))
        d = ImageDraw.Draw(im)
        d.rectangle([0, 0, 640, 28], fill=(40, 60, 100))
        for line in range(int(rng.integers(5, 22))):
            d.text((16, 40 + 18 * line), "".join(chr(c) for c in rng.integers(97, 122, int(rng.integers(10, 90)))), fill=(20, 20, 20))
        screens.append(small(im))
    yield "shapes on one colour", drawn
    yield "screens with text", screens


def evaluate(bundle, photos, n):
    measure, rng = Measure.read(bundle), np.random.default_rng(2)
    inside = measure.of(scenes("test", n))
    groups = {"folders": [im for _, im in photos]}
    try:
        import skimage
        data = Path(skimage.__file__).parent / "data"
        named = lambda names: [Image.open(next(data.glob(f"{name}.*"))).convert("RGB") for name in names]
        groups["scikit-image"] = named(PHOTOGRAPHS)
        faces = [small(Image.fromarray((f * 255).astype(np.uint8))) for f in np.load(data / "lfw_subset.npy")[:100]]
        others = [("scikit-image, no photographs", [small(im) for im in named(NOT_PHOTOGRAPHS)])]
    except ImportError:
        faces, others = [], []
    outside = {name: measure.of([small(im) for im in ims]) for name, ims in groups.items() if ims}
    outside |= {name + ", parts": measure.of(crops(ims, 10, rng)) for name, ims in groups.items() if ims}
    if faces:
        outside["scikit-image, faces of 25 px"] = measure.of(faces)
    whole = np.concatenate(list(outside.values()))
    say = lambda s: {"pictures": len(s), "auroc": round(auroc(inside, s), 4), "above 0.5": round(float((s > 0.5).mean()), 4),
                     "median": round(float(np.median(s)), 4)}
    near = {"held-out artwork (OpenMoji)": measure.of(scenes("test", 300, families=(W.HELD_OUT,), mixed=0.0))}
    near |= {name: measure.of(ims) for name, ims in [*hard(rng), *others]}
    p, y = np.concatenate([inside, whole]), np.concatenate([np.zeros(len(inside)), np.ones(len(whole))])
    weight = np.where(y == 1, 0.5 / len(whole), 0.5 / len(inside))
    bins = np.minimum((p * 10).astype(int), 9)
    ece = sum(abs(float((weight * (p - y))[bins == b].sum())) for b in range(10))
    report = {"scenes of the test split": {"pictures": len(inside), "above 0.5": round(float((inside > 0.5).mean()), 4),
                                           "99th percentile": round(float(np.quantile(inside, 0.99)), 4)},
              "photographs": {"all": say(whole), **{k: say(v) for k, v in outside.items()}},
              "expected calibration error": round(ece, 4), "elsewhere": {k: say(v) for k, v in near.items()}}
    (ROOT / "report" / "domain.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def golden(bundle):
    rng = np.random.default_rng(3)
    images = [*scenes("test", 6), *(ims[0] for _, ims in hard(rng)), (np.indices((64, 64)).sum(0)[..., None] * (2, 1, 1) % 256).astype(np.uint8)]
    measure, cases = Measure.read(bundle), []
    for im, numbers, value in zip(images, measure.numbers(images), measure.of(images)):
        buffer = io.BytesIO()
        Image.fromarray(im).save(buffer, "PNG", optimize=True)
        cases.append({"png": base64.b64encode(buffer.getvalue()).decode(), "numbers": dict(zip(FEATURES, map(float, numbers))), "domain": float(value)})
    (ROOT / "golden" / "domain.json").write_text(json.dumps(cases, indent=1) + "\n")


def main():
    a = argparse.ArgumentParser()
    a.add_argument("what", choices=("fit", "evaluate", "golden"))
    a.add_argument("--photos", nargs="*", default=[], help="folders of photographs")
    a.add_argument("--scenes", type=int)
    a.add_argument("--bundle", default=str(ROOT / "bundle"))
    a = a.parse_args()
    bundle = Bundle(a.bundle)
    if a.what == "golden":
        golden(bundle)
    elif a.what == "fit":
        fit(bundle, files(a.photos), a.scenes or 4000)
    else:
        evaluate(bundle, files(a.photos), a.scenes or 1500)


if __name__ == "__main__":
    main()
