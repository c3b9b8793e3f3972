"""`rowspace predict` of a generator: the text that goes on from a prompt."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unicodedata import category

from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, escaped

if TYPE_CHECKING:
    from rowspace.vectors.model import Model

HIDDEN = ("Cc", "Cs")
"""Kinds of characters that are not shown as they are: controls, and bytes that were no text."""


def answer(output: Output, model: Model, source: str | None, asked: dict[str, Any]) -> None:
    """The prompt and what is drawn after it, as it is drawn; of several prompts each in its turn.

    With --json one object a prompt.
    """
    from rowspace.networks.sampling import Sampling
    from rowspace.networks.writing import Writer

    if source is not None and "prompt" in asked:
        raise Mistake("prompts come from --prompt or from INPUT, not from both")
    sampling = {name: value for name, value in asked.items() if name != "prompt"}
    chosen, writer = Sampling(**sampling), Writer.of(model)
    for prompt in _prompts(source, asked):
        begun, parts = writer.beginning(prompt), []
        output.part(shown(begun))
        for part in writer.go_on(prompt, chosen):
            parts.append(part)
            output.part(shown(part))
        end = None if output.json else ""
        output.emit("prediction", end, prompt=begun, text="".join(parts))


def shown(text: str) -> str:
    """The text with what would move a terminal's cursor or colours escaped."""
    return "".join(
        one if one in "\n\t" or category(one) not in HIDDEN else escaped(one) for one in text
    )


def _prompts(source: str | None, asked: dict[str, Any]) -> Iterator[str]:
    """Those there are."""
    if source is None:
        yield str(asked["prompt"])
        return
    from rowspace.corpus.lines import lines

    for line in lines(source):
        yield line.decode("utf-8", "replace").rstrip("\r")
