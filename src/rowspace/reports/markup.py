"""`Markup`: HTML that is safe to show, and the one way of making it out of text.

    tag("p", "1 < 2", class_="told")        <p class="told">1 &lt; 2</p>

A child that is a plain string is text: it is escaped, whatever it looks like.
"""

from __future__ import annotations

import html
from typing import TypeAlias, final

EMPTY = frozenset({"br", "circle", "col", "hr", "line", "meta", "path", "rect", "link"})
"""Elements that have no content."""
LONGEST = 60
"""Characters of an item that are shown."""


@final
class Markup(str):
    """HTML as it is. Only `tag`, `joined` and constants of this package make it."""

    __slots__ = ()


Child: TypeAlias = "str | Markup | int | float | None"
Attribute: TypeAlias = "str | int | float | bool | None"


def tag(name: str, *children: Child, **attributes: Attribute) -> Markup:
    """An element. `class_` is class, `aria_label` aria-label; None and False leave an attribute
    out, True gives one without a value."""
    shown = "".join(
        f" {_name(key)}" + ("" if value is True else f'="{html.escape(_text(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in EMPTY:
        return Markup(f"<{name}{shown}/>")
    return Markup(f"<{name}{shown}>{joined(*children)}</{name}>")


def joined(*children: Child, by: str = "") -> Markup:
    """Text and elements one after another; None is nothing."""
    return Markup(by.join(
        one if isinstance(one, Markup) else html.escape(_text(one), quote=False)
        for one in children
        if one is not None
    ))  # fmt: skip


def item(text: str, *, longest: int = LONGEST) -> str:
    """An item as text on one line: what cannot be seen as its number, the end of a long one cut."""
    text = "".join(one if seen(one) else f"\\u{{{ord(one):x}}}" for one in text[: longest + 1])
    return text if len(text) <= longest else text[: longest - 1] + "…"


def seen(character: str) -> bool:
    """Whether it can be shown: not a control, not a mark that turns the direction of the line.

    The two that join or part letters belong to emoji and to the spelling of some languages.
    """
    return character.isprintable() or character in "\u200c\u200d"


def word(text: str) -> Markup:
    """An item in running text, in a direction of its own."""
    return tag("bdi", item(text), class_="word")


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key != "viewBox" else key


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
