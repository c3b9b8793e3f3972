"""Scores as tables of a model card: each with its interval, and beside those of the baselines.

`scores`: a list of score objects (name, value, n, coverage, low, high). `baselines`: a list of
objects with name, scores, bytes and seconds, of the same task answered by something simpler.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rowspace.memory import human


def score_table(scores: Any) -> str:
    """A line a score; "" for what is no list of them."""
    found = _scores(scores)
    if not found:
        return ""
    return "| score | value | 95 % interval | n | coverage |\n|---|---|---|---|---|\n" + "".join(
        f"| {cell(score.get('name'))} | {cell(score.get('value'))} "
        f"| {cell(score.get('low'))} to {cell(score.get('high'))} "
        f"| {cell(score.get('n'))} | {cell(score.get('coverage'))} |\n"
        for score in found
    )


def beside_baselines(record: Mapping[str, Any]) -> Iterator[str]:
    """A heading and a table: this model and its baselines, a column a score; or nothing.

    Only scores that the model has are shown; of equal names the first counts.
    """
    known = record.get("baselines")
    baselines = [one for one in known if isinstance(one, dict)] if isinstance(known, list) else []
    if not baselines:
        return
    own = {name: record.get(name) for name in ("scores", "bytes", "seconds")}
    names = list(dict.fromkeys(str(score.get("name")) for score in _scores(own.get("scores"))))
    if not names:
        found = (score for one in baselines for score in _scores(one.get("scores")))
        names = list(dict.fromkeys(str(score.get("name")) for score in found))
    columns = ["", *map(cell, names), "memory", "seconds"]
    yield "## Beside simpler answers to the same task\n"
    rows = [_row("**this model**", own, names)]
    rows += [_row(cell(one.get("name")), one, names) for one in baselines]
    yield "".join(map(_line, [columns, ["---"] * len(columns), *rows]))


def _row(shown: str, one: Mapping[str, Any], names: list[str]) -> list[str]:
    values: dict[str, dict[str, Any]] = {}
    for score in _scores(one.get("scores")):
        values.setdefault(str(score.get("name")), score)
    scores = [_value(values.get(name, {})) for name in names]
    return [shown, *scores, _size(one.get("bytes")), cell(one.get("seconds"))]


def _value(score: Mapping[str, Any]) -> str:
    """`0.81 (0.79 to 0.83)`."""
    if score.get("low") is None or score.get("high") is None:
        return cell(score.get("value"))
    return f"{cell(score.get('value'))} ({cell(score['low'])} to {cell(score['high'])})"


def _size(size: Any) -> str:
    """Bytes for people."""
    if isinstance(size, bool) or not isinstance(size, (int, float)):
        return cell(size)
    return human(size)


def _scores(scores: Any) -> list[dict[str, Any]]:
    whole = isinstance(scores, list) and all(isinstance(score, dict) for score in scores)
    return scores if whole else []


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def cell(value: Any) -> str:
    """Text that cannot leave its table cell: no line ends, markup shown as text."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if value is None:
        return "–"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = re.sub(r"[\x00-\x1f\x7f]+", " ", text)[:500]
    return re.sub(r"([\\|`*_\[\]])", r"\\\1", html.escape(text, quote=False))
