"""From what a user names (files, folders, globs, "-") to the files to read, in one order."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from rowspace.errors import InputError, ResourceError

STDIN = "-"
COMPRESSED = (".gz", ".xz", ".bz2", ".zst")
TABULAR = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")

Source = str | os.PathLike[str]


def find(sources: Source | Sequence[Source], *, column: str | None = None) -> list[str]:
    """The files to read, each once, in the byte order of their full paths.

    A fixed order makes a run the same whatever the shell's locale or the folder's listing.
    Folders are walked to the bottom, hidden files left out; with a column asked for, a folder
    or a glob gives only the tabular files in it. Raises InputError when nothing is there.
    """
    names = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    if not names:
        raise InputError("wanted a corpus, came an empty list of files")
    found: dict[str, str] = {}
    for name in names:
        for path in _expand(os.fspath(name), column):
            found.setdefault(path if path == STDIN else os.path.realpath(path), path)
    return sorted(found.values(), key=_order)


def bare_suffix(path: str) -> str:
    """The ending that tells the kind of text, below any ending of compression: ".csv"."""
    name = path.lower()
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    return Path(name).suffix


def _order(path: str) -> bytes:
    return b"" if path == STDIN else os.fsencode(os.path.abspath(path))


def _expand(name: str, column: str | None) -> list[str]:
    if name == STDIN:
        return [name]
    if not name or "\0" in name:
        raise InputError(f"wanted the name of a file, came {name!r}")
    if os.path.isdir(name):
        return _walk(name, column)
    if os.path.exists(name):
        return [name]
    if not glob.has_magic(name):
        raise InputError(
            f"{name}: no such file or folder (looked in {os.getcwd()})",
            hint="check the spelling; sentences in memory are given as lists of tokens",
        )
    return _matches(name, column)


def _matches(pattern: str, column: str | None) -> list[str]:
    paths = []
    for path in glob.glob(pattern, recursive=True):
        if not os.path.isdir(path):
            paths.append(path)
        elif not pattern.endswith("**"):  # "**" lists the files below by itself
            paths += _walk(path, column)
    if column is not None:
        paths = [path for path in paths if bare_suffix(path) in TABULAR]
    if not paths:
        raise InputError(
            f"{pattern}: no file matches this pattern (looked in {os.getcwd()})",
            hint="quote a pattern so that the shell leaves it alone; ** goes into folders",
        )
    return paths


def _walk(folder: str, column: str | None) -> list[str]:
    paths = []
    for at, folders, files in os.walk(folder, onerror=_refused):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [os.path.join(at, name) for name in files if not name.startswith(".")]
    paths = [path for path in paths if os.path.exists(path)]  # links to nowhere
    if column is not None:
        paths = [path for path in paths if bare_suffix(path) in TABULAR]
    if not paths:
        kind = "files" if column is None else f"files with columns ({', '.join(TABULAR)})"
        raise InputError(
            f"{folder}: wanted a folder with {kind}, came one without",
            hint="name the folder that holds the text",
        )
    return paths


def _refused(error: OSError) -> None:
    raise ResourceError(
        f"{error.filename}: this folder cannot be read: {error.strerror}",
        hint="check its permissions",
    )
