"""Text → phrases joined → vocabulary → ids on disk: `learn` with a step between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rowspace.corpus import Reading
from rowspace.corpus.intake import Report
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.count import Merged
from rowspace.vocabulary.encode import Encoded
from rowspace.vocabulary.joining import Joining
from rowspace.vocabulary.learn import Corpus, final_ids, learn, vocabulary_of
from rowspace.vocabulary.phrase_learning import Learned, learned
from rowspace.vocabulary.phrases import Phrases
from rowspace.vocabulary.renumber import DROPPED, END, without_empty
from rowspace.vocabulary.tally import write_all
from rowspace.vocabulary.vocabulary import Vocabulary

PHRASES = "phrases.json"
CHUNK = 1 << 22  # ids translated at a time


def learn_joined(
    corpus: Corpus,
    phrases: Joining | Phrases | None,
    *,
    reading: Reading | None = None,
    building: Building | None = None,
    folder: str | os.PathLike[str],
    progress: Report | None = None,
) -> tuple[Vocabulary, Encoded]:
    """`learn`, where the words of each phrase are one; None: plain `learn`.

    Phrases are learned from all words of the corpus, whatever `building` then keeps of them, and
    stand in the folder as phrases.json. Raises what `learn` raises.
    """
    building, folder = building or Building(), Path(folder)
    if phrases is None:
        return learn(corpus, reading=reading, building=building, folder=folder, progress=progress)
    known = phrases.passes if isinstance(phrases, Phrases) else None
    joining = phrases.joining if isinstance(phrases, Phrases) else phrases
    found = learned(
        corpus,
        joining,
        folder,
        known=known,
        reading=reading,
        processes=building.processes,
        progress=progress,
    )
    Phrases(found.passes, joining).save(folder / PHRASES)
    everything = np.arange(len(found.tokens))
    merged = Merged(found.tokens, found.counts, [everything], found.encoded.seen)
    vocabulary = vocabulary_of(merged, building)
    (ids,) = final_ids(merged, vocabulary)
    encoded = _translated(found, np.append(ids, np.int32(END)))
    encoded.save()
    return vocabulary, encoded


def _translated(found: Learned, ids: np.ndarray) -> Encoded:
    """The corpus in the ids of the vocabulary; number -1 finds END at the end of `ids`."""
    before = found.encoded
    part = before.path.with_suffix(".final")
    entries = sentences = 0
    ended = True  # nothing, or a marker, was written last: another marker would be empty
    with part.open("wb", buffering=0) as file:
        for stretch in _stretches(before):
            new = ids[stretch]
            new = without_empty(new[new != DROPPED])
            if ended and len(new) and new[0] == END:
                new = new[1:]
            if len(new):
                ended = bool(new[-1] == END)
                entries += len(new)
                sentences += int(np.count_nonzero(new == END))
                write_all(file, new.astype("<i4", copy=False))
    part.replace(before.path)
    return Encoded(
        before.path,
        entries=entries,
        tokens=entries - sentences,
        seen=before.seen,
        sentences=sentences,
        fingerprint=before.fingerprint,
        sizes=before.sizes,
        column=before.column,
    )


def _stretches(encoded: Encoded) -> Iterator[np.ndarray]:
    for at in range(0, encoded.entries, CHUNK):
        yield encoded.stretch(at, min(at + CHUNK, encoded.entries))
