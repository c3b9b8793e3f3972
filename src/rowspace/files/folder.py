"""The files of a model folder by name, and how one is opened: never through a link."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from rowspace.errors import FormatError, ResourceError

TABLE = "model.safetensors"
CONFIG = "config.json"
CARD = "README.md"
CONTEXT = "context.safetensors"
TOKENIZER = "tokenizer.json"
ALL = (TABLE, CONTEXT, CONFIG, CARD, TOKENIZER)

MAX_CONFIG = 64 << 20
"""Bytes read of config.json at most."""


def model_folder(path: str | Path) -> Path:
    """`path`, if it is a folder; raises FormatError."""
    folder = Path(path)
    if not folder.is_dir():
        kind = "a file, not a model folder" if folder.exists() else "there is no such folder"
        raise FormatError(folder, kind, hint="give the folder that `rowspace train` wrote")
    return folder


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a regular file inside a model folder; a link, a pipe or a device is refused."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except FileNotFoundError as error:
        raise FormatError(path, "there is no such file") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise FormatError(path, "a symbolic link, which is not followed") from error
        raise ResourceError(f"cannot read {path}: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FormatError(path, "not a regular file")
    with open(handle, "rb") as file:
        yield file
