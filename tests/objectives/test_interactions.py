"""The settings of a ranking."""

from __future__ import annotations

import pytest

from rowspace.errors import SettingError
from rowspace.objectives.interactions import Ranking


def test_users_have_rows_of_their_own_where_there_is_no_history():
    assert Ranking().own is False
    assert Ranking(history=0).own is True
    assert Ranking(own=True).own is True
    assert Ranking().config()["name"] == "ranking"


@pytest.mark.parametrize(
    "wrong",
    [
        {"loss": "hinge"}, {"rule": "adam"}, {"dim": 0}, {"dim": 2.5}, {"negative": 0},
        {"history": -1}, {"decay": 1.5}, {"tail": -0.1}, {"lr": -1}, {"lr": float("nan")},
        {"l2": float("inf")}, {"noise_power": float("nan")}, {"own": 1}, {"bias": "yes"},
        {"own": False, "history": 0}, {"decay": 0.0, "tail": 0.0, "lr": "fast"},
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SettingError):
        Ranking(**wrong)
