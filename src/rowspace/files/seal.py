"""Is a file still what was written? The seal of its header at every opening, of its arrays on
demand: reading all of them is what opening by memory map avoids.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO

from rowspace.errors import FormatError
from rowspace.files import atomic, jsondata
from rowspace.files.tensors import Header, identity


def check_header(header: Header, path: Path) -> str:
    """The content identity, if header and checksums are those that were written."""
    metadata = dict(header.metadata)
    content = metadata.pop("content", None)
    digests = checksums(header, path)
    metadata.pop("sha256", None)
    found = identity(header.layout, metadata, digests)
    if content != found:
        raise FormatError(
            path,
            "the header is damaged",
            offset=8,
            expected=f"content {content}",
            found=found,
            hint="copy or download the model again",
        )
    return found


def checksums(header: Header, path: Path) -> dict[str, str]:
    """SHA-256 of each array as the header states it."""
    raw = header.metadata.get("sha256")
    stated = {} if raw is None else jsondata.parse(raw.encode(), path)
    if set(stated) != set(header.entries) or not all(isinstance(v, str) for v in stated.values()):
        raise FormatError(
            path,
            "the checksums do not name every tensor",
            expected=sorted(header.entries),
            found=sorted(stated),
            hint="this safetensors file was not written by rowspace",
        )
    return stated


def check_arrays(file: IO[bytes], header: Header, path: Path) -> None:
    """Read every array of the open file and raise `FormatError` naming the first damaged one."""
    stated = checksums(header, path)
    for name, entry in header.entries.items():
        file.seek(entry.start)
        found = _digest(file, entry.stop - entry.start)
        if found != stated[name]:
            raise FormatError(
                path,
                f"tensor {name!r} is damaged",
                offset=entry.start,
                expected=f"SHA-256 {stated[name]}",
                found=found,
                hint="copy or download the model again",
            )


def _digest(file: IO[bytes], length: int) -> str:
    """SHA-256 of the next `length` bytes; fewer give another digest, not an error."""
    digest = hashlib.sha256()
    while length > 0:
        block = file.read(min(length, atomic.BLOCK))
        if not block:
            break
        digest.update(block)
        length -= len(block)
    return digest.hexdigest()
