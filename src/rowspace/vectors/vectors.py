"""`Vectors`: a vocabulary and its rows, for reading only.

y = pool(rows[bag of x]). Axes: `V` known items, `R` rows, `D` dimensions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.analogy import Method, product_scores, read_questions, require_method, solve
from rowspace.vectors.ann import WIDTH, FaissSearch, exact_of
from rowspace.vectors.answer import Answer
from rowspace.vectors.code_search import search_of
from rowspace.vectors.cosine import BLOCK, cosine, inverse_norms, unit_rows
from rowspace.vectors.index import Apart, Found, Index, count_of, require_k
from rowspace.vectors.keys import parse
from rowspace.vectors.pooling import pool, pool_equal
from rowspace.vectors.queries import Queries, Query, read_queries, read_vector
from rowspace.vectors.rows import uniform_rows
from rowspace.vectors.search import hide, top
from rowspace.vectors.stored import Rows, as_lookup
from rowspace.vectors.texts import text_vector
from rowspace.vocabulary import Unseen, Vocabulary, to_bytes


@final
@dataclass(frozen=True, eq=False, repr=False)
class Vectors:
    """`vocabulary` and `rows` float32 or float16 [R, D], which may be a read-only memory map, or
    `StoredRows`, which are looked up as they lie on disk."""

    vocabulary: Vocabulary
    rows: Rows

    def __post_init__(self) -> None:
        rows = as_lookup(self.rows, self.vocabulary.n_rows, len(self))
        object.__setattr__(self, "rows", rows)

    @classmethod
    def from_arrays(
        cls,
        items: Iterable[str | bytes],
        matrix: np.ndarray,
        *,
        counts: np.ndarray | None = None,
        unseen: Unseen | None = None,
    ) -> Vectors:
        """From items and their rows (float64 becomes float32; nothing else is copied)."""
        vocabulary = Vocabulary.of(items, counts=counts, unseen=unseen)
        rows = np.asarray(matrix)
        return cls(
            vocabulary, rows if rows.dtype == np.float16 else rows.astype(np.float32, copy=False)
        )

    @classmethod
    def random(
        cls,
        items: Iterable[str | bytes] | Vocabulary,
        dim: int,
        seed: int = 0,
        *,
        unseen: Unseen | None = None,
    ) -> Vectors:
        """Rows drawn uniformly from [-0.5 / dim, 0.5 / dim), as word2vec starts."""
        if isinstance(dim, bool) or not isinstance(dim, (int, np.integer)) or dim < 1:
            raise InputError(f"dim must be at least 1, not {dim!r}")
        if not isinstance(items, Vocabulary):
            items = Vocabulary.of(items, unseen=unseen)
        return cls(items, uniform_rows(items.n_rows, int(dim), seed))

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __contains__(self, item: object) -> bool:
        """Whether the item is known."""
        return item in self.vocabulary

    def __iter__(self) -> Iterator[str]:
        """The known items, in order of id."""
        return iter(self.vocabulary)

    def __repr__(self) -> str:
        return f"Vectors({len(self)} items, dim {self.dim}, {self.vocabulary.unseen!r})"

    @property
    def dim(self) -> int:
        """Numbers in a vector, D."""
        return self.rows.shape[1]

    @property
    def counts(self) -> np.ndarray:
        """How often each item was seen in training, int64 [V]."""
        return self.vocabulary.counts

    def __getitem__(self, key: Any) -> np.ndarray:
        """The vectors of items or ids, float32: the shape of `key`, then D.

        An unseen item is answered by the policy; VocabularyError if it has nothing to go on.
        Raises IdRangeError (an IndexError) or IdTypeError (a TypeError) for what is no id.
        """
        keys = parse(key, len(self))
        if keys.ids is not None:
            flat = self._of_ids(keys.ids)
        elif keys.items is not None and len(keys.items) == 1:
            flat = self.answer(keys.items[0]).vector[None]
        else:
            flat = self._of_items(keys.items or [])
        return flat.reshape(*keys.shape, self.dim)

    def answer(self, item: str | bytes) -> Answer:
        """The vector of one item and where it came from. Raises VocabularyError."""
        items, policy = self.vocabulary.items, self.vocabulary.unseen
        token = to_bytes(item)
        id = items.find(token)
        bag = policy.known_rows(items, id) if id >= 0 else policy.rows_of(items, token)
        if not bag and id < 0:
            raise self.vocabulary.missing(item)
        kind = "known" if id >= 0 else policy.answers
        return Answer(item, self._of_bag(bag), kind, tuple(bag), id)

    @cached_property
    def matrix(self) -> np.ndarray:
        """The vectors of the V known items, [V, D]: the rows themselves where each is its own,
        else pooled once (float32)."""
        if self.vocabulary.unseen.own_rows:
            return np.asarray(self.rows if len(self.rows) == len(self) else self.rows[: len(self)])
        return pool(self.rows, self.vocabulary.bags(), self.vocabulary.pool)

    def blocks(self, numbers: int = BLOCK) -> Iterator[np.ndarray]:
        """The vectors of the V known items in order, float32 [n, D]: `numbers` at a time or so."""
        step = max(1, numbers // self.dim)
        for start in range(0, len(self), step):
            yield self._of_ids(np.arange(start, min(start + step, len(self))))

    @cached_property
    def unit(self) -> np.ndarray:
        """The matrix with every row divided by its length, float32 [V, D], read-only."""
        out = unit_rows(self.matrix)
        out.flags.writeable = False
        return out

    @cached_property
    def inverse_norms(self) -> np.ndarray:
        """1 / length of each item's vector, float32 [V]; 0 for a zero or broken one."""
        return inverse_norms(self.matrix)

    @cached_property
    def exact(self) -> Index:
        """The index that compares every row, or every row's codes where finer rows lie beside."""
        return Index(self.vocabulary, search_of(self), self._resolve, self.dim)

    def index(self, kind: str = "ivf", *, width: int = WIDTH, recall: float | None = None) -> Index:
        """An index of kind "ivf", "hnsw" or "flat" through faiss (the `ann` extra); for a wanted
        `recall`, the share of the ten nearest that are found, the width is chosen."""
        search = FaissSearch.build(exact_of(self), kind, width=width)
        return self.exact.through(search if recall is None else search.wide_enough(recall))

    def nearest(
        self, query: Query, k: int = 10, *, exclude: Apart = (), first: int | None = None
    ) -> Any:
        """`Index.nearest`, exactly: [(item, cosine), ...], or a list of them for many queries."""
        return self.exact.nearest(query, k, exclude=exclude, first=first)

    def nearest_ids(
        self, query: Query, k: int = 10, *, exclude: Apart = (), first: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """`Index.nearest_ids`, exactly: ids int64 [n, k] and cosines float32 [n, k]."""
        return self.exact.nearest_ids(query, k, exclude=exclude, first=first)

    def similarity(self, a: Query, b: Query) -> float:
        """The cosine of two items, ids or vectors; 0 where one of them is zero."""
        return cosine(self._vector(a), self._vector(b))

    def similarities(self, a: Query, others: Sequence[Any] | np.ndarray) -> np.ndarray:
        """The cosine of `a` with each of `others`, float32 [n]."""
        queries = read_queries(list(others), self._resolve, self.dim)
        return np.clip(queries.units @ unit_rows(self._vector(a)[None])[0], -1, 1)

    def analogy(
        self,
        a: Query,
        b: Query,
        c: Query,
        k: int = 10,
        *,
        method: Method = "add",
        first: int | None = None,
    ) -> Found:
        """a is to b as c is to ?  The k best answers, the question's own items left out."""
        return self.combine([b, c], [a], k, method=method, first=first)

    def combine(
        self,
        positive: Sequence[Any],
        negative: Sequence[Any] = (),
        k: int = 10,
        *,
        method: Method = "add",
        first: int | None = None,
    ) -> Found:
        """Items near all of `positive` and far from all of `negative`, each at length 1.

        The score is a cosine ("add") or `product_scores` ("mul"); the inputs are left out.
        """
        require_method(method)
        plus = read_queries(list(positive), self._resolve, self.dim)
        minus = read_queries(list(negative), self._resolve, self.dim)
        if not len(plus.own) + len(minus.own):
            raise InputError("an analogy needs at least one item")
        own = np.concatenate([plus.own, minus.own])
        if method == "add":
            target = plus.units.sum(axis=0) - minus.units.sum(axis=0)
            queries = Queries(unit_rows(target[None]), np.array([-1]), True)
            return self.exact.spell(*self.exact.search_queries(queries, k, own, first))[0]
        size = count_of(first, len(self))
        matrix, norms = self.matrix[:size], self.inverse_norms[:size]
        scores = product_scores(matrix, norms, plus.units, minus.units)[None]
        hide(scores, own[None])
        return self.exact.spell(*top(scores, min(require_k(k), size)))[0]

    def solve(
        self,
        triples: np.ndarray,
        *,
        method: Method = "add",
        first: int | None = None,
        block: int = 256,
    ) -> np.ndarray:
        """The best answer to many analogies, ids int64 [n, 3] -> ids int64 [n]; -1 for none."""
        asked = read_questions(triples, len(self))
        size = count_of(first, len(self))
        return solve(self.matrix, asked, method=method, first=size, block=block)

    def odd_one_out(self, items: Sequence[Any]) -> Any:
        """The one least like the mean of them all (each at length 1)."""
        listed = list(items)
        if len(listed) < 2:
            raise InputError(f"the odd one out of {len(listed)} items cannot be told")
        units = read_queries(listed, self._resolve, self.dim).units
        return listed[int((units @ unit_rows(units.mean(axis=0)[None])[0]).argmin())]

    def mean(self, text: str | Iterable[str | bytes], *, normalize: bool = False) -> np.ndarray:
        """The mean vector of a text (split at white space) or of its tokens, float32 [D].

        `normalize` brings each vector to length 1 first. Unseen items are answered by the policy;
        those it has nothing for are left out, and a text of nothing else gives zeros.
        """
        if isinstance(text, str) and self.vocabulary.unseen.cuts_texts:
            return text_vector(self.rows, self.vocabulary, text, normalize=normalize)
        tokens = text.split() if isinstance(text, str) else list(text)
        ids = self.vocabulary.ids(tokens)
        unseen = (self.vocabulary.bag(tokens[at]) for at in np.flatnonzero(ids < 0).tolist())
        answered = [self._of_bag(bag)[None] for bag in unseen if bag]
        vectors = np.concatenate([self._of_ids(ids[ids >= 0]), *answered])
        if not len(vectors):
            return np.zeros(self.dim, np.float32)
        return np.asarray((unit_rows(vectors) if normalize else vectors).mean(axis=0))

    def _of_bag(self, bag: Sequence[int]) -> np.ndarray:
        return pool_equal(self.rows, np.array([bag], np.int64), self.vocabulary.unseen.pool)[0]

    def _of_ids(self, ids: np.ndarray) -> np.ndarray:
        """float32 [n, D]."""
        if "matrix" in self.__dict__:
            return self.matrix[ids].astype(np.float32, copy=False)
        if self.vocabulary.unseen.own_rows:
            return self.rows[ids].astype(np.float32, copy=False)
        distinct, places = np.unique(ids, return_inverse=True)
        bags = self.vocabulary.unseen.known_bags(self.vocabulary.items, distinct)
        return pool(self.rows, bags, self.vocabulary.pool)[places]

    def _of_items(self, items: list[str | bytes]) -> np.ndarray:
        """float32 [n, D]. Raises VocabularyError for the first that cannot be answered."""
        ids = self.vocabulary.ids(items)
        room = np.empty((len(items), self.dim), np.float32)
        out = self._of_ids(ids.clip(0)) if len(self) else room
        for at in np.flatnonzero(ids < 0).tolist():
            out[at] = self.answer(items[at]).vector
        return out

    def _resolve(self, one: str | bytes | int) -> tuple[np.ndarray, int]:
        """The vector of an item or id, and its id (-1 if unseen)."""
        if isinstance(one, (str, bytes)):
            answer = self.answer(one)
            return answer.vector, answer.id
        return self[one], int(one)

    def _vector(self, query: Query) -> np.ndarray:
        """float32 [D] of one item, id or vector."""
        if isinstance(query, (list, tuple, np.ndarray)):
            return read_vector(query, self.dim)
        return self._resolve(query)[0]
