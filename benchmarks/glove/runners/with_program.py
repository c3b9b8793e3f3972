"""The part of Stanford's program: vocab_count, cooccur, shuffle and glove in the folder $GLOVE_BIN.

Only the standard library. What each of them says of itself is thrown away.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from benchmarks.harness.job import Job, Stages, answer


def called(
    name: str,
    *options: object,
    source: Path | None = None,
    target: Path | None = None,
    cwd: Path | None = None,
) -> None:
    """Run one of the programs, from a file and into one."""
    command = [str(Path(os.environ["GLOVE_BIN"], name)), *map(str, options), "-verbose", "0"]
    with (
        open(source or os.devnull, "rb") as read,
        open(target or os.devnull, "wb") as written,
    ):
        subprocess.run(
            command, stdin=read, stdout=written, stderr=subprocess.DEVNULL, check=True, cwd=cwd
        )


def count(job: Job) -> dict[str, Any]:
    """From the text to its pairs in another order, stage by stage, into the folder `at`."""
    folder, text = Path(job["at"]), Path(job["corpus"])
    vocabulary, memory = folder / "vocab.txt", ("-memory", job["memory"])
    stages = Stages()
    stages.lap("import")
    called("vocab_count", "-min-count", job["min_count"], source=text, target=vocabulary)
    stages.lap("vocabulary")
    called(
        "cooccur", "-vocab-file", vocabulary, "-window-size", job["window"], *memory,
        "-overflow-file", folder / "overflow", source=text, target=folder / "pairs.bin",
    )  # fmt: skip
    stages.lap("count")
    called(
        "shuffle", *memory, "-seed", 1 + job["seed"], "-temp-file", folder / "shuffle",
        source=folder / "pairs.bin", target=folder / "shuffled.bin", cwd=folder,
    )  # fmt: skip
    stages.lap("shuffle")
    with vocabulary.open("rb") as file:
        items = sum(1 for _ in file)
    pairs = (folder / "pairs.bin").stat().st_size // 16
    return {"seconds": stages.seconds, "items": items, "pairs": pairs}


def train(job: Job) -> dict[str, Any]:
    """`epochs` passes over the pairs that `count` left in `at`; vectors.txt beside them."""
    folder = Path(job["at"])
    stages = Stages()
    stages.lap("import")
    called(
        "glove", "-input-file", folder / "shuffled.bin", "-vocab-file", folder / "vocab.txt",
        "-save-file", folder / "vectors", "-iter", job["epochs"], "-vector-size", job["dim"],
        "-x-max", job["x_max"], "-alpha", job["alpha"], "-eta", job["lr"], "-binary", 0,
        "-model", 2, "-threads", job["threads"], "-seed", 1 + job["seed"],
    )  # fmt: skip
    stages.lap("train")
    return {"seconds": stages.seconds}


if __name__ == "__main__":
    answer({"count": count, "train": train}, [])
