"""The whole training on one GPU within a given time: the tokenizer, the encoder and the judge beside each other, then the unified model.

    ./run whole --seconds 540 [--work work] [--ship DIR]

--ship: what is to be kept goes there too, as soon as it is there: the model in fp16 in pieces of 15 MiB, the judge, the logs.
"""
from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import os
import time
from pathlib import Path

from . import wide
from . import world as W


def stage(name, argv):
    if name == "judge":
        from . import judge
        judge.main(argv)
    elif name == "train":
        from . import train
        train.main(argv)
    else:
        from . import pretrain
        pretrain.main([name, *argv])


def ship(out):
    """What there is so far."""
    import torch

    from .pretrain import WORK
    out.mkdir(parents=True, exist_ok=True)
    pieces = {}
    if (WORK / "main.pt").exists():
        c = torch.load(WORK / "main.pt", map_location="cpu")
        half = {k: v.half() if v.dtype.is_floating_point else v for k, v in c["ema"].items()}
        pieces["main"] = {"net": half, "ema": half, "step": c["step"], "seen": c["seen"], "config": c["config"]}
    else:
        for f in ("vae", "encoder"):
            if (WORK / f"{f}.pt").exists():
                c = torch.load(WORK / f"{f}.pt", map_location="cpu")
                pieces[f] = {k: {n: x.half() if x.dtype.is_floating_point else x for n, x in v.items()} if isinstance(v, dict) else v for k, v in c.items()}
    for old in out.glob("*.part*"):
        old.unlink()
    for name, c in pieces.items():
        torch.save(c, out / "whole.tmp")
        raw = (out / "whole.tmp").read_bytes()
        (out / "whole.tmp").unlink()
        for i in range(0, len(raw), 15 << 20):
            (out / f"{name}.part{i // (15 << 20)}").write_bytes(raw[i:i + (15 << 20)])
    if (WORK / "judge.pt").exists():
        (out / "judge.pt").write_bytes((WORK / "judge.pt").read_bytes())
    (out / "training.jsonl").write_text("".join((WORK / f"{f}.jsonl").read_text() for f in ("vae", "encoder", "main") if (WORK / f"{f}.jsonl").exists()))


def background(ctx, name, argv):
    x = ctx.Process(target=stage, args=(name, argv))
    x.start()
    return x


def rates(ctx, how, best, seconds):
    """Tries a few steps of the unified model in each way -> the fastest way that works, `best` where none does."""
    from .pretrain import WORK
    most, end = 0.0, time.time() + seconds
    for i, argv in enumerate(how):
        log = WORK / f"try{i}.jsonl"
        x = background(ctx, "train", [*argv, "--name", f"try{i}", "--steps", "300", "--minutes", "1.5"])
        x.join(max(1, end - time.time()))
        if x.exitcode is None:
            x.kill()
        rate = max([json.loads(line).get("rate", 0.0) for line in log.read_text().splitlines()] if log.exists() else [0.0])
        print("tried", argv[-3:], "exit", x.exitcode, "steps a second", rate, flush=True)
        if x.exitcode == 0 and rate > most:
            best, most = argv, rate
    return best


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--seconds", type=float, default=540)
    p.add_argument("--first", type=float, default=0.37, help="share of the time for the first stage")
    p.add_argument("--ship", type=Path)
    p.add_argument("--device", default="cuda")
    p.add_argument("--batch", type=int, default=512)
    p.add_argument("--rows", type=int, nargs=3, default=(192, 320, 256), help="of a step: understanding, generation, edits")
    p.add_argument("--workers", type=int, default=os.cpu_count())
    a = p.parse_args()
    t0 = time.time()
    W.art()
    wide.bank()  # before anything is forked
    print("artwork", round(time.time() - t0, 1), flush=True)
    ctx = mp.get_context("fork")
    gpu = ["--device", a.device] + (["--bf16"] if a.device == "cuda" else [])
    w = max(1, a.workers * 5 // 16)
    first = a.seconds * a.first / 60
    common = [*gpu, "--batch", str(a.batch), "--workers"]
    und, gen, edit = a.rows
    train = [*gpu, "--und", str(und), "--gen", str(gen), "--edit", str(edit), "--lam", "0.4", "--lr", "1.5e-3", "--lr-end", "1e-5", "--warm", "200",
             "--relations", "0.35", "--wider", "0.5", "--ema", "0.998", "--save-every", "60", "--widths", "80", "32", "16"]
    procs = {"vae": background(ctx, "vae", [*common, str(w), "--minutes", str(first), "--likeness", "0.06", "--likeness-after", "0.45", "--house", "0.35",
                                            "--kl", "1e-4", "--wider", "0.25"]),
             "encoder": background(ctx, "encoder", [*common, str(w), "--minutes", str(first), "--save-every", str(first * 18), "--wider", "0.6"]),
             "judge": background(ctx, "judge", [*common, str(max(1, w // 2)), "--minutes", str(first * 0.5)])}
    few = ["--workers", str(max(1, a.workers // 4))]
    plain = [*train, *few]
    how = rates(ctx, [plain, plain + ["--compile"]], plain + ["--no-graph"], a.seconds * a.first) if a.device == "cuda" else plain
    for n, x in procs.items():
        x.join()
        print(n, "ended", x.exitcode, round(time.time() - t0, 1), flush=True)
    if any(x.exitcode for x in procs.values()):
        raise SystemExit("a part of the first stage failed; what came of the others is in work/")
    left = (a.seconds - (time.time() - t0)) / 60
    print("trains with", how, flush=True)
    x = background(ctx, "train", [*how, "--workers", str(max(1, a.workers - 2)), "--minutes", str(left)])
    while x.exitcode is None:
        if a.ship:
            y = ctx.Process(target=ship, args=(a.ship,))
            y.start()
            y.join()
        x.join(75)
    print("train ended", x.exitcode, round(time.time() - t0, 1), flush=True)
    if a.ship:
        ship(a.ship)
    print("all", round(time.time() - t0, 1), flush=True)


if __name__ == "__main__":
    main()
