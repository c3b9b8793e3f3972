"""Compiling and calling the gather: NumPy, ctypes and a C compiler."""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.harness.environment import MissingPeerError

SOURCE = Path(__file__).with_name("gather.c")
FLAGS = ("-O3", "-march=native", "-fopenmp", "-shared", "-fPIC")


def compiled(cache: Path) -> Path:
    """The shared library in the cache, made when it is missing or the source is another.

    Raises MissingPeerError.
    """
    told = SOURCE.read_bytes() + " ".join(FLAGS).encode()
    path = cache / f"gather-{hashlib.sha256(told).hexdigest()[:12]}.so"
    if path.exists():
        return path
    cache.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    compiler = os.environ.get("CC", "gcc")
    command = [compiler, *FLAGS, str(SOURCE), "-o", str(part)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise MissingPeerError(f"no C compiler for the gather: {error}; set CC") from error
    if done.returncode:
        raise MissingPeerError(f"the gather does not compile: {done.stderr.strip()[-300:]}")
    part.replace(path)
    return path


Gather = Callable[..., None]


def loaded(path: Path) -> Gather:
    """`gather(table, ids, out, ahead=…, past=…, second=…, threads=…)` from the library."""
    function = ctypes.CDLL(str(path)).gather
    function.restype = None
    whole, block = ctypes.c_int64, ctypes.c_void_p
    function.argtypes = [block, whole, block, whole, block, whole, whole, whole, whole]

    def gather(
        table: np.ndarray, ids: np.ndarray, out: np.ndarray,
        *, ahead: int, past: bool, second: bool, threads: int,
    ) -> None:  # fmt: skip
        function(
            table.ctypes.data, table.shape[1], ids.ctypes.data, len(ids), out.ctypes.data,
            ahead, past, second, threads,
        )  # fmt: skip

    return gather
