"""The text tokenizer: byte-level BPE trained on the world's language and everyday words."""
from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from . import world as W

SPECIALS = ["<|pad|>", "<|bos|>", "<|eos|>", "<|caption|>", "<|question|>", "<|answer|>", "<|generate|>", "<|edit|>", "<|image|>"]
PAD, BOS, EOS, CAPTION, QUESTION, ANSWER, GENERATE, EDIT, IMAGE = range(9)
PATH = W.ROOT / "tools" / "tokenizer.json"


def corpus():
    rng = np.random.default_rng(5)
    for i in range(20000):
        s = W.sample_scene(rng)
        yield W.caption(s)
        yield W.prompt(s, rng)
        q, a, _, _ = W.question(s, rng)
        yield q
        yield a
        yield W.edit(s, rng)[0]
        yield W.hint(rng)
    for _ in range(40):
        for h in W.HINTS:
            yield h
        for g in W.GROUP_Q.values():
            yield from g
        for n in W.NAMES:
            yield n
            yield f"the {n} the {n}"


def build():
    t = Tokenizer(models.BPE())
    t.normalizer = normalizers.Lowercase()
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=2048, special_tokens=SPECIALS, show_progress=False,
                                                        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    t.save(str(PATH))
    return t


_tok = None


def tokenizer():
    global _tok
    if _tok is None:
        _tok = Tokenizer.from_file(str(PATH))
    return _tok


_cache: dict = {}


def ids(text):
    """Ids of plain text (user text never holds specials)."""
    r = _cache.get(text)
    if r is None:
        r = tokenizer().encode(text, add_special_tokens=False).ids
        if len(_cache) < 200000:
            _cache[text] = r
    return r


def decode(i):
    return tokenizer().decode([x for x in i if x > EOS], skip_special_tokens=True)


if __name__ == "__main__":
    t = build()
    print(t.get_vocab_size(), t.encode("<|question|>Is there a pair of crossed swords?<|answer|>").tokens)
    multi = [w for w in set(" ".join(W.NAMES + W.COLOURS).split()) if len(t.encode(" " + w).ids) > 1]
    print("split words:", multi)
