"""`Bench`: a run of the benchmark; what its parts ask for."""

from __future__ import annotations

import argparse
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("rowspace", "starlette", "uvicorn", "msgspec", "numpy")


class Bench:
    """`options` of the command line, and the versions of what answers."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.versions = {name: version(name) for name in PACKAGES}
        self.cache: Path = options.cache

    @property
    def size(self) -> tuple[int, int]:
        """Items and dimensions of the model."""
        return self.options.items, self.options.dim

    @property
    def seconds(self) -> float:
        """Of one round."""
        return float(self.options.seconds)
