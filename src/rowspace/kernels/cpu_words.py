"""One pass over drawn windows: skip-gram on rows, skip-gram on bags, CBOW.

`inputs` and `outputs` are float32 [R + 1, S] tables as in `reference`. Threads may run these on
the same tables at once without locks (Niu et al. 2011, "Hogwild!"). Input rows whose `frozen`
uint8 [R] is not 0 are read and never written; without it the code compiled does not even ask.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.cpu_rows import gather, learn, predict, prefetch_row, scatter, window
from rowspace.kernels.cpu_windows import Windows
from rowspace.kernels.jit import kernel
from rowspace.kernels.reference import OUTPUT_BLOCK

_AHEAD = 3  # windows between asking for a row and using it
_PREDICT_BLOCK = 4
_APART = 64  # floats between two parts of a thread's scratch: two pairs of cache lines
CONTEXT_BLOCK = 2  # context words a bag meets at a time, sharing negatives


class Bags(NamedTuple):
    """The rows of every item, as `Ragged`, and whether their vectors are averaged or summed."""

    ids: np.ndarray
    offsets: np.ndarray
    mean: bool


class Scratch(NamedTuple):
    """What one thread needs beside the tables: row lists, steps, vectors [S], the loss."""

    near: np.ndarray
    far: np.ndarray
    g: np.ndarray
    h: np.ndarray
    gradient: np.ndarray
    moved: np.ndarray
    loss: np.ndarray


def scratch(
    radius: int, negatives: int, longest_bag: int, stride: int, ids: type, *, prefixes: int = 1
) -> Scratch:
    """Room for windows of 2·radius items whose bags hold at most `longest_bag` rows, with so many
    `prefixes` learning at once.

    All of it is cut from one block with a few cache lines at either end: small arrays of two
    threads may otherwise share a line, and each write to it would wait for the other core.
    """
    context = 2 * radius
    outputs = CONTEXT_BLOCK * (negatives + 1) + 16
    near = context * max(1, longest_bag) + 2
    lengths = (
        near * np.dtype(ids).itemsize // 4,
        outputs,
        (context + 2) * (outputs + 16) * prefixes,
    )
    lengths += (stride, stride, stride, 32)
    starts = np.cumsum([_APART, *((length // _APART + 2) * _APART for length in lengths)])
    block = np.zeros(starts[-1] + _APART, np.float32)
    parts = [block[at : at + n] for at, n in zip(starts, lengths, strict=False)]
    own = Scratch(parts[0].view(ids), parts[1].view(np.int32), *parts[2:])
    own.loss[:16] = 1
    return own


@kernel
def _drawn(windows: Windows, w: int, negative: int) -> np.ndarray:
    """The negatives of a window that has `negative` of them in all."""
    return windows.negatives[w * negative : (w + 1) * negative]


@kernel
def ask(windows: Windows, n: int, w: int, negative: int, outputs: np.ndarray) -> None:
    """Prefetch the output rows of window `w`."""
    if w < n:
        prefetch_row(outputs, windows.centres[w])
        for item in _drawn(windows, w, negative):
            prefetch_row(outputs, max(item, 0))


@kernel
def choices(windows: Windows, w: int, negative: int, rows: np.ndarray) -> int:
    """The centre, then its negatives; returns how many."""
    rows[0] = windows.centres[w]
    n = 1
    for item in _drawn(windows, w, negative):
        if item >= 0:
            rows[n] = item
            n += 1
    return n


@kernel
def pad_rows(rows: np.ndarray, n: int, block: int, spare: int) -> None:
    """Fill up to a whole block with the table's spare row."""
    for k in range(n, n + (-n) % block):
        rows[k] = spare


@kernel
def free_rows(rows: np.ndarray, frozen: np.ndarray | None) -> int:
    """How many of the rows learn."""
    if frozen is None:
        return len(rows)
    free = 0
    for row in rows:
        free += frozen[row] == 0
    return free


