"""The sections of the page, each out of the content of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rowspace.memory import human
from rowspace.reports.charts import Axis, bars, curve, intervals
from rowspace.reports.lists import (
    COLUMNS,
    beside,
    confusion,
    facts,
    figure,
    label_list,
    score_list,
)
from rowspace.reports.markup import Child, Markup, item, joined, tag

Content = Mapping[str, Any]
SAME_SCALE = 8
"""Rows of a chart of intervals."""
LONGEST = 1000
"""Characters of a message that are shown."""
OPTION = re.compile(r"(--[a-z][a-z-]*)")


def section(title: str, *children: Any, id: str) -> Markup:
    """A section with its heading."""
    heading = tag("h2", title, id=f"{id}-title")
    return tag("section", heading, *children, id=id, aria_labelledby=f"{id}-title")


def chart(title: str, drawn: Markup, told: str = "") -> Markup:
    """A figure with its caption."""
    note = tag("span", told, class_="muted") if told else None
    return tag("figure", tag("figcaption", tag("strong", title), " ", note), drawn)


def glance(content: Content) -> Markup:
    """The figures somebody looks for first."""
    model, tiles = content["model"], []
    scores = content["scores"] or content["evaluated"]
    if scores:
        tiles.append((figure(scores[0].get("value")), str(scores[0].get("name"))))
    if "items" in model:
        table = content["tables"][0]
        tiles += [(f"{model['items']:,}", table["noun"]), (str(model["dim"]), "numbers a vector")]
    if "labels" in model:
        tiles.append((f"{model['labels']:,}", "labels"))
    if "parts" in model:
        tiles.append((str(len(model["parts"])), "parts"))
    if isinstance(model.get("seconds"), (int, float)):
        tiles.append((_time(model["seconds"]), "of training"))
    if model.get("bytes"):
        tiles.append((human(model["bytes"]), "on disk"))
    shown = [tag("div", tag("dd", value), tag("dt", name)) for value, name in tiles]
    return tag("dl", *shown, class_="tiles")


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours = seconds / 60, seconds / 3600
    return f"{minutes:.1f} min" if minutes < 60 else f"{hours:.1f} h"


def findings(content: Content) -> Markup:
    """Warnings and notes."""
    lines = []
    for one in content["findings"]:
        level = "Warning" if one["level"] == "warning" else "Note"
        hint = tag("span", " What helps: ", *_options(one["hint"]), ".", class_="hint")
        lines.append(tag(
            "li", tag("strong", level), " ", tag("span", item(one["message"], longest=LONGEST)),
            hint if one["hint"] else None, class_=one["level"],
        ))  # fmt: skip
    told = tag("ul", *lines, class_="findings") if lines else tag("p", "Nothing stands out.")
    return section("What to bear in mind", told, id="findings")


def _options(text: str) -> list[Child]:
    """A hint whose options are not broken at a line's end."""
    parts = OPTION.split(text)
    return [tag("code", one) if at % 2 else one for at, one in enumerate(parts)]


def scores(content: Content) -> Markup | None:
    """Scores, baselines, labels and confusions."""
    own, now = content["scores"], content["evaluated"]
    parts: list[Any] = []
    if own:
        parts.append(tag("p", _judged_on(content)))
        simple = content["baselines"]
        if simple:
            parts.append(chart("Beside simpler ways", _forest(own[0], simple), "95 % intervals"))
            seconds = content["model"].get("seconds")
            first = {"scores": own, "bytes": content["model"].get("bytes"), "seconds": seconds}
            parts.append(beside("This model and simpler answers to the same task", first, simple))
        if not simple or len(own) > COLUMNS:
            parts.append(score_list("Scores of the training", own))
    if now:
        parts.append(score_list("Scores worked out for this report", now))
    if content.get("compare"):
        parts.append(beside("What the rows started from", None, content["compare"]))
    parts += [_probe(one) for one in content["probes"]]
    if content["labels"]:
        parts.append(label_list(content["labels"]))
    if content["confusion"]:
        parts.append(confusion(content["confusion"]))
    return section("Scores", *parts, id="scores") if parts else None


def _probe(one: Content) -> Markup:
    """What the vectors are worth to a task."""
    rows: list[Any] = [
        (str(score.get("system")), score["value"], score.get("low"), score.get("high"))
        for score in one["scores"]
        if isinstance(score.get("value"), (int, float))
    ]
    metric = str(one["metric"])
    told = f"{metric}: " + "; ".join(f"{row[0]} {figure(row[1])}" for row in rows)
    note = f"a linear model on the mean of each text's vectors, {one['splits']} splits"
    drawn = intervals(rows, metric, told=told) if rows else Markup("")
    return joined(chart(f"Worth to a task: {one['task']}", drawn, note), tag("p", one["answer"]))


