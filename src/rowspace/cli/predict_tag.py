"""`rowspace predict` of a tagger: what is named in each line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rowspace.cli.output import Output, visible

if TYPE_CHECKING:
    from rowspace.networks.tag_answers import Found
    from rowspace.vectors.model import Model


def answer(output: Output, model: Model, source: str | None, asked: dict[str, Any]) -> None:
    """A line a line: text, type, start, end and probability of each span, with tabs between."""
    from rowspace.networks.tag_answers import Answers

    for found in Answers.of(model).spans(texts(str(source), asked.get("column"))):
        line = None if output.json else "\t".join(map(text_of, found))
        output.emit("prediction", line, spans=[one._asdict() for one in found])


def texts(source: str, column: str | None) -> Iterator[str]:
    """The lines of a file, or the cells of a column."""
    from rowspace.corpus.lines import lines

    for line in lines(source, column):
        yield line.decode("utf-8", "replace").rstrip("\r")


def text_of(found: Found) -> str:
    """One span, its fields with tabs between."""
    return (
        f"{visible(found.text)}\t{visible(found.type)}\t{found.start}\t{found.end}\t"
        f"{found.probability:.6g}"
    )
