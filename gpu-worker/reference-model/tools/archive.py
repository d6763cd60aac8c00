"""Writes the sample archive: 200 scenes of their own seeds with their truth.

usage: python -m tools.archive OUT [count] [--test] [--held-out] [--moderation]

--test takes the scenes of the test split, --held-out draws them in the artwork that the model has never seen, --moderation asks
of every scene the three moderation questions and nothing else, as `unifluid moderation evaluate` wants them.
"""
import argparse
import json
from pathlib import Path

from PIL import Image

from unifluid import world as W


def moderation(s):
    present = {W.GROUP[o] for o in s.objs()}
    return [{"question": W.GROUP_Q[g][0], "answer": "yes" if g in present else "no", "kind": "moderation", "choices": ["yes", "no"]}
            for g in W.MODERATION]


def main(out, count=200, split="archive", families=W.TRAIN_FAMILIES, moderated=False):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "truth.jsonl", "w") as f:
        for i in range(1, count + 1):
            rng = W.rng_for(split, i)
            s = W.sample_scene(rng, families)
            im = Image.fromarray(W.render(s))
            name = f"scene-{i:04d}.png"
            if i % 10 == 0:
                im = im.resize((256, 256), Image.LANCZOS)
                if i % 20 == 0:
                    name = f"scene-{i:04d}.jpg"
            im.save(out / name, **({"quality": 92} if name.endswith("jpg") else {"optimize": True}))
            qs = []
            if moderated:
                qs = moderation(s)
            for k in [] if moderated else ["exist", "group", "moderation", "moderation", "count", "colour", "position", "relation"]:
                q, a, kind, ch = W.question(s, rng, k, canonical=1.0)
                if q not in [x["question"] for x in qs]:
                    qs.append({"question": q, "answer": a, "kind": kind, "choices": ch})
            f.write(json.dumps({"file": name, "caption": W.caption(s), "background": s.colour, "layout": s.layout,
                                "objects": [{"name": t.name, "group": W.GROUP[t.obj], "x": t.x, "y": t.y} for t in s.things], "questions": qs}) + "\n")


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("out")
    a.add_argument("count", nargs="?", type=int, default=200)
    a.add_argument("--test", action="store_true")
    a.add_argument("--held-out", action="store_true")
    a.add_argument("--moderation", action="store_true")
    a = a.parse_args()
    main(a.out, a.count, "test" if a.test else "archive", (W.HELD_OUT,) if a.held_out else W.TRAIN_FAMILIES, a.moderation)