def _judged_on(content: Content) -> str:
    on = content.get("scored_on") or content.get("validation") or "held-out data"
    on = {"test": "a test of its own", "validation": "the validation part"}.get(str(on), str(on))
    n = content["scores"][0].get("n")
    counted = content.get("judged") or "examples"
    return f"Judged on {on}, {n:,} {counted}." if isinstance(n, int) else f"Judged on {on}."


def _forest(first: Content, simple: Sequence[Content]) -> Markup:
    name = first.get("name")
    rows = [("this model", first.get("value"), first.get("low"), first.get("high"))]
    for one in simple[: SAME_SCALE - 1]:
        same = [score for score in one.get("scores") or [] if score.get("name") == name]
        if same:
            value = same[0].get("value"), same[0].get("low"), same[0].get("high")
            rows.append((str(one.get("name")), *value))
    kept: list[Any] = [row for row in rows if isinstance(row[1], (int, float))]
    told = f"{name}: " + "; ".join(f"{row[0]} {figure(row[1])}" for row in kept)
    return intervals(kept, str(name), told=told) if kept else Markup("")


def training(content: Content) -> Markup | None:
    """A chart a curve."""
    best = content.get("best_epoch")
    shown = []
    for one in content["curves"]:
        values, name = one["values"], one["name"]
        epochs = list(range(1, len(values) + 1))
        mark = (best, "kept") if isinstance(best, int) and 0 < best <= len(values) else None
        told = f"{name} from {values[0]:.4g} in epoch 1 to {values[-1]:.4g} in epoch {epochs[-1]}"
        title = {"loss": "Loss", "rate": "Learning rate"}.get(name, name)
        note = {"lower": "less is better", "higher": "more is better"}.get(one["better"] or "", "")
        of = "" if name == "rate" else f"{one['of']} part; {note}"
        axes = Axis("epoch", whole=True), Axis(name, zero=name == "rate")
        drawn = curve(epochs, values, axes, told=told, mark=mark, dots=len(values) <= 40)
        shown.append(chart(title, drawn, of))
    if not shown:
        return None
    return section("Training", tag("div", *shown, class_="charts"), id="training")


def data(content: Content) -> Markup:
    """What it was made from, and how often the items of the first table were met."""
    first = next(iter(content["tables"]), None)
    known = facts("What it was trained on", content["data"])
    charts = list(count_charts(first)) if first is not None else []
    return section("Data", known, tag("div", *charts, class_="charts") if charts else None,
                   id="data")  # fmt: skip


def count_charts(table: Content) -> Iterator[Markup]:
    """Zipf's plot, and the share of the text that the first n items cover."""
    counts, noun = table["counts"], table["noun"]
    if not counts or table["items"] < 3:
        return
    zipf, cover = counts["zipf"], counts["coverage"]
    seen = [at for at, count in enumerate(zipf["count"]) if count > 0]
    if len(seen) < 2:
        return
    ranks, often = [zipf["rank"][at] for at in seen], [zipf["count"][at] for at in seen]
    slope = counts["slope"]
    told = f"counts of {noun} from {often[0]:,} at rank 1 to {often[-1]:,} at rank {ranks[-1]:,}"
    axes = Axis("rank", log=True), Axis("count", log=True)
    note = f"slope {slope:.2f}; Zipf's law says −1" if slope is not None else ""
    yield chart("How often (Zipf)", curve(ranks, often, axes, told=told), note)
    half, most = counts["covering"]["50%"], counts["covering"]["90%"]
    told = f"{half:,} {noun} cover half of all that was counted, {most:,} cover 90 %"
    axes = Axis(f"the first n {noun}", log=True), Axis("share", zero=True, percent=True)
    yield chart("Coverage", curve(cover["items"], cover["share"], axes, told=told), told)


def length_chart(table: Content) -> Markup | None:
    """The histogram of lengths."""
    norms = table["norms"]
    if "edges" not in norms or table["items"] < 20:
        return None
    told = (
        f"lengths of vectors: median {norms['median']:.3g}, from {norms['least']:.3g} to "
        f"{norms['most']:.3g}"
    )
    axes = Axis("length of the vector"), Axis(table["noun"], zero=True)
    return chart("Lengths", bars(norms["edges"], norms["items"], axes, told=told),
                 f"median {norms['median']:.3g}")  # fmt: skip


def settings(content: Content) -> Markup:
    """What made it."""
    model = {name: value for name, value in content["model"].items() if name != "bytes"}
    parts = [facts("The model", model), facts("What made it", content["settings"])]
    if content.get("determinism"):
        parts.append(tag("p", f"Determinism: {content['determinism']}."))
    return section("Settings", *parts, id="settings")
