"""Runs of records become the file of pairs: part after part, in the order of their places."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from rowspace.errors import FormatError
from rowspace.files import atomic
from rowspace.kernels import cpu_cooccurrence as kernels
from rowspace.kernels.cooccurrence_reference import units
from rowspace.training.glove_count import Counting, Run, passes
from rowspace.training.glove_pairs import ENTRY, PAIRS, Pairs

_RECORD = 16  # bytes


def merged(
    counting: Counting, threads: int, made: Mapping[str, Any], told: Callable[[int], Any]
) -> Pairs:
    """Sum the records of every place, and write the pairs. `told` hears of each part done."""
    path, size = counting.folder / PAIRS, 0
    with ExitStack() as stack:
        stack.enter_context(atomic.reporting(path))
        out = stack.enter_context(path.open("wb", buffering=0))
        files = {
            run.path: stack.enter_context(run.path.open("rb", buffering=0)) for run in counting.runs
        }
        for part, entries in enumerate(_parts(counting, files, threads)):
            data = entries.data.cast("B")
            while data:
                data = data[out.write(data) :]
            size += len(entries)
            told(part + 1)
        os.fsync(out.fileno())
    for file in files:
        file.unlink()
    pairs = Pairs(path, size, counting.objective.symmetric, made)
    pairs.save()
    return pairs


def _parts(
    counting: Counting, files: Mapping[Path, BinaryIO], threads: int
) -> Iterator[np.ndarray]:
    """The entries of each part in turn; no more of them ahead than there are threads."""
    under_way: deque[Future[np.ndarray]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for part in range(counting.room.parts):
                under_way.append(pool.submit(_part, counting, files, part))
                if len(under_way) > threads:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for job in under_way:
                job.cancel()


def _part(counting: Counting, files: Mapping[Path, BinaryIO], part: int) -> np.ndarray:
    order, objective = counting.order, counting.objective
    lengths = [int(run.cuts[part + 1] - run.cuts[part]) for run in counting.runs]
    n = sum(lengths)
    records, other = np.empty((n, 2), np.uint64), np.empty((n, 2), np.uint64)
    at = 0
    for run, length in zip(counting.runs, lengths, strict=True):
        if length:
            _read(files[run.path], run, part, records[at : at + length])
        at += length
    turns, width = passes(order.bits - (counting.room.parts.bit_length() - 1))
    kernels.sort_records(records, other, n, width, turns, np.empty(1 << width, np.int64))
    items, sums = np.empty((n, 2), np.int32), np.empty(n, np.float32)
    _, scale = units(objective.window, objective.by_distance)
    found = other if turns % 2 else records
    m = kernels.finish(found, n, order, objective.symmetric, scale, items, sums)
    entries = np.empty(m, ENTRY)
    entries["items"], entries["count"] = items[:m], sums[:m]
    return entries


def _read(file: BinaryIO, run: Run, part: int, out: np.ndarray) -> None:
    """One part of a run, at its own place in the file: threads read the same files at once."""
    data, at = out.data.cast("B"), run.start + _RECORD * int(run.cuts[part])
    while data:
        got = os.preadv(file.fileno(), [data], at)
        if not got:
            raise FormatError(run.path, "the counts end early", expected=len(data), found=0)
        data, at = data[got:], at + got
