"""Settings of a network's run."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

pytest.importorskip("torch")

from rowspace.cli.network_settings import run_settings
from rowspace.errors import SettingError
from rowspace.networks.settings import ENDLESS, Run, settings_of


@dataclass(frozen=True)
class Network:
    dim: int = 8


@dataclass(frozen=True)
class Reading:
    lower: bool = False


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0}, {"batch": True}, {"lr": 0}, {"lr": float("nan")}, {"lr": "fast"},
        {"warmup": 1.0}, {"valid": 1.0}, {"valid": True}, {"clip": -1}, {"tune": "never"},
        {"optimizer": "lion"}, {"device": "tpu"}, {"precision": "int8"}, {"budget": 0},
        {"embedding_dropout_of": "words"}, {"average": -1}, {"row_optimizer": "x"}, {"beta2": 1},
    ],
)  # fmt: skip
def test_what_cannot_be(wrong):
    with pytest.raises(SettingError, match=next(iter(wrong))):
        Run(**wrong)


def test_settings_are_told_apart():
    network, reading, run = settings_of(
        {"dim": 4, "lower": True, "lr": 0.5}, Network, Reading, {"epochs": 7, "lr": 0.1}
    )
    assert (network.dim, reading.lower, run.epochs, run.lr) == (4, True, 7, 0.5)
    with pytest.raises(SettingError, match="layers"):
        settings_of({"layers": 2}, Network, Reading, {})


def test_a_budget_needs_no_epochs():
    assert settings_of({"budget": 60.0}, Network, Reading, {"epochs": 7})[2].epochs == ENDLESS
    given = {"budget": 60.0, "epochs": 3}
    assert settings_of(given, Network, Reading, {"epochs": 7})[2].epochs == 3


def test_the_command_offers_what_there_is():
    """Every field of a run but the budget, which the command reads as a time."""
    shown = {one.field: one.default for one in run_settings({"lr": 0.5}, batch="Words.")}
    assert set(shown) == set(Run.__dataclass_fields__) - {"budget"}
    for name, text in shown.items():
        value = getattr(Run(), name)
        if name == "lr":
            assert text == "0.5"
        elif isinstance(value, bool) or value is None:
            assert text
        else:
            assert text == (f"{value:g}" if isinstance(value, float) else str(value))
