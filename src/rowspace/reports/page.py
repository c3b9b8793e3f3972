"""The page: one file, no request, and a policy under which it could not make one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from rowspace.reports import moving
from rowspace.reports.markup import Markup, item, joined, tag
from rowspace.reports.sections import data, findings, glance, scores, settings, training
from rowspace.reports.vectors_section import vectors

NAMES = (
    ("findings", "What to bear in mind"), ("scores", "Scores"), ("training", "Training"),
    ("vectors", "Vectors"), ("data", "Data"), ("settings", "Settings"),
)  # fmt: skip


def page(content: Mapping[str, Any], *, moves: bool) -> str:
    """The whole file; `moves`: with plotly's script inside (5 MB) where there is a map.

    Raises MissingExtraError where that is not installed.
    """
    own = next((one for one in content["tables"] if one["own"] and one["map"]), None)
    style = _file("page.css")
    scripts = [moving.script(), _file("map.js")] if moves and own is not None else []
    title = item(content["title"], longest=120)
    head = tag(
        "head",
        Markup('<meta charset="utf-8">'),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(style, scripts)),
        Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup('<meta name="color-scheme" content="light dark">'),
        Markup('<meta name="referrer" content="no-referrer">'),
        tag("title", f"{title} – rowspace report"),
        tag("style", Markup(style)),
        *(_styles(scripts[0]) if scripts else []),
    )
    body = tag("body", *_body(content, title), *_scripts(own, scripts))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def policy(style: str, scripts: list[str]) -> str:
    """Nothing may be fetched; only these scripts and this style run. (Plotly's own style begins
    empty, and draws its buttons as images of data.)"""
    parts = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    # Plotly empties style attributes: 'unsafe-hashes' lets an empty one pass, no other.
    styles = [_hash(style), *(["'unsafe-hashes'", _hash("")] if scripts else [])]
    parts.append("style-src " + " ".join(styles))
    if scripts:
        parts += ["script-src " + " ".join(map(_hash, scripts)), "img-src data: blob:"]
    return "; ".join(parts)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _styles(code: str) -> list[Markup]:
    """Places that keep the script from putting styles of its own into the page."""
    own = tag("style", id=moving.STYLE)
    return [own, *(tag("template", id=name) for name in moving.names_of_styles(code))]


def _scripts(own: Mapping[str, Any] | None, scripts: list[str]) -> list[Markup]:
    if own is None or not scripts:
        return []
    held = tag("script", moving.data(own), type="application/json", id="map-data")
    return [held, *(tag("script", Markup(one)) for one in scripts)]


def _body(content: Mapping[str, Any], title: str) -> list[Markup | None]:
    made_by = content["model"].get("made_by")
    parts = {
        "findings": findings(content),
        "scores": scores(content),
        "training": training(content),
        "vectors": vectors(content),
        "data": data(content),
        "settings": settings(content),
    }
    links = [tag("li", tag("a", name, href=f"#{id}")) for id, name in NAMES if parts[id]]
    header = tag(
        "header",
        tag("p", "rowspace report", class_="kicker"),
        tag("h1", tag("bdi", title)),
        tag("p", content["what"], class_="what"),
        glance(content),
        tag("nav", tag("ul", *links), aria_label="Sections"),
    )
    closing = "Vectors carry the habits of the data they come from, its prejudices too."
    said = joined(f"Made by {made_by}. " if made_by else None, closing)
    footer = tag("footer", tag("p", said), tag("p", "This page is one file and loads nothing."))
    return [header, tag("main", *(parts[id] for id, _ in NAMES)), footer]


def _file(name: str) -> str:
    return (resources.files("rowspace.reports") / name).read_text("utf-8")
