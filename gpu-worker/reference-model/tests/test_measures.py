"""Cut-outs and "something else": what is counted, and what is asked."""
import json

import numpy as np
import pytest

from tools import cutouts as C
from tools import stranger as S
from tools import unknown as U
from unifluid import evaluate as E
from unifluid import world as W

needs_art = pytest.mark.skipif(not (W.ART / "art.json").exists(), reason="no artwork here")


def test_each_stamp_is_of_one_word():
    files = [f for of in json.loads((W.ROOT / "tools" / "stamps.json").read_text()).values() for f in of]
    assert len(files) == len(set(files)) and all("cartoon" not in f for f in files)


def test_words_that_a_caption_names():
    name = W.INDEX.__getitem__
    assert E.named("a carrot above a pineapple on an orange background") == {name("carrot"), name("pineapple")}
    assert E.named("something else above an orange on a red background") == {name("orange")}


def test_something_else_counts_for_what_is_not_named():
    dog, cat, key = (W.INDEX[w] for w in ("dog", "cat", "key"))
    assert U.wrongly([dog, cat], "something else above a cat on a red background") == [True, False]
    assert U.wrongly([dog, cat], "a dog above a key on a red background") == [False, False]
    assert U.wrongly([dog, cat, key], "something else above something else on a red background") == [True, True, False]


def test_units_count_once_each():
    assert S.mostly("aaabbc", [True, True, False, True, False, False]) == S.share([True, False, False])


@pytest.mark.parametrize("objs", [[W.UNKNOWN], [3], [W.UNKNOWN, 3], [3, 4, 5]])
def test_something_else_is_among_the_choices(objs):
    layout = {1: "one", 2: "above", 3: "two_one"}[len(objs)]
    for at, obj in enumerate(objs):
        _, text, answer, _, choices = U.question(0, np.random.default_rng(1), layout, objs, at)
        assert answer == W.NAMES[obj] and {answer, U.ELSE} <= set(choices) and len(choices) == len(set(choices)) == 4
        assert text == {"one": "what is this?", "above": f"what is {'at the top' if at == 0 else 'at the bottom'}?"}.get(layout, text)


@needs_art
def test_cut_outs_stand_within_the_picture():
    for seed in range(200):
        s, _, files = C.scene(seed, C.emoji)
        assert len(files) == len(s.things) and all(f in C.STAMPS[t.obj] for f, t in zip(files, s.things))
        for t in s.things:
            height, width = t.sprite[1].shape[:2]
            assert max(width, height) == t.size and C.SIZES[s.layout][0] <= t.size <= C.SIZES[s.layout][1]
            assert t.x - width // 2 >= 0 and t.y - height // 2 >= 0 and t.x - width // 2 + width <= W.SIZE and t.y - height // 2 + height <= W.SIZE


@needs_art
def test_the_kept_are_not_the_trainings():
    codes = {said["code"] for all_ in W.sprites(U.wide.FAMILIES).values() for said, _ in all_ if said["object"] == W.UNKNOWN and not said["kept"]}
    mine = {code for code, _ in U.kept(U.wide.FAMILIES)}
    assert mine and not mine & codes
