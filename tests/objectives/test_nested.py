"""Which lists of prefixes there may be."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import SettingError
from rowspace.objectives import CBOW, OBJECTIVES, SkipGram
from rowspace.objectives.nested import blocks, widen


@pytest.mark.parametrize("given", ["16,32, 64", [16, 32, 64], (16, 32, 64), np.array([16, 32, 64])])
def test_lengths_in_any_form(given: object) -> None:
    objective = SkipGram(nested=given)  # type: ignore[arg-type]
    assert objective.prefixes == (16, 32, 64) and objective.dim == 64
    assert objective.config()["nested"] == [16, 32, 64]
    config = objective.config()
    assert OBJECTIVES[config.pop("name")](**config) == objective


def test_without_any_nothing_changes() -> None:
    assert SkipGram().prefixes == SkipGram(nested="").prefixes == () and SkipGram().dim == 200
    assert CBOW(dim=32, nested=(32,)).prefixes == (32,)


@pytest.mark.parametrize(
    "given",
    [
        "0", "0,16", "-1,16", "16,8", "16,16", "16,,32", "a", "1.5", "1e3", "²", "16;32",
        "9" * 30, 0, [True, 2], [1.5], [None], ["16", []], tuple(range(1, 66)), 70000,
    ],
)  # fmt: skip
def test_no_list_of_lengths(given: object) -> None:
    with pytest.raises(SettingError):
        SkipGram(nested=given)  # type: ignore[arg-type]


def test_the_last_is_dim() -> None:
    for dim in (32, 128):
        with pytest.raises(SettingError, match=f"the last is dim \\({dim}\\)"):
            SkipGram(dim=dim, nested=(16, 64))


def test_a_tree_does_not_nest() -> None:
    with pytest.raises(SettingError, match="loss hs"):
        SkipGram(nested=(16, 64), loss="hs")


def test_blocks_begin_as_their_prefixes_alone() -> None:
    rows = np.full((3, 8), 0.5 / 8, np.float32)
    widen(rows, (2, 4, 8))
    np.testing.assert_allclose(rows[0], [0.25, 0.25, 0.125, 0.125, *[0.0625] * 4])
    found = blocks((2, 4, 8))
    assert found.ends.tolist() == [2, 4, 8] and (found.own == 1).all()
