"""gzip, xz, bzip2 and zstd as streams of bytes that never grow, and that notice a cut end."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from rowspace.corpus.intake import Taken
from rowspace.errors import InputError, MissingExtraError

PIECE = 1 << 20
XZ_MEMORY = 1 << 28  # bytes of dictionary; xz -9 needs 65 MB
# A kilobyte of zstd holds at most a few hundred blocks of 128 kB: what comes out of one
# feeding stays bounded even for a file made to burst.
ZSTD_FEED = 1 << 10


def decompressed(raw: Taken, kind: str, source: str) -> Iterator[bytes]:
    """Pieces of the text. Raises InputError for a truncated or damaged stream."""
    try:
        yield from _OPEN[kind](raw)
    except EOFError:
        raise InputError(
            f"{source}: this {kind} file ends in the middle of its data: it is truncated",
            hint="copy or download the file again",
        ) from None
    except (gzip.BadGzipFile, zlib.error, lzma.LZMAError, _Damaged) as error:
        raise InputError(
            f"{source}: this {kind} file is damaged: {error}",
            hint="copy or download the file again",
        ) from None


class _Damaged(Exception):
    """A stream that cannot be decoded, for the libraries that say so in many ways."""


def _gzip(raw: Taken) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=raw) as file:  # type: ignore[call-overload]
        while piece := file.read(PIECE):
            yield piece


def _xz(raw: Taken) -> Iterator[bytes]:
    return _members(
        raw, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY), padded=True
    )


def _bzip2(raw: Taken) -> Iterator[bytes]:
    return _members(raw, bz2.BZ2Decompressor, padded=False)


def _members(raw: Taken, make: Callable[[], Any], *, padded: bool) -> Iterator[bytes]:
    """The streams of a file one after the other, at most PIECE bytes at a time."""
    data = raw.read(PIECE)
    while data:
        stream = make()
        while not stream.eof:
            if stream.needs_input and not data and not (data := raw.read(PIECE)):
                raise EOFError
            try:
                piece = stream.decompress(data, PIECE)
            except (OSError, ValueError) as error:
                raise _Damaged(str(error)) from None
            data = b""
            if piece:
                yield piece
        data = stream.unused_data or raw.read(PIECE)
        while padded and data and not data.strip(b"\0"):
            data = raw.read(PIECE)
        data = data.lstrip(b"\0") if padded else data


def _zstd(raw: Taken) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise MissingExtraError("reading .zst files", "zstd") from None
    data = raw.read(ZSTD_FEED)
    while data:
        stream = zstandard.ZstdDecompressor().decompressobj()
        while not stream.eof:
            if not data and not (data := raw.read(ZSTD_FEED)):
                raise EOFError
            try:
                piece = stream.decompress(data)
            except zstandard.ZstdError as error:
                raise _Damaged(str(error)) from None
            data = b""
            if piece:
                yield piece
        data = stream.unused_data or raw.read(ZSTD_FEED)


_OPEN: dict[str, Callable[[Taken], Iterator[bytes]]] = {
    "gzip": _gzip,
    "xz": _xz,
    "bzip2": _bzip2,
    "zstd": _zstd,
}
