"""The claims: what a variant sees, and what is said of several seeds."""
import pytest
import torch

from unifluid import nano as N


def test_a_variant_sees_its_tasks_in_its_order():
    b = {"und": {"ids": torch.zeros(2, 3)}, "gen": {"order": torch.randperm(16).repeat(2, 1)}}
    assert set(N.part(b, {})) == {"und", "gen"} and set(N.part(b, {"gen": 0})) == {"und"} and set(N.part(b, {"und": 0})) == {"gen"}
    assert N.part(b, {"raster": True})["gen"]["order"].tolist() == [list(range(16))] * 2
    assert N.part(b, {})["gen"]["order"] is b["gen"]["order"]


def test_differences_are_taken_seed_by_seed():
    runs = {N.BASE: [{"question_accuracy": x} for x in (0.1, 0.5, 0.9)], "other": [{"question_accuracy": x} for x in (0.2, 0.6, 1.0)]}
    of = N.summary(runs)["other"]["question_accuracy"]
    assert of["mean"] == pytest.approx(0.6) and of["interval"] == pytest.approx(4.303 * 0.4 / 3**0.5)
    assert of["difference"]["mean"] == pytest.approx(0.1) and of["difference"]["interval"] == pytest.approx(0, abs=1e-9)


def test_one_seed_has_no_interval():
    assert N.interval([0.5]) == {"mean": 0.5, "interval": None}
