"""The command of a run as its results tell it: what was typed, but for folders and files."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence

PLACES = ("--data", "--cache", "--results", "--glove", "--vectors")
"""Options that say where something lies on the machine of a run."""


def command(reader: argparse.ArgumentParser, argv: Sequence[str]) -> str:
    """`reader.prog` and its words, without the options of `PLACES` and what follows them."""
    kept = [
        word
        for before, word in zip(["", *argv], argv, strict=False)
        if before not in PLACES and word.split("=")[0] not in PLACES
    ]
    return " ".join([reader.prog, *map(shlex.quote, kept)])
