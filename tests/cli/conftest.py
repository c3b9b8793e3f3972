"""The command as people run it: as a process, with a small model to ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

WORDS = ("the", "king", "queen", "man", "woman", "dog", "cat", "file", "files", "list")
Command = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """This process's variables without those that change how a terminal is spoken to."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS")}
    return {**kept, **more}


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run `rowspace …` in a folder of its own."""

    def run(*words: object, stdin: str = "", env: dict[str, str] | None = None, **more):
        return subprocess.run(
            [sys.executable, "-m", "rowspace", *map(str, words)],
            input=stdin,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            env=environment(**(env or {})),
            **{"cwd": tmp_path, **more},
        )

    return run


@pytest.fixture(scope="session")
def save_model() -> Callable[..., Path]:
    """A function that saves a model of given words under a given policy."""
    return saved


def saved(folder: Path, words: tuple[str, ...] = WORDS, unseen=None) -> Path:
    """A model of random vectors; `king`, `queen` and `cat` lie as the tests expect."""
    from rowspace import files
    from rowspace.vectors import Model, Vectors
    from rowspace.vocabulary import Vocabulary

    counts = {word: 100 - place for place, word in enumerate(words)}
    vocabulary = Vocabulary.from_counts(counts, unseen=unseen)
    rows = np.random.default_rng(7).standard_normal((vocabulary.n_rows, 8)).astype(np.float32)
    if "king" in vocabulary and "queen" in vocabulary and unseen is None:
        rows[vocabulary.id("queen")] = rows[vocabulary.id("king")] + 0.01
    return files.save(Model(Vectors(vocabulary, rows), {"window": 5}, {}), folder)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of ten words, eight numbers each."""
    return saved(tmp_path_factory.mktemp("model") / "m")


@pytest.fixture(scope="session")
def objects() -> Callable[[str], list[dict]]:
    """Every line of stdout as JSON; each must be an object with a type."""

    def parsed(text: str) -> list[dict]:
        found = [json.loads(line) for line in text.splitlines()]
        assert all(isinstance(one, dict) and one["type"] for one in found)
        return found

    return parsed
