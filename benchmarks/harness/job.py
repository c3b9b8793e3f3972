"""A job as JSON in the first argument; the answer as one line of JSON, the last on stdout.

Only the standard library: every contestant's Python runs this.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

Job = dict[str, Any]
_BEGAN = time.perf_counter()


class Stages:
    """Seconds by stage; each lap ends one. The first begins when this module was loaded."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = _BEGAN

    def lap(self, name: str) -> None:
        """The stage that ends here."""
        now = time.perf_counter()
        self.seconds[name], self.last = now - self.last, now


def answer(tasks: Mapping[str, Callable[[Job], dict[str, Any]]], packages: list[str]) -> None:
    """Do the job that was asked for, tell what came of it, and leave at once: threads of a library
    that are still waiting cannot spoil an answer that is given."""
    job = json.loads(sys.argv[1])
    result = tasks[job["task"]](job)
    result["peak_rss"] = peak_rss()
    result["versions"] = {name: version(name) for name in packages}
    print(json.dumps(result), flush=True)
    sys.stderr.flush()
    os._exit(0)


def peak_rss() -> int:
    """Bytes this process had resident at most; not those of whoever started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def write_words(folder: str, words: list[str]) -> None:
    """The words of an export, one a line, most frequent first."""
    Path(folder, "words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


def names(count: int) -> list[str]:
    """Distinct words of letters, as many as asked."""
    letters = "etaoinshrdlucmfw"
    return ["".join(letters[int(digit, 16)] for digit in f"{at:x}") for at in range(count)]
