"""Who takes part in the training of word vectors."""

from __future__ import annotations

from typing import Any

from benchmarks.harness.contestants import Contestant

# What is the same for everyone, unless a part says otherwise.
SETTINGS: dict[str, Any] = {
    "dim": 100,
    "window": 5,
    "negative": 5,
    "sample": 1e-3,
    "lr": 0.025,
    "min_count": 5,
    "minn": 0,
    "maxn": 0,
    "buckets": 2_000_000,
    "unknown": None,
    "objective": "skipgram",
    "loss": "ns",
    "lines": False,
    "defaults": False,
    "deterministic": False,
    "save": "",
}


def contestant(name: str, library: str, settings: dict[str, Any] | None = None) -> Contestant:
    script = f"benchmarks.words.runners.with_{library}"
    return Contestant(name, library, script, {**SETTINGS, **(settings or {})})


_NGRAMS = {"minn": 3, "maxn": 6}

ROWSPACE = contestant("rowspace", "rowspace")
SUBWORDS = contestant("rowspace, n-grams", "rowspace", _NGRAMS)
DEFAULTS = contestant("rowspace, own defaults", "rowspace", {"defaults": True})
GENSIM = contestant("gensim", "gensim")
TREES = {
    kind: (
        contestant(f"rowspace, {kind}, tree", "rowspace", {"objective": kind, "loss": "hs"}),
        contestant(f"gensim, {kind}, tree", "gensim", {"objective": kind, "loss": "hs"}),
        contestant(
            f"gensim, {kind}, tree, by lines",
            "gensim",
            {"objective": kind, "loss": "hs", "lines": True},
        ),
    )
    for kind in ("skipgram", "cbow")
}
FASTTEXT = contestant("fastText", "fasttext")
FASTTEXT_SUBWORDS = contestant("fastText, n-grams", "fasttext", _NGRAMS)
