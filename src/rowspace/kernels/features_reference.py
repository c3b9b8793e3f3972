"""What a text is made of for a classifier, in plain Python: the definition.

A text is the set of its words, the set of its runs of words and the set of its words' n-grams of
characters. Runs and n-grams go by keys of 63 bits: hashes, long enough that no two of a real
vocabulary meet. Words are those of `text_reference.words_of`, with `<s>` before them.
"""

from __future__ import annotations

from collections.abc import Sequence

FNV_START = 0xCBF29CE484222325
FNV_PRIME = 0x100000001B3
"""FNV-1a of 64 bits (Fowler, Noll and Vo)."""
MIX = 0x9E3779B97F4A7C15
GAP = 0x5851F42D4C957F2D
"""What a pair with a word between its two starts from, so that it is no run."""
BEGIN, END = b"<s>", b"</s>"
_WRAP = (1 << 64) - 1
_KEY = (1 << 63) - 1


def word_hash(word: bytes) -> int:
    """FNV-1a of 64 bits."""
    value = FNV_START
    for byte in word:
        value = ((value ^ byte) * FNV_PRIME) & _WRAP
    return value


def join_hash(run: int, word: int) -> int:
    """The hash of a run and the word after it."""
    return (((run ^ (run >> 29)) * MIX) + word) & _WRAP


def run_keys(words: Sequence[bytes], longest: int, gaps: bool) -> list[int]:
    """Keys of the runs of 2 to `longest` words and, with `gaps`, of pairs with one word between;
    from left to right."""
    hashes = [word_hash(word) for word in words]
    found = []
    for first, start in enumerate(hashes):
        value = start
        for hash in hashes[first + 1 : first + longest]:
            value = join_hash(value, hash)
            found.append(value & _KEY)
        if gaps and first + 2 < len(hashes):
            found.append(join_hash(start ^ GAP, hashes[first + 2]) & _KEY)
    return found


def gram_keys(word: bytes, minn: int, maxn: int) -> list[int]:
    """Keys of the n-grams of `<word>`, n from minn to maxn characters and less than all of it; none
    for `<s>` and `</s>`. A character is a byte of UTF-8 and the continuation bytes after it."""
    if word in (BEGIN, END) or maxn < 1:
        return []
    padded = b"<" + word + b">"
    starts = [at for at, byte in enumerate(padded) if byte & 0xC0 != 0x80 or at == 0]
    starts.append(len(padded))
    found = []
    for i in range(len(starts) - 1):
        for n in range(max(1, minn), maxn + 1):
            whole = i == 0 and i + n == len(starts) - 1
            if i + n < len(starts) and not whole:
                found.append((word_hash(padded[starts[i] : starts[i + n]]) ^ MIX) & _KEY)
    return found
