"""Other tools' choices by name, so that a run can be set beside theirs."""

from __future__ import annotations

from typing import Any

from rowspace.errors import SettingError
from rowspace.vocabulary import Exact, Subwords

# Settings of the objective and of training together; sources in docs/like.md.
LIKE: dict[str, dict[str, Any]] = {
    "rowspace": {},
    "word2vec": {
        "dim": 100, "window": 5, "negative": 5, "sample": 1e-3, "noise_power": 0.75, "lr": 0.025,
        "min_lr": 2.5e-6, "epochs": 5, "min_count": 5, "lower": False, "tokenizer": "whitespace",
        "unseen": Exact(),
    },
    "fasttext": {
        "dim": 100, "window": 5, "negative": 5, "sample": 1e-4, "noise_power": 0.5, "lr": 0.05,
        "min_lr": 0.0, "epochs": 5, "min_count": 5, "lower": False, "tokenizer": "whitespace",
        "unseen": Subwords(minn=3, maxn=6, buckets=2_000_000),
    },
}  # fmt: skip

# What differs where the tool is asked for CBOW.
_CBOW: dict[str, dict[str, Any]] = {"word2vec": {"lr": 0.05, "min_lr": 5e-6}}


def like(name: str, objective: str = "skipgram") -> dict[str, Any]:
    """Settings that differ from rowspace's own defaults in the tool called `name`."""
    SettingError.unless(name in LIKE, "like", name, "one of " + ", ".join(LIKE))
    return {**LIKE[name], **(_CBOW.get(name, {}) if objective == "cbow" else {})}
