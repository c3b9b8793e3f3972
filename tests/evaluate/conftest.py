"""Lists that people made: found by ROWSPACE_DATA, else ../shared/data; never in the repository."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from rowspace.vectors import Vectors


@pytest.fixture(scope="session")
def data():
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("ROWSPACE_DATA", root / ".." / "shared" / "data"))
    if not (folder / "wordsim").is_dir():
        pytest.skip(f"no test lists in {folder}; set ROWSPACE_DATA")
    return folder


@pytest.fixture
def write(tmp_path):
    """A file of this content."""

    def writer(content, name="list.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return writer


@pytest.fixture
def plane():
    """Words in a plane: vectors by name."""

    def build(places, **more):
        return Vectors.from_arrays(places, np.array(list(places.values()), np.float32), **more)

    return build
