"""The map that moves: plotly's script, as its Python package brings it, and what it needs to keep
to the page's policy of contents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from importlib.util import find_spec
from typing import Any

from rowspace.errors import MissingExtraError
from rowspace.reports.markup import Markup

STYLE = "plotly.js-style-global"
"""The style element that plotly fills rule by rule; one that is there already it does not make."""
GUARDED = re.compile(r'getElementById\("([0-9a-f]{40,})"\)\)')
"""Other style elements it makes unless an element of that name is there."""


def is_there() -> bool:
    """Whether plotly is installed."""
    return find_spec("plotly") is not None


def script() -> str:
    """plotly.js as text. Raises MissingExtraError."""
    if not is_there():
        raise MissingExtraError("a map that moves", "explore")
    place = resources.files("plotly") / "package_data" / "plotly.min.js"
    return place.read_text("utf-8").replace("</script", "<\\/script")


def names_of_styles(code: str) -> list[str]:
    """The names of the styles that the script would put into the page by itself."""
    return sorted(set(GUARDED.findall(code)))


def data(table: Mapping[str, Any]) -> Markup:
    """The map of a table of a report's content as JSON that is safe inside a page."""
    found = table["map"]
    kept = {name: found[name] for name in ("items", "x", "y", "counts")}
    kept |= {"noun": table["noun"], "named": [one["item"] for one in table["neighbours"]]}
    return in_page(kept)


def in_page(value: Any) -> Markup:
    """JSON in which nothing can end a script element."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
