"""Text cut into pieces, the pieces numbered and counted: one pass over the bytes."""

from __future__ import annotations

import numpy as np

from rowspace.kernels.jit import kernel

PART, SPACE, NEWLINE, APOSTROPHE = 0, 1, 2, 3
FULL = -1
_START = np.uint64(0xCBF29CE484222325)  # FNV-1a, 64 bits
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TAG = np.uint64(0xFFFFFFFF00000000)
_NUMBER = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)


@kernel
def place_pieces(slots: np.ndarray, hashes: np.ndarray) -> None:
    """Fills `slots` (all 0) with pieces 0 … n - 1, whose `hashes` uint64 are distinct or not."""
    mask = len(slots) - 1
    for number in range(len(hashes)):
        value = hashes[number]
        at = np.int64(value & np.uint64(mask))
        while slots[at] != 0:
            at = (at + 1) & mask
        slots[at] = (value & _TAG) | np.uint64(number + 1)


@kernel
def number_pieces(
    data: np.ndarray,
    start: int,
    kinds: np.ndarray,
    fold: np.ndarray,
    seed: int,
    slots: np.ndarray,
    hashes: np.ndarray,
    offsets: np.ndarray,
    text: np.ndarray,
    counts: np.ndarray,
    numbers: np.ndarray,
    state: np.ndarray,
) -> int:
    """Numbers the pieces of `data[start:]`; returns where it stopped, len(data) at the end.

    data: uint8. kinds uint8 [256]: PART, SPACE, NEWLINE or APOSTROPHE (part of a piece only
    between two bytes that are PART). fold uint8 [256]: what a byte counts as.
    The table: `slots` uint64 [2^k] (32 bits of hash, number + 1; 0 empty), `hashes` uint64,
    `text[offsets[i]:offsets[i + 1]]` the bytes of piece i, `counts` int64. Piece 0 is the end
    of a line. `numbers` int32 receives the numbers. state int64 [2]: pieces in the table and
    numbers written so far. Stops early, before a piece, when the table or the text is full.
    """
    size = len(data)
    mask = np.uint64(len(slots) - 1)
    pieces, written = state[0], state[1]
    room = min(len(slots) // 2, len(hashes))
    at = start
    while at < size:
        kind = kinds[data[at]]
        if kind == NEWLINE:
            numbers[written] = 0
            written += 1
            counts[0] += 1
            at += 1
            continue
        if kind != PART:
            at += 1
            continue
        # Bytes go straight behind the known ones: a new piece then already lies there.
        first = offsets[pieces]
        begin = at
        fits = len(text) - first
        value = _START ^ np.uint64(seed)
        length = 0
        while at < size:
            byte = data[at]
            kind = kinds[byte]
            if kind != PART:
                inner = kind == APOSTROPHE and at + 1 < size and kinds[data[at + 1]] == PART
                if not inner:
                    break
            byte = fold[byte]
            if length < fits:
                text[first + length] = byte
            value = (value ^ np.uint64(byte)) * _PRIME
            length += 1
            at += 1
        if length > fits:
            state[0], state[1] = pieces, written
            return begin
        # The low bits of FNV depend on the low bits of the bytes alone: stir.
        value = (value ^ (value >> _32)) * _MIX
        value ^= value >> _32
        slot = value & mask
        number = FULL
        while True:
            entry = slots[slot]
            if entry == 0:
                break
            if (entry & _TAG) == (value & _TAG):
                known = np.int64(entry & _NUMBER) - 1
                lies = offsets[known]
                if offsets[known + 1] - lies == length:
                    same = True
                    for i in range(length):
                        if text[lies + i] != text[first + i]:
                            same = False
                            break
                    if same:
                        number = known
                        break
            slot = (slot + np.uint64(1)) & mask
        if number == FULL:
            if pieces >= room:
                state[0], state[1] = pieces, written
                return begin
            number = pieces
            slots[slot] = (value & _TAG) | np.uint64(number + 1)
            hashes[number] = value
            counts[number] = 0
            offsets[number + 1] = first + length
            pieces += 1
        counts[number] += 1
        numbers[written] = number
        written += 1
    state[0], state[1] = pieces, written
    return size
