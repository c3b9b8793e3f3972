"""How a unit is drawn: by chance that can be repeated, from what is left."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from rowspace.errors import SettingError
from rowspace.networks.sampling import Sampling

CHANCES = np.array([0.1, 0.4, 0.05, 0.3, 0.15])
LOGITS = np.log(CHANCES)
MANY = 4000


def drawn(**settings):
    sampling = Sampling(**settings)
    found = [sampling.draw(LOGITS, at) for at in range(MANY)]
    return np.bincount(found, minlength=5) / MANY


def test_chances_are_those_of_the_network():
    assert drawn() == pytest.approx(CHANCES, abs=0.03)


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_temperature_sharpens_and_flattens(temperature):
    wanted = CHANCES ** (1 / temperature)
    assert drawn(temperature=temperature) == pytest.approx(wanted / wanted.sum(), abs=0.03)


def test_the_likeliest_alone():
    for settings in ({"temperature": 0.0}, {"top_k": 1}, {"top_p": 0.01}, {"temperature": 1e-6}):
        assert drawn(**settings)[1] == 1


def test_the_few_likeliest():
    wanted = np.array([0, 0.4, 0, 0.3, 0.15]) / 0.85
    assert drawn(top_k=3) == pytest.approx(wanted, abs=0.03)
    assert drawn(top_p=0.71) == pytest.approx(wanted, abs=0.03)
    assert drawn(top_p=0.69) == pytest.approx(np.array([0, 4, 0, 3, 0]) / 7, abs=0.03)
    assert drawn(top_k=3, top_p=0.9) == pytest.approx(wanted, abs=0.03)


def test_the_same_seed_draws_the_same_and_another_does_not():
    one, other, third = (
        [Sampling(seed=seed).draw(LOGITS, at) for at in range(50)] for seed in (1, 1, 2)
    )
    assert one == other != third


def test_what_may_not_be_is_never_drawn():
    logits = np.array([0.0, -np.inf, 0.0], np.float32)
    found = {Sampling(temperature=1e6).draw(logits, at) for at in range(500)}
    assert found == {0, 2}


def test_logits_beyond_all_bounds():
    logits = np.array([1e30, -1e30, 3e38], np.float32)
    assert {Sampling(temperature=t).draw(logits, 0) for t in (1e-9, 1.0)} == {2}


def test_settings_that_cannot_be():
    wrong = (
        {"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}, {"top_p": 1.5},
        {"top_k": -1}, {"length": 0}, {"seed": -1}, {"temperature": True}, {"seed": 1.5},
    )  # fmt: skip
    for settings in wrong:
        with pytest.raises(SettingError, match=next(iter(settings))):
            Sampling(**settings)
