"""Objectives as data: names, defaults, other tools' choices."""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
import pytest

from rowspace.errors import SettingError
from rowspace.objectives import CBOW, LIKE, OBJECTIVES, SkipGram, Tables, like
from rowspace.ragged import Ragged
from rowspace.table import Table
from rowspace.training import Settings


@pytest.mark.parametrize("kind", OBJECTIVES.values())
def test_a_configuration_makes_the_objective_again(kind: type) -> None:
    objective = kind(dim=33, window=2, lr=0.01)
    config = json.loads(json.dumps(objective.config()))
    assert OBJECTIVES[config.pop("name")](**config) == objective


@pytest.mark.parametrize("tool", LIKE)
def test_other_tools_choices_are_settings_that_exist(tool: str) -> None:
    known = {field.name for kind in (SkipGram, Settings) for field in fields(kind)}
    assert set(like(tool)) <= known


def test_fasttext_differs_where_it_does() -> None:
    """Noise by the square root, a finer sample, a rate that falls to nought, n-grams."""
    chosen = like("fasttext")
    assert (chosen["noise_power"], chosen["sample"], chosen["lr"]) == (0.5, 1e-4, 0.05)
    assert chosen["min_lr"] == 0 and chosen["unseen"].config()["maxn"] == 6


def test_word2vec_learns_cbow_twice_as_fast() -> None:
    assert like("word2vec", "cbow")["lr"] == 0.05 == 2 * like("word2vec")["lr"]


def test_an_unknown_tool() -> None:
    with pytest.raises(SettingError, match="one of rowspace, word2vec, fasttext"):
        like("glove")


def test_cbow_learns_twice_as_fast_by_default() -> None:
    assert CBOW().lr == 2 * SkipGram().lr


def test_plain_rows_are_told_from_bags() -> None:
    table = Table(4, 8)
    plain = Tables(table, table, Ragged.singles(np.arange(4)), mean=False)
    bags = Tables(Table(6, 8), table, Ragged.of([[0, 4], [1], [2, 5], [3]]), mean=True)
    assert plain.plain and not bags.plain
    hashed = Tables(table, table, Ragged.singles(np.array([2, 0, 2, 1])), mean=False)
    assert not hashed.plain  # as many rows as items, and one a bag, but not its own
    assert SkipGram().per_pair(bags) and not SkipGram().per_pair(plain)
    assert not CBOW().per_pair(bags)
