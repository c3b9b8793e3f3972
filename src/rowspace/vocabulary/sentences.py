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


class _End:
    """What no token can be."""


END = _End()


def scan_sentences(sentences: Iterable[Any], folder: Path, *, intake: Intake, memory: int) -> Scan:
    """Counts tokens as they are: nothing is cut, lower-cased or normalised.

    Raises InputError naming the sentence for what is not a list of strings.
    """
    file = folder / "part-0.numbers"
    tally = Tally(END, _spell, file=file, memory=memory)
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
    """Tokens of many sentences in one list, END after each sentence."""
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
        batch.append(END)
        if len(batch) >= BATCH:
            yield _checked(batch, first)
            batch, first = [], number + 1
    if batch:
        yield _checked(batch, first)


def _checked(batch: list[Any], first: int) -> list[Any]:
    wrong = tuple(kind for kind in set(map(type, batch)) if not issubclass(kind, (str, _End)))
    if wrong:
        at = next(at for at, token in enumerate(batch) if type(token) in wrong)
        raise InputError(
            f"sentence {first + batch[:at].count(END)}: a token must be a string, "
            f"got {type(batch[at]).__name__}: {batch[at]!r:.60}"
        )
    return batch


def _digestible(batch: list[Any]) -> bytes:
    """Bytes that tell two batches apart: the length of each token, then the tokens."""
    lengths = [-1 if token is END else len(token) for token in batch]
    text = "".join([token for token in batch if token is not END])
    return np.array(lengths, np.int32).tobytes() + text.encode("utf-8", "surrogatepass")
