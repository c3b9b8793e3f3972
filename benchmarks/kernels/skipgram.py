"""Three ways to learn a window of skip-gram with negative sampling.

pairs    word2vec's own: each pair of words with its noise words, a dot product and two updates
         at a time, left to the compiler's loop vectoriser.
centre   the centre's row against its whole context and a few noise words that weigh more: a third
         of the arithmetic, but two to four points of analogies lost however many are drawn.
window   the context's rows against the centre and its noise words as small matrix products held
         in registers: what rowspace uses.

Also tried, on two threads: noise words drawn from the even items by one thread and the odd by the
other, so that they share fewer rows; arrays walked by index instead of slices, so that no reference
is counted in the loop; the context's rows asked for 8 or 13 windows ahead. None moved the median
beyond the noise of the machine, where a run on two threads falls into one of two speeds, 2.3 or
4 M words/s, while one thread keeps 2.2.

Also tried: drawing windows and learning them in one kernel (no faster; the drawn windows of a unit
stay in the second-level cache), and a polynomial with round-by-adding in the sigmoid (the
fast-math flags of a kernel let the compiler cancel it, which cost nothing in speed and went
unnoticed in quality until a test held it to NumPy).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rowspace.kernels.cpu_rows import learn, predict, prefetch_row
from rowspace.kernels.cpu_windows import Windows
from rowspace.kernels.cpu_words import Scratch, skipgram_rows
from rowspace.kernels.jit import kernel


@dataclass(frozen=True, slots=True)
class Version:
    """A name, how many noise words it draws a window, and the pass over drawn windows."""

    name: str
    drawn: int
    step: Callable[[Windows, int, int, np.ndarray, np.ndarray, float, Scratch], None]


@kernel
def pairs(
    windows: Windows,
    n: int,
    negative: int,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
) -> None:
    """Pair by pair; the noise words of a window are used for each of its pairs."""
    gradient, rate = scratch.gradient, np.float32(lr)
    stride = inputs.shape[1]
    for w in range(n):
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            h = inputs[item]
            gradient[:] = 0
            for k in range(negative + 1):
                target = windows.centres[w] if k == 0 else windows.negatives[w * negative + k - 1]
                if target < 0:
                    continue
                row = outputs[target]
                f = np.float32(0)
                for d in range(stride):
                    f += h[d] * row[d]
                f = min(max(f, np.float32(-30)), np.float32(30))
                p = np.float32(1) / (np.float32(1) + np.exp(-f))
                step = rate * ((np.float32(1) if k == 0 else np.float32(0)) - p)
                for d in range(stride):
                    gradient[d] += step * row[d]
                    row[d] += step * h[d]
            for d in range(stride):
                h[d] += gradient[d]


@kernel
def centre(
    windows: Windows,
    n: int,
    negative: int,
    inputs: np.ndarray,
    outputs: np.ndarray,
    lr: float,
    scratch: Scratch,
) -> None:
    """The centre against its context and the window's noise words, which stand for five a pair."""
    far, gradient = scratch.far, scratch.gradient
    for w in range(n):
        if w + 3 < n:
            prefetch_row(inputs, windows.centres[w + 3])
            for item in windows.negatives[(w + 3) * negative : (w + 4) * negative]:
                prefetch_row(outputs, max(item, 0))
        m = 0
        for item in windows.contexts[windows.cuts[w] : windows.cuts[w + 1]]:
            far[m] = item
            m += 1
        positives = m
        for item in windows.negatives[w * negative : (w + 1) * negative]:
            taken = item < 0
            for other in far[:positives]:
                taken = taken or other == item
            if not taken:
                far[m] = item
                m += 1
        weight = 5 * positives / max(1, m - positives)
        for k in range(m, m + (-m) % 4):
            far[k] = len(outputs) - 1
        h = inputs[windows.centres[w]]
        predict(outputs, far, m, positives, h, lr, weight, scratch.g, scratch.loss)
        learn(outputs, far, m, scratch.g, h, gradient)
        for d in range(len(h)):
            h[d] += gradient[d]


VERSIONS = (
    Version("pairs", 5, pairs),
    Version("centre, 10 drawn", 10, centre),
    Version("centre, 20 drawn", 20, centre),
    Version("window", 5, skipgram_rows),
)
