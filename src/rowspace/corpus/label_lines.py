"""fastText's files for training with labels: `__label__spam __label__urgent the text …`, a line
an example. A label may stand anywhere in its line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import final

from rowspace.corpus.block import Block
from rowspace.corpus.columns import text_blocks
from rowspace.corpus.intake import Intake
from rowspace.corpus.opening import named, pieces
from rowspace.corpus.reading import Reading
from rowspace.corpus.sources import STDIN, TABULAR, Source, bare_suffix, find
from rowspace.errors import InputError, SettingError

PREFIX = "__label__"
WHITE = b" \t\v\f\r\0"
"""What parts words for fastText, besides the line's end."""
LOOKED_AT = 1 << 16  # bytes
LINES = 20  # looked at


def label_lines(
    source: Source | Sequence[Source], *, prefix: str = PREFIX, encoding_errors: str = "strict"
) -> tuple[list[bytes], list[list[bytes]]]:
    """The texts of the lines, without their labels, and the labels of each, without the prefix.

    source: files as `find` takes them, or "-"; compressed or not. Blank lines are left out; a line
    may have no label, or labels alone. Raises InputError naming the line for bytes that are not
    UTF-8 (`encoding_errors` as in `Reading`) and for a label without a name, and where no line has
    a label or there is none.
    """
    cut = _Cutting(_checked(prefix))
    reading = Reading(encoding_errors=encoding_errors)
    paths = find(source)
    for path in paths:
        for block in text_blocks(path, reading, Intake(hash=None)):
            cut.take(block)
    texts, labels, known = cut.texts, cut.labels, cut.known
    called = named(paths[0]) if len(paths) == 1 else f"{named(paths[0])} and {len(paths) - 1} more"
    if not texts:
        raise InputError(f"{called}: there is no line of text", hint="give lines with labels")
    if not known:
        raise InputError(
            f"{called}: wanted lines with labels, such as {prefix + 'spam the text'!r}; no line "
            f"has a word that begins with {prefix!r}",
            hint="name the prefix that labels have here, or give a CSV file and its columns",
        )
    return texts, labels


def without_labels(lines: Iterable[bytes], *, prefix: str = PREFIX) -> Iterator[bytes]:
    """Each line without its labels: a line a line, blank ones too."""
    label, start = _label(_checked(prefix)), prefix.encode()
    for line in lines:
        yield label.sub(b"", line) if start in line else line


def looks_labelled(source: Source, *, prefix: str = PREFIX) -> bool:
    """Whether a file begins as these do: most of its first lines have a label.

    Standard input is never looked at, nor a folder or a pattern: False. Raises InputError for a
    file that is not text.
    """
    path = os.fspath(source)
    if path == STDIN or not os.path.isfile(path):
        return False
    head = b""
    for piece in pieces(path, Intake(hash=None)):
        head += piece[: LOOKED_AT - len(head)]
        if len(head) >= LOOKED_AT:
            break
    whole = head.split(b"\n") if len(head) < LOOKED_AT else head.split(b"\n")[:-1] or [head]
    lines = [line for line in whole if line.strip(WHITE)][:LINES]
    label = _label(_checked(prefix))
    have = [label.search(line) is not None for line in lines]
    # The header of a table has no label, whatever its cells look like.
    return 2 * sum(have) > len(have) and (have[0] or bare_suffix(path) not in TABULAR)


@final
@dataclass(slots=True)
class _Cutting:
    """Takes lines apart. `known`: the labels met, with their prefix, and their names."""

    start: bytes
    texts: list[bytes] = field(default_factory=list)
    labels: list[list[bytes]] = field(default_factory=list)
    known: dict[bytes, bytes] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """The lines of a block. Raises InputError for a label without a name."""
        start, known, add_text, add_labels = (
            self.start, self.known, self.texts.append, self.labels.append,
        )  # fmt: skip
        for number, line in enumerate(block.data.split(b"\n"), block.line):
            head, _, rest = line.partition(b" ")
            if head in known and start not in rest:  # nearly every line
                add_text(rest.strip(WHITE))
                add_labels([known[head]])
            elif start in line:
                self._any(line, block.source, number)
            elif text := line.strip(WHITE):
                add_text(text)
                add_labels([])

    def _any(self, line: bytes, source: str, number: int) -> None:
        label = _label(self.start)
        names = label.findall(line)
        if b"" in names:
            raise InputError(
                f"{source}: line {number}: {self.start.decode()!r} stands there without a label",
                hint="write the label behind it, without a space",
            )
        self.labels.append([self.known.setdefault(self.start + name, name) for name in names])
        self.texts.append(label.sub(b"", line).strip(WHITE))


@cache
def _label(start: bytes) -> re.Pattern[bytes]:
    """A label, and the white space after it; its name is group 1."""
    white = re.escape(WHITE)
    return re.compile(b"(?<![^%b])%b([^%b]*+)[%b]*+" % (white, re.escape(start), white, white))


def _checked(prefix: str) -> bytes:
    plain = isinstance(prefix, str) and prefix and not re.search(r"[\s\0]", prefix)
    SettingError.unless(bool(plain), "prefix", prefix, "some characters without white space")
    return prefix.encode()
