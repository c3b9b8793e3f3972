"""`Output`: the only way a command speaks. Data to stdout, messages to stderr.

With `--json` stdout carries one JSON object a line, each with a `type`, and nothing else.
"""

from __future__ import annotations

import json
import math
import os
import sys
import unicodedata
from dataclasses import dataclass
from typing import IO, Any

import click

SCHEMA = 1  # of the JSON lines; goes up when a field changes its meaning


@dataclass(frozen=True, slots=True)
class Output:
    """How this run speaks: `json` lines or text; `debug` shows tracebacks."""

    json: bool = False
    debug: bool = False

    def emit(self, kind: str, text: str | None = None, /, **fields: Any) -> None:
        """One piece of data: the JSON object {"type": kind, ...fields}, or the line `text`."""
        if self.json:
            self.write(json.dumps({"type": kind, **{k: plain(v) for k, v in fields.items()}}))
        elif text is not None:
            self.write(text)

    def write(self, line: str) -> None:
        """One line on stdout; nothing where stdout is closed."""
        if sys.stdout is not None:
            sys.stdout.write(line + "\n")

    def part(self, text: str) -> None:
        """Text for people as it comes, on stdout at once, its line not ended."""
        if sys.stdout is not None and not self.json:
            sys.stdout.write(text)
            sys.stdout.flush()

    def head(self, text: str) -> None:
        """A heading above lines of data, for people only."""
        if not self.json:
            self.write(text)

    def flush(self) -> None:
        """Bring out what is written so far, before a message that belongs after it."""
        if sys.stdout is not None:
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """A message for the person at the desk."""
        if sys.stderr is not None:
            print(text, file=sys.stderr, flush=True)  # noqa: T201  the one place that prints

    def warn(self, text: str) -> None:
        """Something that did not stop the work; also a JSON line of type "warning"."""
        self.say(f"{mark('warning', 'yellow')} {text}")
        if self.json:
            self.emit("warning", message=text)

    @staticmethod
    def here() -> Output:
        """The `Output` of the command that is running."""
        return click.get_current_context().find_object(Output) or Output()


def plain(value: Any) -> Any:
    """`value` as JSON can say it: NumPy numbers as numbers, what is not finite as null."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if hasattr(value, "tolist"):  # NumPy arrays and scalars, without importing NumPy
        return plain(value.tolist())
    return str(value)


def visible(item: str) -> str:
    """`item` on one line of a terminal: control and direction marks become escapes."""
    if item.isprintable():
        return item
    return "".join(
        char if not unicodedata.category(char).startswith(("C", "Zl", "Zp")) else escaped(char)
        for char in item
    )


def escaped(char: str) -> str:
    """A character as `\\x1b`, `\\n`, `\\u202e`; a byte that was no UTF-8 as `\\xff`."""
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape").decode("ascii")


def coloured(stream: IO[str] | None) -> bool:
    """Whether colour and movement are welcome on this stream."""
    return (
        stream is not None
        and stream.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM") != "dumb"
    )


def mark(word: str, colour: str) -> str:
    """`word:` at the head of a message on stderr, coloured on a terminal."""
    return click.style(f"{word}:", fg=colour, bold=True) if coloured(sys.stderr) else f"{word}:"
