"""`Truth`: which labels each case really has, in one form, one label a case or several.

Axes: `n` cases, `L` labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.ragged import Ragged

NEVER = "(never seen)"
"""The name of what -1 stands for: labels that training never saw and that have no number."""


@final
@dataclass(frozen=True, slots=True)
class Truth:
    """The labels of n cases: a bag of ids a case, each once and in order.

    `labels`: how many ids there are. Those from `known` on were never seen in training: no answer
    can name them. `single`: every case has exactly one.
    """

    bags: Ragged
    labels: int
    known: int
    single: bool

    def __len__(self) -> int:
        return len(self.bags)

    @property
    def cases(self) -> np.ndarray:
        """The case of each of the true labels, int64 [N]."""
        return np.repeat(np.arange(len(self.bags)), self.bags.lengths)

    @property
    def keys(self) -> np.ndarray:
        """case · L + label of each of the true labels, rising, int64 [N]."""
        return self.cases * self.labels + self.bags.ids

    def has(self, cases: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """Whether each case has the label beside it, bool; a label of -1 nobody has."""
        if self.single:
            return np.asarray(self.bags.ids[cases] == labels)
        found = in_order(self.keys, cases * self.labels + labels)
        return np.asarray((found >= 0) & (labels >= 0))


def in_order(keys: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Where each of `wanted` stands in the rising `keys`, int64, -1 for nowhere."""
    if not len(keys):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, place, -1)


def truth_of(given: Any, known: int, names: int = 0) -> Truth:
    """`given`: ids int [n], one label a case; or several: bool [n, L], a Ragged, or a sequence of
    sets, lists or arrays of ids.

    `known` labels can be answered, `names` is how many have a name. Ids beyond those known, and
    -1, are labels never seen in training. Raises InputError.
    """
    if isinstance(given, Truth):
        return given
    SettingError.unless(known >= 1, "labels", known, "at least one")
    single = not isinstance(given, Ragged)
    if isinstance(given, Ragged):
        ids, lengths = given.ids, given.lengths
    elif isinstance(given, (list, tuple)) and any(_several(one) for one in given):
        ids, lengths, single = *_flat(given), False
    else:
        ids, lengths, single = _array(np.asarray(given), known)
    if not len(lengths):
        raise InputError("there is nothing to judge: no cases", hint="give at least one")
    if ids.size and ids.min() < -1:
        raise InputError(f"a label's number is from 0 on, or -1 for unseen, not {ids.min()}")
    labels = max(known, names, int(ids.max(initial=-1)) + 1)
    if (ids == -1).any():
        ids, labels = np.where(ids == -1, labels, ids), labels + 1
    if not single:
        ids, lengths = _once(ids, lengths, labels)
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Truth(Ragged(ids.astype(np.int64), offsets), labels, known, single)


def _several(one: object) -> bool:
    if isinstance(one, np.ndarray):
        return one.ndim > 0
    return isinstance(one, (set, frozenset, list, tuple))


def _flat(given: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Ids and how many each case has."""
    if not all(_several(one) for one in given):
        raise InputError("some cases have several labels and some a number", hint="use lists")
    lists = [np.asarray(sorted(one) if isinstance(one, (set, frozenset)) else one) for one in given]
    lists = [one.astype(np.int64) if not one.size else one for one in lists]
    for at, one in enumerate(lists):
        if one.dtype.kind not in "iu" or one.ndim != 1:
            raise InputError(f"case {at}: its labels must be whole numbers, not {given[at]!r:.60}")
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    return np.concatenate([np.zeros(0, np.int64), *lists]), lengths


def _array(given: np.ndarray, known: int) -> tuple[np.ndarray, np.ndarray, bool]:
    if given.ndim == 2 and given.shape[1] >= 1 and _is_bool(given):
        if given.shape[1] < known:
            raise InputError(f"{given.shape[1]} columns of truth for {known} labels")
        return np.nonzero(given)[1], np.count_nonzero(given, axis=1), False
    if given.ndim != 1 or (given.dtype.kind not in "iub" and given.size):
        raise InputError(
            f"true labels are whole numbers [n] or bool [n, L], not {given.dtype} {given.shape}",
            hint="number the labels first",
        )
    return given.astype(np.int64), np.ones(len(given), np.int64), True


def _is_bool(given: np.ndarray) -> bool:
    return given.dtype == bool or bool(given.dtype.kind in "iu" and np.isin(given, (0, 1)).all())


def _once(ids: np.ndarray, lengths: np.ndarray, labels: int) -> tuple[np.ndarray, np.ndarray]:
    """Each case's ids in order, without repetitions."""
    keys = np.unique(np.repeat(np.arange(len(lengths)), lengths) * labels + ids)
    return keys % labels, np.bincount(keys // labels, minlength=len(lengths))
