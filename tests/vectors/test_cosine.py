"""Lengths and cosines of ordinary, tiny, huge, zero and broken vectors."""

import numpy as np
import pytest

from rowspace.vectors import cosine as module
from rowspace.vectors.cosine import cosine, inverse_norms, unit_rows

AWKWARD = np.array(
    [[3, 4], [0, 0], [np.nan, 1], [np.inf, 1], [1e38, 1e38], [1e-44, 0], [-1e-20, 1e-20]],
    np.float32,
)


def test_unit_rows() -> None:
    root = np.sqrt(0.5)
    expected = [[0.6, 0.8], [0, 0], [0, 0], [0, 0], [root, root], [0, 0], [-root, root]]
    np.testing.assert_allclose(unit_rows(AWKWARD), expected, rtol=1e-6)
    assert ((inverse_norms(AWKWARD) > 0) == [True, False, False, False, True, False, True]).all()


def test_cosine() -> None:
    assert cosine(AWKWARD[0], AWKWARD[0]) == 1.0
    assert cosine(AWKWARD[0], -AWKWARD[0]) == -1.0
    assert cosine(AWKWARD[4], AWKWARD[0]) == pytest.approx(1.4 * np.sqrt(0.5))
    for broken in (1, 2, 3):
        assert cosine(AWKWARD[broken], AWKWARD[0]) == 0.0 == cosine(AWKWARD[0], AWKWARD[broken])


def test_blocks_do_not_show(monkeypatch) -> None:
    matrix = np.random.default_rng(0).normal(size=(50, 7)).astype(np.float16)
    whole = inverse_norms(matrix)
    monkeypatch.setattr(module, "row_blocks", lambda matrix: range(0, len(matrix), 3))
    assert (inverse_norms(matrix) == whole).all()
    lengths = np.linalg.norm(matrix.astype(np.float64), axis=1)
    np.testing.assert_allclose(whole, 1 / lengths, rtol=1e-6)
