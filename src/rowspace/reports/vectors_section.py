"""The section about vectors: neighbours, map, lengths, and the same in short of each part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rowspace.reports.markup import Markup, item, joined, tag, word
from rowspace.reports.sections import count_charts, length_chart, section
from rowspace.reports.still import SIZE, drawn_points, still_map

Content = Mapping[str, Any]
BANDS = {
    "frequent": "Frequent", "middle": "In the middle", "rare": "Rare", "asked": "Asked for",
    "all": "",
}  # fmt: skip

SMALL = (440, 320)
FEW = 4
"""Items of a part with neighbours, and neighbours of each."""
ENOUGH = 20
"""Items of a part from which on a chart of counts says something."""


def vectors(content: Content) -> Markup | None:
    """The model's own vectors, then its parts."""
    tables = content["tables"]
    if not tables:
        return None
    own = [table for table in tables if table["own"]]
    parts = [_part(one) for one in tables if not one["own"]]
    told = tag("h3", "Its parts") if own and parts else None
    grid = tag("div", *parts, class_="parts") if parts else None
    return section("Vectors", *(_whole(one) for one in own), told, grid, id="vectors")


def _whole(table: Content) -> Markup:
    near = neighbours(table)
    shape, figures = table["shape"], []
    if "mean_cosine" in shape:
        figures.append(
            f"Two {table['noun']} drawn by lot have a cosine of {shape['mean_cosine']:.3f} on "
            "average (0: they spread in all directions; 1: all are parallel)."
        )
    if "hubs" in shape:
        first = shape["hubs"][0]
        figures.append(
            f"Of {shape['asked']} {table['noun']}, {first['share']:.1%} have "
            f"“{item(first['item'])}” among their ten nearest; by chance it would be "
            f"{shape['by_chance']:.2%}."
        )
    return joined(
        tag("h3", "Neighbours") if near else None,
        tag("p", "Nearest by cosine, among all of them.", class_="muted") if near else None,
        near,
        map_figure(table, "main"),
        tag("h3", "How the vectors lie"),
        *(tag("p", one) for one in figures),
        tag("div", length_chart(table), class_="charts"),
    )


def _part(table: Content) -> Markup:
    """A part in short: its map, and a line for each of a few items."""
    size = f"{table['items']:,} {table['noun']} × {table['dim']} numbers"
    lines = [
        tag("p", tag("strong", word(one["item"])), ": ",
            joined(*(joined(word(near["item"]), " ", tag("span", f"{near['score']:.2f}",
                            class_="score")) for near in one["neighbours"][:FEW]), by=", "))
        for one in table["neighbours"][:FEW]
    ]  # fmt: skip
    zipf = list(count_charts(table))[:1] if table["items"] >= ENOUGH else []
    heading = tag("h3", tag("bdi", item(table["name"])), " ", tag("small", size))
    return tag("div", heading, map_figure(table, "small"), *lines, *zipf, class_="part")


def neighbours(table: Content) -> Markup | None:
    """A card an item, under the names of the bands."""
    bands: dict[str, list[Markup]] = {}
    for one in table["neighbours"]:
        bands.setdefault(one["band"], []).append(_card(one))
    if not bands:
        return None
    return joined(*(
        joined(tag("h4", BANDS[band]) if BANDS[band] else None, tag("ul", *cards, class_="cards"))
        for band, cards in bands.items()
    ))  # fmt: skip


def _card(one: Content) -> Markup:
    seen = "" if one["count"] is None else f"{one['count']:,}×"
    near = [
        tag("li", word(other["item"]), " ", tag("span", f"{other['score']:.2f}", class_="score"))
        for other in one["neighbours"]
    ]
    unknown = None if one["known"] else tag("small", "not in the vocabulary")
    head = tag("p", word(one["item"]), " ", tag("small", seen), unknown, class_="head")
    return tag("li", head, tag("ol", *near))


def map_figure(table: Content, kind: str) -> Markup | None:
    """The map, standing still; a script may put a moving one in its place."""
    found = table["map"]
    if not found:
        return None
    method = {"pca": "two principal components", "umap": "UMAP"}[found["method"]]
    if found["shares"]:
        method += f", {found['shares'][0]:.0%} and {found['shares'][1]:.0%} of the variance"
    shown = f"{found['shown']:,} of {found['of']:,} {table['noun']}"
    if found["shown"] == found["of"]:
        shown = f"all {found['of']:,} {table['noun']}"
    else:
        shown += ", a sample over all frequencies"
    first = [one["item"] for one in table["neighbours"]]
    told = f"Map of {shown} by {method}"
    drawn = still_map(found, first, told=told, size=SIZE if kind == "main" else SMALL)
    points = drawn_points(found, first)
    fewer = tag("p", f"The drawing shows {points:,} of them.", class_="muted under")
    holder = tag("div", drawn, fewer if points < found["shown"] else None, class_="holder")
    name = tag("p", f"{told}.", class_="muted")
    moving = tag("div", class_="moving", hidden=True) if kind == "main" else None
    return joined(
        tag("h3", "Map") if kind == "main" else None,
        tag("figure", tag("figcaption", name), holder, moving, class_=f"map-of {kind}"),
    )
