"""From the numbers of the first pass to the final ids: array look-ups, block by block."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rowspace.errors import ResourceError
from rowspace.vocabulary.count import Scan
from rowspace.vocabulary.tally import Distinct, Part, maps_of, write_all

END = -1
DROPPED = -2
SEVERAL = -3


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the numbers of one generation of a tally stand for.

    ids: for each number its final id, END, DROPPED, or SEVERAL; int32, DROPPED at the end so
    that a number of -1 (forgotten) finds it. lengths, starts: where SEVERAL's ids lie in `flat`.
    """

    ids: np.ndarray
    lengths: np.ndarray
    starts: np.ndarray
    flat: np.ndarray

    @classmethod
    def of(cls, distinct: Distinct, flat: np.ndarray) -> Meaning:
        """From the final ids `flat` (int32, DROPPED where none) of a tally's own tokens."""
        lengths = np.append(distinct.lengths, 0).astype(np.int64)
        starts = np.cumsum(lengths) - lengths
        ids = np.full(len(lengths), DROPPED, np.int32)
        ids[lengths > 1] = SEVERAL
        ids[lengths == 1] = flat[starts[lengths == 1]]
        ids[0] = END
        return cls(ids, lengths, starts, flat)

    def before(self, moved: np.ndarray) -> Meaning:
        """The meaning of the generation whose numbers became `moved` in this one."""
        moved = np.append(moved, -1)
        return Meaning(self.ids[moved], self.lengths[moved], self.starts[moved], self.flat)

    def __call__(self, numbers: np.ndarray) -> np.ndarray:
        """The final ids of some numbers, int32, without what is dropped."""
        ids = self.ids[numbers]
        several = np.flatnonzero(ids == SEVERAL)
        if len(several):
            ids = self._expanded(ids, several, numbers[several])
        return without_empty(ids[ids != DROPPED])

    def _expanded(self, ids: np.ndarray, at: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        lengths = self.lengths[numbers]
        repeats = np.ones(len(ids), np.int64)
        repeats[at] = lengths
        ids = np.repeat(ids, repeats)
        first = np.cumsum(lengths) - lengths
        within = np.arange(int(lengths.sum())) - np.repeat(first, lengths)
        # Each earlier piece has moved the later ones by its length less one.
        moved = at + first - np.arange(len(at))
        source = np.repeat(self.starts[numbers], lengths) + within
        ids[np.repeat(moved, lengths) + within] = self.flat[source]
        return ids


def without_empty(ids: np.ndarray) -> np.ndarray:
    """Markers that follow a marker are left out."""
    ends = np.flatnonzero(ids == END)
    twice = ends[1:][np.diff(ends) == 1]
    return np.delete(ids, twice) if len(twice) else ids


def meanings(scan: Scan, flats: list[np.ndarray]) -> list[list[Meaning]]:
    """For each tally the meaning of each of its generations."""
    found = []
    for file, distinct, flat in zip(scan.files, scan.distinct, flats, strict=True):
        generations = [Meaning.of(distinct, flat)]
        with maps_of(file).open("rb") as maps:
            stored = [np.fromfile(maps, np.int32, length) for length in distinct.maps]
        for moved in reversed(stored):
            generations.append(generations[-1].before(moved))
        found.append(generations[::-1])
    return found


def write_ids(scan: Scan, flats: list[np.ndarray], path: Path, *, threads: int) -> tuple[int, int]:
    """Writes the final ids of the whole text; returns entries and sentences."""
    entries = sentences = 0
    ended = True  # nothing, or a marker, was written last: another marker would be empty
    with path.open("wb", buffering=0) as file:
        for ids in _translated(scan, meanings(scan, flats), threads):
            if ended and len(ids) and ids[0] == END:
                ids = ids[1:]
            if len(ids):
                ended = bool(ids[-1] == END)
                entries += len(ids)
                sentences += int(np.count_nonzero(ids == END))
                write_all(file, ids.astype("<i4", copy=False))
    return entries, sentences


def _translated(scan: Scan, meaning: list[list[Meaning]], threads: int) -> Iterator[np.ndarray]:
    """The final ids of each block, in order; a few blocks are worked on at a time."""
    offsets = [0] * len(scan.files)
    waiting: deque[Future[np.ndarray]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for tally, part in scan.parts:
            place = (scan.files[tally], offsets[tally], part)
            offsets[tally] += part.entries
            waiting.append(pool.submit(_block, *place, meaning[tally][part.generation]))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _block(file: Path, offset: int, part: Part, meaning: Meaning) -> np.ndarray:
    numbers = np.fromfile(file, np.int32, part.entries, offset=4 * offset)
    if len(numbers) != part.entries:
        raise ResourceError(f"{file}: this working file was changed while it was in use")
    return meaning(numbers)
