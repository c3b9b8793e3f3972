"""Histories as vectors, beside the sum written out."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.ragged import Ragged
from rowspace.vectors import histories
from rowspace.vectors.histories import History

SEEN = Ragged.of([[0, 1, 2, 3], [], [4], [2, 2]])


def rows() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)


@pytest.mark.parametrize("at_once", [1, 1 << 20])
def test_the_last_items_count_most(monkeypatch, at_once):
    monkeypatch.setattr(histories, "NUMBERS", at_once)
    found = History(3, 0.5, 0.1, True).vectors(rows(), SEEN)
    w = np.array([0.35, 0.6, 1.1])
    np.testing.assert_allclose(found[0], w @ rows()[[1, 2, 3]] / w.sum(), rtol=1e-5)
    np.testing.assert_array_equal(found[1], 0)
    np.testing.assert_allclose(found[2], rows()[4], rtol=1e-6)
    np.testing.assert_allclose(found[3], rows()[2], rtol=1e-6)


def test_without_order_all_count_alike():
    found = History(2, 0.5, 0.0, False).vectors(rows(), SEEN)
    np.testing.assert_allclose(found[0], rows()[:4].mean(axis=0), rtol=1e-5)


def test_no_history_is_nothing():
    assert not History(0, 0.5, 0.0, True).vectors(rows()[:0], SEEN).any()
