"""The first numbers of vectors: what is kept, what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.vectors.chosen import Choice, chosen
from rowspace.vectors.derived import CastRows
from rowspace.vectors.prefix import prefixes_of

MATRIX = np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32)
CONFIG = {"objective": {"name": "skipgram", "dim": 8, "nested": [2, 4, 8]}, "training": {}}


def vectors() -> rs.Vectors:
    return rs.Vectors.from_arrays(list("abcdef"), MATRIX)


@pytest.mark.parametrize("dim", [1, 3, 8])
def test_nothing_is_copied(dim: int) -> None:
    whole = vectors()
    cut = rs.prefix(whole, dim)
    np.testing.assert_array_equal(cut.matrix, MATRIX[:, :dim])
    assert np.shares_memory(np.asarray(cut.rows), np.asarray(whole.rows))
    np.testing.assert_array_equal(cut["c"], MATRIX[2, :dim])


def test_rows_behind_a_look_up() -> None:
    whole = rs.Vectors(vectors().vocabulary, CastRows(MATRIX, np.dtype(np.float16)))
    cut = rs.prefix(whole, 3)
    assert cut.rows.shape == (6, 3) and cut.rows.dtype == np.float16
    np.testing.assert_allclose(cut[["b", "e"]], MATRIX[[1, 4], :3], atol=1e-2)
    np.testing.assert_allclose(np.asarray(cut.rows), MATRIX[:, :3], atol=1e-2)


def test_a_model_says_what_it_was_trained_for() -> None:
    model = rs.Model(vectors(), CONFIG, {"loss": [1.0]}, MATRIX)
    assert prefixes_of(model) == (2, 4, 8) and prefixes_of(rs.Model(vectors())) == (8,)
    cut = rs.prefix(model, 4)
    assert cut.config["objective"] == {"name": "skipgram", "dim": 4, "nested": [2, 4]}
    assert cut.record == {"loss": [1.0], "prefix": {"dim": 4, "of": 8}}
    assert cut.context is not None and cut.context.shape == (6, 4)
    assert model.config["objective"]["dim"] == 8  # the one it was taken of stays as it is
    assert rs.prefix(model, 2).config["objective"]["nested"] == []
    assert chosen(model, Choice(prefix=4)).model.vectors.dim == 4


@pytest.mark.parametrize("told", [None, "2,4", [2, "x", -1, 99], {"a": 1}, 7])
def test_a_configuration_of_anything(told: Any) -> None:
    model = rs.Model(vectors(), {"objective": {"nested": told}})
    assert prefixes_of(model)[-1] == 8 and set(prefixes_of(model)) <= {2, 8}
    assert prefixes_of(rs.Model(vectors(), {"objective": told})) == (8,)


@pytest.mark.parametrize("dim", [0, -1, 9, 2.0, True, "4", None])
def test_lengths_that_are_none(dim: Any) -> None:
    for of in (vectors(), rs.Model(vectors())):
        with pytest.raises(rs.InputError, match="from 1 to 8"):
            rs.prefix(of, dim)


def test_weights_for_all_numbers_are_not_cut() -> None:
    labels = rs.Vocabulary.from_counts({b"x": 1, b"y": 1})
    head = rs.Head(labels, np.ones((2, 8), np.float32), "softmax")
    with pytest.raises(rs.InputError, match="with labels"):
        rs.prefix(rs.Model(vectors(), head=head), 4)
    with pytest.raises(rs.InputError, match="with parts"):
        rs.prefix(rs.Model(vectors(), parts={"p": rs.Model(vectors())}), 4)
