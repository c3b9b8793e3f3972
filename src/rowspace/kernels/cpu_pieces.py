"""Text cut into pieces and the pieces numbered: one pass over the bytes.

A piece is kept as 64-bit words (8 bytes each, the first in the lowest, the last filled up with
zeros), so that most pieces are hashed and compared in one step. Pieces are cut a batch at a time
and looked up afterwards: the look-ups of a batch then wait for memory together. Tried on
16.2 M words, one thread: byte by byte 0.86 s, words without batches 0.75 s, this 0.60 s.
"""

from __future__ import annotations

import numpy as np

from rowspace.kernels.jit import kernel

PART, SPACE, NEWLINE, APOSTROPHE = 0, 1, 2, 3
NOT_PART = 256
BATCH = 256
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_TAG = np.uint64(0xFFFFFFFF00000000)
_NUMBER = np.uint64(0xFFFFFFFF)
_0, _8, _29, _32, _64 = (np.uint64(n) for n in (0, 8, 29, 32, 64))


def codes_of(kinds: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """One table of uint16 [256] out of two of uint8: kind · 256 + what the byte counts as."""
    return kinds.astype(np.uint16) * 256 + fold


@kernel
def place_pieces(slots: np.ndarray, hashes: np.ndarray) -> None:
    """Fills `slots` (all 0) with pieces 1 … n - 1 of these `hashes`; piece 0 has no place."""
    mask = np.uint64(len(slots) - 1)
    for number in range(1, len(hashes)):
        value = hashes[number]
        at = value & mask
        while slots[at] != 0:
            at = (at + np.uint64(1)) & mask
        slots[at] = (value & _TAG) | np.uint64(number + 1)


@kernel
def _cut(
    data: np.ndarray,
    at: int,
    codes: np.ndarray,
    seed: int,
    hashes: np.ndarray,
    begins: np.ndarray,
    sizes: np.ndarray,
    firsts: np.ndarray,
    words: np.ndarray,
) -> int:
    """Cuts up to BATCH pieces from `at` on; returns how many.

    Piece j has `sizes[j]` bytes (0: the end of a line), begins at `begins[j]` of the data and
    lies in `words[firsts[j]:firsts[j + 1]]`. `begins[n]` is where to go on.
    """
    size = len(data)
    n = k = 0
    while at < size and n < BATCH:
        code = codes[data[at]]
        if code >= NOT_PART:
            if code >> 8 == NEWLINE:
                sizes[n], begins[n], firsts[n] = 0, at, k
                n += 1
            at += 1
            continue
        sizes[n], begins[n], firsts[n] = 0, at, k
        value = np.uint64(seed)
        word = shift = _0
        while True:
            word |= np.uint64(code & 255) << shift
            shift += _8
            if shift == _64:
                words[k] = word
                k += 1
                value = (value ^ word) * _MULTIPLIER
                value ^= value >> _32
                word = shift = _0
            at += 1
            if at >= size:
                break
            code = codes[data[at]]
            # An apostrophe stays only between two bytes that are PART.
            if code >= NOT_PART and not (
                code >> 8 == APOSTROPHE and at + 1 < size and codes[data[at + 1]] < NOT_PART
            ):
                break
        if shift != _0:
            words[k] = word
            k += 1
            value = (value ^ word) * _MULTIPLIER
            value ^= value >> _32
        sizes[n] = at - begins[n]
        value = (value ^ np.uint64(sizes[n])) * _MULTIPLIER
        hashes[n] = value ^ (value >> _29)
        n += 1
    begins[n], firsts[n] = at, k
    return n


@kernel
def number_pieces(
    data: np.ndarray,
    start: int,
    codes: np.ndarray,
    seed: int,
    slots: np.ndarray,
    hashes: np.ndarray,
    offsets: np.ndarray,
    sizes: np.ndarray,
    text: np.ndarray,
    numbers: np.ndarray,
    words: np.ndarray,
    state: np.ndarray,
) -> int:
    """Numbers the pieces of `data[start:]`; returns where it stopped, len(data) at the end.

    data: uint8. codes: see `codes_of`. The table: `slots` uint64 [2^k] (32 bits of hash,
    number + 1; 0 empty), `hashes` uint64, `sizes` int32 in bytes, and the words
    `text[offsets[i]:offsets[i + 1]]` of piece i. Piece 0 is the end of a line. `numbers` int32
    receives the numbers. words: scratch, uint64 [len(data) / 8 + 2 BATCH]. state int64 [2]:
    pieces in the table and numbers written so far. Stops before a piece that finds the table
    or the text full.
    """
    size = len(data)
    mask = np.uint64(len(slots) - 1)
    pieces, written = state[0], state[1]
    room = min(len(slots) // 2, len(hashes))
    batch_hashes = np.empty(BATCH, np.uint64)
    batch_sizes = np.empty(BATCH, np.int64)
    begins = np.empty(BATCH + 1, np.int64)
    firsts = np.empty(BATCH + 1, np.int64)
    at = start
    while at < size:
        n = _cut(data, at, codes, seed, batch_hashes, begins, batch_sizes, firsts, words)
        for j in range(n):
            length = batch_sizes[j]
            if length == 0:
                numbers[written] = 0
                written += 1
                continue
            value, first, width = batch_hashes[j], firsts[j], firsts[j + 1] - firsts[j]
            slot = value & mask
            number = -1
            while True:
                entry = slots[slot]
                if entry == _0:
                    break
                known = np.int64(entry & _NUMBER) - 1
                if (entry ^ value) & _TAG == _0 and sizes[known] == length:
                    lies = offsets[known]
                    same = True
                    for i in range(width):
                        if text[lies + i] != words[first + i]:
                            same = False
                            break
                    if same:
                        number = known
                        break
                slot = (slot + np.uint64(1)) & mask
            if number < 0:
                lies = offsets[pieces]
                if pieces >= room or lies + width > len(text):
                    state[0], state[1] = pieces, written
                    return begins[j]
                number = pieces
                slots[slot] = (value & _TAG) | np.uint64(number + 1)
                hashes[number] = value
                sizes[number] = length
                text[lies : lies + width] = words[first : first + width]
                offsets[number + 1] = lies + width
                pieces += 1
            numbers[written] = number
            written += 1
        at = begins[n]
    state[0], state[1] = pieces, written
    return size
