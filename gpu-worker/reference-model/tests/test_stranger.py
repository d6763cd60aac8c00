"""The second generator: what it says of a picture is true, and what it counts is what a reader would count."""
import itertools
import json
import random

import numpy as np
import pytest

from tools import stranger as S

needs_files = pytest.mark.skipif(not (S.FILES / "stranger.json").exists(), reason="no artwork here")


@pytest.mark.parametrize("n", [1, 2, 3])
def test_things_stand_as_the_caption_says_and_none_touches_another(n):
    seen = set()
    for seed in range(400):
        how, squares = S.scattered(random.Random(seed), n)
        seen.add(how)
        assert all(x >= 0 and y >= 0 and x + s <= S.SIDE + 1e-6 and y + s <= S.SIDE + 1e-6 for x, y, s in squares)
        for (x, y, s), (u, v, t) in itertools.combinations(squares, 2):
            assert x + s <= u + 1e-6 or u + t <= x + 1e-6 or y + s <= v + 1e-6 or v + t <= y + 1e-6
        left, top = [x + s / 2 for x, _, s in squares], [y + s / 2 for _, y, s in squares]
        if how in ("across", "line"):
            assert left == sorted(left)
        if how in ("down", "feet"):
            assert all(top[0] < t for t in top[1:])
        if how == "roof":
            assert max(top[:2]) < top[2] and left[0] < left[1]
    assert len(seen) == {1: 1, 2: 2, 3: 3}[n]


def test_other_emoji_are_not_the_trainings():
    trained = {word: code for word, code, _ in json.loads((S.ROOT / "tools" / "objects.json").read_text())}
    others = json.loads((S.ROOT / "tools" / "alternates.json").read_text())
    assert set(others) <= set(trained)
    assert not {c for codes in others.values() for c in codes} & set(trained.values())


def test_what_is_counted():
    truths = [{"words": ["hat", "cat"], "other": [True, False], "kept": [False, False], "ground": "plain", "colour": "red", "caption": "a hat to the left of a cat on a red background"},
              {"words": ["key"], "other": [True], "kept": [True], "ground": "run", "colour": "blue", "caption": "a key on a blue background"},
              {"words": ["fox"], "other": [False], "kept": [False], "ground": "black", "colour": "black", "caption": "a fox on a black background"}]
    m = S.measure(truths, ["a chatty hat on a red background", "a key on a blue background", "a fox on a blue background"])
    assert m["objects"]["share"] == round(2 / 3, 4)  # "chatty" holds no cat
    assert m["objects_of_other_emoji"]["share"] == 1.0 and m["objects_of_the_trainings_emoji"]["share"] == 0.0
    assert m["whole_caption"]["share"] == 0.5 and m["background_right"]["share"] == 1.0
    assert m["by_background"]["black, objects"] == S.share([True]) and m["by_background"]["black"] == S.share([False])
    assert m["objects_of_emoji_kept_from_the_training"]["share"] == 1.0


def test_interval():
    assert S.share([True] * 95 + [False] * 5)["interval"] == [0.8882, 0.9785]


@needs_files
def test_the_same_seed_draws_the_same_picture():
    one, two = S.Stranger().picture(3), S.Stranger().picture(3)
    assert one[1] == two[1] and np.array_equal(one[0], two[0])
    assert one[0].size == (64, 64)
