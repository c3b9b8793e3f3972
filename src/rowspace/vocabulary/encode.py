"""`Encoded`: the corpus as ids on disk, read from there in every epoch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from rowspace.corpus import STDIN, Intake, Source, find
from rowspace.corpus.opening import BLOCK, opened
from rowspace.errors import FormatError, InputError, ResourceError

IDS, RECORD = "ids.bin", "ids.json"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file of int32 (little-endian): item ids, and -1 at the end of each sentence.

    Items without an id are left out, or have the unknown item's; empty sentences are left out.
    entries: int32 numbers in the file. tokens: those that are ids. seen: tokens read, with those
    left out. sentences: markers. fingerprint: blake2b of the raw bytes read, in hexadecimal.
    sizes: raw bytes of each source. column: the column read, where there was one.
    """

    path: Path
    entries: int
    tokens: int
    seen: int
    sentences: int
    fingerprint: str
    sizes: tuple[int, ...] = ()
    column: str | None = None

    def stretch(self, start: int, stop: int) -> np.ndarray:
        """Entries `start` to `stop` as int32, by a plain read. Raises InputError, FormatError."""
        if not 0 <= start <= stop <= self.entries:
            raise InputError(f"wanted entries within 0 to {self.entries}, came {start} to {stop}")
        ids = np.fromfile(self.path, "<i4", stop - start, offset=4 * start)
        if len(ids) != stop - start:
            raise FormatError(
                self.path, "the ids end early", expected=f"{stop} entries", found=start + len(ids)
            )
        return ids.astype(np.int32, copy=False)

    def save(self) -> None:
        """Writes the record beside the ids, last and in one step: with it they are complete."""
        record = {**asdict(self), "path": self.path.name}
        whole = self.path.with_name(RECORD)
        part = whole.with_suffix(".part")
        with part.open("wb") as file:
            file.write(msgspec.json.encode(record))
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Encoded:
        """What `learn` wrote into a folder. Raises FormatError if it is not whole."""
        folder = Path(folder)
        try:
            record: Any = msgspec.json.decode((folder / RECORD).read_bytes(), type=dict[str, Any])
            record["sizes"] = tuple(record["sizes"])
            encoded = msgspec.convert(
                {**record, "path": str(folder / IDS)}, cls, dec_hook=lambda kind, value: kind(value)
            )
            size = encoded.path.stat().st_size
        except FileNotFoundError as error:
            raise FormatError(
                error.filename, "this part of the encoded corpus is missing"
            ) from None
        except (msgspec.MsgspecError, KeyError, TypeError) as error:
            raise FormatError(folder / RECORD, f"not the record of a corpus: {error}") from None
        if size != 4 * encoded.entries:
            raise FormatError(
                encoded.path, "wrong size", expected=f"{4 * encoded.entries} bytes", found=size
            )
        return encoded

    def check(self, sources: Source | Sequence[Source]) -> None:
        """Raises InputError unless the sources still hold the very bytes that were encoded.

        Sizes are compared first. Standard input and iterables cannot be read again: no check.
        """
        paths = find(sources, column=self.column)
        if STDIN in paths:
            return
        sizes = tuple(os.path.getsize(path) for path in paths)
        if sizes != self.sizes:
            was, now = f"{len(self.sizes)} files, {sum(self.sizes)} bytes", sum(sizes)
            raise _changed(f"it had {was}; now {len(sizes)} files, {now} bytes")
        intake = Intake()
        for path in paths:
            with opened(path, intake) as raw:
                while raw.read(BLOCK):
                    pass
        if intake.fingerprint != self.fingerprint:
            raise _changed("the same size, but other bytes")


def _changed(how: str) -> InputError:
    return InputError(
        f"the corpus is not the one this run began with: {how}",
        hint="give the files of the first run, or --allow-changed to go on with the stored ids",
    )


def no_space(path: Path, error: OSError, needed: int) -> ResourceError:
    """The error for ids that cannot be written, with the bytes needed and free."""
    stat = os.statvfs(path.parent)
    free = stat.f_bavail * stat.f_frsize
    return ResourceError(
        f"{path}: the encoded corpus cannot be written: {error.strerror} "
        f"(needs about {needed} bytes, {free} are free)",
        hint="make room, or choose an output folder on another disk",
    )
