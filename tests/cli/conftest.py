"""The command, as a process or without one, and a small model to ask."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rowspace.cli import run as entered

WORDS = ("the", "king", "queen", "man", "woman", "dog", "cat", "file", "files", "list")
Command = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """This process's variables without those that change how a terminal is spoken to."""
    kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS")}
    return {**kept, **more}


@pytest.fixture
def process(tmp_path: Path) -> Command:
    """Run `rowspace …` in a folder of its own, as people run it: as a process."""

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


@pytest.fixture
def command(tmp_path: Path, process: Command) -> Command:
    """`process` without a process: a second sooner. Variables of its own need a real one."""

    def run(*words: object, stdin: str = "", env: dict[str, str] | None = None, cwd=tmp_path):
        if env:
            return process(*words, stdin=stdin, env=env, cwd=cwd)
        given = io.TextIOWrapper(io.BytesIO(stdin.encode(errors="surrogateescape")), "utf-8")
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
            as_in_a_process(patch)
            patch.chdir(cwd)
            for name, stream in (("stdin", given), ("stdout", out), ("stderr", err)):
                patch.setattr(sys, name, stream)
            before = signal.getsignal(signal.SIGTERM)
            try:
                code = entered.run([str(word) for word in words])
            finally:
                signal.signal(signal.SIGTERM, before)
        return subprocess.CompletedProcess(words, code, written(out), written(err))

    return run


def written(stream: io.TextIOWrapper) -> str:
    """All of it, also what Python would bring out at its end."""
    stream.flush()
    return stream.buffer.getvalue().decode(errors="surrogateescape")


def as_in_a_process(patch: pytest.MonkeyPatch) -> None:
    """The variables and the filters of warnings that Python starts with."""
    for name in os.environ.keys() - environment().keys():
        patch.delenv(name)
    warnings.simplefilter("default")
    for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", kind)


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
