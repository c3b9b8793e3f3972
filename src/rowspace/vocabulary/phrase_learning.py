"""Phrases learned on ids: a corpus is encoded whole, candidates are counted, the best are joined.

    corpus → ids of all words → (candidates counted → scored → joined) a pass → ids with phrases

Memory: the vocabulary of all words, and a table of candidates of at most `Joining.memory` bytes,
whatever the length of the corpus; the ids lie on disk. The result does not depend on the number of
threads. Axes: `V` words, phrases of earlier passes among them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from rowspace.corpus import Reading
from rowspace.corpus.intake import Report
from rowspace.kernels.phrases_reference import MOST
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.count import usable_cores
from rowspace.vocabulary.encode import Encoded
from rowspace.vocabulary.items import to_bytes, to_text
from rowspace.vocabulary.joining import Joining
from rowspace.vocabulary.learn import Corpus, learn
from rowspace.vocabulary.tally import write_all

PARTS = 8
"""Tables of candidates, by their hash, counted one after the other or side by side. A fixed number:
what is forgotten for want of memory does not depend on the threads."""
SLOT = 24
FIRST_SLOTS = 1 << 16
CHUNK = 1 << 22  # joined ids written at a time


Passes: TypeAlias = tuple[Mapping[tuple[str, ...], float], ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """`passes`: of each pass its phrases and their scores. `tokens` and `counts` int64 [V] of all
    words and phrases, `encoded` in their ids."""

    passes: Passes
    tokens: list[bytes]
    counts: np.ndarray
    encoded: Encoded


@dataclass(slots=True)
class _Text:
    """The words so far, and the ids at `path`; changed pass by pass."""

    path: Path
    tokens: list[bytes]
    counts: np.ndarray
    joining: Joining
    report: Report | None
    index: dict[bytes, int] = field(default_factory=dict)

    @property
    def ids(self) -> np.ndarray:
        """All ids, as they lie on disk."""
        if not os.path.getsize(self.path):
            return np.zeros(0, np.int32)
        return np.asarray(np.memmap(self.path, np.int32, "r"))

    @property
    def connector(self) -> np.ndarray:
        """The number of each connector from 1, 0 for other words, int32 [V]."""
        out = np.zeros(len(self.tokens), np.int32)
        for number, word in enumerate(self.joining.connectors, 1):
            if (id := self.index.get(to_bytes(word), -1)) >= 0:
                out[id] = number
        return out

    @property
    def base(self) -> int:
        """What the numbers of connectors are digits to."""
        return len(self.joining.connectors) + 1


def learned(
    corpus: Corpus,
    joining: Joining,
    folder: Path,
    *,
    known: Passes | None = None,
    reading: Reading | None = None,
    processes: int | None = None,
    progress: Report | None = None,
) -> Learned:
    """Learn the phrases of a corpus, or join those `known`, and encode it with them in `folder`."""
    whole = Building(min_count=1, processes=processes)
    vocabulary, encoded = learn(
        corpus, reading=reading, building=whole, folder=folder, progress=progress
    )
    tokens = vocabulary.items.tokens()
    text = _Text(encoded.path, tokens, vocabulary.counts, joining, progress)
    text.index = {token: id for id, token in enumerate(tokens)}
    passes: list[Mapping[tuple[str, ...], float]] = []
    for turn in range(joining.passes if known is None else len(known)):
        if known is None:
            chosen, scores = _chosen(text, processes or usable_cores())
            spelled = (_spelled(text, one) for one in chosen)
            passes.append(dict(zip(spelled, scores, strict=True)))
        else:
            passes.append(known[turn])
            chosen = _known(text, list(known[turn]))
        _join(text, chosen)
        _tell(progress, {"type": "phrases", "pass": turn + 1, "phrases": len(passes[-1])})
    entries = os.path.getsize(text.path) // 4
    final = Encoded(
        encoded.path,
        entries=entries,
        tokens=entries - encoded.sentences,
        seen=encoded.seen,
        sentences=encoded.sentences,
        fingerprint=encoded.fingerprint,
        sizes=encoded.sizes,
        column=encoded.column,
    )
    return Learned(tuple(passes), text.tokens, text.counts, final)


Candidate = tuple[int, ...]


def _tell(report: Report | None, event: dict[str, Any]) -> None:
    if report is not None:
        report(event)


def _spelled(text: _Text, candidate: Candidate) -> tuple[str, ...]:
    return tuple(to_text(text.tokens[id]) for id in candidate)


def _known(text: _Text, phrases: list[tuple[str, ...]]) -> list[Candidate]:
    """Those phrases all of whose words occur, as ids."""
    rows = ([text.index.get(to_bytes(word), -1) for word in phrase] for phrase in phrases)
    return [tuple(row) for row in rows if min(row) >= 0]


def _chosen(text: _Text, threads: int) -> tuple[list[Candidate], list[float]]:
    """The candidates that score above the threshold, in order of their ids, and the scores."""
    ends, between, counts = _counted(text, threads)
    scores = scored(
        text.joining, text.counts[ends >> 32], text.counts[ends & 0xFFFFFFFF], counts,
        total=int(text.counts.sum()),
    )  # fmt: skip
    good = np.flatnonzero(scores > text.joining.threshold)
    good = good[np.lexsort((between[good], ends[good]))]
    names = np.argsort(text.connector, kind="stable")[len(text.tokens) - _named(text) :]
    by_number = dict(zip(text.connector[names].tolist(), names.tolist(), strict=True))
    found = []
    for pair, code in zip(ends[good].tolist(), between[good].tolist(), strict=True):
        inner = []
        while code:
            code, digit = divmod(code, text.base)
            inner.append(by_number[digit])
        found.append((pair >> 32, *reversed(inner), pair & 0xFFFFFFFF))
    return found, scores[good].tolist()


def _named(text: _Text) -> int:
    return int(np.count_nonzero(text.connector))


def scored(
    joining: Joining, first: np.ndarray, second: np.ndarray, both: np.ndarray, *, total: int
) -> np.ndarray:
    """The scores of candidates, float64, from the counts of their words and their own."""
    a, b, n = (np.asarray(one, np.float64) for one in (first, second, both))
    if joining.scoring == "counts":
        return (n - joining.min_count) / a / b * total
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.log(n * total / (a * b)) / -np.log(n / total)
    return np.where((n >= joining.min_count) & np.isfinite(score), score, -np.inf)


def _counted(text: _Text, threads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Candidates that occur `min_count` times or more: words, connectors, counts; int64 each."""
    frequent = (text.counts >= text.joining.min_count).astype(np.uint8)
    connector, ids = text.connector, text.ids
    with ThreadPoolExecutor(max(1, min(threads, PARTS))) as pool:
        parts = list(
            pool.map(lambda part: _one_part(text, ids, connector, frequent, part), range(PARTS))
        )
    forgotten = max(part[3] for part in parts)
    if forgotten:
        _tell(text.report, {
            "type": "warning",
            "message": f"the candidates of phrases did not fit in {text.joining.memory} bytes: "
            f"those seen up to {forgotten} times between two prunings were forgotten, so that "
            "counts are too low and rare phrases may be missed",
        })  # fmt: skip
    ends, between, counts = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return ends, between, counts


