"""Keras on the backend that is there: torch, unless KERAS_BACKEND says another."""

from __future__ import annotations

import os
from importlib.util import find_spec

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
backend = os.environ["KERAS_BACKEND"]
if find_spec("keras") is None or (backend != "numpy" and find_spec(backend) is None):
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header():
    if "collect_ignore_glob" in globals():
        return f"tests/keras is left out: it needs keras and {backend} (the `keras` extra)"
    return f"tests/keras runs on Keras's {backend} backend"


@pytest.fixture
def rng():
    return np.random.default_rng(0)
