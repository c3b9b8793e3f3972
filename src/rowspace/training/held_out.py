"""A part of the text that no training sees, and pairs of words that stand together in a text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.context_words import Draw, Pairs
from rowspace.objectives import Prediction
from rowspace.objectives.sampling import noise, sampling
from rowspace.vocabulary.encode import IDS, Encoded

STRETCHES = 50
LEAST = 10_000
"""Words of a text that can be parted."""
_LONGEST = 4096  # entries of a stretch
_AT_ONCE = 1 << 20
_END = np.array([-1], np.int32)


def parted(encoded: Encoded, folder: Path, share: float) -> tuple[Encoded, list[np.ndarray]]:
    """The text without `share` of it, written into `folder`, and the stretches left out: ids, each
    from another place, of which -1 ends a sentence. Raises InputError for too little text.
    """
    if encoded.tokens < LEAST:
        raise InputError(
            f"too little text: {encoded.tokens:,} words that have a row; a part held out "
            f"tells little below {LEAST:,}",
            hint="give more text, or lower --min-count",
        )
    period = encoded.entries // STRETCHES
    length = max(1, min(_LONGEST, round(period * share)))
    folder.mkdir(parents=True, exist_ok=True)
    path, out = folder / IDS, []
    entries = tokens = sentences = 0
    with path.open("wb") as file:
        for at in range(STRETCHES):
            start = at * period
            stop = encoded.entries if at == STRETCHES - 1 else start + period
            out.append(encoded.stretch(stop - length, stop))
            for first in range(start, stop - length, _AT_ONCE):
                ids = encoded.stretch(first, min(first + _AT_ONCE, stop - length))
                if first + _AT_ONCE >= stop - length and ids[-1] != -1:
                    ids = np.concatenate([ids, _END])  # no window reaches over the gap
                file.write(ids.astype("<i4").tobytes())
                entries, ended = entries + len(ids), int((ids == -1).sum())
                tokens, sentences = tokens + len(ids) - ended, sentences + ended
    return replace(
        encoded, path=path, entries=entries, tokens=tokens, sentences=sentences
    ), out  # fmt: skip


def some_of(encoded: Encoded, length: int) -> list[np.ndarray]:
    """As many stretches of a text as are held out of another, from all over it."""
    length = min(length, encoded.entries // STRETCHES)
    starts = np.linspace(0, encoded.entries - length, STRETCHES).astype(np.int64).tolist()
    return [encoded.stretch(start, start + length) for start in starts]


def pairs_of(
    stretches: list[np.ndarray], objective: Prediction, counts: np.ndarray, *, most: int, seed: int
) -> Pairs:
    """Words and what stands in their windows, drawn as training draws them; `most` a stretch."""
    from rowspace.kernels.cpu_windows import draw_windows, room

    how = sampling(objective, counts, seed=seed)
    random = np.random.default_rng(seed)
    words, near, cuts, position = [], [], [0], 0
    for ids in stretches:
        windows, kept = room(len(ids), how), np.empty((2, len(ids)), np.int32)
        n = draw_windows(ids, position, how, kept, windows)
        position += len(ids)
        met = windows.contexts[: windows.cuts[n]]
        centres = np.repeat(windows.centres[:n], np.diff(windows.cuts[: n + 1]))
        chosen = np.sort(random.permutation(len(met))[:most])
        words.append(met[chosen])
        near.append(centres[chosen])
        cuts.append(cuts[-1] + len(chosen))
    return Pairs(np.concatenate(words), np.concatenate(near), np.array(cuts))


def drawer(objective: Prediction, counts: np.ndarray, seed: int) -> Draw:
    """Draws noise words as training does."""
    chance, alias = noise(counts, objective.noise_power)
    random = np.random.default_rng(seed)

    def draw(n: int) -> np.ndarray:
        at = random.integers(0, len(chance), n)
        own = random.integers(0, 2**32, n) < chance[at]
        return np.where(own, at, alias[at])

    return draw
