"""Writes the sample archive: 200 scenes of their own seeds with their truth. usage: python -m tools.archive OUT [count]"""
import json
import sys
from pathlib import Path

from PIL import Image

from unifluid import world as W


def main(out, count=200):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "truth.jsonl", "w") as f:
        for i in range(1, count + 1):
            rng = W.rng_for("archive", i)
            s = W.sample_scene(rng)
            im = Image.fromarray(W.render(s))
            name = f"scene-{i:04d}.png"
            if i % 10 == 0:
                im = im.resize((256, 256), Image.LANCZOS)
                if i % 20 == 0:
                    name = f"scene-{i:04d}.jpg"
            im.save(out / name, **({"quality": 92} if name.endswith("jpg") else {"optimize": True}))
            qs = []
            for k in ["exist", "group", "moderation", "moderation", "count", "colour", "position", "relation"]:
                q, a, kind, ch = W.question(s, rng, k, canonical=1.0)
                if q not in [x["question"] for x in qs]:
                    qs.append({"question": q, "answer": a, "kind": kind, "choices": ch})
            f.write(json.dumps({"file": name, "caption": W.caption(s), "background": s.colour, "layout": s.layout,
                                "objects": [{"name": t.name, "group": W.GROUP[t.obj], "x": t.x, "y": t.y} for t in s.things], "questions": qs}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
