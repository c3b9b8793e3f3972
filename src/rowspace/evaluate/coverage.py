"""How much of a text does a model know?  The share of its tokens and of its types.

A type is a word however often it stands there, a token each time it does. Known: an item of the
vocabulary, as written or in lower case. Answered: known, or the policy for unseen items has
something to go on.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rowspace.corpus import STDIN, TOKENIZERS, Intake, Reading, find, read, stream
from rowspace.corpus.sources import TABULAR, bare_suffix
from rowspace.errors import InputError
from rowspace.evaluate.correlation import share_interval
from rowspace.evaluate.score import Score
from rowspace.vectors import Vectors
from rowspace.vectors.model import Model
from rowspace.vocabulary.count import merge, scan

LOOKED_AT = 20_000
"""Unseen types whose answer is asked for; of more a sample."""
MISSING = 10
_COUNT = re.compile(rb"\S+[ \t]+[0-9]+\s*")
_MEMORY = 1 << 28
_FIRST, _LINES = 1 << 16, 20


@final
@dataclass(frozen=True, slots=True, eq=False)
class Types:
    """Distinct words and how often each stands in a text, int64 [n]."""

    words: list[str]
    counts: np.ndarray


def coverage(
    vectors: Vectors,
    path: str | os.PathLike[str],
    *,
    reading: Reading | None = None,
    seed: int = 0,
) -> list[Score]:
    """`FILE/tokens` and `FILE/types` known, and `…-answered` where the policy for unseen items
    answers any. `path`: a text as `corpus.read` takes it, cut as `reading` says (`reading_of`), or
    lines of a word and its count.

    `extra["missing"]` names the most frequent words not known. The intervals take tokens and types
    as drawn one by one; those of a text depend on each other, so that they are rather too narrow.
    Of many unseen types a sample is asked, `extra["asked"]`. Raises InputError.
    """
    found = types_of(path, reading or Reading(lower=False))
    known = knows(vectors, found.words)
    unseen = np.flatnonzero(~known)
    order = unseen[np.argsort(-found.counts[unseen], kind="stable")[:MISSING]].tolist()
    extra: dict[str, object] = {
        "policy": vectors.vocabulary.unseen.answers,
        "missing": [[found.words[at], int(found.counts[at])] for at in order],
        "better": "higher",
    }
    stem = "stdin" if os.fspath(path) == STDIN else Path(path).name.split(".")[0]
    whole = {"tokens": found.counts, "types": np.ones(len(known), np.int64)}
    scores = [_share(f"{stem}/{at}", of[known].sum(), of.sum(), extra, seed)
              for at, of in whole.items()]  # fmt: skip
    random = np.random.default_rng(seed)
    some = unseen
    if len(unseen) > LOOKED_AT:
        some = np.sort(random.choice(unseen, LOOKED_AT, replace=False))
    answers = np.array([bool(vectors.vocabulary.bag(found.words[at])) for at in some.tolist()])
    if not answers.any():
        return scores
    extra = {**extra, "asked": len(some)}
    for at, of in whole.items():
        share = of[some[answers]].sum() / of[some].sum()
        right = of[known].sum() + round(share * of[unseen].sum())
        scores.append(_share(f"{stem}/{at}-answered", right, of.sum(), extra, seed))
    return scores


def knows(vectors: Vectors, words: list[str]) -> np.ndarray:
    """Which words are items, as written or in lower case, bool [n]."""
    ids = vectors.vocabulary.ids(words)
    missing = np.flatnonzero(ids < 0)
    ids[missing] = vectors.vocabulary.ids([words[at].lower() for at in missing.tolist()])
    return np.asarray(ids >= 0)


def reading_of(model: Model) -> Reading:
    """How the model's own text was cut, where it says so; else words as written."""
    told = model.config.get("training")
    training = told if isinstance(told, dict) else {}
    name = training.get("tokenizer")
    name = name if isinstance(name, str) and name in TOKENIZERS else "words"
    normalize = training.get("normalize")
    return Reading(
        tokenizer=name,
        lower=training.get("lower") is True,
        normalize=normalize if normalize in ("NFC", "NFKC") else None,
    )


def types_of(path: str | os.PathLike[str], reading: Reading) -> Types:
    """The types of a text, or of lines of words and counts. Raises InputError for one of none."""
    found = _counted(Path(path)) if _looks_counted(path) else _read(path, reading)
    if not found.words or not found.counts.sum():
        raise InputError(f"{os.fspath(path)} holds no words", hint="a text, or lines: word count")
    return found


def _read(path: str | os.PathLike[str], reading: Reading) -> Types:
    intake = Intake(None)
    blocks = stream(find(path, column=reading.column), reading, intake)
    with tempfile.TemporaryDirectory() as folder:
        done = scan(
            blocks, reading, Path(folder), intake=intake, processes=None, memory=_MEMORY
        )  # fmt: skip
        merged = merge(done.distinct)
    return Types([token.decode("utf-8", "replace") for token in merged.tokens], merged.counts)


def _looks_counted(path: str | os.PathLike[str]) -> bool:
    """Whether the first lines of a file are a word and a count each."""
    if not os.path.isfile(path) or bare_suffix(os.fspath(path)) in TABULAR:
        return False
    first = next(read(path, Reading(encoding_errors="replace")), None)
    lines = [line for line in first.data[:_FIRST].split(b"\n") if line.strip()] if first else []
    return bool(lines) and all(_COUNT.fullmatch(line) for line in lines[:_LINES])


def _counted(path: Path) -> Types:
    counts: dict[str, int] = {}
    rest = ""
    for block in read(path, Reading(encoding_errors="strict")):
        *lines, rest = (rest + block.data.decode()).split("\n")
        for at, line in enumerate(lines):
            _count(line, f"{path}, line {block.line + at}", counts)
    _count(rest, f"{path}, last line", counts)
    return Types(list(counts), np.fromiter(counts.values(), np.int64, len(counts)))


def _count(line: str, place: str, counts: dict[str, int]) -> None:
    """Take in one line."""
    if not (line := line.strip()):
        return
    word, _, count = line.replace("\t", " ").rpartition(" ")
    if not word.strip() or not (count.isascii() and count.isdigit()) or len(count) > 15:
        raise InputError(f"{place}: expected a word and its count, found {line!r:.60}")
    counts[word.strip()] = counts.get(word.strip(), 0) + int(count)


def _share(name: str, right: int, n: int, extra: dict[str, object], seed: int) -> Score:
    low, high = share_interval(int(right), int(n), seed)
    return Score(name, float(right / n), int(n), 1.0, low, high, extra)
