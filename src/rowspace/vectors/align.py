"""Turn one space of vectors into another, so that the two can be compared or merged.

Orthogonal Procrustes (Schönemann 1966), on vectors of length 1 (Xing et al. 2015), with their mean
taken off while the rotation is sought if asked for (Artetxe et al. 2016):

    W = argmin |X W - Y|,  W W' = 1:   W = U V'  where  X' Y = U S V'

X, Y [n, D] are the vectors of pairs. Such a map changes no length and no angle, and commutes with
sums and means of rows, so what answers for unseen items is turned with the rest. Axes: `D`
dimensions, `n` pairs.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.random import Stream, bits
from rowspace.vectors.cosine import unit_rows
from rowspace.vectors.derived import TurnedRows
from rowspace.vectors.model import Model
from rowspace.vectors.vectors import Vectors

Pairs: TypeAlias = Iterable[tuple[str | bytes, str | bytes]]
BLOCK = 1 << 20
"""Numbers looked up at once for a sum over pairs."""


@final
@dataclass(frozen=True, slots=True)
class Fit:
    """Mean cosines of `pairs` pairs that had no part in finding the rotation.

    `before` and `after` it; `chance`: after it, of items with each other's partners.
    """

    pairs: int
    before: float
    after: float
    chance: float


@final
@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """`vectors`: the source's, turned by `rotation` float32 [D, D] into the target's space.

    The rotation is found from all `pairs` pairs. `fit` is that of one found from the other pairs
    alone, on those `held` out; None where there were too few to hold any out. `missing`: given
    pairs of which one item is not known.
    """

    vectors: Vectors
    rotation: np.ndarray
    pairs: int
    missing: int
    fit: Fit | None


def align(
    source: Vectors,
    target: Vectors,
    pairs: Pairs | str | Path | None = None,
    *,
    center: bool = False,
    held: float = 0.2,
    seed: int = 0,
) -> Alignment:
    """Turn `source` into the space of `target`.

    pairs: (source item, target item) that mean the same, or a file of them (a tab between); None
    takes every item that both know. `center` seeks the rotation on vectors without their mean;
    `held` is the part of the pairs that measures the fit. Raises InputError.
    """
    if source.dim != target.dim:
        raise InputError(
            f"vectors of {source.dim} numbers cannot be turned into a space of {target.dim}",
            hint="bring both to the same number of dimensions first",
        )
    fits = isinstance(held, (int, float)) and 0 <= held < 1
    SettingError.unless(fits, "held", held, "a part from 0 to below 1")
    ours, theirs, missing = _ids(source, target, pairs)
    _require_enough(len(ours), source.dim, missing)
    both = _Both(source, target, ours, theirs)
    apart = _held_out(ours, held, seed)
    fit = None
    if apart.any():
        fit = _fit(both.only(apart), _rotation(both.only(~apart), center))
    rotation = _rotation(both, center)
    turned = Vectors(source.vocabulary, TurnedRows(source.rows, rotation))
    return Alignment(turned, rotation, len(ours), missing, fit)


def turned(model: Model, alignment: Alignment) -> Model:
    """The model whose vectors were aligned, with them.

    Its output-side rows and the weights of its labels are turned alike: (v W) · (u W) = v · u.
    Raises InputError for a model with parts or arrays, which may have to be turned or not.
    """
    if model.parts or model.arrays:
        raise InputError(
            "a model that answers with its parts and arrays is not turned",
            hint="convert its vectors into a file of their own first",
        )
    rotation, head = alignment.rotation, model.head

    def context() -> Any:
        return None if model.context is None else TurnedRows(model.context, rotation)

    if head is not None:
        head = replace(head, weights=TurnedRows(head.weights, rotation))
    return Model(alignment.vectors, model.config, model.record, context, head)


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    """Pairs of known items as ids int64 [n]."""

    source: Vectors
    target: Vectors
    ours: np.ndarray
    theirs: np.ndarray

    def only(self, where: np.ndarray) -> _Both:
        return _Both(self.source, self.target, self.ours[where], self.theirs[where])

    def blocks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The vectors of pairs at length 1, float64 [some, D] each."""
        step = max(2, BLOCK // self.source.dim)
        for start in range(0, len(self.ours), step):
            some = slice(start, start + step)
            yield (
                unit_rows(self.source[self.ours[some]]).astype(np.float64),
                unit_rows(self.target[self.theirs[some]]).astype(np.float64),
            )


def _rotation(both: _Both, center: bool) -> np.ndarray:
    """W float32 [D, D]."""
    dim, count = both.source.dim, len(both.ours)
    product, x_sum, y_sum = np.zeros((dim, dim)), np.zeros(dim), np.zeros(dim)
    for x, y in both.blocks():
        product += x.T @ y
        x_sum += x.sum(axis=0)
        y_sum += y.sum(axis=0)
    if center:
        product -= np.outer(x_sum, y_sum) / count
    left, _, right = np.linalg.svd(product)
    return (left @ right).astype(np.float32)


def _fit(both: _Both, rotation: np.ndarray) -> Fit:
    before = after = chance = 0.0
    for x, y in both.blocks():
        turned = x @ rotation
        before += float((x * y).sum())
        after += float((turned * y).sum())
        chance += float((turned * np.roll(y, len(y) // 2, axis=0)).sum())
    count = len(both.ours)
    return Fit(count, before / count, after / count, chance / count)


def _held_out(ours: np.ndarray, part: float, seed: int) -> np.ndarray:
    """Which pairs measure the fit, bool [n]: none where that leaves fewer than two to either.

    All pairs of one source item are held out or none, so that it is new to the rotation.
    """
    distinct = np.unique(ours)
    drawn = bits(seed, Stream.SHUFFLE, distinct.astype(np.uint64))
    apart = np.isin(ours, distinct[np.argsort(drawn, kind="stable")[: int(len(distinct) * part)]])
    return apart if min(apart.sum(), (~apart).sum()) >= 2 else np.zeros(len(ours), bool)


def _require_enough(count: int, dim: int, missing: int) -> None:
    """Raises InputError below two pairs, and warns below `dim`, which do not settle a rotation."""
    if count < 2:
        also = f"; of {missing} more an item is not known" if missing else ""
        raise InputError(
            f"two pairs at least are needed to align vectors, not {count}{also}",
            hint="give pairs of items that mean the same",
        )
    if count < dim:
        warnings.warn(
            f"{count} pairs do not settle a rotation of {dim} dimensions; give more", stacklevel=4
        )


def _ids(
    source: Vectors, target: Vectors, pairs: Pairs | str | Path | None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Ids int64 [n] of the pairs both of whose items are known, and how many are not."""
    if pairs is None:
        theirs = target.vocabulary.ids(source.vocabulary.items.tokens())
        known = theirs >= 0
        return np.flatnonzero(known), theirs[known], 0
    listed = list(read_pairs(pairs) if isinstance(pairs, (str, Path)) else pairs)
    if any(isinstance(pair, (str, bytes)) or len(pair) != 2 for pair in listed):
        raise InputError("pairs must be (source item, target item)")
    ours = source.vocabulary.ids(pair[0] for pair in listed)
    theirs = target.vocabulary.ids(pair[1] for pair in listed)
    known = (ours >= 0) & (theirs >= 0)
    return ours[known], theirs[known], int((~known).sum())


def read_pairs(path: str | Path) -> Sequence[tuple[bytes, bytes]]:
    """Pairs of a file: two items a line with one tab (or, without a tab, one space) between.

    Empty lines do not count. Raises InputError naming the line.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    pairs = []
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        line = line.rstrip(b"\r")
        if not line:
            continue
        fields = line.split(b"\t" if b"\t" in line else b" ")
        if len(fields) != 2 or not all(fields):
            raise InputError(f"{path}: line {number}: wanted two items with a tab between")
        pairs.append((fields[0], fields[1]))
    return pairs
