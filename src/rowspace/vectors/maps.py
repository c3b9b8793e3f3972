"""`Map`: where items lie in the plane: a sample of a large vocabulary, placed by PCA or UMAP.

Axes: `V` items of the model, `n` of them on the map, `D` dimensions. A map is kept in a model as
arrays, `map.METHOD` float32 [n, 2] and `map.METHOD.ids` int64 [n].
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, final

import numpy as np

from rowspace.errors import InputError, MissingExtraError, SettingError
from rowspace.random import Stream, bits
from rowspace.vectors.model import Model
from rowspace.vectors.vectors import Vectors

Method: TypeAlias = Literal["pca", "umap"]
METHODS: tuple[Method, ...] = ("umap", "pca")
"""The better one first: what `stored_map` gives where a model holds both."""
PREFIX = "map."
LEARNED = 50_000
"""Rows that the directions of PCA are worked out from, at most: more change nothing to be seen."""
LARGEST = 3e38
"""Of a coordinate: float32 holds little more."""
BLOCK = 1 << 21
"""Numbers of float64 gathered at once: 16 MB."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """`ids` int64 [n], ascending, lie at `points` float32 [n, 2].

    `of`: how many items the model has, V. `shares`: of the variance, along each axis; of PCA alone.
    """

    ids: np.ndarray
    points: np.ndarray
    method: Method
    of: int
    shares: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise InputError(f"a map is made by pca or umap, not {self.method!r:.40}")
        if self.ids.dtype != np.int64 or self.points.dtype != np.float32:
            raise InputError("a map has ids int64 and points float32")
        if self.ids.ndim != 1 or self.points.shape != (len(self.ids), 2):
            raise InputError(f"{len(self.ids)} ids do not go with points {self.points.shape}")
        inside = not len(self.ids) or (self.ids[0] >= 0 and self.ids[-1] < self.of)
        if not inside or (np.diff(self.ids) <= 0).any():
            raise InputError(f"the ids of a map ascend, within the {self.of} items of its model")
        if not np.isfinite(self.points).all():
            raise InputError("a point of the map is not finite")

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, ids: np.ndarray) -> Map:
        """The part of it that `ids` int64 names, ascending; ids that are not on it are left out."""
        kept = np.isin(self.ids, ids)
        return Map(self.ids[kept], self.points[kept], self.method, self.of, self.shares)


def sample(
    vectors: Vectors,
    n: int,
    *,
    strata: np.ndarray | None = None,
    among: np.ndarray | None = None,
    seed: int = 0,
) -> np.ndarray:
    """`n` ids of the vocabulary (all, if it has no more), int64, ascending.

    Every stratum has the same number of places; what a small one leaves is shared by the others. Of
    a stratum's places the most frequent items have half, the rest is drawn from the others.
    strata: int [V], a label of each item; None: bands of log2 of the counts, or of the ranks where
    nothing was counted. among: ids to choose from, int64, ascending; None: all. The same seed gives
    the same ids. Raises SettingError, InputError.
    """
    whole = isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 1
    SettingError.unless(whole, "n", n, "a whole number from 1")
    ids = np.arange(len(vectors)) if among is None else np.asarray(among, np.int64)
    if len(ids) <= n:
        return ids
    counts = vectors.counts
    labels = _bands(counts) if strata is None else np.asarray(strata)
    if labels.shape != (len(vectors),) or labels.dtype.kind not in "iu":
        raise InputError(
            f"strata must be a whole number for each of {len(vectors)} items, "
            f"not {labels.dtype} of shape {labels.shape}"
        )
    found = [
        _of_stratum(ids[some], counts, places, seed) for some, places in _shared(labels[ids], n)
    ]
    return np.sort(np.concatenate(found))


def _bands(counts: np.ndarray) -> np.ndarray:
    """floor(log2(count + 1)) of each item, int64 [V]; of the rank, backwards, without counts."""
    if counts.any():
        return np.log2(np.maximum(counts, 0) + 1.0).astype(np.int64)
    return -np.log2(np.arange(len(counts)) + 1.0).astype(np.int64)


def _shared(labels: np.ndarray, n: int) -> Iterator[tuple[np.ndarray, int]]:
    """Where each stratum's members stand in `labels`, and how many of `n` places it has."""
    order = np.argsort(labels, kind="stable")
    sizes = np.unique(labels, return_counts=True)[1]
    starts = np.cumsum(sizes) - sizes
    left, smallest_first = n, np.argsort(sizes, kind="stable")
    for place, at in enumerate(smallest_first.tolist()):
        # Rounded up for the last ones, which are the largest: all n places are given out.
        places = min(int(sizes[at]), left // (len(sizes) - place))
        left -= places
        yield order[starts[at] : starts[at] + sizes[at]], places


def _of_stratum(ids: np.ndarray, counts: np.ndarray, places: int, seed: int) -> np.ndarray:
    """The most frequent of `ids` for half of the places, others by lot."""
    ranked = ids[np.argsort(-counts[ids], kind="stable")]
    first = (places + 1) // 2
    rest = ranked[first:]
    drawn = np.argsort(bits(seed, Stream.MAPS, rest), kind="stable")[: places - first]
    return np.concatenate([ranked[:first], rest[drawn]])


def pca_map(vectors: Vectors, ids: np.ndarray) -> Map:
    """The items `ids` int64 [n] along their two directions of greatest variance.

    The directions are the eigenvectors of the covariance of at most 50,000 of the rows, evenly
    chosen; of each direction and its opposite, the one whose largest number is positive. An item
    whose vector is not finite is left out. Raises InputError for fewer than two items.
    """
    ids, mean, square = _moments(vectors, _ascending(ids))
    sizes, directions = np.linalg.eigh(square)
    sizes, directions = sizes[::-1].clip(0), directions[:, ::-1]
    two = np.zeros((vectors.dim, 2))
    for at in range(min(2, vectors.dim)):
        direction = directions[:, at]
        two[:, at] = direction * np.sign(direction[np.abs(direction).argmax()])
    points = np.concatenate([(rows - mean) @ two for rows in _blocks(vectors, ids)])
    whole = float(sizes.sum()) or 1.0
    shares = (float(sizes[0]) / whole, float(sizes[1]) / whole if vectors.dim > 1 else 0.0)
    points = points.clip(-LARGEST, LARGEST).astype(np.float32)
    return Map(ids, points, "pca", len(vectors), shares)


def _moments(vectors: Vectors, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Those ids whose vectors are finite; mean float64 [D] and covariance [D, D] of a sample."""
    finite = [np.isfinite(rows).all(axis=1) for rows in _blocks(vectors, ids)]
    ids = ids[np.concatenate([np.zeros(0, bool), *finite])]
    if len(ids) < 2:
        raise InputError(f"a map needs at least two vectors that are finite, not {len(ids)}")
    learned = ids[:: -(-len(ids) // LEARNED)]
    mean = np.zeros(vectors.dim)
    for rows in _blocks(vectors, learned):
        mean += rows.sum(axis=0) / len(learned)
    square = np.zeros((vectors.dim, vectors.dim))
    for rows in _blocks(vectors, learned):
        rows -= mean
        square += rows.T @ rows
    return ids, mean, square


def _blocks(vectors: Vectors, ids: np.ndarray) -> Iterator[np.ndarray]:
    """The vectors of `ids`, float64, some at a time."""
    step = max(1, BLOCK // vectors.dim)
    for start in range(0, len(ids), step):
        yield vectors[ids[start : start + step]].astype(np.float64)


def umap_map(vectors: Vectors, ids: np.ndarray, *, neighbours: int = 15, seed: int = 0) -> Map:
    """The items `ids` int64 [n] by UMAP (McInnes, Healy and Melville 2018) on cosines.

    neighbours: how many each point is held near to; few show detail, many the whole. It begins at
    the places of `pca_map`, and the same seed gives the same map. Raises SettingError, InputError,
    and MissingExtraError without the extra `explore`.
    """
    within = isinstance(neighbours, int) and 2 <= neighbours <= 1000
    SettingError.unless(within, "neighbours", neighbours, "a whole number from 2 to 1000")
    try:
        from umap import UMAP
    except ImportError as error:
        raise MissingExtraError("a map by UMAP", "explore") from error

    start = pca_map(vectors, ids)
    if len(start) < 5:
        raise InputError(
            f"UMAP needs at least 5 vectors, not {len(start)}", hint="ask for a map by pca"
        )
    widest = float(np.abs(start.points).max()) or 1.0
    found = UMAP(
        n_neighbors=min(neighbours, len(start) - 1),
        metric="cosine",
        init=start.points * (10.0 / widest),
        random_state=seed,
        n_jobs=1,
    ).fit_transform(vectors[start.ids])
    points = np.nan_to_num(np.asarray(found, np.float32))  # a point that is near to none
    return Map(start.ids, points, "umap", len(vectors))


def made(vectors: Vectors, method: Method, n: int, *, seed: int = 0) -> Map:
    """A map of a sample of `n` items by "pca" or "umap"."""
    SettingError.unless(method in METHODS, "method", method, "pca or umap")
    ids = sample(vectors, n, seed=seed)
    return pca_map(vectors, ids) if method == "pca" else umap_map(vectors, ids, seed=seed)


def stored_map(model: Model, method: str | None = None) -> Map | None:
    """The map kept in the model: of one method, or (None) by UMAP rather than by PCA; None: none.

    Raises InputError where the arrays of these names are no map.
    """
    for name in METHODS if method is None else (method,):
        points, ids = (model.arrays.get(PREFIX + name + end) for end in ("", ".ids"))
        if points is None or ids is None or name not in METHODS:
            continue
        shares = model.arrays.get(f"{PREFIX}{name}.shares")
        known = None if shares is None else (float(shares.flat[0]), float(shares.flat[-1]))
        return Map(np.asarray(ids), np.asarray(points), name, len(model.vectors), known)
    return None


def with_map(model: Model, made: Map) -> Model:
    """The model with the map in it, in place of one by the same method. Raises InputError."""
    if made.of != len(model.vectors):
        raise InputError(f"a map of {made.of} items is none of a model of {len(model.vectors)}")
    name = PREFIX + made.method
    arrays = {k: v for k, v in model.arrays.items() if not k.startswith(name)}
    arrays |= {name: made.points, f"{name}.ids": made.ids}
    if made.shares is not None:
        arrays[f"{name}.shares"] = np.array(made.shares)
    return Model(
        model.vectors,
        model.config,
        model.record,
        lambda: model.context,
        model.head,
        parts=model.parts,
        arrays=arrays,
    )


def _ascending(ids: np.ndarray) -> np.ndarray:
    found = np.unique(np.asarray(ids, np.int64))
    if len(found) != len(ids):
        raise InputError("an item stands on a map once")
    return found
