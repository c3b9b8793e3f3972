"""The answers: a request and a model in, a reply out. Nothing here knows of HTTP.

Many queries are worked off some at a time, and `check` is asked between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import UNSET

from rowspace.errors import InputError, RowspaceError, VocabularyError
from rowspace.serve import shapes
from rowspace.serve.limits import RESULTS
from rowspace.serve.refusal import Refusal, refused
from rowspace.serve.served import Served
from rowspace.serve.shapes import Key, Neighbour
from rowspace.serve.workers import Check
from rowspace.vectors.answer import Answer
from rowspace.vectors.cosine import cosine, unit_rows
from rowspace.vectors.index import Found
from rowspace.vectors.queries import Queries

TOGETHER = 64
"""Queries, texts or pairs between two looks at the clock."""


def suggestions(served: Served, asked: shapes.ItemsAsked, check: Check) -> shapes.Suggestions:
    """Items to choose from while one is typed."""
    counts, names = served.vectors.counts, served.names
    return shapes.Suggestions([
        shapes.Suggested(id, names.one(id), int(counts[id]) if names.has_counts else None)
        for id in names.find(asked.prefix, asked.k)
    ])  # fmt: skip


def looked(served: Served, asked: shapes.VectorsAsked, check: Check) -> shapes.Looked:
    """The vectors of items."""
    rows, _, kinds = rows_of(served, asked.items, "$.items", check)
    pairs = zip(rows.tolist(), kinds, strict=True)
    return shapes.Looked(
        rows.shape[1], [None if kind is None else row for row, kind in pairs], kinds
    )


def nearest(served: Served, asked: shapes.NearestAsked, check: Check) -> shapes.Nearest:
    """The neighbours of items or of vectors, over all rows."""
    names: list[str | None]
    kinds: list[str | None]
    if (asked.items is UNSET) == (asked.vectors is UNSET):
        raise Refusal(422, "wanted either items or vectors", field="$")
    if asked.vectors is not UNSET:
        rows = vectors_of(asked.vectors, served.vectors.dim)
        own, there = np.full(len(rows), -1), np.arange(len(rows))
        names, kinds = [None] * len(rows), [None] * len(rows)
    else:
        items: list[Key] = asked.items  # type: ignore[assignment]  # msgspec's UNSET is told apart
        rows, own, kinds = rows_of(served, items, "$.items", check)
        there = np.array([at for at, kind in enumerate(kinds) if kind is not None], np.int64)
        names = [item_of(served, key) for key in items]
    if len(rows) * asked.k > RESULTS:
        message = f"{len(rows)} queries times k are more than {RESULTS} results"
        raise Refusal(422, message, field="$.k", hint="ask in smaller batches")
    results: list[shapes.Near | None] = [None] * len(rows)
    for start in range(0, len(there), TOGETHER):
        check()
        some = there[start : start + TOGETHER]
        found = searched(served, rows[some], own[some], asked.k, asked.first)
        for at, near in zip(some.tolist(), found, strict=True):
            results[at] = shapes.Near(names[at], kinds[at], near)
    return shapes.Nearest(results)


def searched(
    served: Served, rows: np.ndarray, own: np.ndarray, k: int, first: int | None = None
) -> list[list[Neighbour]]:
    """The neighbours of vectors float32 [n, D]; `own` int64 [n]: the item each is of, or -1."""
    queries = Queries(unit_rows(rows), own, False)
    found = served.vectors.exact.search_queries(queries, k, np.zeros(0, np.int64), first)
    return [neighbours(served, *pair) for pair in zip(*found, strict=True)]


def neighbours(served: Served, ids: np.ndarray, scores: np.ndarray) -> list[Neighbour]:
    """Ids and scores of a search, those there are, as they are sent."""
    pairs = zip(ids.tolist(), scores.tolist(), strict=True)
    return [Neighbour(served.names.one(id), id, score) for id, score in pairs if id >= 0]


def analogy(served: Served, asked: shapes.AnalogyAsked, check: Check) -> shapes.Neighbours:
    """Items near all of some, far from all of others."""
    plus = [_required(served, key, f"$.positive[{at}]") for at, key in enumerate(asked.positive)]
    minus = [_required(served, key, f"$.negative[{at}]") for at, key in enumerate(asked.negative)]
    check()
    found = served.vectors.combine(plus, minus, asked.k, method=asked.method)
    return shapes.Neighbours(_spelled(served, found))


def _spelled(served: Served, found: Found) -> list[Neighbour]:
    vocabulary = served.vectors.vocabulary
    every = [(vocabulary.find(item), score) for item, score in found]
    return [Neighbour(served.names.one(id), id, score) for id, score in every]


def odd(served: Served, asked: shapes.OddAsked, check: Check) -> shapes.Odd:
    """The one of several that does not belong."""
    every = [_required(served, key, f"$.items[{at}]") for at, key in enumerate(asked.items)]
    rows = [served.vectors[one] if isinstance(one, int) else one for one in every]
    units = unit_rows(np.stack(rows))
    scores = np.clip(units @ unit_rows(units.mean(axis=0)[None])[0], -1, 1)
    names = [item_of(served, key) for key in asked.items]
    scored = [shapes.Scored(*pair) for pair in zip(names, scores.tolist(), strict=True)]
    return shapes.Odd(names[int(scores.argmin())], scored)


def similarity(served: Served, asked: shapes.SimilarityAsked, check: Check) -> shapes.Similarities:
    """Cosines of pairs."""
    keys = [key for pair in asked.pairs for key in pair]
    rows, _, kinds = rows_of(served, keys, "$.pairs", check, pairs=True)
    scores: list[float | None] = []
    for at in range(0, len(keys), 2):
        whole = kinds[at] is not None and kinds[at + 1] is not None
        scores.append(cosine(rows[at], rows[at + 1]) if whole else None)
    return shapes.Similarities(scores)


def compare(models: Sequence[Served], asked: shapes.CompareAsked, check: Check) -> shapes.Compared:
    """The neighbours of one item in several models."""
    found: dict[str, list[Neighbour] | None] = {}
    fault: Refusal | None = None
    for served in models:
        check()
        try:
            query = _required(served, asked.item, "$.item")
            row = served.vectors[query] if isinstance(query, int) else query
            own = np.array([query if isinstance(query, int) else -1])
            found[served.id] = searched(served, row[None], own, asked.k)[0]
        except Refusal as error:
            found[served.id], fault = None, error
    sets = [{one.item for one in near} for near in found.values() if near is not None]
    if fault is not None and not sets:
        raise fault
    common = set.intersection(*sets) if len(sets) == len(found) else set()
    every = set.union(*sets)
    first = next(near for near in found.values() if near is not None)
    shared = [one.item for one in first if one.item in common]
    return shapes.Compared(found, shared, len(common) / len(every) if every else 0.0)


def predict(served: Served, asked: shapes.PredictAsked, check: Check) -> shapes.Predicted:
    """Labels of texts."""
    if served.model.head is None:
        raise Refusal(404, "this model has no labels to predict", hint="choose another model")
    found: list[list[shapes.Label]] = []
    for start in range(0, len(asked.texts), TOGETHER):
        check()
        try:
            some = served.model.predict(asked.texts[start : start + TOGETHER], asked.k)
        except InputError as error:
            raise Refusal(422, error.message, field="$.texts") from None
        found += [[shapes.Label(*_finite(pair)) for pair in pairs] for pairs in some]
    return shapes.Predicted(found)


def _finite(pair: tuple[str, float]) -> tuple[str, float]:
    label, probability = pair
    text = label.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return text, probability if math.isfinite(probability) else 0.0


def ids_of(served: Served, keys: Sequence[Key], field: str, *, pairs: bool = False) -> np.ndarray:
    """The id of each item or id, -1 for an item that is not known. Raises Refusal for an id that
    the model has not."""
    texts = [key for key in keys if isinstance(key, str)]
    known = iter(served.vectors.vocabulary.ids(texts).tolist())
    ids = np.empty(len(keys), np.int64)
    for at, key in enumerate(keys):
        if isinstance(key, str):
            ids[at] = next(known)
        else:
            place = f"[{at // 2}][{at % 2}]" if pairs else f"[{at}]"
            ids[at] = _within(served, key, field + place)
    return ids


def _within(served: Served, id: int, field: str) -> int:
    size = len(served.vectors)
    if id >= size:
        message = f"id {id} is outside the {size} items"
        raise Refusal(422, message, field=field, hint=f"ids run from 0 to {size - 1}")
    return id


def vectors_of(rows: Sequence[Sequence[float]], dim: int) -> np.ndarray:
    """Vectors that were sent, float32 [n, D]. Raises Refusal for another length."""
    for at, row in enumerate(rows):
        if len(row) != dim:
            message = f"a vector of {dim} numbers was wanted, not of {len(row)}"
            raise Refusal(422, message, field=f"$.vectors[{at}]")
    return np.array(rows, np.float32)


def rows_of(
    served: Served, keys: Sequence[Key], field: str, check: Check, *, pairs: bool = False
) -> tuple[np.ndarray, np.ndarray, list[str | None]]:
    """The vector of each item, float32 [n, D], its id or -1, and where the vector is from: None,
    and zeros, where the policy has nothing to go on."""
    ids = ids_of(served, keys, field, pairs=pairs)
    rows = np.zeros((len(keys), served.vectors.dim), np.float32)
    known = ids >= 0
    rows[known] = served.vectors[ids[known]]
    kinds: list[str | None] = ["known" if one else None for one in known.tolist()]
    for at in np.flatnonzero(~known).tolist():
        check()
        answer = _unseen(served, keys[at])
        if answer is not None:
            rows[at], kinds[at] = answer.vector, answer.kind
    return rows, ids, kinds


def item_of(served: Served, key: Key) -> str:
    """An item as it is shown."""
    return served.names.one(key) if isinstance(key, int) else key


def _unseen(served: Served, key: Key) -> Answer | None:
    """What the policy answers; None where it has nothing to go on."""
    try:
        return served.vectors.answer(str(key))
    except VocabularyError:
        return None


def _required(served: Served, key: Key, field: str) -> int | np.ndarray:
    """The id or vector of one item. Raises Refusal 422, with words spelled like it."""
    if isinstance(key, int):
        return _within(served, key, field)
    id = served.vectors.vocabulary.find(key)
    if id >= 0:
        return id
    try:
        return served.vectors.answer(key).vector
    except RowspaceError as error:
        raise refused(error, field) from None
