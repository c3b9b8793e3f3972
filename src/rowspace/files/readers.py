"""What a model can be opened from: its folder, or a file of vectors told by its content.

A format is one file here with three names: `NAME`, `fits` (is this how such a file begins?) and
`read`. `READERS` lists them; the first that fits reads. The name of a file tells nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import final

from rowspace.corpus import Intake
from rowspace.corpus.decompress import decompressed
from rowspace.corpus.kinds import HEAD, REMEDY, compression, other_kind, with_article
from rowspace.corpus.opening import opened
from rowspace.errors import FormatError, InputError
from rowspace.files import artefact, text_vectors
from rowspace.vectors import Model

BEGINNING = 1 << 16
"""Bytes a reader is chosen by, decompressed: an item and a few numbers, however long the item."""


@final
@dataclass(frozen=True, slots=True)
class Reader:
    """A format of vector files. `fits` is asked with the first bytes, decompressed."""

    name: str
    fits: Callable[[bytes], bool]
    read: Callable[[Path], Model]


_HINTS = {
    **{kind: hint for kind, hint in REMEDY.items() if kind != "parquet"},
    "safetensors": "give the folder it lies in",
}

READERS = (Reader(text_vectors.NAME, text_vectors.fits, text_vectors.read),)


def load(path: str | Path) -> Model:
    """Open a model: its folder by memory map, a file of vectors (docs/vector-files.md) by reading.

    Raises FormatError naming the file and the place, or what the file is instead.
    """
    return artefact.load(path) if Path(path).is_dir() else load_file(Path(path))


def load_file(path: Path) -> Model:
    """The model in a file of vectors. Raises FormatError."""
    if not path.exists():
        raise FormatError(
            path,
            "there is no such folder or file",
            hint="give the folder that `rowspace train` wrote, or a file of vectors",
        )
    if not path.is_file():
        raise FormatError(path, "neither a folder nor a regular file")
    with _as_format(path):
        return chosen(path, _beginning(path)).read(path)


def chosen(path: Path, head: bytes) -> Reader:
    """The reader for a file that begins so. Raises FormatError if there is none."""
    for reader in READERS:
        if reader.fits(head):
            return reader
    kind = other_kind(head) or compression(head)
    raise FormatError(
        path,
        "wanted a model or a file of vectors, but this is "
        + (f"{with_article(kind)} file" if kind else "a binary file of an unknown kind"),
        hint=_HINTS.get(
            kind or "", f"what can be read: a model folder, {', '.join(r.name for r in READERS)}"
        ),
    )


def _beginning(path: Path) -> bytes:
    source = os.path.abspath(path)  # a file named "-" is not standard input
    with opened(source, Intake()) as raw:
        kind = compression(raw.peek_head(HEAD))
        if kind is None:
            return raw.peek_head(BEGINNING)
        head = b""
        for piece in decompressed(raw, kind, source):
            head += piece
            if len(head) >= BEGINNING:
                break
        return head[:BEGINNING]


@contextmanager
def _as_format(path: Path) -> Iterator[None]:
    """What the corpus calls bad input is a bad model file here."""
    try:
        yield
    except InputError as error:
        message = error.message.removeprefix(f"{os.path.abspath(path)}: ")
        raise FormatError(path, message, hint=error.hint) from error
