"""The whole training on one GPU within a given time: the tokenizer, the encoder and the judge beside each other, then the unified model.

    ./run whole --seconds 540 [--ship DIR]      --ship: what is to be kept goes there too, as soon as it is there: the model in fp16 in
                                                pieces of 15 MiB, the judge, the logs
    ./run whole --seconds 540 --resume          goes on from checkpoint/main.pt: encoder and judge first, and of the tokenizer the decoder alone,
                                                so that its tokens stay what they are
    ./run whole --together DIR                  puts the pieces together again in work/
"""
from __future__ import annotations

import argparse
import io
import json
import multiprocessing as mp
import os
import time
from pathlib import Path

import torch

from . import judge, pretrain, train, wide
from . import world as W
from .pretrain import WORK, cast, halved, save

PIECE = 15 << 20


def stage(name, argv):
    if name == "judge":
        judge.main(argv)
    elif name == "train":
        train.main(argv)
    else:
        pretrain.main([name, *argv])


def ship(out):
    """What there is so far."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.part*"):
        old.unlink()
    for name in ("main",) if (WORK / "main.pt").exists() else ("vae", "encoder"):
        if (WORK / f"{name}.pt").exists():
            c, raw = torch.load(WORK / f"{name}.pt", map_location="cpu"), io.BytesIO()
            torch.save(halved(c) if name == "main" else cast(c, torch.half), raw)
            for i in range(0, raw.tell(), PIECE):
                (out / f"{name}.part{i // PIECE}").write_bytes(raw.getbuffer()[i:i + PIECE])
    if (WORK / "judge.pt").exists():
        (out / "judge.pt").write_bytes((WORK / "judge.pt").read_bytes())
    (out / "training.jsonl").write_text("".join((WORK / f"{f}.jsonl").read_text() for f in ("vae", "encoder", "main") if (WORK / f"{f}.jsonl").exists()))


def together(folder):
    """Out of what `ship` has left there, checkpoints to go on from."""
    for name in ("main", "vae", "encoder"):
        parts = sorted(folder.glob(f"{name}.part*"))
        if parts:
            save(WORK / f"{name}.pt", cast(torch.load(io.BytesIO(b"".join(p.read_bytes() for p in parts)), map_location="cpu"), torch.float))
            print(WORK / f"{name}.pt")


def background(ctx, name, argv):
    x = ctx.Process(target=stage, args=(name, argv))
    x.start()
    return x


def rates(ctx, how, best, seconds):
    """Tries a few steps of the unified model in each way -> the fastest way that works, `best` where none does."""
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
    p.add_argument("--resume", action="store_true")
    p.add_argument("--ship", type=Path)
    p.add_argument("--together", type=Path)
    p.add_argument("--device", default="cuda")
    p.add_argument("--batch", type=int, default=512)
    p.add_argument("--rows", type=int, nargs=3, default=(288, 224, 256), help="of a step: understanding, generation, edits")
    p.add_argument("--workers", type=int, default=os.cpu_count())
    a = p.parse_args()
    if a.together:
        return together(a.together)
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
    train = [*gpu, "--und", str(und), "--gen", str(gen), "--edit", str(edit), "--lam", "0.4", "--lr", "1.2e-3" if a.resume else "1.5e-3", "--lr-end", "1e-5",
             "--warm", "200", "--relations", "0.35", "--wider", "0.5", "--ema", "0.998", "--save-every", "60", "--widths", "80", "32", "16", "--train-encoder"]
    again = ["--resume"] if a.resume else []
    latents = ["--decoder-only", "--house", "0.5", "--lr", "1e-3"] if a.resume else ["--likeness-after", "0.45", "--house", "0.35", "--kl", "1e-4"]
    procs = {"vae": background(ctx, "vae", [*common, str(w), *again, "--minutes", str(first), "--likeness", "0.06", "--wider", "0.25", *latents]),
             "encoder": background(ctx, "encoder", [*common, str(w), *again, "--minutes", str(first), "--save-every", str(first * 18), "--wider", "0.6"]),
             "judge": background(ctx, "judge", [*common, str(max(1, w // 2)), "--minutes", str(first * 0.8)])}
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
    newer = ["--resume", "--reload", "vae", "encoder"] if a.resume else []
    x = background(ctx, "train", [*how, *newer, "--workers", str(max(1, a.workers - 2)), "--minutes", str(left)])
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