def _one_part(
    text: _Text, ids: np.ndarray, connector: np.ndarray, frequent: np.ndarray, part: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    from rowspace.kernels import cpu_phrases

    most = text.joining.memory // PARTS // (2 * SLOT)  # a table, and the one that takes its place
    most = 1 << max(8, most.bit_length() - 1)
    table, taken = cpu_phrases.slots(min(FIRST_SLOTS, most)), np.zeros(1, np.int64)
    at, forgotten = 0, 0
    while at < len(ids):
        at = cpu_phrases.count_phrases(
            ids, at, connector, frequent, text.base, part, PARTS, table, taken
        )
        if at == len(ids):
            break
        size, floor = len(table.values), 0
        if size < most:
            size *= 2
        else:
            forgotten += 1
            floor = forgotten
        kept = np.flatnonzero(table.values > floor)
        ends, between, values = (array[kept] for array in table)
        table = cpu_phrases.slots(size)
        cpu_phrases.fill(ends, between, values, table)
        taken[0] = len(kept)
    kept = np.flatnonzero(table.values >= text.joining.min_count)
    ends, between, counts = (array[kept] for array in table)
    return ends, between, counts, forgotten


def _join(text: _Text, chosen: list[Candidate]) -> None:
    """Write the ids anew with these candidates as one id each, and count all words again."""
    from rowspace.kernels import cpu_phrases

    connector, base = text.connector, text.base
    values = _numbered(text, chosen)
    heads = np.zeros(len(text.tokens), np.uint8)
    heads[[one[0] for one in chosen]] = 1
    ends = np.array([one[0] << 32 | one[-1] for one in chosen], np.int64)
    between = np.array([_code(connector, one[1:-1], base) for one in chosen], np.int64)
    table = cpu_phrases.slots(1 << max(4, (2 * len(chosen)).bit_length()))
    cpu_phrases.fill(ends, between, values, table)
    connector = np.append(connector, np.zeros(len(text.tokens) - len(connector), np.int32))
    counts = np.zeros(len(text.tokens), np.int64)
    part = text.path.with_suffix(".joined")
    with part.open("wb", buffering=0) as file:
        for joined in _stretches(text.ids, connector, heads, base, table):
            write_all(file, joined)
            counts += np.bincount(joined[joined >= 0], minlength=len(counts))
    part.replace(text.path)
    text.counts = counts


def _stretches(
    ids: np.ndarray, connector: np.ndarray, heads: np.ndarray, base: int, table: Any
) -> Iterator[np.ndarray]:
    from rowspace.kernels.cpu_phrases import join_phrases

    out, used = np.empty(CHUNK + MOST + 2, np.int32), np.zeros(1, np.int64)
    at = 0
    while at < len(ids):
        at = join_phrases(ids, at, connector, heads, base, table, out, used)
        yield out[: int(used[0])]


def _numbered(text: _Text, chosen: list[Candidate]) -> np.ndarray:
    """The ids of phrases, int64; a spelling that is there already keeps its own."""
    delimiter = to_bytes(text.joining.delimiter)
    values = np.empty(len(chosen), np.int64)
    for at, one in enumerate(chosen):
        token = delimiter.join([text.tokens[id] for id in one])
        values[at] = id = text.index.setdefault(token, len(text.tokens))
        if id == len(text.tokens):
            text.tokens.append(token)
    return values


def _code(connector: np.ndarray, inner: Candidate, base: int) -> int:
    code = 0
    for id in inner:
        code = code * base + int(connector[id])
    return code
