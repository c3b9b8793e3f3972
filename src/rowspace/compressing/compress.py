"""`compress`: a model made smaller, and what that cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.compressing.axes import axes_of, on_axes
from rowspace.compressing.buckets import Buckets, NGrams, has_buckets
from rowspace.compressing.kinds import Kind, as_asked, as_kind
from rowspace.compressing.labelled import Swaying
from rowspace.compressing.plan import Room
from rowspace.compressing.settings import Compression
from rowspace.errors import InputError
from rowspace.evaluate import Score
from rowspace.evaluate.likeness import likeness
from rowspace.files import artefact, readers
from rowspace.files.sizes import bytes_of, size_of
from rowspace.vectors import Head, Model, Vectors
from rowspace.vectors.chosen import OWN_AND_SHARED, Choice, chosen, selected
from rowspace.vectors.joined import joined
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.features import Features
from rowspace.vocabulary.items import tightened

OLD = ("scores", "baselines", "curve", "bytes", "seconds")
"""What a record says of the model before, and would be untrue of the smaller one."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Compressed:
    """`model`, smaller; `before` and `bytes`: of its folder, without output-side rows; `chosen`
    what was done, as data, `why` in words; `scores` how like the old one it is; `missing`: words
    that were wanted and that it does not know."""

    model: Model
    before: int
    bytes: int
    chosen: Mapping[str, Any]
    why: str
    scores: tuple[Score, ...] = ()
    missing: int = 0


def compress(
    model: Model | str | Path,
    output: str | Path | None = None,
    *,
    force: bool = False,
    measure: bool = True,
    **settings: Any,
) -> Compressed:
    """A smaller model; written to the folder `output`, if there is one.

    model: a model, or where one lies. settings: those of `Compression`: kind ("float16", "int8",
    "pq"), stretch, dim, words, items, ngrams, size, rerank, seed. measure: how like the old model
    the new one is, on a sample (`evaluate.likeness`), which the model's record keeps. What training
    goes on from (output-side rows) is left out. Raises SettingError, InputError, FormatError.
    """
    asked = Compression(**settings)
    given = model if isinstance(model, Model) else readers.load(model)
    limit = None if asked.size is None else size_of(asked.size, "size")
    before = bytes_of(given)
    if given.parts or given.arrays or not given.has_vectors:
        made, told = _of_parts(given, asked), {"kind": asked.kind}
        why, missing = f"rows as {Kind(asked.kind or '', asked.stretch)}", 0
    else:
        made, told, why, missing = _of_vectors(given, asked, limit)
    scores: tuple[Score, ...] = ()
    if measure and given.has_vectors:
        scores = tuple(likeness(given.vectors, made.vectors, seed=asked.seed))
    made = recorded(made, {**told, "bytes_before": before}, scores)
    found = Compressed(made, before, bytes_of(made), told, why, scores, missing)
    if output is not None:
        artefact.save(made, output, force=force)
    return found


def recorded(model: Model, told: Mapping[str, Any], scores: Iterable[Score]) -> Model:
    """The model with what was done to it in its record, in place of scores of the old one."""
    record = {name: value for name, value in model.record.items() if name not in OLD}
    record["compressed"] = dict(told)
    record["scores"] = [score.as_json() for score in scores]
    vectors = model.vectors if model.has_vectors else None
    parts, arrays = model.parts, model.arrays
    return Model(vectors, model.config, record, None, model.head, parts=parts, arrays=arrays)


def _of_vectors(
    model: Model, asked: Compression, limit: int | None
) -> tuple[Model, dict[str, Any], str, int]:
    """A model with vectors of its own; what was done, as data and in words; words not known."""
    told: dict[str, Any] = {}
    words: list[str] = []
    model, missing = _fewer(model, asked)
    if asked.dim is not None:
        axes, kept = axes_of(model.vectors, asked.dim)
        told |= {"dim": asked.dim, "kept": kept}
        words.append(f"{asked.dim} of {model.vectors.dim} axes, {kept:.1%} of the squared lengths")
        model = on_axes(model, axes)
    model = Model(model.vectors, model.config, _short(model), None, model.head)
    if limit is not None:
        made, more, why = _sized(model, asked, limit)
    else:
        made, more, why = _asked(model, asked)
    found = made.vectors
    told |= {**more, "items": len(found), "rows": len(found.rows)}
    return made, told, "; ".join([*words, *([why] if why else [])]), missing


def _short(model: Model) -> dict[str, Any]:
    return {name: value for name, value in model.record.items() if name not in OLD}


def _fewer(model: Model, asked: Compression) -> tuple[Model, int]:
    """With the items that were asked for, and how many of the words are not known."""
    missing = 0
    if asked.words is not None:
        found = chosen(model, Choice(words=asked.words))
        model, missing = found.model, found.missing
    if asked.items is not None and asked.items < len(model.vectors):
        chosen(model, Choice(limit=1))  # raises where items cannot be chosen
        ids = np.sort(_ranked(model.vectors)[: asked.items])
        model = Model(selected(model.vectors, ids), model.config, model.record, None, model.head)
    return model, missing


