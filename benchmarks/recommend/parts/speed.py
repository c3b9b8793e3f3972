"""BPR's pairs a second beside implicit's, on made-up pairs: the same numbers in a vector, one
negative a pair, plain steps, no bias (implicit has one in a column of its own)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.harness.findings import Finding, ratio
from benchmarks.recommend.bench import Bench

SIZES = {"20,000 users, 10,000 items, 2 M pairs": (20_000, 10_000, 2_000_000)}
EPOCHS, DIM = 5, 64


def speed(bench: Bench) -> Iterator[list[Finding]]:
    """By turns, so that a busy moment meets both."""
    for name, (users, items, wanted) in SIZES.items():
        path = bench.cache / f"recommend-pairs-{users}-{items}-{wanted}.npz"
        count = made(path, users, items, wanted)
        ours, theirs, busy = [], [], 0.0
        for _ in range(bench.options.repeat):
            settings = {"loss": "bpr", "dim": DIM, "negative": 1, "history": 0, "own": True,
                        "rule": "sgd", "lr": 0.01, "l2": 0.01, "epochs": EPOCHS, "bias": True,
                        "noise_power": 1.0}  # fmt: skip
            sizes = {"part": str(path), "n_users": users, "n_items": items}
            answer = bench.job("rowspace", "speed", settings=settings, **sizes)
            ours.append(count * EPOCHS / answer["seconds"]["fit"])
            busy = max(busy, answer["others"])
            their = {"factors": DIM, "learning_rate": 0.01, "regularization": 0.01,
                     "iterations": EPOCHS}  # fmt: skip
            answer = bench.job("implicit BPR", "speed", settings=their, **sizes)
            theirs.append(count * EPOCHS / answer["seconds"]["fit"])
            busy = max(busy, answer["others"])
        note = f"others took {busy:.1f} cores meanwhile" if busy > 0.15 else ""
        yield [ratio(f"BPR, {name}, dim {DIM}", ours, theirs, of="pairs/s", note=note)]


def made(path: Path, users: int, items: int, wanted: int) -> int:
    """Distinct pairs, items by Zipf's law; how many there are."""
    if not path.exists():
        random = np.random.default_rng(0)
        shares = 1 / np.arange(1, items + 1)
        item = random.choice(items, wanted, p=shares / shares.sum())
        pair = np.unique(random.integers(0, users, wanted) * items + item)
        user, item = np.divmod(pair, items)
        np.savez(path, user=user, item=item, target=np.zeros(users, np.int64))
    with np.load(path) as found:
        return len(found["user"])
