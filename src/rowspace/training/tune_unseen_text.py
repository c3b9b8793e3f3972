"""Policies compared on running text, a part of whose words is held out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.corpus import Reading
from rowspace.errors import InputError
from rowspace.objectives import SkipGram
from rowspace.training.train import train
from rowspace.training.tune_unseen_answer import PLAIN, Measured, Policies, Tried, chosen_of
from rowspace.training.tune_unseen_judge import (
    candidates_of,
    look_up_seconds,
    pairs_near,
    shared_neighbours,
    told_apart,
)
from rowspace.training.tune_unseen_words import Parted, Text, part, read_text
from rowspace.vectors import Model
from rowspace.vocabulary import Exact, Hashed, Quotient, Subwords, Unseen, to_text

UNKNOWN = "<unk>"
FEWEST = 50
"""Words that can be neighbours."""
PILOT = 40_000
"""Words by which the speed is estimated."""
SHARE = 0.7
"""Of a budget, for training."""
RATE, SAMPLE = 0.05, 1e-3
"""For little text: larger steps, and more of its frequent words."""
TOLD = ("progress", "warning", "compile")
Tell = Callable[[dict[str, Any]], None]


@final
@dataclass(frozen=True, slots=True)
class Trial:
    """How each policy is trained: `dim`, `epochs`, `min_count`, `threads`, `seed`."""

    dim: int
    epochs: int
    min_count: int
    threads: int | None
    seed: int

    def train(self, corpus: Path, policy: Unseen, tell: Tell, *, epochs: int = 0) -> Model:
        """Skip-gram, the same bits every time."""

        def some(event: dict[str, Any]) -> None:
            if event["type"] in TOLD:
                tell(event)

        return train(
            SkipGram(dim=self.dim, lr=RATE, sample=SAMPLE), [corpus], unseen=policy,
            epochs=epochs or self.epochs, min_count=self.min_count, threads=self.threads,
            seed=self.seed, deterministic=True, tokenizer="whitespace", lower=False,
            markup="none", progress=some,
        )  # fmt: skip


def policies_for(size: int) -> dict[str, tuple[str, Unseen]]:
    """The policies by name, with the options of `train words`, for `size` known words: as many
    hashed rows as words, some eight to sixteen buckets of n-grams to a word."""
    buckets = min(2_000_000, 1 << (8 * max(1, size)).bit_length())
    return {
        PLAIN: ("--unseen unknown", Exact(unknown=UNKNOWN)),
        "hashed": (f"--unseen hashed --buckets {size}", Hashed(buckets=size)),
        "subwords": (f"--unseen subwords --buckets {buckets}", Subwords(buckets=buckets)),
        "quotient": ("--unseen quotient", Quotient(unknown=UNKNOWN)),
    }


def text_policies(
    data: Any,
    *,
    reading: Reading,
    trial: Trial,
    words: int,
    most: int,
    budget: float | None,
    tell: Tell,
) -> Policies:
    """Read, hold out, train each policy, judge. Raises InputError for too little text."""
    began = time.monotonic()
    text = read_text(data, reading, most)
    with tempfile.TemporaryDirectory(prefix="rowspace-") as folder:
        place = Path(folder)
        if budget is not None:
            left = budget - (time.monotonic() - began)
            text = text.first(affordable(text, trial, left, place, tell))
        parted = part(text, words, min_count=trial.min_count, seed=trial.seed)
        return _judged(parted, trial, place, tell, began)


def affordable(text: Text, trial: Trial, seconds: float, place: Path, tell: Tell) -> int:
    """How many words can be trained on by every policy within the time, by a short trial of two."""
    some = text.first(PILOT)
    path = some.write(place / "pilot.txt")
    took = {}
    for name, policy in (("plain", Exact()), ("subwords", Subwords(buckets=1 << 16))):
        made = trial.train(path, policy, tell, epochs=1)
        took[name] = float(made.record["seconds"]) / max(1, len(some))
    each = trial.epochs * (4 * took["plain"] + took["subwords"])
    return int(min(len(text), max(PILOT, SHARE * seconds / max(each, 1e-12))))


def _judged(parted: Parted, trial: Trial, place: Path, tell: Tell, began: float) -> Policies:
    held = np.zeros(len(parted.counts), bool)
    held[parted.held] = True
    whole = parted.learn.write(place / "whole.txt")
    without = parted.learn.write(place / "without.txt", held)
    words = [[parted.learn.words[at] for at in one.tolist()] for one in (parted.held, parted.seen)]
    near = [
        pairs_near(parted, which, min_count=trial.min_count, seed=trial.seed)
        for which in (parted.held, parted.seen)
    ]
    candidates = candidates_of(parted, trial.min_count)
    if len(candidates) < FEWEST:
        raise InputError(
            f"only {len(candidates)} words occur {trial.min_count} times or more",
            hint="give more text, or lower min_count",
        )
    tell({"type": "variant", "name": "all words seen"})
    full = trial.train(whole, Exact(), tell)
    tried, scores = [], []
    size = int((parted.counts[~held] >= trial.min_count).sum())
    for name, (option, policy) in policies_for(size).items():
        tell({"type": "variant", "name": name})
        model = trial.train(without, policy, tell)
        shared = shared_neighbours(model, full, words[0], candidates)
        tried.append(_tried(name, option, model, [*words[0], *candidates], shared, trial.seed))
        scores.append([told_apart(model, *one) for one in zip(words, near, strict=True)])
    unseen, seen = (Measured.of_words(np.array([one[at] for one in scores])) for at in (0, 1))
    told = [told_apart(full, *one) for one in zip(words, near, strict=True)]
    ceiling = Measured.of_words(told[0][None]).scores("unseen", trial.seed)[0][0]
    about = {
        "words": len(parted.learn) + len(parted.judge),
        "held_out": len(parted.held),
        "judged_by": len(parted.judge),
        "examples": [to_text(one) for one in words[0][:10]],
        "had_they_been_seen": ceiling.as_json(),
        "seconds": round(time.monotonic() - began, 3),
    }
    return chosen_of("text", tried, unseen, seen, about=about, seed=trial.seed, ceiling=ceiling)


def _tried(
    name: str, option: str, model: Model, words: Sequence[bytes], shared: np.ndarray, seed: int
) -> Tried:
    rows, dim = model.vectors.rows.shape
    seconds = max(float(model.record["seconds"]), 1e-9)
    values, _ = Measured.of_words(shared[None]).scores("neighbours", seed)
    return Tried(
        name, option, rows, 4 * rows * dim, float(model.record["words"]) / seconds,
        look_up_seconds(model.vectors, words), tuple(values),
    )  # fmt: skip
