"""Schedules: what each is, held to formulas, to torch's own plateau, and to what it may be."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.errors import SettingError
from rowspace.table.schedules import (
    FRESH,
    SCHEDULES,
    Bold,
    Constant,
    Cosine,
    InverseSqrt,
    Linear,
    Plateau,
    Schedule,
    schedule,
)

BY_PROGRESS = [name for name, kind in SCHEDULES.items() if not kind.by_loss]
BY_LOSS = [name for name, kind in SCHEDULES.items() if kind.by_loss]
RATES = st.floats(1e-6, 10)
LOSSES = st.lists(st.floats(-5, 5) | st.sampled_from([math.nan, math.inf]), max_size=30)


@given(RATES, st.floats(0, 1), st.integers(1, 10**7), st.data())
def test_linear_is_word2vecs_line_bit_for_bit(
    lr: float, share: float, units: int, data: st.DataObject
) -> None:
    last, unit = lr * share, data.draw(st.integers(0, units))
    assert Linear().rate(unit, units, high=lr, low=last) == lr - (lr - last) * unit / units


@pytest.mark.parametrize(
    ("chosen", "at", "share"),
    [
        (Constant(), 99, 1.0),
        (Linear(), 25, 0.75),
        (Linear(warmup=0.2), 60, 0.5),
        (Linear(), 100, 0.0),
        (Cosine(), 0, 1.0),
        (Cosine(), 25, (1 + math.sqrt(0.5)) / 2),
        (Cosine(), 50, 0.5),
        (Cosine(warmup=0.5), 75, 0.5),
        (Cosine(), 100, 0.0),
        (InverseSqrt(warmup=0.04), 4, 1.0),
        (InverseSqrt(warmup=0.04), 16, 0.5),
        (InverseSqrt(warmup=0.04), 100, 0.2),
        (Linear(warmup=0.1), 0, 1 / 11),
        (Cosine(warmup=0.1), 4, 5 / 11),
        (Plateau(warmup=0.1), 10, 1.0),
    ],
    ids=str,
)
def test_shares_worked_out_by_hand(chosen: Schedule, at: int, share: float) -> None:
    assert chosen.rate(at, 100, high=1.0) == pytest.approx(share, abs=1e-12)
    wanted = 0.3 + 1.7 * share if chosen.name in ("linear", "cosine") else 2 * share
    if at >= 100 * chosen.warmup:  # between low and high
        assert chosen.rate(at, 100, high=2.0, low=0.3) == pytest.approx(max(0.3, wanted))


@pytest.mark.parametrize("name", SCHEDULES)
@given(RATES, st.floats(0, 1), st.integers(1, 5000), st.floats(1e-3, 0.99))
def test_up_to_the_height_then_never_up_again(
    name: str, high: float, share: float, steps: int, warmup: float
) -> None:
    chosen, low = schedule(name, warmup=warmup), high * share
    some = sorted({*range(0, steps + 3, max(1, steps // 50)), steps})
    rates = [chosen.rate(step, steps, high=high, low=low) for step in some]
    warm = [step >= warmup * steps for step in some]
    rising = [rate for rate, over in zip(rates, warm, strict=True) if not over]
    falling = [rate for rate, over in zip(rates, warm, strict=True) if over]
    assert rates[0] > 0 and max(rates) <= high * (1 + 1e-12)
    assert rising == sorted(rising) and len({*rising}) == len(rising)
    assert falling == sorted(falling, reverse=True)
    assert min(falling) >= low - high * 1e-12
    if name in ("linear", "cosine"):
        assert rates[-1] == rates[some.index(steps)] == pytest.approx(low, abs=high * 1e-12)


def test_a_warm_up_as_long_as_rounding_allows() -> None:
    longest = math.nextafter(1.0, 0.0)
    for name in SCHEDULES:
        assert schedule(name, warmup=longest).rate(7, 7, high=1.0) <= 1.0


# By loss


def test_plateau_step_by_step() -> None:
    chosen = Plateau(factor=0.1, patience=1, threshold=0.1)
    losses = [4.0, 3.9, 3.0, 2.9, 2.8, 2.75, 2.74, 1.0]
    scales = [chosen.watch(losses[:n]).scale for n in range(len(losses) + 1)]
    assert scales == pytest.approx([1, 1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01])


def test_bold_step_by_step() -> None:
    chosen = Bold(up=2, down=0.5, tolerance=0.1, most=4)
    losses = [4.0, 3.0, 3.1, 4.0, 3.0, 2.0, 1.0, math.nan, 0.5]
    scales = [chosen.watch(losses[:n]).scale for n in range(len(losses) + 1)]
    assert scales == [1, 1, 2, 2, 1, 2, 4, 4, 2, 4]


@settings(deadline=None)  # torch comes in with the first
@given(LOSSES, st.integers(0, 3), st.sampled_from([0.0, 1e-3, 0.2]))
def test_plateau_is_torchs(losses: list[float], patience: int, threshold: float) -> None:
    torch = pytest.importorskip("torch")
    losses = [abs(loss) for loss in losses]  # below zero theirs asks for a loss above the best
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=patience, threshold=threshold, eps=0.0
    )
    ours, watch = Plateau(factor=0.5, patience=patience, threshold=threshold), FRESH
    for loss in losses:
        theirs.step(loss)
        watch = ours.after(watch, loss)
        assert watch.scale == theirs.get_last_lr()[0]


@pytest.mark.parametrize("name", BY_LOSS)
@given(LOSSES, st.integers(0, 30))
def test_what_is_remembered_follows_from_the_losses(
    name: str, losses: list[float], cut: int
) -> None:
    """A run that is gone on with, from what was written, is as one that never stopped."""
    chosen, whole = schedule(name), schedule(name).watch(losses)
    told = json.loads(json.dumps(losses[:cut]))
    watch = chosen.watch(told)
    for loss in losses[cut:]:
        watch = chosen.after(watch, loss)
    assert watch == whole and 0 < whole.scale <= 10
    assert chosen.rate(3, 9, high=0.5, low=0.2, watch=whole) == max(0.2, 0.5 * whole.scale)


@pytest.mark.parametrize("name", BY_LOSS)
def test_losses_below_nought(name: str) -> None:
    falling = [-1.0, -1.5, -2.0, -4.0]
    assert schedule(name, warmup=0.1).watch(falling).scale >= 1
    assert schedule(name).watch(falling[::-1]).scale < 1


@pytest.mark.parametrize("name", BY_PROGRESS)
def test_losses_mean_nothing_to_those_by_progress(name: str) -> None:
    assert schedule(name, warmup=0.1).watch([3.0, 9.0, 9.0, 9.0]) == FRESH


# By name


@pytest.mark.parametrize("name", SCHEDULES)
def test_by_name_by_config_and_as_it_is(name: str) -> None:
    chosen = schedule(name, warmup=0.25)
    assert chosen.name == name and chosen.warmup == 0.25
    assert schedule(json.loads(json.dumps(chosen.config()))) == chosen
    assert schedule(chosen) is not None and schedule(chosen) == chosen
    assert schedule(chosen, warmup=0.5).warmup == 0.5
    assert schedule(chosen.config(), warmup=0.5).warmup == 0.5


def test_settings_of_its_own() -> None:
    assert schedule("plateau", factor=0.1, patience=4) == Plateau(0.1, 4)
    assert schedule(Bold(up=1.1), down=0.7) == Bold(1.1, 0.7)


@pytest.mark.parametrize(
    ("make", "told", "hint"),
    [
        (lambda: schedule("cosin"), "no schedule called 'cosin'", "did you mean cosine?"),
        (lambda: schedule("xyz"), "no schedule called 'xyz'", "known: constant, linear"),
        (lambda: schedule(3), "no schedule called 3", "known"),
        (lambda: schedule({}), "no schedule called None", "known"),
        (lambda: schedule({"name": ["x"]}), "no schedule called", "known"),
        (lambda: schedule("plateau", patiense=3), "'patiense'", "did you mean patience?"),
        (lambda: schedule("linear", patience=3), "linear has no setting", "it has: warmup"),
        (lambda: schedule(Linear(), patience=3), "linear has no setting", "it has: warmup"),
        (lambda: schedule({"name": "bold", "x": 1}), "bold has no setting called 'x'", "it has"),
    ],
)
def test_names_that_are_none(make: Any, told: str, hint: str) -> None:
    with pytest.raises(SettingError) as caught:
        make()
    assert told in caught.value.message and hint in caught.value.hint


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        *(("linear", "warmup", value) for value in (1.0, -0.1, 1, math.nan, True, "x", None)),
        ("inverse-sqrt", "warmup", 0.0),
        *(("plateau", "factor", value) for value in (0, 1.0, -1, "x")),
        *(("plateau", "patience", value) for value in (-1, 1.0, True)),
        *(("plateau", "threshold", value) for value in (-1e-9, 1, math.nan)),
        *(("bold", "up", value) for value in (0.9, 11, math.inf)),
        *(("bold", "down", value) for value in (0, 1)),
        ("bold", "tolerance", 1.0),
        ("bold", "most", 0.5),
    ],
)
def test_out_of_range(name: str, field: str, value: Any) -> None:
    with pytest.raises(SettingError, match=f"{field} must be") as caught:
        SCHEDULES[name](**{field: value})
    assert f"{value!r}" in caught.value.message
