"""What is tried for each way, and how one is chosen: by the validation part alone.

`count` settings are tried with one seed; the FINALISTS best of them with MORE seeds, and of those
the best mean NDCG@10 wins. It is trained anew on both parts with seeds that no trial had, and meets
the test part once. The same for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.labels.spaces import Even, Range, Settings, drawn

FINALISTS, MORE = 5, (1, 2)
FIRST_REFIT = 100
Do = Callable[[str, Sequence[tuple[Settings, int]]], list[dict[str, Any]]]
"""Part ("train" or "both") and trials to what each came to."""

SPACES: dict[str, dict[str, Range]] = {
    "popularity": {},
    "item-kNN": {
        "k": (10, 20, 50, 100, 200, 400),
        "shrink": (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0),
    },
    "implicit BPR": {
        "factors": (16, 32, 64, 128),
        "learning_rate": Even(0.002, 0.2),
        "regularization": Even(1e-4, 0.1),
        "iterations": (25, 50, 100, 200),
    },
    "implicit ALS": {
        "factors": (16, 32, 64, 128),
        "regularization": Even(1e-3, 30.0),
        "alpha": Even(0.5, 40.0),
        "iterations": (5, 10, 15, 30),
    },
    "rowspace": {
        "loss": ("softmax", "softmax", "warp"),
        "dim": (32, 64, 128),
        "negative": (16, 32, 64),
        "noise_power": (0.0, 0.25, 0.5, 0.75),
        "history": (10, 20, 50, 100),
        "decay": (0.5, 0.6, 0.7, 0.8, 0.9),
        "tail": (0.0, 0.01, 0.02, 0.05),
        "lr": Even(0.05, 0.2),
        "l2": Even(1e-4, 0.03),
        "epochs": (4, 6, 8, 10, 12, 16),
        "valid": ("none",),
    },
}  # fmt: skip
# Everybody's own defaults, tried first; rowspace's with a number of epochs.
KNOWN: dict[str, list[Settings]] = {
    "popularity": [{}],
    "item-kNN": [{"k": 50, "shrink": 10.0}],
    "implicit BPR": [
        {"factors": 100, "learning_rate": 0.01, "regularization": 0.01, "iterations": 100}
    ],
    "implicit ALS": [{"factors": 100, "regularization": 0.01, "alpha": 1.0, "iterations": 15}],
    "rowspace": [{"epochs": 10, "valid": "none"}],
}


def ndcg(ranks: Sequence[float], k: int = 10) -> float:
    """Of one target a user: 1 / log2(rank + 2) where it is below k."""
    places = np.asarray(ranks)
    return float(np.where(places < k, 1 / np.log2(places + 2), 0.0).mean())


def tried(name: str, count: int) -> list[Settings]:
    """The settings of one way."""
    return drawn(SPACES[name], count, known=KNOWN[name]) if SPACES[name] else [{}]


def tuned(name: str, do: Do, *, count: int, seeds: int) -> dict[str, Any]:
    """The choice, its validation figure, all trials, and the ranks of the test part by seed."""
    first = [_short(one) for one in do("train", [(one, 0) for one in tried(name, count)])]
    final = sorted(first, key=lambda one: -one["ndcg"])[:FINALISTS]
    again = [(one["settings"], seed) for one in final for seed in MORE]
    more = [_short(one) for one in do("train", again)]
    groups = [[one, *(two for two in more if two["settings"] == one["settings"])] for one in final]
    best = max(groups, key=lambda group: fmean(one["ndcg"] for one in group))
    chosen: Mapping[str, Any] = best[0]["settings"]
    refits = [(dict(chosen), FIRST_REFIT + at) for at in range(seeds)]
    test = [one["ranks"] for one in do("both", refits)]
    return {
        "chosen": chosen,
        "valid": fmean(one["ndcg"] for one in best),
        "trials": [*first, *more],
        "test": test,
    }


def _short(trial: Mapping[str, Any]) -> dict[str, Any]:
    value = round(ndcg(trial["ranks"]), 5)
    return {"settings": trial["settings"], "seed": trial["seed"], "ndcg": value}