@kernel
def skipgram_rows(
    windows: Windows,
    n: int,
    negative: int,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """Skip-gram where an item is a row: inputs are the context, outputs the centre and negatives.

    The negatives are shared by the words of a window, each pair of words meeting all of them.
    """
    spare = len(outputs) - 1
    near, far = scratch.near, scratch.far
    for w in range(n):
        ask(windows, n, w + _AHEAD, negative, outputs)
        if w + _AHEAD < n:
            prefetch_row(inputs, windows.contexts[windows.cuts[w + _AHEAD + 1] - 1])
        count = 0
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            near[count] = item
            count += 1
        near[count] = near[0]
        m = choices(windows, w, negative, far)
        pad_rows(far, m, OUTPUT_BLOCK, spare)
        window(inputs, near, count, outputs, far, m, 1, lr, scratch.g, scratch.loss, frozen)


@kernel
def skipgram_bags(
    windows: Windows,
    n: int,
    negative: int,
    bags: Bags,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """Skip-gram where an item is a bag of rows: input is the centre's bag, outputs its context.

    The bag is pooled once a window. Its vector meets the context CONTEXT_BLOCK words at a time,
    with the `negative` of each, and moves before it meets the next; what it moved in all is added
    to each row of the bag in full at the end, as in fastText.
    """
    spare = len(outputs) - 1
    far, h, gradient, moved = scratch.far, scratch.h, scratch.gradient, scratch.moved
    for w in range(n):
        if w + 1 < n:
            after = windows.centres[w + 1]
            for row in bags.ids[bags.offsets[after] : bags.offsets[after + 1]]:
                prefetch_row(inputs, row)
        centre = windows.centres[w]
        rows = bags.ids[bags.offsets[centre] : bags.offsets[centre + 1]]
        if len(rows) == 0:
            continue
        free = free_rows(rows, frozen)
        scale = np.float32(free / len(rows) if bags.mean else free)
        gather(inputs, rows, len(rows), 1 / len(rows) if bags.mean else 1.0, h)
        moved[:] = 0
        for start in range(windows.cuts[w], windows.cuts[w + 1], CONTEXT_BLOCK):
            stop = min(start + CONTEXT_BLOCK, windows.cuts[w + 1])
            if start + 2 * CONTEXT_BLOCK <= windows.cuts[n]:
                for item in windows.contexts[start + CONTEXT_BLOCK : stop + CONTEXT_BLOCK]:
                    prefetch_row(outputs, item)
                for item in windows.negatives[
                    (start + CONTEXT_BLOCK) * negative : (stop + CONTEXT_BLOCK) * negative
                ]:
                    prefetch_row(outputs, max(item, 0))
            m = pairs(windows, start, stop, negative, far)
            pad_rows(far, m, _PREDICT_BLOCK, spare)
            predict(outputs, far, m, stop - start, h, lr, 1.0, scratch.g, scratch.loss)
            learn(outputs, far, m, scratch.g, h, gradient)
            for d in range(len(h)):
                moved[d] += gradient[d]
                h[d] += scale * gradient[d]
        scatter(inputs, rows, len(rows), moved, frozen)


@kernel
def pairs(windows: Windows, start: int, stop: int, negative: int, rows: np.ndarray) -> int:
    """Context words `start` to `stop`, then their negatives, none of them among these words."""
    positives = 0
    for item in windows.contexts[start:stop]:
        rows[positives] = item
        positives += 1
    m = positives
    for item in windows.negatives[start * negative : stop * negative]:
        taken = item < 0
        for other in rows[:positives]:
            taken = taken or other == item
        if not taken:
            rows[m] = item
            m += 1
    return m


@kernel
def cbow(
    windows: Windows,
    n: int,
    negative: int,
    bags: Bags,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
    frozen: np.ndarray | None = None,
) -> None:
    """CBOW: the mean of the context's bags against the centre and its negatives.

    The gradient goes to each row in full, as in word2vec and fastText.
    """
    spare = len(outputs) - 1
    near, far, h, gradient = scratch.near, scratch.far, scratch.h, scratch.gradient
    for w in range(n):
        ask(windows, n, w + _AHEAD, negative, outputs)
        count = 0
        words = windows.cuts[w + 1] - windows.cuts[w]
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            for row in bags.ids[bags.offsets[item] : bags.offsets[item + 1]]:
                near[count] = row
                count += 1
        if count == 0:
            continue
        m = choices(windows, w, negative, far)
        pad_rows(far, m, _PREDICT_BLOCK, spare)
        gather(inputs, near, count, 1 / count if bags.mean else 1 / words, h)
        predict(outputs, far, m, 1, h, lr, 1.0, scratch.g, scratch.loss)
        learn(outputs, far, m, scratch.g, h, gradient)
        scatter(inputs, near, count, gradient, frozen)
