"""Pieces of text cut into blocks at line ends, with bounded memory whatever the lines are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rowspace.corpus.block import Block

NEWLINE = ord("\n")
WHITE = (b" ", b"\t", b"\r", b"\x0b", b"\x0c")


def blocks(
    pieces: Iterator[bytes],
    source: str,
    *,
    size: int,
    offset: int = 0,
    warn: Callable[[str], None] = lambda message: None,
) -> Iterator[Block]:
    """Blocks of about `size` bytes that end in a newline; the last line is given one.

    A line longer than a block is cut at white space, else between two characters, and goes on
    in the next block; `warn` hears of the first such line.
    """
    line, warned = 1, False
    for data in _cut(pieces, size):
        if not data.endswith(b"\n") and not warned:
            at = line + data.count(b"\n")
            warn(f"{source}: line {at} is longer than {size} bytes: read in parts")
            warned = True
        yield Block(data, source, line, offset)
        line += data.count(b"\n")
        offset += len(data)


def _cut(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    rest: list[bytes] = []
    held = 0
    ended = True
    for piece in pieces:
        rest.append(piece)
        held += len(piece)
        if held < size:
            continue
        data = b"".join(rest)
        cut = _last_end(data, size)
        yield data[:cut]
        ended = data[cut - 1] == NEWLINE
        rest = [data[cut:]]
        held = len(rest[0])
    data = b"".join(rest)
    if data.endswith(b"\n"):
        yield data
    elif data or not ended:  # the next source must not go on with this one's sentence
        yield data + b"\n"


def _last_end(data: bytes, size: int) -> int:
    """Where to cut: behind the last newline, else white space, else character."""
    if newline := data.rfind(b"\n") + 1:
        return newline
    if white := max(data.rfind(one) for one in WHITE) + 1:
        return white
    # UTF-8: continuation bytes are 10xxxxxx, at most three behind a leading byte.
    for back in range(1, 5):
        if data[-back] & 0xC0 != 0x80:
            return len(data) - back or len(data)
    return len(data)
