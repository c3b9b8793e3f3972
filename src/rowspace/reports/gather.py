"""All that a report says, as data: what `--json` shows and what the page is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from rowspace.errors import SettingError
from rowspace.files.describe import describe, sizes_of
from rowspace.reports.chosen import EACH, asked, chosen, neighbours
from rowspace.reports.curves import curves
from rowspace.reports.findings import findings
from rowspace.reports.judged import kept, on_labels, on_lists, on_probes
from rowspace.reports.kinds import Shown, kind_of, tables_of, what_of
from rowspace.reports.shape import map_of, shape
from rowspace.reports.spread import counted, lengths
from rowspace.vectors import Model
from rowspace.vectors.maps import stored_map

SMALLER = 4
"""A part's map has so many times fewer points than that of the model's own vectors."""


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for beside the model: `words` to show neighbours of, files (or tables)
    to judge by, `points` of a map at most."""

    words: Sequence[str] = ()
    similarity: Sequence[Any] = ()
    analogies: Sequence[Any] = ()
    probe: Sequence[Any] = ()
    labels: Any = None
    points: int = 2000
    seed: int = 0

    def __post_init__(self) -> None:
        whole = isinstance(self.points, int) and not isinstance(self.points, bool)
        within = whole and 0 <= self.points <= 20_000
        SettingError.unless(within, "points", self.points, "a whole number from 0 to 20,000")


def content_of(model: Model, title: str, path: Path | None, ask: Asked) -> dict[str, Any]:
    """The whole content. Raises InputError, VocabularyError."""
    kind, record = kind_of(model), model.record
    data = record.get("data")
    content: dict[str, Any] = {
        "title": title,
        "kind": kind,
        "what": what_of(model, kind),
        "model": _facts(model, path),
        "data": dict(data) if isinstance(data, Mapping) else {},
        "settings": dict(model.config),
        "determinism": record.get("determinism"),
        "curves": curves(model.config, record),
        **kept(record),
        "evaluated": on_lists(model, ask.similarity, ask.analogies),
        "probes": on_probes(model, ask.probe, "this model"),
        "warned": [str(one) for one in record.get("warnings") or []],
    }
    if ask.labels is not None:
        found = on_labels(model, ask.labels)
        content["evaluated"] += found.pop("scores")
        content |= found
    content["tables"] = [
        _table(model, shown, ask, own=at == 0 and model.has_vectors)
        for at, shown in enumerate(tables_of(model, kind))
    ]
    content["findings"] = findings(content)
    return content


def _facts(model: Model, path: Path | None) -> dict[str, Any]:
    """Sizes and where it comes from, in a few words each."""
    record, source = model.record, model.record.get("source")
    told: dict[str, Any] = {}
    if path is not None and isinstance(source, Mapping):
        told = {"format": source.get("format"), "bytes": sum(sizes_of(path).values())}
    elif path is not None:
        known = describe(path)
        told = {name: known[name] for name in ("format", "made_by", "bytes") if name in known}
    if model.has_vectors:
        vectors = model.vectors
        told |= {
            "items": len(vectors), "dim": vectors.dim, "rows": len(vectors.rows),
            "dtype": str(vectors.rows.dtype), "unseen": vectors.vocabulary.unseen.config(),
        }  # fmt: skip
    if model.head is not None:
        told["labels"] = len(model.head.labels)
    if model.parts:
        told["parts"] = list(model.parts)
    parameters = record.get("parameters")
    if isinstance(parameters, Mapping):
        told["parameters"] = parameters.get("all")
    for name in ("training_seconds", "seconds"):
        if name in record:
            told["seconds"] = record[name]
            break
    return told


def _table(model: Model, shown: Shown, ask: Asked, *, own: bool) -> dict[str, Any]:
    """Of one table of vectors: counts, lengths, shape, neighbours, map."""
    vectors = shown.vectors
    norms, usable = lengths(vectors)
    some = chosen(shown, usable, each=EACH if own else 1, seed=ask.seed)
    if own and ask.words:
        some = asked(vectors, ask.words)
    points = ask.points if own else ask.points // SMALLER
    stored = stored_map(model) if own else None
    return {
        "name": shown.name, "noun": shown.noun, "own": own,
        "items": len(vectors), "rows": len(vectors.rows), "dim": vectors.dim,
        "counts": counted(vectors),
        "norms": norms,
        "shape": shape(vectors, usable, seed=ask.seed),
        "neighbours": neighbours(vectors, some),
        "map": map_of(vectors, usable, stored, points=points, seed=ask.seed) if points else None,
    }  # fmt: skip
