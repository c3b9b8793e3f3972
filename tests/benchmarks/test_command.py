"""What results tell of the command of their run."""

from __future__ import annotations

import argparse

from benchmarks.harness.command import command


def test_places_are_not_told():
    reader = argparse.ArgumentParser(prog="python -m benchmarks.table")
    typed = ["part", "--seeds", "3", "--data", "/x", "--results=/y", "--only", "a b", "--quick"]
    told = "python -m benchmarks.table part --seeds 3 --only 'a b' --quick"
    assert command(reader, typed) == told
