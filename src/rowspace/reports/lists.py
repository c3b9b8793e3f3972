"""Facts, scores, labels and confusions as tables of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rowspace.memory import human
from rowspace.reports.markup import Child, Markup, item, joined, tag, word

LONGEST = 240
COLUMNS = 6
"""Scores beside each other, at most."""
SHADES = 10


def table(
    caption: str, heads: Sequence[Child], rows: Iterable[Sequence[Child]], *, numbers: int = 0
) -> Markup:
    """A table with a caption; the first cell of a row names it, the last `numbers` are figures."""
    left = len(heads) - numbers

    def cell(at: int, one: Child) -> Markup:
        kind = "number" if at >= left else None
        return tag("td", one, class_=kind) if at else tag("th", one, scope="row")

    head = [
        tag("th", one, scope="col", class_="number" if at >= left else None)
        for at, one in enumerate(heads)
    ]
    body = [tag("tr", *(cell(at, one) for at, one in enumerate(row))) for row in rows]
    whole = tag(
        "table", tag("caption", caption), tag("thead", tag("tr", *head)), tag("tbody", *body)
    )
    return tag("div", whole, class_="wide", tabindex=0, role="region", aria_label=caption)


def facts(caption: str, known: Mapping[str, Any]) -> Markup:
    """Names and values of nested data, a line each."""
    rows = [(name, value_of(value)) for name, value in flat(known)]
    if not rows:
        return tag("p", f"{caption}: not stated.", class_="muted")
    lines = [tag("div", tag("dt", item(a)), tag("dd", b)) for a, b in rows]
    return joined(tag("h3", caption), tag("dl", *lines, class_="facts"))


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and plain values."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from flat(one, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def value_of(value: Any) -> str:
    """A setting or a fact as text."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, list):
        names = [str(one.get("name", one)) if isinstance(one, Mapping) else str(one)
                 for one in value]  # fmt: skip
        return item(", ".join(names), longest=LONGEST)
    return item(str(value), longest=LONGEST)


def figure(value: Any) -> str:
    """A score."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "–"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.4g}"


def with_interval(score: Mapping[str, Any] | None) -> Child:
    """`0.8123 0.80–0.82`."""
    if not score:
        return "–"
    low, high = score.get("low"), score.get("high")
    if low is None or high is None:
        return figure(score.get("value"))
    small = tag("small", f"{figure(low)} to {figure(high)}")
    return joined(figure(score.get("value")), " ", small)


def score_list(caption: str, scores: Sequence[Mapping[str, Any]]) -> Markup:
    """A line a score."""
    rows = [
        (str(one.get("name")), value_of(one.get("file") or one.get("metric")),
         figure(one.get("value")), f"{figure(one.get('low'))} to {figure(one.get('high'))}",
         value_of(one.get("n")), _percent(one.get("coverage")))
        for one in scores
    ]  # fmt: skip
    heads = ["score", "of", "value", "95 % interval", "n", "coverage"]
    if all(row[1] == "–" for row in rows):
        rows, heads = [row[:1] + row[2:] for row in rows], heads[:1] + heads[2:]  # type: ignore[misc]
    return table(caption, heads, rows, numbers=4)


def _percent(value: Any) -> str:
    return f"{value:.1%}" if isinstance(value, (int, float)) else "–"


def beside(
    caption: str, first: Mapping[str, Any] | None, others: Sequence[Mapping[str, Any]]
) -> Markup:
    """This model and others, a column a score."""
    everyone = [*([first] if first else []), *others]
    lists = [[one for one in each.get("scores") or [] if isinstance(one, Mapping)]
             for each in everyone]  # fmt: skip
    names = list(dict.fromkeys(str(one.get("name")) for some in lists[:1] for one in some))
    names = names[:COLUMNS]
    rows = []
    for each, scores in zip(everyone, lists, strict=True):
        known = {str(one.get("name")): one for one in reversed(scores)}
        size, seconds = each.get("bytes"), each.get("seconds")
        name = tag("strong", "this model") if each is first else str(each.get("name"))
        rows.append([
            name, *(with_interval(known.get(one)) for one in names),
            human(size) if isinstance(size, int) and not isinstance(size, bool) else "–",
            f"{seconds:,.1f} s" if isinstance(seconds, (int, float)) else "–",
        ])  # fmt: skip
    return table(caption, ["", *names, "memory", "time"], rows, numbers=len(names) + 2)


def label_list(rows: Sequence[Mapping[str, Any]]) -> Markup:
    """A line a label."""
    lines = [
        (word(str(row.get("label"))), value_of(row.get("cases")), value_of(row.get("answers")),
         *(with_interval(row.get(name)) for name in ("precision", "recall", "f1")))
        for row in rows
    ]  # fmt: skip
    heads = ["label", "cases", "answers", "precision", "recall", "f1"]
    return table("Each label by itself, the most frequent first", heads, lines, numbers=5)


def confusion(found: Mapping[str, Any]) -> Markup:
    """A square of few labels, a list of the most frequent mistakes of many."""
    if "mistakes" in found:
        rows = [(word(str(a)), word(str(b)) if b else "no answer", value_of(n))
                for a, b, n in found["mistakes"]]  # fmt: skip
        return table("The most frequent mistakes", ["label", "taken for", "cases"], rows, numbers=1)
    names, cases = found["names"], found["cases"]
    head = [tag("th", "label ↓ answer →", scope="col"),
            *(tag("th", word(one), scope="col", class_="number") for one in names)]  # fmt: skip
    body = []
    for place, (name, row) in enumerate(zip(names, cases, strict=True)):
        most = max(1, sum(row))
        cells = [
            tag("td", f"{n:,}", class_=f"number shade{round(n / most * SHADES)}"
                + (" right" if at == place else ""), title=f"{n / most:.1%} of {item(name)}")
            for at, n in enumerate(row)
        ]  # fmt: skip
        body.append(tag("tr", tag("th", word(name), scope="row"), *cells))
    caption = "What is taken for what: a row a true label, a column an answer"
    whole = tag(
        "table", tag("caption", caption), tag("thead", tag("tr", *head)), tag("tbody", *body),
        class_="confusion",
    )  # fmt: skip
    return tag("div", whole, class_="wide", tabindex=0, role="region", aria_label=caption)
