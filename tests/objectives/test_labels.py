"""`Labels`: what may be set, and what is said of what may not."""

from __future__ import annotations

import pytest

from rowspace.errors import SettingError
from rowspace.objectives.labels import LOSSES, Labels


def test_settings_as_data():
    found = Labels(dim=8, loss="ova", words=3).config()
    assert found["name"] == "labels" and found["dim"] == 8 and found["loss"] == "ova"
    assert Labels(**{k: v for k, v in found.items() if k != "name"}) == Labels(8, "ova", words=3)
    assert {Labels(loss=loss).loss for loss in LOSSES} == set(LOSSES)


@pytest.mark.parametrize(
    "wrong",
    [
        {"dim": 0}, {"dim": 2.5}, {"dim": True}, {"dim": 65537}, {"loss": "sofmax"},
        {"lr": -1}, {"lr": float("nan")}, {"lr": float("inf")}, {"lr": "0.1"}, {"lr": 1e10},
        {"rule": "adam"}, {"words": 0}, {"words": 11}, {"gaps": 1}, {"minn": -1}, {"maxn": 101},
        {"minn": 4, "maxn": 3}, {"min_count": 0}, {"min_grams": 0}, {"max_grams": -1},
        {"negative": 0}, {"dropout": 1.0}, {"dropout": -0.1}, {"decay": -1},
        {"decay": float("nan")},
    ],
)  # fmt: skip
def test_settings_that_cannot_be(wrong):
    with pytest.raises(SettingError, match=next(iter(wrong))):
        Labels(**wrong)


def test_limits_that_can_be():
    assert Labels(maxn=0, minn=7).maxn == 0  # no n-grams: minn means nothing
    assert Labels(lr=0).lr == 0 and Labels(dropout=0.99).dropout == 0.99
    assert Labels(max_grams=0, words=10, maxn=100).words == 10
