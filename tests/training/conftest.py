"""What several tests of training share: labelled texts, and a small search."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.training.autotune import autotune

GOOD, BAD = ["fine", "great", "lovely", "sweet", "warm"], ["poor", "dull", "weak", "cold", "grim"]
REST = [f"word{number}" for number in range(40)]


def _reviews(count, seed=0, noise=0.15):
    """Texts of two labels that a few words tell apart, mostly."""
    chance = np.random.default_rng(seed)
    texts, labels = [], []
    for _ in range(count):
        label = int(chance.random() < 0.5)
        told = label if chance.random() > noise else 1 - label
        words = [*chance.choice(REST, 5), *chance.choice((BAD, GOOD)[told], 2)]
        texts.append(" ".join(chance.permutation(words)))
        labels.append(("no", "yes")[label])
    return {"text": texts, "label": labels}


def _quietly(data, **given):
    """A small search with one thread and no end but the number of trainings."""
    given = {"budget": None, "trials": 8, "threads": 1, "baselines": False, **given}
    return autotune(data, **{"progress": lambda event: None, **given})


@pytest.fixture(scope="session")
def reviews():
    """Texts of two labels: reviews(count, seed=0, noise=0.15)."""
    return _reviews


@pytest.fixture(scope="session")
def quietly():
    """A small search: quietly(data, **settings)."""
    return _quietly
