"""From the name of a file to pieces of its text: told by content, decompressed, without a BOM."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import BinaryIO

from rowspace.corpus.decompress import decompressed
from rowspace.corpus.intake import Intake, Taken
from rowspace.corpus.kinds import BOM, HEAD, UTF_16, compression, refuse_other_kinds
from rowspace.corpus.sources import STDIN
from rowspace.errors import InputError, ResourceError

BLOCK = 4 << 20  # bytes of a block, and of one read


@contextmanager
def opened(path: str, intake: Intake) -> Iterator[Taken]:
    """The raw bytes of a source, counted and hashed. Raises InputError or ResourceError."""
    intake.begin()
    try:
        if path == STDIN:
            yield Taken(_stdin(), intake)
        else:
            with open(path, "rb", buffering=0) as file:
                yield Taken(file, intake)
    except FileNotFoundError:
        raise InputError(f"{path}: this file went away before it was read") from None
    except OSError as error:
        raise ResourceError(
            f"{named(path)}: cannot be read: {error.strerror or error}",
            hint="check its permissions and the disk it lies on",
        ) from None


def named(path: str) -> str:
    """A source as a person would name it."""
    return "standard input" if path == STDIN else path


def pieces(path: str, intake: Intake) -> Iterator[bytes]:
    """The text of a source in pieces of at most a few MB, without its byte order mark.

    UTF-16 that begins with its mark comes out as UTF-8; all else is left as it is.
    Raises InputError for a file that is not text, is cut short or is damaged.
    """
    source = named(path)
    with opened(path, intake) as raw:
        kind = compression(raw.peek_head(HEAD))
        text = (
            iter(lambda: raw.read(BLOCK), b"") if kind is None else decompressed(raw, kind, source)
        )
        head = b""
        while len(head) < HEAD and (piece := next(text, b"")):
            head += piece
        inner = compression(head)
        if kind is not None and inner is not None:
            raise InputError(
                f"{source}: wanted text inside this {kind} file, but it holds a {inner} file",
                hint="unpack the outer file first",
            )
        refuse_other_kinds(head, source)
        text = chain([head.removeprefix(BOM)], text)
        yield from _from_utf_16(text, source) if head.startswith(UTF_16) else text


def _from_utf_16(text: Iterable[bytes], source: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")()
    offset = 0
    try:
        for piece in text:
            yield decoder.decode(piece).encode()
            offset += len(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source}: near byte {offset + error.start}: wanted UTF-16 text, as the file's "
            f"first bytes say, came {error.reason}"
        ) from None


def _stdin() -> BinaryIO:
    if sys.stdin is None or sys.stdin.closed:
        raise InputError("wanted text on standard input, but it is closed")
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise InputError("wanted bytes on standard input, but it was replaced by a text stream")
    return stream
