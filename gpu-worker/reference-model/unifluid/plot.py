"""Loss curves of a run's log. usage: plot [log.jsonl] [out.png]"""
import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from .pretrain import WORK
from .world import ROOT


def main():
    src = sys.argv[1] if len(sys.argv) > 1 else WORK / "main.jsonl"
    out = sys.argv[2] if len(sys.argv) > 2 else ROOT / "report" / "training.png"
    rows = [json.loads(x) for x in open(src)]
    fig, ax = plt.subplots(1, 2, figsize=(11, 4))
    for k in ("text", "gen", "edit"):
        p = [(r["step"], r[k]) for r in rows if k in r]
        ax[0].plot(*zip(*p), label=k)
    for k in ("val_caption", "val_qa"):
        p = [(r["step"], r[k]) for r in rows if k in r]
        ax[1].plot(*zip(*p), marker=".", label=k)
    for k in ("val_gen", "val_edit"):
        p = [(r["step"], r[k]) for r in rows if k in r]
        ax[1].plot(*zip(*p), marker=".", ls=":", label=k)
    ax[0].set(yscale="log", xlabel="step", title="training losses")
    ax[1].set(xlabel="step", title="validation: exact match, image losses", ylim=(0, 1.1))
    for a in ax:
        a.grid(alpha=0.3)
        a.legend()
    fig.tight_layout()
    fig.savefig(out, dpi=90)


if __name__ == "__main__":
    main()
