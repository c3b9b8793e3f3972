"""From one format to another: read where it lies, written block by block.

Beyond the mapped files this needs the memory of one block and of the vocabulary.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, final

from rowspace.errors import InputError, SettingError
from rowspace.files import artefact, readers
from rowspace.files.describe import sizes_of
from rowspace.files.folder import TOKENIZER, opened
from rowspace.files.format import Format
from rowspace.files.formats import FORMATS
from rowspace.vectors import Model, Vectors
from rowspace.vectors.chosen import Choice, chosen, replaced
from rowspace.vectors.derived import Tell, WatchedRows
from rowspace.vectors.prefix import prefixes_of
from rowspace.vocabulary import Exact

FOLDER = "rowspace"
"""The format of a target whose name has no suffix."""
SUBWORDS, PLAIN = "fasttext", "word2vec-binary"
"""What a suffix that several formats have (.bin) means: for models with parts, and for others."""


@final
@dataclass(frozen=True, slots=True)
class Converted:
    """What `convert` wrote: `format` by name, `size` in bytes.

    `missing` is how many of the wanted words the source does not know; `untrained`: whether a
    prefix was taken that no training was for. A model without vectors of
    its own has no items and no dimension; `parts` are the models inside it.
    """

    path: Path
    format: str
    items: int
    dim: int
    size: int
    missing: int = 0
    parts: tuple[str, ...] = ()
    untrained: bool = False


def convert(
    source: str | Path,
    target: str | Path,
    *,
    to: str | None = None,
    force: bool = False,
    progress: Tell | None = None,
    **choice: Any,
) -> Converted:
    """Write the model or vectors in `source` to `target`, in the format `to`, or by its suffix.

    `choice`: limit, words, dtype, normalize, prefix, as in `Choice`. `force` replaces what `target`
    is. `progress` is told how many rows of how many are written. Raises FormatError for the source,
    InputError for what the format cannot hold.
    """
    source, target, wanted = Path(source), Path(target), Choice(**choice)
    require_apart(source, target)
    destination(target, to, force)
    model = load_beside(source, target)
    tokenizer = None
    if (source / TOKENIZER).is_file():
        with opened(source / TOKENIZER) as file:
            tokenizer = file.read()
    return export(
        model, target, to=to, choice=wanted, force=force, tokenizer=tokenizer, progress=progress
    )


def export(
    model: Model,
    target: Path,
    *,
    to: str | None = None,
    choice: Choice | None = None,
    force: bool = False,
    tokenizer: bytes | None = None,
    progress: Tell | None = None,
) -> Converted:
    """Write what `choice` wants of an open model; the rest as in `convert`.

    `tokenizer` is the content of a tokenizer.json, which a model folder keeps.
    """
    format = one_of(destination(target, to, force), model)
    _require_kind(format, target)
    found = chosen(model, choice or Choice(), pooled=not format.keeps_unseen)
    written = found.model
    if progress and written.has_vectors:
        vectors = written.vectors
        watched = Vectors(vectors.vocabulary, WatchedRows(vectors.rows, progress))
        written = replaced(written, watched)
    if format.name == FOLDER and tokenizer is not None:
        artefact.save(written, target, tokenizer=tokenizer)
    elif format.write is not None:
        format.write(written, target)
    size = sum(sizes_of(target).values())
    own = found.model.vectors if found.model.has_vectors else ()
    dim = found.model.vectors.dim if found.model.has_vectors else 0
    parts = tuple(found.model.parts) if format.keeps_unseen else ()
    untrained = bool(choice and choice.prefix and dim not in prefixes_of(model))
    return Converted(target, format.name, len(own), dim, size, found.missing, parts, untrained)


def load_beside(source: Path, target: Path) -> Model:
    """The model in `source`; rows that cannot be mapped wait on the disk that `target` is on."""
    return readers.load(source, spool=_folder_above(target))


def destination(target: Path, to: str | None, force: bool) -> list[Format]:
    """The formats that `target` may become. Raises InputError, before anything is read."""
    formats = suffixed(target) if to is None else [named(to)]
    if formats[0].suffixes and not target.parent.is_dir():
        raise InputError(f"there is no folder {target.parent}", hint="make it first")
    _require_free(target, force)
    return formats


def named(name: str) -> Format:
    """The format of this name. Raises SettingError if there is none, or it cannot be written."""
    for one in FORMATS:
        if one.name == name and one.write:
            return one
    near = get_close_matches(name, [one.name for one in FORMATS if one.write], n=1)
    raise SettingError(
        f"no format {name!r:.40} can be written; there are {writable()}",
        hint=f"did you mean {near[0]!r}?" if near else "",
    )


def suffixed(target: Path) -> list[Format]:
    """The formats that the name of `target` may mean. Raises SettingError if there is none."""
    if not target.suffix or target.is_dir():
        return [named(FOLDER)]
    name = target.name.lower()
    fitting = [(s, f) for f in FORMATS if f.write for s in f.suffixes if name.endswith(s)]
    if not fitting:
        raise SettingError(
            f"the suffix {target.suffix!r:.20} of {target.name!r:.80} means no format",
            hint=f"choose a format with --to (to=): {writable()}",
        )
    longest = max(len(suffix) for suffix, _ in fitting)
    return [format for suffix, format in fitting if len(suffix) == longest]


def one_of(candidates: list[Format], model: Model) -> Format:
    """The format for this model: of several, one that keeps its parts, if it has any."""
    if len(candidates) == 1:
        return candidates[0]
    whole = isinstance(model.vectors.vocabulary.unseen, Exact) and model.head is None
    wanted = PLAIN if whole else SUBWORDS
    return next((one for one in candidates if one.name == wanted), candidates[0])


def writable() -> str:
    """The names of the formats that can be written."""
    return ", ".join(one.name for one in FORMATS if one.write)


def require_apart(source: Path, target: Path) -> None:
    """Raises InputError where one of the two is, or holds, the other."""
    here, there = Path(os.path.realpath(source)), Path(os.path.realpath(target))
    if here == there or (target.exists() and source.exists() and target.samefile(source)):
        raise InputError(f"{target} is the source itself", hint="choose another name for the copy")
    if here in there.parents:
        raise InputError(f"{target} lies inside the source {source}", hint="choose another folder")
    if there in here.parents:
        raise InputError(f"{target} holds the source {source}", hint="choose another folder")


def _require_free(target: Path, force: bool) -> None:
    """Raises InputError where something is there and must not be replaced.

    An empty folder may be filled; so may one with nothing but a draft that was not finished.
    """
    if force or not os.path.lexists(target):
        return
    inside = list(target.iterdir()) if target.is_dir() else [target]
    if any(not (one.name.startswith(".") and one.suffix == ".tmp") for one in inside):
        raise InputError(f"{target} exists", hint="--force (force=True) replaces it")


def _require_kind(format: Format, target: Path) -> None:
    """Raises InputError where a folder is in the way of a file, or a file of a folder."""
    if target.is_dir() and format.fits_folder is None:
        raise InputError(f"{target} is a folder; {format.about} is a file")
    if target.is_file() and format.fits is None and format.fits_folder is not None:
        raise InputError(f"{target} is a file; {format.about} is a folder")


def _folder_above(target: Path) -> Path:
    """The nearest folder above `target` that is there: where rows may wait."""
    return next(path for path in Path(os.path.abspath(target)).parents if path.is_dir())
