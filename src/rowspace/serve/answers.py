"""The answers: a request and a model in, a reply out. Nothing here knows of HTTP.

Many queries are worked off some at a time, and `check` is asked between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

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

TOGETHER = 64
"""Queries, texts or pairs between two looks at the clock."""
T = TypeVar("T")


def suggestions(served: Served, asked: shapes.ItemsAsked, check: Check) -> shapes.Suggestions:
    """Items to choose from while one is typed."""
    counts, names = served.vectors.counts, served.names
    return shapes.Suggestions([
        shapes.Suggested(id, names.one(id), int(counts[id]) if names.has_counts else None)
        for id in names.find(asked.prefix, asked.k)
    ])  # fmt: skip


def looked(served: Served, asked: shapes.VectorsAsked, check: Check) -> shapes.Looked:
    """The vectors of items."""
    vectors = served.vectors
    ids = ids_of(served, asked.items, "$.items")
    found: list[list[float | None] | None] = [None] * len(ids)
    kinds: list[str | None] = [None] * len(ids)
    known = np.flatnonzero(ids >= 0)
    for at, row in zip(known.tolist(), vectors[ids[known]].tolist(), strict=True):
        found[at], kinds[at] = row, "known"
    for at in np.flatnonzero(ids < 0).tolist():
        check()
        answer = _unseen(served, asked.items[at])
        if answer is not None:
            found[at], kinds[at] = answer.vector.tolist(), answer.kind
    return shapes.Looked(vectors.dim, found, kinds)


def nearest(served: Served, asked: shapes.NearestAsked, check: Check) -> shapes.Nearest:
    """The neighbours of items or of vectors, over all rows."""
    if (asked.items is UNSET) == (asked.vectors is UNSET):
        raise Refusal(422, "wanted either items or vectors", field="$")
    results: list[shapes.Near | None] = []
    queries: Sequence[int | np.ndarray | None]
    if asked.vectors is not UNSET:
        queries = vectors_of(asked.vectors, served.vectors.dim)
        about: list[tuple[str | None, str | None]] = [(None, None)] * len(queries)
    else:
        queries, about = resolved(served, asked.items, "$.items", check)  # type: ignore[arg-type]
    if len(queries) * asked.k > RESULTS:
        message = f"{len(queries)} queries times k are more than {RESULTS} results"
        raise Refusal(422, message, field="$.k", hint="ask in smaller batches")
    for start in range(0, len(queries), TOGETHER):
        check()
        stop = start + TOGETHER
        some = [query for query in queries[start:stop] if query is not None]
        found = iter(_searched(served, some, asked.k, asked.first))
        for query, told in zip(queries[start:stop], about[start:stop], strict=True):
            results.append(None if query is None else shapes.Near(*told, next(found)))
    return shapes.Nearest(results)


def _searched(
    served: Served, queries: list[int | np.ndarray], k: int, first: int | None
) -> list[list[Neighbour]]:
    if not queries:
        return []
    ids, scores = served.vectors.nearest_ids(queries, k, first=first)
    return [neighbours(served, *pair) for pair in zip(ids, scores, strict=True)]


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
    ids = ids_of(served, keys, "$.pairs", pairs=True)
    rows: list[np.ndarray | None] = []
    for at, (key, id) in enumerate(zip(keys, ids.tolist(), strict=True)):
        if at % TOGETHER == 0:
            check()
        answer = None if id >= 0 else _unseen(served, key)
        rows.append(served.vectors[id] if id >= 0 else answer and answer.vector)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return shapes.Similarities([None if a is None or b is None else cosine(a, b) for a, b in pairs])


def compare(models: Sequence[Served], asked: shapes.CompareAsked, check: Check) -> shapes.Compared:
    """The neighbours of one item in several models."""
    found: dict[str, list[Neighbour] | None] = {}
    fault: Refusal | None = None
    for served in models:
        check()
        try:
            query = _required(served, asked.item, "$.item")
            found[served.id] = _searched(served, [query], asked.k, None)[0]
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


def vectors_of(rows: Sequence[Sequence[float]], dim: int) -> list[int | np.ndarray | None]:
    """Vectors that were sent, float32 [D] each. Raises Refusal for another length."""
    for at, row in enumerate(rows):
        if len(row) != dim:
            message = f"a vector of {dim} numbers was wanted, not of {len(row)}"
            raise Refusal(422, message, field=f"$.vectors[{at}]")
    return [np.asarray(row, np.float32) for row in rows]


def resolved(
    served: Served, keys: Sequence[Key], field: str, check: Check
) -> tuple[list[int | np.ndarray | None], list[tuple[str | None, str | None]]]:
    """For each item its id, or the vector the policy gives it, or None; and what it is called."""
    queries: list[int | np.ndarray | None] = []
    about: list[tuple[str | None, str | None]] = []
    for key, id in zip(keys, ids_of(served, keys, field).tolist(), strict=True):
        if id >= 0:
            queries.append(id)
            about.append((item_of(served, key), "known"))
            continue
        check()
        answer = _unseen(served, key)
        queries.append(None if answer is None else answer.vector)
        about.append((str(key), None if answer is None else answer.kind))
    return queries, about


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
