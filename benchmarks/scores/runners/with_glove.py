"""GloVe's part: its own eval/python/evaluate.py, called where it lies, on its own questions."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.harness.job import Job, answer
from benchmarks.scores.runners.exported import exported

SECTION = re.compile(r"^(\S+)\.txt:$")
COUNTS = re.compile(r"^ACCURACY TOP1: .*\((\d+)/(\d+)\)$")
PARTS = re.compile(r"^(Semantic|Syntactic|Total) accuracy: .*\((\d+)/(\d+)\)$")


def analogies(job: Job) -> dict[str, Any]:
    """Right answers and questions of each section, and of the three sums."""
    words, matrix = exported(job["vectors"])
    with tempfile.TemporaryDirectory() as folder:
        vocabulary, vectors = Path(folder, "vocab.txt"), Path(folder, "vectors.txt")
        vocabulary.write_text("".join(f"{word} 1\n" for word in words), "utf-8")
        with vectors.open("w", encoding="utf-8") as file:
            for word, row in zip(words, matrix.tolist(), strict=True):
                file.write(f"{word} {' '.join(map(repr, row))}\n")
        command = [
            sys.executable, "eval/python/evaluate.py",
            "--vocab_file", str(vocabulary), "--vectors_file", str(vectors),
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=job["source"], capture_output=True, text=True, check=True
        )
    found: dict[str, list[int]] = {}
    section = ""
    for line in done.stdout.splitlines():
        if named := SECTION.match(line):
            section = named[1]
        elif counts := COUNTS.match(line):
            found[section] = [int(counts[1]), int(counts[2])]
        elif part := PARTS.match(line):
            found[part[1].lower()] = [int(part[2]), int(part[3])]
    return {"scores": found}


if __name__ == "__main__":
    answer({"analogies": analogies}, ["numpy"])
