"""What a generator reads: a text, its last part held back, runs of units to learn from.

Axes: `n` units of a text, `B` runs in a batch, `L` units of a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from rowspace.corpus.block import cleaned
from rowspace.corpus.intake import Intake
from rowspace.corpus.read import stream
from rowspace.corpus.reading import Reading
from rowspace.corpus.sources import find
from rowspace.errors import InputError, ResourceError
from rowspace.memory import available_memory, human
from rowspace.networks.generate import Generator
from rowspace.random import Stream, bits

FEWEST = 32
"""Units of a text from which something can be learned."""
GROWTH = 24
"""Bytes of memory that a character of a text may take until its units are counted."""
LONG = 1024
"""Units that an LSTM is asked at a time where a text is judged."""
AT_ONCE = 1 << 14
NUMBERS = 1 << 25
"""Units, and logits, that are judged at once."""


class Batch(NamedTuple):
    """ids int64 [B, L + 1]: the first L are read, the last L foretold. fresh: nothing is remembered
    of a batch before it."""

    ids: Tensor
    fresh: bool


def text_of(data: Any, column: str | None, tell: Callable[[dict[str, Any]], None]) -> str:
    """The text of files (whatever `corpus.read` takes), or of an open text file. tell: what is odd
    about it comes here.

    Raises InputError naming file, line and byte for what cannot be read, and for no text;
    ResourceError for a text that memory cannot hold.
    """
    if hasattr(data, "read"):
        text = data.read()
        if not isinstance(text, str):
            raise InputError(f"wanted a file open as text, came one of {type(text).__name__}")
        called = "the text"
    else:
        paths = find(data, column=column)
        text = "".join(_blocks(paths, Reading(column=column), Intake(tell, hash=None)))
        called = ", ".join(paths[:3])
    if not text.strip():
        raise InputError(f"{called}: there is no text to learn from", hint="give a text file")
    return text


def _blocks(paths: Sequence[str], reading: Reading, intake: Intake) -> Iterator[str]:
    room, taken = available_memory(), 0
    for block in stream(paths, reading, intake):
        clean = cleaned(block, reading)[0].data
        taken += len(clean)
        if room is not None and taken * GROWTH > room:
            raise ResourceError(
                f"{block.source}: after {human(taken)} the text needs more memory than there is "
                f"({human(room)})",
                hint="give a part of it",
            )
        yield clean.decode()


def parted(text: str, share: float, exactly: bool) -> tuple[str, str]:
    """The text and the last `share` of it; not `exactly` there, but where the next line begins."""
    at = int(len(text) * (1 - share))
    if not exactly and (found := text.find("\n", max(0, at - 1))) >= 0:
        at = found + 1
    return text[:at], text[at:]


def require_length(ids: np.ndarray, what: str, fewest: int = FEWEST) -> np.ndarray:
    """The same ids. Raises InputError for fewer units than that."""
    if len(ids) < fewest:
        raise InputError(
            f"{what} has {len(ids)} units; {fewest} are the fewest",
            hint="give more text, or another --valid",
        )
    return ids


def streams(ids: np.ndarray, count: int, length: int, *, seed: int, epoch: int) -> Iterator[Batch]:
    """The text as `count` runs that go on side by side, `length` units at a time; it begins at
    another place in each epoch, and goes on from its end at its beginning."""
    n = len(ids)
    count = max(1, min(count, (n - 1) // 2))
    begun = int(bits(seed, Stream.SHUFFLE, epoch) % np.uint64(n))
    turned = np.roll(ids, -begun)
    each = (n - 1) // count
    sides = np.stack([turned[at * each : at * each + each + 1] for at in range(count)])
    for at in range(0, each, length):
        part = sides[:, at : at + length + 1]
        yield Batch(torch.from_numpy(part.astype(np.int64)), at == 0)


def windows(ids: np.ndarray, count: int, length: int, *, seed: int, epoch: int) -> Iterator[Batch]:
    """Runs of `length` units in any order, `count` at a time; they are cut at other places in each
    epoch."""
    length = min(length, len(ids) - 1)
    spare = len(ids) - 1 - length
    position = np.uint64(epoch) << np.uint64(32)
    begun = int(bits(seed, Stream.SHUFFLE, position) % np.uint64(min(length, spare + 1)))
    starts = np.arange(begun, spare + 1, length)
    places = np.uint64(1) + position + np.arange(len(starts), dtype=np.uint64)
    starts = starts[np.argsort(bits(seed, Stream.SHUFFLE, places), kind="stable")]
    steps = np.arange(length + 1)
    for at in range(0, len(starts), count):
        rows = ids[starts[at : at + count, None] + steps]
        yield Batch(torch.from_numpy(rows.astype(np.int64)), True)


def costs(network: Generator, ids: np.ndarray) -> np.ndarray:
    """-ln p of each unit but the first, float64 [n - 1], nats, each foretold from many before it.

    A Transformer sees half its context at least, and on average three quarters of it, where there
    is so much; an LSTM `LONG` units' worth of text in runs that begin a quarter of that earlier.
    """
    settings = network.settings
    recurrent = settings.encoder == "lstm"
    length = max(settings.context, LONG) if recurrent else settings.context
    warm = length // 4 if recurrent else length // 2
    size, device = network.output.out_features, next(network.parameters()).device
    many = max(1, min(AT_ONCE, NUMBERS // size) // length)
    starts = [0, *range(length - warm, len(ids) - 1 - warm, length - warm)]
    found = np.empty(len(ids) - 1)
    with torch.no_grad():
        for at in range(0, len(starts), many):
            some = starts[at : at + many]
            rows = _padded([ids[start : start + length + 1] for start in some])
            nats = network.costs(torch.from_numpy(rows).to(device)).double().cpu().numpy()
            for start, row in zip(some, nats, strict=True):
                first = 0 if start == 0 else warm
                stop = min(length, len(ids) - 1 - start)
                found[start + first : start + stop] = row[first:stop]
    return found


def _padded(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Runs as one array, int64, zeros behind the shorter ones."""
    made = np.zeros((len(rows), max(map(len, rows))), np.int64)
    for place, row in enumerate(rows):
        made[place, : len(row)] = row
    return made
