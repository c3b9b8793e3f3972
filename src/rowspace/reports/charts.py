"""Small charts as SVG: curves, bars, intervals. They need no script, print, and follow the page's
colours, which are classes in page.css."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from rowspace.reports.markup import Markup, joined, tag
from rowspace.reports.scales import Scale, short

WIDTH, HEIGHT = 460, 270
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 14, 46
ROW = 30
"""Pixels of a line in a chart of intervals."""


@final
@dataclass(frozen=True, slots=True)
class Axis:
    """`label` beside it; `log` by the logarithm; `zero`: it begins at zero; `whole`: ticks at whole
    numbers alone; `percent`: shares are shown as percent."""

    label: str
    log: bool = False
    zero: bool = False
    whole: bool = False
    percent: bool = False

    def ticks(self, scale: Scale) -> list[tuple[float, str]]:
        """Places and what is written there."""
        found = scale.ticks(6 if self.whole else 5)
        if self.whole and not self.log:
            found = [one for one in found if one == int(one)]
        return [(one, f"{one:.0%}" if self.percent else short(one)) for one in found]


def curve(
    xs: Sequence[float],
    ys: Sequence[float],
    axes: tuple[Axis, Axis],
    *,
    told: str,
    mark: tuple[float, str] | None = None,
    dots: bool = False,
) -> Markup:
    """A line through the points; `mark` an upright line with a word; `told` says it in words."""
    x = Scale.of(xs, LEFT, WIDTH - RIGHT, log=axes[0].log, zero=False)
    y = Scale.of(ys, HEIGHT - BOTTOM, TOP, log=axes[1].log, zero=axes[1].zero)
    places = [(x.at(a), y.at(b)) for a, b in zip(xs, ys, strict=True)]
    line = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in places)
    parts: list[Any] = [_frame((x, y), axes)]
    if mark is not None:
        parts.append(_mark(x.at(mark[0]), mark[1]))
    parts.append(tag("path", d=line, class_="curve"))
    if dots or len(places) == 1:
        parts += [
            tag("g", tag("circle", cx=round(a, 1), cy=round(b, 1), r=3, class_="dot"),
                tag("title", f"{axes[0].label} {short(at)}: {value:.5g}"))
            for (a, b), at, value in zip(places, xs, ys, strict=True)
        ]  # fmt: skip
    return _svg(told, parts)


def bars(
    edges: Sequence[float], heights: Sequence[float], axes: tuple[Axis, Axis], *, told: str
) -> Markup:
    """A histogram."""
    x = Scale(edges[0], max(edges[-1], edges[0] + 1e-12), LEFT, WIDTH - RIGHT)
    y = Scale.of([0, *heights], HEIGHT - BOTTOM, TOP, zero=True)
    parts: list[Any] = [_frame((x, y), axes)]
    for low, high, height in zip(edges[:-1], edges[1:], heights, strict=True):
        left, top = x.at(low), y.at(height)
        parts.append(tag(
            "rect", x=round(left + 0.5, 1), y=round(top, 1), class_="bar",
            width=round(max(0.5, x.at(high) - left - 1), 1), height=round(y.start - top, 1),
        ))  # fmt: skip
    return _svg(told, parts)


def intervals(
    rows: Sequence[tuple[str, float, float | None, float | None]], label: str, *, told: str
) -> Markup:
    """A line a row: a point and its interval; the first row is the one that counts."""
    ends = [one for row in rows for one in row[1:] if one is not None]
    height = TOP + BOTTOM + ROW * len(rows)
    x = Scale.of(ends, 14, WIDTH - RIGHT, zero=False)
    parts: list[Any] = []
    for value, text in Axis(label).ticks(x):
        at = round(x.at(value), 1)
        parts.append(tag("line", x1=at, x2=at, y1=TOP, y2=height - BOTTOM, class_="grid"))
        parts.append(tag("text", text, x=at, y=height - BOTTOM + 17, class_="tick middle"))
    for place, (name, value, low, high) in enumerate(rows):
        at = TOP + ROW * place + ROW * 0.72
        kind = "own" if not place else "other"
        if low is not None and high is not None:
            parts.append(tag("line", x1=round(x.at(low), 1), x2=round(x.at(high), 1), y1=at, y2=at,
                             class_=f"whisker {kind}"))  # fmt: skip
        parts.append(tag("circle", cx=round(x.at(value), 1), cy=at, r=4.5, class_=f"dot {kind}"))
        parts.append(tag("text", name[:52], x=14, y=at - 8, class_=f"name {kind}"))
    parts.append(tag("text", label, x=WIDTH / 2, y=height - 6, class_="label middle"))
    return _svg(told, parts, height)


def _mark(at: float, text: str) -> Markup:
    right = at > WIDTH * 0.7
    return joined(
        tag("line", x1=round(at, 1), x2=round(at, 1), y1=TOP, y2=HEIGHT - BOTTOM, class_="mark"),
        tag("text", text, x=round(at + (-5 if right else 5), 1), y=HEIGHT - BOTTOM - 8,
            class_="tick end" if right else "tick"),
    )  # fmt: skip


def _frame(scales: tuple[Scale, Scale], axes: tuple[Axis, Axis]) -> Markup:
    x, y = scales
    bottom = HEIGHT - BOTTOM
    parts: list[Any] = []
    for value, text in axes[0].ticks(x):
        at = round(x.at(value), 1)
        parts.append(tag("line", x1=at, x2=at, y1=bottom, y2=bottom + 4, class_="axis"))
        parts.append(tag("text", text, x=at, y=bottom + 18, class_="tick middle"))
    for value, text in axes[1].ticks(y):
        at = round(y.at(value), 1)
        parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=at, y2=at, class_="grid"))
        parts.append(tag("text", text, x=LEFT - 7, y=at + 4, class_="tick end"))
    parts.append(tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=bottom, y2=bottom, class_="axis"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(tag("text", axes[0].label, x=middle, y=HEIGHT - 6, class_="label middle"))
    parts.append(tag("text", axes[1].label, x=-(TOP + bottom) / 2, y=13,
                     class_="label middle upright", transform="rotate(-90)"))  # fmt: skip
    return joined(*parts)


def _svg(told: str, parts: Sequence[Any], height: int = HEIGHT) -> Markup:
    box = f"0 0 {WIDTH} {height}"
    return tag("svg", *parts, viewBox=box, role="img", aria_label=told, class_="chart")
