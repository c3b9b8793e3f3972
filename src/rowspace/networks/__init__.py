"""Whole networks on the layer (the `torch` extra): tagging, translation, generation.

Each is one file (`tag`, `translate`, `generate`); `course` is the loop of all three.
"""

from __future__ import annotations

from importlib import util

from rowspace.errors import MissingExtraError

if util.find_spec("torch") is None:
    raise MissingExtraError("a network", "torch")
