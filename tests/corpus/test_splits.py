"""Which rows are trained on and which judge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus.splits import folds, split, split_by_time
from rowspace.errors import InputError, SettingError

SHARES = st.floats(0.01, 0.99)


def is_partition(parts: tuple[np.ndarray, np.ndarray], n: int) -> bool:
    rising = all((np.diff(part) > 0).all() and part.dtype == np.int64 for part in parts)
    return rising and sorted(np.concatenate(parts).tolist()) == list(range(n))


@given(st.integers(0, 60), SHARES, st.integers(-5, 5))
def test_at_random(n: int, share: float, seed: int) -> None:
    train, valid = split(n, share, seed=seed)
    assert is_partition((train, valid), n)
    if n >= 2:
        assert len(train) and len(valid) and abs(len(valid) - share * n) <= 1
    again = split(n, share, seed=seed)
    assert np.array_equal(again[1], valid)


@given(st.lists(st.sampled_from("aabbbbcde"), min_size=2, max_size=60), SHARES, st.integers(0, 3))
def test_each_label_keeps_its_share(labels: list[str], share: float, seed: int) -> None:
    n = len(labels)
    train, valid = split(n, share, seed=seed, labels=labels)
    assert is_partition((train, valid), n) and len(train) and len(valid)
    taken = {label: sum(labels[row] == label for row in valid) for label in set(labels)}
    if max(map(labels.count, labels)) < 2:
        return
    for label, judging in taken.items():
        assert judging < labels.count(label)  # rare ones are trained on
    rare = sum(labels.count(label) == 1 for label in set(labels))
    if rare == 0 and 0.1 < share < 0.5 and len(valid) == int(share * n + 0.5):
        for label, judging in taken.items():
            assert abs(judging - share * labels.count(label)) < 1.5


def test_the_same_everywhere() -> None:
    assert split(10, 0.3, seed=1)[1].tolist() == SAME_EVERYWHERE
    labels = ["a"] * 50 + ["b"] * 7 + ["c"] + ["d"] * 2
    valid = split(60, 0.1, seed=1, labels=labels)[1]
    assert [labels[row] for row in valid] == ["a"] * 5 + ["b"]
    other = split(60, 0.1, seed=2, labels=labels)[1]
    assert not np.array_equal(valid, other)


SAME_EVERYWHERE = [0, 5, 9]


def test_labels_of_all_kinds() -> None:
    values = [[1, 2, 1, 2, 1, 2] * 5, [["x", "y"], ["y", "x"], None] * 10, [0.5, float("nan")] * 15]
    for labels in (*values, np.array(values[0]), np.array(["a", "b"] * 15)):
        train, valid = split(30, 0.2, seed=0, labels=labels)
        assert is_partition((train, valid), 30) and len(valid) == 6
    pairs = [["x", "y"], ["y", "x"]] * 2 + [["z"]]
    assert all(pairs[row] != ["z"] for row in split(5, 0.4, seed=0, labels=pairs)[1])


def test_few_rows() -> None:
    assert [len(part) for part in split(1, 0.9, seed=0)] == [1, 0]
    assert [len(part) for part in split(0, 0.9, seed=0)] == [0, 0]
    assert [len(part) for part in split(3, 0.5, seed=0, labels=["a", "b", "c"])] == [1, 2]


@pytest.mark.parametrize("share", [0, 1, -0.1, float("nan")])
def test_shares(share: float) -> None:
    with pytest.raises(SettingError, match="share must be above 0"):
        split(5, share, seed=0)
    with pytest.raises(SettingError):
        split_by_time(np.arange(5), share)
    with pytest.raises(InputError, match="a label for each of 5 rows, came 2"):
        split(5, 0.5, seed=0, labels=["a", "b"])


def test_by_time() -> None:
    train, valid = split_by_time(np.array([3.0, 1.0, 2.0, 2.0]), 0.5)
    assert train.tolist() == [1, 2] and valid.tolist() == [0, 3]
    train, valid = split_by_time(np.array([5, 5, 5]), 0.3)
    assert valid.tolist() == [2]
    with pytest.raises(InputError, match="1 of 3 rows have no time; the first is row 1"):
        split_by_time(np.array([1.0, np.nan, 2.0]), 0.5)


@given(st.integers(2, 40), st.integers(2, 40), st.booleans())
def test_folds(n: int, k: int, labelled: bool) -> None:
    labels = [row % 3 for row in range(n)] if labelled else None
    if k > n:
        with pytest.raises(SettingError, match="folds must be"):
            folds(n, k, seed=1, labels=labels)
        return
    found = folds(n, k, seed=1, labels=labels)
    assert len(found) == k and all(is_partition(pair, n) for pair in found)
    sizes = [len(judging) for _, judging in found]
    assert max(sizes) - min(sizes) <= 1 and sum(sizes) == n
    if labels:
        for label in range(3):
            counts = [sum(labels[row] == label for row in judging) for _, judging in found]
            assert max(counts) - min(counts) <= 1
