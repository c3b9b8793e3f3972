"""Matrix products on one thread while a small network learns.

Products of a mini-batch are too small to share: on several threads they take longer, many times
so where other programs want the cores, and their last bits depend on how many there are. NumPy
brings OpenBLAS with it in most builds; where another library is found nothing is changed.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

PREFIXES = ("scipy_openblas", "openblas")
SUFFIXES = ("64_", "", "_64")
PLACES = ("../numpy.libs", ".dylibs", ".libs")


@cache
def _libraries() -> tuple[tuple[ctypes.CDLL, str, str], ...]:
    """The OpenBLAS that NumPy has loaded, with the names of its two functions."""
    found = []
    home = Path(np.__file__).parent
    for path in sorted(one for place in PLACES for one in (home / place).glob("*openblas*")):
        try:
            library = ctypes.CDLL(str(path.resolve()))
        except OSError:
            continue
        for prefix in PREFIXES:
            for suffix in SUFFIXES:
                names = [f"{prefix}_{verb}_num_threads{suffix}" for verb in ("get", "set")]
                if all(hasattr(library, name) for name in names):
                    found.append((library, *names))
    return tuple(found)  # type: ignore[arg-type]


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Inside it OpenBLAS works on one thread, in the whole process."""
    before = [int(getattr(library, get)()) for library, get, _ in _libraries()]
    try:
        for library, _, put in _libraries():
            getattr(library, put)(1)
        yield
    finally:
        for (library, _, put), count in zip(_libraries(), before, strict=True):
            getattr(library, put)(count)
