"""Messages between two processes over a pipe: a JSON header and raw bytes, both with lengths."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

import msgspec

PREFIX = struct.Struct("<IQ")  # bytes of the header, bytes of the body


def send(pipe: BinaryIO, header: Mapping[str, Any], body: bytes = b"") -> None:
    """Writes one message; raises BrokenPipeError when the reader is gone."""
    text = msgspec.json.encode(header)
    for part in (PREFIX.pack(len(text), len(body)) + text, body):
        rest = memoryview(part)
        while rest:
            rest = rest[pipe.write(rest) :]


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Reads one message. Raises EOFError when the writer is gone."""
    text, body = PREFIX.unpack(_exactly(pipe, PREFIX.size))
    return msgspec.json.decode(_exactly(pipe, text)), _exactly(pipe, body)


def _exactly(pipe: BinaryIO, n: int) -> bytes:
    data = bytearray(n)
    rest = memoryview(data)
    while rest:
        got = pipe.readinto(rest)  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        rest = rest[got:]
    return bytes(data)
