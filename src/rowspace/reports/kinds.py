"""What kind of model it is, and which tables of vectors it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

from rowspace.vectors import Model, Vectors

NAMES = {
    "words": "Word vectors",
    "classifier": "Text classifier",
    "recommender": "Recommender",
    "table": "Model of a table",
    "tag": "Tagger",
    "translate": "Translator",
    "generate": "Text generator",
    "vectors": "Vectors",
}
"""What each kind is called at the head of the page."""
WORDS = frozenset({"skipgram", "cbow", "glove"})
PARTS = 24
"""Parts that are shown; a table with more columns is told by its settings."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One table of vectors: its `name`, what its items are (`noun`, many of them), and whether
    they are words of a text, of which not every one is worth showing."""

    name: str
    noun: str
    vectors: Vectors
    worded: bool


def kind_of(model: Model) -> str:
    """One of `NAMES`."""
    config = model.config
    network, objective = _section(config, "network"), _section(config, "objective")
    if network.get("kind") in NAMES:
        return str(network["kind"])
    if config.get("kind") in ("recommender", "table"):
        return str(config["kind"])
    if model.head is not None:
        return "classifier"
    return "words" if objective.get("name") in WORDS else "vectors"


def tables_of(model: Model, kind: str) -> Iterator[Shown]:
    """The model's own vectors first, then its parts'."""
    own = {
        "recommender": "items", "table": "rows", "generate": "units", "translate": "subwords",
    }.get(kind, "words")  # fmt: skip
    if model.has_vectors:
        worded = kind in ("words", "classifier", "tag", "vectors")
        yield Shown(own, own if kind != "vectors" else "items", model.vectors, worded)
    for name, part in list(model.parts.items())[:PARTS]:
        if part.has_vectors:
            noun = name if kind in ("recommender", "tag") else "levels"
            yield Shown(name, noun, part.vectors, False)


def what_of(model: Model, kind: str) -> str:
    """The sentence under the title: what it is, how large."""
    parts = [NAMES[kind]]
    name = _section(model.config, "objective").get("name")
    if kind == "words":
        parts.append({"skipgram": "skip-gram", "cbow": "CBOW", "glove": "GloVe"}[str(name)])
    if model.has_vectors:
        table = next(tables_of(model, kind))
        parts.append(f"{len(table.vectors):,} {table.noun} × {table.vectors.dim} numbers")
    if kind == "recommender" and "users" in model.parts:
        parts.append(f"{len(model.parts['users'].vectors):,} users")
    if kind == "table":
        target = _section(model.config, "target").get("name")
        parts.append(f"{len(model.parts)} columns" + (f", target {target}" if target else ""))
    if model.head is not None:
        parts.append(f"{len(model.head.labels):,} labels")
    return " · ".join(parts)


def _section(config: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = config.get(name)
    return found if isinstance(found, Mapping) else {}
