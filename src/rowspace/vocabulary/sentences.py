"""Sentences from Python: any iterable of token lists, counted in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.corpus import Intake
from rowspace.errors import InputError
from rowspace.vocabulary.count import Scan
from rowspace.vocabulary.follow import Progress
from rowspace.vocabulary.items import to_bytes
from rowspace.vocabulary.tally import Tally

BATCH = 1 << 18  # tokens counted at a time


def scan_sentences(sentences: Iterable[Any], folder: Path, *, intake: Intake, memory: int) -> Scan:
    """Counts tokens as they are: nothing is cut, lower-cased or normalised.

    Raises InputError naming the sentence for what is not a list of strings.
    """
    file = folder / "part-0.numbers"
    tally = Tally(None, _spell, file=file, memory=memory)
    progress = Progress(intake)
    parts = []
    intake.begin()
    for batch in _batches(sentences):
        intake.take(_digestible(batch))
        parts.append((0, tally.add(batch)))
        progress.add(len(batch))
    progress.end()
    return Scan(parts, [file], [tally.finish()])


def _spell(token: str) -> list[bytes]:
    return [to_bytes(token)]


def _batches(sentences: Iterable[Any]) -> Iterator[list[Any]]:
    """Tokens of many sentences in one list, None after each sentence."""
    batch: list[Any] = []
    first = 0
    for number, sentence in enumerate(sentences):
        if isinstance(sentence, (str, bytes)) or not isinstance(sentence, Iterable):
            kind = "a string" if isinstance(sentence, str) else type(sentence).__name__
            raise InputError(
                f"sentence {number}: a sentence must be a list of tokens, got {kind}: "
                f"{sentence!r:.60}",
                hint="cut it first, for example with .split(); a path is given by itself",
            )
        batch.extend(sentence)
        batch.append(None)
        if len(batch) >= BATCH:
            _check(batch, first, number + 1)
            yield batch
            batch, first = [], number + 1
    if batch:
        _check(batch, first, first + batch.count(None))
        yield batch


def _check(batch: list[Any], first: int, stop: int) -> None:
    kinds = set(map(type, batch))
    if kinds <= {str, type(None)} and batch.count(None) == stop - first:
        return
    sentence = first
    for at, token in enumerate(batch):
        ends = token is None and at + 1 < len(batch) and batch.count(None) == stop - first
        if ends:
            sentence += 1
        elif not isinstance(token, str) and not (token is None and at + 1 == len(batch)):
            raise InputError(
                f"near sentence {sentence}: a token must be a string, "
                f"got {type(token).__name__}: {token!r:.60}"
            )


def _digestible(batch: list[Any]) -> bytes:
    """Bytes that tell two batches apart: the length of each token, then the tokens."""
    lengths = np.fromiter((-1 if token is None else len(token) for token in batch), np.int32)
    return lengths.tobytes() + "".join(filter(None, batch)).encode("utf-8", "surrogatepass")
