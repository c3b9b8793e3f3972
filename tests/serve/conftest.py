"""Fixtures of the server's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.serve.asking import Client, Running, made, started

from rowspace import files, serve

pytest.importorskip("starlette")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model on disk."""
    return files.save(made(), tmp_path_factory.mktemp("serve") / "words")


@pytest.fixture
def client() -> Callable[..., Client]:
    """Asks an application of these models."""
    return lambda models=None, **more: Client(serve.app(models or {"words": made()}, **more))


@pytest.fixture
def running(folder: Path, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts `rowspace serve` on a free port."""
    begun: list[Running] = []

    def run(*words: object, models: tuple[object, ...] = (folder,)) -> Running:
        begun.append(started(tmp_path / f"log-{len(begun)}", *models, *words))
        return begun[-1]

    yield run
    for one in begun:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        one.process.stdout.close()