def _ranked(vectors: Vectors) -> np.ndarray:
    """Ids int64 [V], the most frequent first; as they come where nothing was counted."""
    return np.argsort(-vectors.counts, kind="stable")


def _asked(model: Model, asked: Compression) -> tuple[Model, dict[str, Any], str]:
    """With so many n-grams, and rows of the kind that was asked for."""
    vectors, head = model.vectors, model.head
    told: dict[str, Any] = {}
    words: list[str] = []
    if asked.ngrams is not None:
        ngrams = _ngrams(model)
        if ngrams is None:
            raise InputError(
                f"there are no n-grams to choose among in {vectors!r}", hint="leave ngrams out"
            )
        told["ngrams"] = min(asked.ngrams, len(ngrams))
        vectors = ngrams.kept(told["ngrams"])
        words.append(f"{told['ngrams']:,} of {len(ngrams):,} n-grams in use")
    if asked.kind is not None:
        told["kind"] = asked.kind
        words.append(f"rows as {Kind(asked.kind, asked.stretch)}")
        told |= {"rerank": asked.rerank} if asked.rerank else {}
    own, shared = _split(vectors)
    rows = joined(as_asked(own, asked), as_asked(shared, asked))
    kind = Kind(asked.kind or "", asked.stretch)
    made = Model(
        Vectors(vectors.vocabulary, rows), model.config, model.record, None, _head(head, kind)
    )
    return made, told, ", ".join(words)


def _sized(model: Model, asked: Compression, limit: int) -> tuple[Model, dict[str, Any], str]:
    """What fits into `limit` bytes."""
    vectors, ngrams = model.vectors, _ngrams(model)
    kind = None if asked.kind is None else Kind(asked.kind, asked.stretch)
    order = _ranked(vectors)
    plan = Room(model, limit, order, ngrams, kind).planned(asked.ngrams)
    if ngrams is not None:
        vectors = ngrams.kept(plan.ngrams)
    if plan.items < len(order):
        whole = Model(vectors)
        chosen(whole, Choice(limit=1))
        vectors = selected(vectors, np.sort(order[: plan.items]))
    vectors = Vectors(_tight(vectors.vocabulary), vectors.rows)
    own, shared = _split(vectors)
    rows = joined(as_kind(own, plan.own, asked.seed), as_kind(shared, plan.shared, asked.seed))
    head = _head(model.head, plan.own)
    made = Model(Vectors(vectors.vocabulary, rows), model.config, model.record, None, head)
    told: dict[str, Any] = {"size": limit, "kind": str(plan.own)}
    if ngrams is not None:
        told |= {"ngrams": plan.ngrams, "ngrams_kind": str(plan.shared)}
    return made, told, plan.why()


def _tight(vocabulary: Vocabulary) -> Vocabulary:
    """The same, with fewer slots to find items by."""
    return replace(vocabulary, items=tightened(vocabulary.items))


def _ngrams(model: Model) -> NGrams | None:
    """The n-grams of a model, if there are some to choose among."""
    if model.head is not None:
        return Swaying.of(model.vectors, model.head)
    return Buckets.of(model.vectors) if has_buckets(model.vectors) else None


def _split(vectors: Vectors) -> tuple[Any, Any]:
    """Rows of items and rows that items share: each kind has codes of its own."""
    rows, unseen = vectors.rows, vectors.vocabulary.unseen
    apart = unseen.name in OWN_AND_SHARED or isinstance(unseen, Features)
    if not apart or len(rows) == len(vectors):
        return rows, np.empty((0, vectors.dim), np.float32)
    return rows[: len(vectors)], rows[len(vectors) :]


def _head(head: Head | None, kind: Kind) -> Head | None:
    if head is None:
        return None
    return Head(head.labels, as_kind(head.weights, kind), head.loss, head.exact)


def _of_parts(model: Model, asked: Compression) -> Model:
    """A model with parts or arrays: rows of another kind, everywhere, and nothing else."""
    given = {"words": asked.words, "items": asked.items, "ngrams": asked.ngrams,
             "dim": asked.dim, "size": asked.size}  # fmt: skip
    for name, value in given.items():
        if value is not None:
            raise InputError(
                f"{name} is not for a model that answers with its parts and arrays: it needs "
                "all its items and numbers",
                hint="kind alone makes it smaller",
            )
    vectors, head = None, model.head
    if model.has_vectors:
        rows = as_asked(model.vectors.rows, asked)
        vectors = Vectors(model.vectors.vocabulary, rows)
    parts = {name: _of_parts(part, asked) for name, part in model.parts.items()}
    kind = Kind(asked.kind or "", asked.stretch)
    return Model(
        vectors, model.config, model.record, None, _head(head, kind), parts=parts,
        arrays=model.arrays,
    )  # fmt: skip
