"""A pytest plugin: Keras's own test files run on rowspace's classes.

Loaded into a process of its own by test_keras_peers.py. The files import TensorFlow and grain at
the top; where these are not installed a stand-in is there while the files are imported, and no
longer, so that Keras does not take it for TensorFlow itself.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

import keras
import keras.src.layers
import lookups
import pytest
from left_out import LEFT_OUT

import rowspace.keras

STAND_INS = ("tensorflow", "grain")
placed: list[str] = []


def pytest_configure(config):
    config.addinivalue_line("markers", "requires_trainable_backend: Keras's own")
    keras.src.layers.Embedding = rowspace.keras.Embedding
    for name in ("IndexLookup", "StringLookup", "TextVectorization", "Hashing"):
        setattr(keras.src.layers, name, getattr(lookups, name))
    for name in STAND_INS:
        if find_spec(name) is None:
            sys.modules[name] = ModuleType(name)
            sys.modules[name].data = ModuleType(f"{name}.data")
            placed.append(name)


def pytest_runtest_setup(item):
    if keras.backend.backend() == "numpy" and item.get_closest_marker("requires_trainable_backend"):
        pytest.skip("needs a backend that trains")


def pytest_collection_modifyitems(config, items):
    for name in placed:
        sys.modules.pop(name, None)
    left = []
    for item in items:
        reasons = LEFT_OUT.get(item.path.name, {})
        if any(item.name in names for names in reasons.values()):
            left.append(item)
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)
