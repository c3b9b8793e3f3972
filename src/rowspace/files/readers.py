"""What a model can be opened from: a folder or a file of vectors, told by its content.

The first of `FORMATS` that fits reads. The name of a file tells nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rowspace.corpus import Intake
from rowspace.corpus.decompress import decompressed
from rowspace.corpus.kinds import HEAD, REMEDY, compression, other_kind, with_article
from rowspace.corpus.opening import opened
from rowspace.errors import FormatError, InputError
from rowspace.files import artefact
from rowspace.files.format import Format
from rowspace.files.formats import FORMATS
from rowspace.files.part_path import divided, part_of
from rowspace.files.refused import way_out
from rowspace.files.vector_kind import BEGINNING
from rowspace.vectors import Model

_HINTS = {
    **{kind: hint for kind, hint in REMEDY.items() if kind != "parquet"},
    "safetensors": "give the folder it lies in",
}


def load(path: str | Path, *, spool: str | Path | None = None) -> Model:
    """Open a model: its folder, or a file of vectors in any format of docs/vector-files.md; or a
    part of a model, `model/users`.

    What can be mapped is mapped. Other rows are kept in memory, or in an unnamed file of the
    folder `spool`. Raises FormatError naming the file and the place, or what the file is instead.
    """
    whole, part = divided(Path(path))
    folder = None if spool is None else Path(spool)
    with _as_format(whole):
        model = chosen(whole).open(whole, folder)
    return model if part is None else part_of(model, part, Path(path))


def chosen(path: Path) -> Format:
    """The format of a file or folder that is there. Raises FormatError if there is none."""
    if not os.path.exists(path):  # a name that no file can have is none that is there
        raise FormatError(
            path,
            "there is no such folder or file",
            hint="give the folder that `rowspace train` wrote, or a file of vectors",
        )
    if path.is_dir():
        found = [one for one in FORMATS if one.fits_folder and one.fits_folder(path)]
        return found[0] if found else artefact.FORMAT
    if not path.is_file():
        raise FormatError(path, "neither a folder nor a regular file")
    return chosen_by(path, _beginning(path))


def chosen_by(path: Path, head: bytes) -> Format:
    """The format of a file that begins so. Raises FormatError if there is none."""
    for one in FORMATS:
        if one.fits and one.fits(head):
            return one
    kind = other_kind(head) or compression(head)
    readable = ", ".join(one.about for one in FORMATS if one.read)
    raise FormatError(
        path,
        "wanted a model or a file of vectors, but this is "
        + (f"{with_article(kind)} file" if kind else "a binary file of an unknown kind"),
        hint=way_out(path, head, kind) or _HINTS.get(kind or "", f"what can be read: {readable}"),
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
