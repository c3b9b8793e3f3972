"""`rowspace predict` of a translator: each line in the other language."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rowspace.cli.output import Output, visible
from rowspace.cli.predict_tag import texts
from rowspace.corpus.sources import STDIN

if TYPE_CHECKING:
    from rowspace.vectors.model import Model


def answer(output: Output, model: Model, source: str | None, asked: dict[str, Any]) -> None:
    """A line a line, in their order; who types them is answered one by one."""
    from rowspace.networks.translate_answers import LINES, Answers

    typed = source == STDIN and sys.stdin is not None and sys.stdin.isatty()
    lines = texts(str(source), asked.get("column"))
    answers = Answers.of(model).lines(lines, beam=asked.get("beam"), ahead=1 if typed else LINES)
    for found in answers:
        output.emit("prediction", visible(found), text=found)
        if typed:
            output.flush()
