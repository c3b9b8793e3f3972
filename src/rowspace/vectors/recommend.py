"""`Recommender`: what a model of users and items answers, with NumPy alone.

score(u, i) = h_u · q_i + b_i. Axes: `U` users, `V` items, `D` dimensions, `n` asked at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.corpus.interactions import feature_list
from rowspace.errors import InputError, SettingError, VocabularyError
from rowspace.ragged import Ragged
from rowspace.vectors.folding import folded, spread_of
from rowspace.vectors.histories import History
from rowspace.vectors.model import Model
from rowspace.vectors.search import hide, top
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary import to_text

KIND = "recommender"
USERS, ITEM_FEATURES, USER_FEATURES, SEQUENCES = (
    "users", "item-features", "user-features", "sequences",
)  # fmt: skip
NUMBERS = 1 << 22
"""Scores worked out at a time."""
Recommended: TypeAlias = list[tuple[str, float]]


def is_recommender(model: Model) -> bool:
    """Whether `train recommend` made it."""
    return model.config.get("kind") == KIND


@final
@dataclass(frozen=True, eq=False)
class Recommender:
    """`items` and `users` vectors; `biases` float32 [V]; `seen`: the items of each user, in order.

    past: how the items a user came by count, and `rows` float32 [V, D] of them ([0, D] without);
    mean float32 [D]: a user of whom nothing is known; own float32 [D]: the own row of one whose
    features are. features of items and users by name, with the biases of the former.
    """

    items: Vectors
    users: Vectors
    biases: np.ndarray
    seen: Ragged
    past: History
    rows: np.ndarray
    mean: np.ndarray
    own: np.ndarray
    features: Mapping[str, Vectors]
    feature_biases: np.ndarray
    sequences: Vectors | None

    @classmethod
    def of(cls, model: Model) -> Recommender:
        """From a model that `train recommend` made. Raises InputError for another."""
        if not is_recommender(model):
            raise InputError(
                "this model does not recommend", hint="`rowspace train recommend` makes one"
            )
        parts, arrays = model.parts, model.arrays
        try:
            seen = Ragged(np.asarray(arrays["seen.items"]), np.asarray(arrays["seen.offsets"]))
            found = cls(
                model.vectors,
                parts[USERS].vectors,
                np.asarray(arrays["biases"]),
                seen,
                _history(model.config["history"]),
                np.asarray(arrays["history"]),
                np.asarray(arrays["mean"]),
                np.asarray(arrays["own"]),
                {k: parts[k].vectors for k in (ITEM_FEATURES, USER_FEATURES) if k in parts},
                np.asarray(arrays.get("item-feature-biases", np.zeros(0, np.float32))),
                parts[SEQUENCES].vectors if SEQUENCES in parts else None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"a recommender's model lacks {error}") from error
        found._require_shapes()
        return found

    def _require_shapes(self) -> None:
        size, dim = len(self.items), self.items.dim
        rows = (size if self.past.length else 0, dim)
        features = self.features.get(ITEM_FEATURES)
        fit = (
            self.users.dim == dim
            and self.biases.shape == (size,)
            and self.rows.shape == rows
            and self.mean.shape == self.own.shape == (dim,)
            and len(self.seen) == len(self.users)
            and (not len(self.seen.ids) or 0 <= self.seen.ids.min() <= self.seen.ids.max() < size)
            and self.feature_biases.shape == (0 if features is None else len(features),)
        )
        if not fit:
            raise InputError("a recommender's users, items and arrays do not go together")

    def user(self, name: str) -> int:
        """The id of a user. Raises VocabularyError."""
        at = self.users.vocabulary.find(name)
        if at < 0:
            near = self.users.vocabulary.missing(name).near
            meant = f"did you mean {', '.join(map(repr, near))}? " if near else ""
            raise VocabularyError(
                f"{name!r:.80} is not among the {len(self.users)} users",
                near=near,
                hint=f'{meant}--items "a,b,c" recommends to somebody new, by what they met',
            )
        return at

    def item_ids(self, names: Iterable[str]) -> np.ndarray:
        """Ids of items, int64. Raises VocabularyError for the first that is not known."""
        return np.array([self.items.vocabulary.id(name) for name in names], np.int64)

    def fold_in(
        self, items: Sequence[str], features: Mapping[str, Any] | None = None
    ) -> np.ndarray:
        """The vector of somebody new who met these items, the last met last, and has `features`
        such as {"country": "FI"}; float32 [D].

        With history rows it is what a trained user has: their mean by age, beside that of a user
        of whom nothing is known. Without, the vector that explains the items best (`folding`).
        Features never trained on are left out. Raises VocabularyError for an item or features not
        known, InputError for neither items nor features.
        """
        if not len(items) and not features:
            raise InputError("neither items nor features to know somebody new by")
        base = self.mean
        if features:
            base = self.own + self._mean_of(USER_FEATURES, features, "users")[0]
        return self.folded(self.item_ids(items), base)

    def folded(self, ids: np.ndarray, base: np.ndarray | None = None) -> np.ndarray:
        """`fold_in` by ids, int64 [m]; `base` float32 [D]: what is known besides them."""
        base = self.mean if base is None else base
        if self.past.length:
            bag = Ragged(ids, np.array([0, len(ids)]))
            return np.asarray(base + self.past.vectors(self.rows, bag)[0])
        if not len(ids):
            return base
        return folded(ids, self.items.matrix, self.biases, mean=base, spread=self._spread)

    @cached_property
    def _spread(self) -> np.ndarray:
        return spread_of(self.users.matrix)

    def item_of(self, features: Mapping[str, Any]) -> tuple[np.ndarray, float]:
        """The vector and bias of a new item with features, {"genres": "Comedy|Drama"}.

        Features never trained on are left out; InputError if none is left.
        """
        vector, ids = self._mean_of(ITEM_FEATURES, features, "items")
        return vector, float(self.feature_biases[ids].mean() + self.biases.mean())

    def _mean_of(
        self, part: str, features: Mapping[str, Any], of: str
    ) -> tuple[np.ndarray, np.ndarray]:
        known = self.features.get(part)
        if known is None:
            raise InputError(
                f"this model knows no features of {of}",
                hint=f"train with --{part} FILE",
            )
        asked = feature_list(features)
        ids = known.vocabulary.ids(asked)
        if not (ids >= 0).any():
            near = known.vocabulary.missing(asked[0]).near if asked else ()
            raise VocabularyError(f"none of these features of {of} is known: {asked!s:.200}",
                                  near=near)  # fmt: skip
        ids = ids[ids >= 0]
        return known[ids].mean(axis=0), ids

    def scores(self, vectors: np.ndarray) -> np.ndarray:
        """h · Qᵀ + b for vectors of users float32 [n, D], float32 [n, V]."""
        return np.asarray(
            vectors @ self.items.matrix.T.astype(np.float32, copy=False) + self.biases
        )

    def top(self, vectors: np.ndarray, hidden: Ragged, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k best items of each user's vector but those in `hidden`, a bag a user: ids int64
        [n, k], -1 where there are no more, and scores float32, best first, ties by id."""
        whole = isinstance(k, (int, np.integer)) and not isinstance(k, bool)
        SettingError.unless(whole and k >= 1, "k", k, "a whole number from 1")
        k = min(int(k), len(self.items))
        ids, best = (
            np.full((len(vectors), k), -1, np.int64),
            np.zeros((len(vectors), k), np.float32),
        )
        step = max(1, NUMBERS // len(self.items))
        for first in range(0, len(vectors), step):
            some = slice(first, min(first + step, len(vectors)))
            scores = self.scores(vectors[some])
            wide = hidden.lengths[some]
            if wide.any():
                columns = np.full((len(wide), int(wide.max())), -1, np.int64)
                columns[np.arange(columns.shape[1]) < wide[:, None]] = hidden.ids[
                    hidden.offsets[some.start] : hidden.offsets[some.stop]
                ]
                hide(scores, columns)
            ids[some], best[some] = top(scores, k)
        return ids, best

    def recommend(self, users: str | Sequence[str], k: int = 10, *, keep_seen: bool = False) -> Any:
        """The k items of the highest scores for a user, [(item, score), …], or a list of these for
        several. Items they were trained with are left out unless `keep_seen`.

        Fewer come back where fewer are left. Raises VocabularyError, SettingError.
        """
        single = isinstance(users, str)
        names = [users] if isinstance(users, str) else users
        ids = np.array([self.user(name) for name in names], np.int64)
        bags = [[] if keep_seen else self.seen[one].tolist() for one in ids]
        found = self.spelled(*self.top(self.users[ids], Ragged.of(bags), k))
        return found[0] if single else found

    def recommend_to(
        self,
        items: Sequence[str],
        k: int = 10,
        *,
        features: Mapping[str, Any] | None = None,
        keep_seen: bool = False,
    ) -> Recommended:
        """The k best items for somebody new who met `items`, the last met last; see `fold_in`."""
        vector = self.fold_in(items, features)
        hidden = Ragged.of([[] if keep_seen else self.item_ids(items).tolist()])
        return self.spelled(*self.top(vector[None], hidden, k))[0]

    def similar(self, item: str, k: int = 10) -> Recommended:
        """Items near an item: by the sequences they come in where these were trained, else by who
        meets them."""
        found = self.items if self.sequences is None else self.sequences
        return list(found.nearest(item, k))

    def spelled(self, ids: np.ndarray, scores: np.ndarray) -> list[Recommended]:
        """Ids and scores as `top` gives them, with the items' names."""
        items = self.items.vocabulary.items
        return [
            [(to_text(items[one]), score) for one, score in zip(*row, strict=True) if one >= 0]
            for row in zip(ids.tolist(), scores.tolist(), strict=True)
        ]


def _history(how: Mapping[str, Any]) -> History:
    return History(
        int(how["length"]), float(how["decay"]), float(how["tail"]), bool(how["ordered"])
    )
