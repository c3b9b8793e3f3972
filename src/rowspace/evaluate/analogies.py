"""a is to b as c is to what?  The share of questions answered with the very word expected."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.correlation import share_interval
from rowspace.evaluate.lists import Questions, read_questions
from rowspace.evaluate.protocol import Protocol
from rowspace.evaluate.protocol import protocol as by_name
from rowspace.evaluate.score import Score
from rowspace.evaluate.words import Words, look_up, upper_ids
from rowspace.vectors import Vectors
from rowspace.vectors.analogy import Method, solve

METHODS = ("add", "mul")


def analogies(
    vectors: Vectors,
    path: str | Path,
    *,
    restrict: int | None = None,
    method: Literal["add", "mul"] = "add",
    protocol: str | Protocol = "rowspace",
    unseen: bool | None = None,
    seed: int = 0,
) -> list[Score]:
    """Score the questions in `path`: one score a section, then semantic, syntactic and total.

    Names are `file/section`. Sections named `gram…` are syntactic. `restrict` keeps the N most
    frequent items, 0 all, None what the protocol says. `method` is 3CosAdd (Mikolov et al. 2013)
    or 3CosMul (Levy and Goldberg 2014). `unseen` overrides the protocol; an answer is always a
    known word. `coverage` is the share of questions answered. Raises InputError.
    """
    rules = by_name(protocol)
    questions = read_questions(path)
    found = tried(vectors, questions, rules, restrict=restrict, method=method, unseen=unseen)
    extra = {
        "metric": "accuracy",
        "protocol": protocol if isinstance(protocol, str) else "custom",
        "method": method,
        "restrict": _limit(vectors, rules, restrict),
    }
    return scores_of(Path(path).stem, questions, found, rules=rules, seed=seed, **extra)


def tried(
    vectors: Vectors,
    questions: Questions,
    rules: Protocol,
    *,
    restrict: int | None = None,
    method: str = "add",
    unseen: bool | None = None,
) -> np.ndarray:
    """Which questions are right, which answered, and which are of known words: bool [3, n]. Raises
    InputError for a method there is not, or a number below 0."""
    if method not in METHODS:
        raise InputError(f"there is no method {method!r:.40}; there are {', '.join(METHODS)}")
    if restrict is not None and restrict < 0:
        raise InputError(f"restrict must be 0 (all) or more, not {restrict}")
    limit = _limit(vectors, rules, restrict)
    ask = rules.unseen if unseen is None else unseen
    every = (word for question in questions.words for word in question)
    words = look_up(vectors, every, rules, limit=limit, unseen=ask)
    places = np.array([[words.place[word] for word in question] for question in questions.words])
    known = (words.ids[places] >= 0).all(axis=1)
    sought = words.ids[places[:, 3]] >= 0
    answered = words.answered[places[:, :3]].all(axis=1) & sought
    asked = sought if rules.missing == "first" else answered
    right = np.zeros(len(places), bool)
    if asked.any():
        right[asked] = _solved(vectors, words, places[asked], rules, limit, method)
    return np.stack([right, answered, known])


def parts_of(questions: Questions) -> dict[str, np.ndarray]:
    """Which questions are of each section, semantic, syntactic, and all: bool [n] by name."""
    parts = {name: questions.section == at for at, name in enumerate(questions.names)}
    grammar = np.array([name.startswith("gram") for name in questions.names])[questions.section]
    if grammar.any() and not grammar.all():
        parts |= {"semantic": ~grammar, "syntactic": grammar}
    return parts | {"total": np.ones(len(questions.section), bool)}


def _limit(vectors: Vectors, rules: Protocol, restrict: int | None) -> int:
    most = rules.analogy_limit if restrict is None else restrict
    return min(most or len(vectors), len(vectors))


def _solved(
    vectors: Vectors, words: Words, places: np.ndarray, rules: Protocol, limit: int, method: str
) -> np.ndarray:
    """Which questions, `places` int64 [n, 4] in `words`, are answered right; bool [n]."""
    spelling = np.arange(limit)
    if rules.case == "upper":
        spelling = _first_spellings(vectors, limit)
    matrix = rows = _rows(vectors, limit)
    # Unseen words stand behind the candidates: part of a question, never its answer.
    beyond = limit + np.arange(len(words.ids))
    asked = np.where(words.ids >= 0, words.ids, beyond)[places[:, :3]]
    if (asked >= limit).any():
        matrix = np.concatenate([rows, words.vectors.astype(rows.dtype)])
    apart = _others(spelling, asked) if rules.one_spelling else None
    how: Method = "mul" if method == "mul" else "add"
    best = solve(matrix, asked, method=how, first=limit, apart=apart)
    answers = np.where(best >= 0, spelling[best], -1)
    return answers == spelling[words.ids[places[:, 3]]]


def _others(spelling: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The ids of all spellings of each question's words, int64 [n, m], -1 in places left over."""
    order = np.argsort(spelling, kind="stable")
    begin, end = (np.searchsorted(spelling[order], asked, side) for side in ("left", "right"))
    wide = int((end - begin).max(initial=0))
    places = begin[..., None] + np.arange(wide)
    there = places < end[..., None]
    found = np.where(there, order[np.minimum(places, len(order) - 1)], -1)
    return found.reshape(len(asked), 3 * wide)


def _rows(vectors: Vectors, limit: int) -> np.ndarray:
    """The vectors of the first items [limit, D]; rows that are each an item's own are not
    copied."""
    if not vectors.vocabulary.unseen.own_rows:
        return vectors[np.arange(limit)]
    return vectors.matrix[:limit]


def _first_spellings(vectors: Vectors, limit: int) -> np.ndarray:
    """For each of the first `limit` items the first that is the same in upper case."""
    first = upper_ids(vectors, limit)
    items = zip(range(limit), vectors.vocabulary, strict=False)
    return np.array([first[item.upper()] for _, item in items], np.int64)


def scores_of(
    stem: str,
    questions: Questions,
    found: np.ndarray,
    *,
    rules: Protocol,
    seed: int = 0,
    **extra: object,
) -> list[Score]:
    """A score a part of the questions, of what `tried` found, bool [3, n]; `extra` is told too."""
    parts = parts_of(questions)
    scores = []
    for at, (name, part) in enumerate(parts.items()):
        right, answered, known = (int(row[part].sum()) for row in found)
        total = int(part.sum())
        n = answered if rules.missing == "skip" else total
        low, high = share_interval(right, n, seed + at)
        counts = {"right": right, "known": known, "answered": answered, "total": total}
        scores.append(
            Score(
                name=f"{stem}/{name}",
                value=right / n if n else math.nan,
                n=n,
                coverage=answered / total if total else 0.0,
                low=low,
                high=high,
                extra=extra | counts,
            )
        )
    return scores
