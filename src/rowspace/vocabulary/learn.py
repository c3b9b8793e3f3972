"""Text → vocabulary → ids on disk, in one pass over the text."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.corpus import Intake, Reading, Source, find, stream
from rowspace.corpus.intake import Report
from rowspace.errors import InputError
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.count import Merged, Scan, merge, scan, usable_cores
from rowspace.vocabulary.encode import IDS, Encoded, no_space
from rowspace.vocabulary.items import to_bytes
from rowspace.vocabulary.renumber import DROPPED, write_ids
from rowspace.vocabulary.sentences import scan_sentences
from rowspace.vocabulary.tally import maps_of
from rowspace.vocabulary.vocabulary import Vocabulary

Corpus = Source | Sequence[Source] | Iterable[Iterable[str]]


def learn(
    corpus: Corpus,
    *,
    reading: Reading | None = None,
    building: Building | None = None,
    folder: str | os.PathLike[str],
    progress: Report | None = None,
) -> tuple[Vocabulary, Encoded]:
    """The vocabulary of a corpus, and the corpus as ids in `folder`.

    corpus: a path, a list of paths (files, folders, globs, "-" for standard input), or any
    iterable of lists of tokens, which is gone through once and taken as it is.
    progress: is given {"type": "scan", …} about twice a second, and warnings.
    The same text gives the same ids whatever the number of processes (if nothing was forgotten
    for want of memory, which a warning says). Raises InputError, ResourceError.
    """
    reading, building = reading or Reading(), building or Building()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    intake = Intake(progress)
    files: list[Path] = []
    try:
        scanned = _scan(corpus, reading, building, folder, intake)
        files = scanned.files
        return _settle(scanned, reading, building, folder / IDS, intake)
    except OSError as error:
        if error.filename is None and error.errno is None:
            raise
        raise no_space(folder / IDS, error, intake.raw_bytes) from None
    finally:
        for file in files or folder.glob("part-*.numbers"):
            for one in (file, maps_of(file), file.with_suffix(".stderr")):
                one.unlink(missing_ok=True)


def is_paths(corpus: Any) -> bool:
    """Whether a corpus is named by paths, and not given as lists of tokens."""
    if isinstance(corpus, (str, os.PathLike)):
        return True
    return isinstance(corpus, (list, tuple)) and all(
        isinstance(one, (str, os.PathLike)) for one in corpus
    )


def _scan(corpus: Any, reading: Reading, building: Building, folder: Path, intake: Intake) -> Scan:
    if is_paths(corpus):
        blocks = stream(find(corpus, column=reading.column), reading, intake)
        return scan(
            blocks,
            reading,
            folder,
            intake=intake,
            processes=building.processes,
            memory=building.memory,
        )
    if not isinstance(corpus, Iterable) or isinstance(corpus, (bytes, dict)):
        raise InputError(
            f"wanted a path, a list of paths or lists of tokens, came {type(corpus).__name__}"
        )
    return scan_sentences(corpus, folder, intake=intake, memory=building.memory)


def _settle(
    scanned: Scan, reading: Reading, building: Building, path: Path, intake: Intake
) -> tuple[Vocabulary, Encoded]:
    merged = merge(scanned.distinct)
    vocabulary = vocabulary_of(merged, building)
    _warn(scanned, reading, building, intake)
    flats = final_ids(merged, vocabulary)
    threads = building.processes or usable_cores()
    entries, sentences = write_ids(scanned, flats, path, threads=threads)
    encoded = Encoded(
        path,
        entries=entries,
        tokens=entries - sentences,
        seen=merged.seen,
        sentences=sentences,
        fingerprint=intake.fingerprint,
        sizes=tuple(intake.sizes),
        column=reading.column,
    )
    encoded.save()
    return vocabulary, encoded


def vocabulary_of(merged: Merged, building: Building) -> Vocabulary:
    """The vocabulary that `building` makes of counted tokens. Raises InputError."""
    if merged.seen == 0:
        raise InputError(
            "the corpus is empty: no token was found in it",
            hint="look at the text, and at the tokenizer and column chosen",
        )
    top = int(merged.counts.max(initial=0))
    onto = building.onto
    known = onto is not None and bool((onto.items.find_many(merged.tokens) >= 0).any())
    if top < building.min_count and not known:
        raise InputError(
            f"no item is left: {merged.seen} tokens were read, {len(merged.tokens)} distinct, "
            f"and each occurs less than {building.min_count} times",
            hint=f"lower --min-count (now {building.min_count}; the top count is {top})",
        )
    kept: Iterable[int] = range(len(merged.tokens))
    if onto is None and not building.reserved and building.unseen.unknown_item is None:
        kept = np.flatnonzero(merged.counts >= building.min_count).tolist()
    counts = merged.counts.tolist()
    make = Vocabulary.from_counts if onto is None else onto.grown
    return make(
        ((merged.tokens[at], counts[at]) for at in kept),
        min_count=building.min_count,
        max_size=building.max_size,
        reserved=building.reserved,
        unseen=building.unseen,
    )


def final_ids(merged: Merged, vocabulary: Vocabulary) -> list[np.ndarray]:
    """For each tally the final id of each of its own tokens, int32."""
    unknown = vocabulary.unseen.unknown_item
    other = DROPPED if unknown is None else vocabulary.items.find(to_bytes(unknown))
    index = dict(zip(vocabulary.items.tokens(), range(len(vocabulary)), strict=True))
    ids = np.fromiter(
        (index.get(token, other) for token in merged.tokens), np.int32, len(merged.tokens)
    )
    return [ids[place] for place in merged.places]


def _warn(scanned: Scan, reading: Reading, building: Building, intake: Intake) -> None:
    if intake.bad:
        done = "replaced" if reading.encoding_errors == "replace" else "left out"
        intake.warn(f"{intake.bad} sequences of bytes that are not UTF-8 were {done}")
    threshold = max(table.threshold for table in scanned.distinct)
    if threshold:
        intake.warn(
            f"the distinct tokens did not fit in {building.memory} bytes: tokens seen up to "
            f"{threshold} times between two prunings were forgotten, so that counts are too low "
            "and the vocabulary may depend on the number of processes"
        )
