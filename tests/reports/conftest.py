"""Small models to report on: a classifier trained here, vectors with counts, vectors of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rowspace.vectors import Model, Vectors
from rowspace.vocabulary import Vocabulary

RUN = {"epochs": 6, "dim": 8, "threads": 1}


@pytest.fixture(scope="session")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A classifier of a few hundred texts, judged on a part of them."""
    import rowspace as rs

    rng = np.random.default_rng(5)
    own = {"good": ["fine", "lovely", "great"], "bad": ["awful", "dull", "poor"]}
    shared = ["film", "story", "actor", "music", "scene", "end"]
    texts, labels = [], []
    for at in range(400):
        label = ("good", "bad")[at % 2]
        some = [*rng.choice(own[label], 1), *rng.choice(shared, 4)]
        other = rng.choice(own[("bad", "good")[at % 2]], 1) if rng.random() < 0.2 else []
        texts.append(" ".join([*some, *other]))
        labels.append(label)
    folder = tmp_path_factory.mktemp("classifier") / "sentiment"
    rs.train_classifier({"text": texts, "label": labels}, output=folder, **RUN)
    return folder


def zipfian(size: int = 600, dim: int = 12, seed: int = 3) -> Vectors:
    """Words w0, w1, … with counts that fall as 1 / rank, and random vectors."""
    counts = {f"word{chr(97 + at % 26)}{chr(97 + at // 26)}": 60_000 // (at + 1) + 1
              for at in range(size)}  # fmt: skip
    vocabulary = Vocabulary.from_counts(counts)
    rows = np.random.default_rng(seed).standard_normal((size, dim)).astype(np.float32)
    return Vectors(vocabulary, rows)


@pytest.fixture(scope="session")
def words() -> Model:
    """Word vectors with a record as `train words` leaves it."""
    config = {
        "objective": {"name": "skipgram", "dim": 12, "lr": 0.025},
        "training": {"epochs": 4, "min_count": 1},
    }
    record = {
        "data": {"tokens": 2_000_000, "kept": 1_990_000, "sentences": 9000},
        "determinism": "deterministic", "loss": [4.0, 3.0, 2.9, 2.89],
        "rate": [0.022, 0.016, 0.01, 0.003], "words": 8_000_000, "seconds": 12.5,
    }  # fmt: skip
    return Model(zipfian(), config, record)
