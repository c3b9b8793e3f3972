"""The compiled twin of `text_reference`: the rows of many texts at once.

Three passes over all words, each one loop without calls: what is passed to a function with arrays
is counted at every call, and a word has less to do than that costs. Axes: `B` texts, `W` words.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.cpu_items import Placed
from rowspace.kernels.cpu_subword import FNV_PRIME, FNV_START
from rowspace.kernels.jit import kernel
from rowspace.kernels.text_reference import LABEL, PHRASE

MARK = np.frombuffer(LABEL, np.uint8)
_PHRASE = np.uint64(PHRASE)


class Grams(NamedTuple):
    """N-grams of `minn` to `maxn` characters and of up to `words` words share `buckets` rows.

    Where `pruned`, bucket kept[i] (int32, rising) has row rows[i] after those of the items, and
    the others have none. `slots` int32 is an open-addressing table of `kept`, filled here.
    """

    minn: int
    maxn: int
    words: int
    buckets: int
    pruned: bool
    kept: np.ndarray
    rows: np.ndarray
    slots: np.ndarray


@kernel
def place_kept(grams: Grams) -> None:
    """Fills the slots, all -1 before."""
    mask = len(grams.slots) - 1
    for at in range(len(grams.kept)):
        slot = grams.kept[at] & mask
        while grams.slots[slot] >= 0:
            slot = (slot + 1) & mask
        grams.slots[slot] = at


@kernel
def cut_texts(
    data: np.ndarray, cuts: np.ndarray, starts: np.ndarray, stops: np.ndarray, firsts: np.ndarray
) -> None:
    """Word w is data[starts[w]:stops[w]]; text t, which is data[cuts[t]:cuts[t + 1]], has the words
    firsts[t] to firsts[t + 1]. The end of each text is a word too, the `</s>` that ends `data`.
    """
    end, word = len(data) - 4, 0
    for t in range(len(cuts) - 1):
        firsts[t] = word
        at, stop, ended = cuts[t], cuts[t + 1], False
        while not ended:
            while at < stop and (data[at] == 32 or 9 <= data[at] <= 13 or data[at] == 0):
                at += 1
            start = at
            while at < stop and not (data[at] == 32 or 9 <= data[at] <= 13 or data[at] == 0):
                at += 1
            starts[word], stops[word] = start, at
            if start == at:
                starts[word], stops[word] = end, end + 4
            first = starts[word]
            ended = stops[word] - first == 4
            for i in range(4):
                ended = ended and data[first + i] == data[end + i]
            word += 1
    firsts[len(cuts) - 1] = word


@kernel
def find_words(
    data: np.ndarray, starts: np.ndarray, stops: np.ndarray, items: Placed, ids: np.ndarray
) -> None:
    """The id of each word, -1 where it is not an item; as `Items.find`."""
    slots, offsets, text, table = items.slots, items.offsets, items.bytes, items.table
    size, mask = len(offsets) - 1, len(slots) - 1
    # Each memory is asked for in a loop of its own, so that a core waits for many words at once.
    own, firsts = np.empty(len(ids), np.int64), np.empty(len(ids), np.int64)
    for w in range(len(ids)):
        value = np.uint32(0xFFFFFFFF)
        for at in range(starts[w], stops[w]):
            byte = np.uint32(data[at])
            value = table[(value ^ byte) & np.uint32(0xFF)] ^ (value >> np.uint32(8))
        own[w] = np.int64(value ^ np.uint32(0xFFFFFFFF)) & mask
    for w in range(len(ids)):
        ids[w] = slots[own[w]]
    for w in range(len(ids)):
        id = ids[w]
        firsts[w] = offsets[id] if 0 <= id < size else -1
    for w in range(len(ids)):
        start, length = starts[w], stops[w] - starts[w]
        slot, id, first = own[w], ids[w], firsts[w]
        ids[w] = -1
        for _ in range(mask + 1):
            if id < 0 or id >= size:
                break
            if offsets[id + 1] - first == length and 0 <= first <= len(text) - length:
                at = 0
                while at < length and text[first + at] == data[start + at]:
                    at += 1
                if at == length:
                    ids[w] = id
                    break
            slot = (slot + 1) & mask
            id = np.int64(slots[slot])
            first = offsets[id] if 0 <= id < size else -1


@kernel
def drop_labels(
    data: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    labels: np.ndarray,
    ids: np.ndarray,
) -> None:
    """ids[w] = -2 where it was -1 and the word begins as a label does or is one (labels[w] ≥ 0)."""
    for w in range(len(ids)):
        if ids[w] != -1:
            continue
        same = stops[w] - starts[w] >= len(MARK)
        for i in range(len(MARK)):
            same = same and data[starts[w] + i] == MARK[i]
        if same or (len(labels) > 0 and labels[w] >= 0):
            ids[w] = -2


@kernel
def hash_words(data: np.ndarray, starts: np.ndarray, stops: np.ndarray, hashes: np.ndarray) -> None:
    """FNV-1a of 32 bits over sign-extended bytes, as signed numbers."""
    for w in range(len(hashes)):
        value = FNV_START
        for at in range(starts[w], stops[w]):
            byte = int(data[at])
            if byte >= 128:
                byte |= 0xFFFFFF00
            value = ((value ^ byte) * FNV_PRIME) & 0xFFFFFFFF
        hashes[w] = value if value < 2147483648 else value - 4294967296


@kernel
def word_rows(
    data: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
    ids: np.ndarray,
    first: int,
    grams: Grams,
    first_row: int,
    out: np.ndarray,
    cuts: np.ndarray,
) -> int:
    """The rows of words `first` on, those of word w to out[cuts[w]:cuts[w + 1]]: its own, if it
    is known, and those of its n-grams. cuts[first] is given.

    Which word is the next: the number of words, or the first that `out` has no room for.
    """
    minn, maxn, buckets, pruned = grams.minn, grams.maxn, grams.buckets, grams.pruned
    kept, rows, slots, mask = grams.kept, grams.rows, grams.slots, len(grams.slots) - 1
    longest = 4
    for w in range(first, len(ids)):
        longest = max(longest, stops[w] - starts[w])
    padded = np.empty(longest + 2, np.uint8)
    none = maxn <= 0 or (pruned and len(kept) == 0)
    padded[0] = 60
    for w in range(first, len(ids)):
        count, length = cuts[w], stops[w] - starts[w]
        size = length + 2
        most = max(0, min(maxn, size) - max(minn, 1) + 1)
        if count + 1 + (0 if none else size * most) > len(out):
            return w
        if ids[w] >= 0:
            out[count] = ids[w]
            count += 1
        ending = length == 4
        for i in range(4):
            ending = ending and data[starts[w] + i] == data[len(data) - 4 + i]
        if none or ids[w] == -2 or ending:
            cuts[w + 1] = count
            continue
        for i in range(length):
            padded[i + 1] = data[starts[w] + i]
        padded[length + 1] = 62
        for left in range(size):
            if padded[left] & 0xC0 == 0x80:
                continue
            value, n = FNV_START, 1
            for at in range(left, size):
                if n > maxn:
                    break
                byte = int(padded[at])
                if byte >= 128:
                    byte |= 0xFFFFFF00
                value = ((value ^ byte) * FNV_PRIME) & 0xFFFFFFFF
                after = at + 1
                if after < size and padded[after] & 0xC0 == 0x80:
                    continue
                if n >= minn and not (n == 1 and (left == 0 or after == size)):
                    bucket = value % buckets
                    if not pruned:
                        out[count] = first_row + bucket
                        count += 1
                    else:
                        slot = bucket & mask
                        while slots[slot] >= 0:
                            if kept[slots[slot]] == bucket:
                                out[count] = first_row + rows[slots[slot]]
                                count += 1
                                break
                            slot = (slot + 1) & mask
                n += 1
        cuts[w + 1] = count
    return len(ids)


@kernel
def run_rows(
    ids: np.ndarray,
    hashes: np.ndarray,
    firsts: np.ndarray,
    grams: Grams,
    first_row: int,
    out: np.ndarray,
    cuts: np.ndarray,
) -> None:
    """The rows of the runs of words of each text t to out[cuts[t]:cuts[t + 1]]. `out` holds
    W · (words - 1) at least.
    """
    kept, rows, slots, mask = grams.kept, grams.rows, grams.slots, len(grams.slots) - 1
    buckets, count = np.uint64(grams.buckets), 0
    for t in range(len(firsts) - 1):
        cuts[t] = count
        for left in range(firsts[t], firsts[t + 1]):
            if ids[left] == -2:
                continue
            value, n = np.uint64(hashes[left]), 1
            for at in range(left + 1, firsts[t + 1]):
                if n >= grams.words:
                    break
                if ids[at] == -2:
                    continue
                n += 1
                value = value * _PHRASE + np.uint64(hashes[at])
                bucket = np.int64(value % buckets)
                if not grams.pruned:
                    out[count] = first_row + bucket
                    count += 1
                    continue
                slot = bucket & mask
                while slots[slot] >= 0:
                    if kept[slots[slot]] == bucket:
                        out[count] = first_row + rows[slots[slot]]
                        count += 1
                        break
                    slot = (slot + 1) & mask
    cuts[len(firsts) - 1] = count


@kernel
def interleave(
    words: np.ndarray,
    word_cuts: np.ndarray,
    firsts: np.ndarray,
    runs: np.ndarray,
    run_cuts: np.ndarray,
    out: np.ndarray,
    offsets: np.ndarray,
) -> None:
    """Of each text the rows of its words, then those of its runs of words."""
    count = 0
    for t in range(len(firsts) - 1):
        for at in range(word_cuts[firsts[t]], word_cuts[firsts[t + 1]]):
            out[count] = words[at]
            count += 1
        for at in range(run_cuts[t], run_cuts[t + 1]):
            out[count] = runs[at]
            count += 1
        offsets[t + 1] = count
