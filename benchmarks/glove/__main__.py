"""`python -m benchmarks.glove`: beside Stanford's program, on the same text in one run.

$GLOVE_BIN, or --program, is the folder of the built program (vocab_count, cooccur, shuffle, glove):
<https://github.com/stanfordnlp/GloVe>, `make`. Nothing of it is part of this project.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks.glove.contestants import ROWSPACE, SETTINGS
from benchmarks.glove.parts import PARTS
from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import ROOT
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record
from benchmarks.words import corpus as texts
from benchmarks.words.bench import Bench
from benchmarks.words.options import cache_folder, shown
from rowspace.errors import RowspaceError

NEEDED = ("vocab_count", "cooccur", "shuffle", "glove")


def read(argv: list[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.glove",
        description="GloVe beside Stanford's program: counting, training, quality.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--program", type=Path, default=os.environ.get("GLOVE_BIN"), help="folder of the program")
    add("--words", type=int, help="the first words of the text alone")
    add("--seeds", type=int, default=3, help="trainings a contestant where quality is measured")
    add("--repeat", type=int, default=3, help="rounds where seconds are measured")
    add("--epochs", type=int, default=15, help="passes over the pairs for quality")
    add("--speed-epochs", type=int, default=1, help="passes over the pairs for speed")
    add("--x-max", type=float, default=SETTINGS["x_max"])
    add("--threads", type=int, default=2)
    add("--quick", action="store_true", help="300,000 words, one round: does it work?")
    add("--corpus", type=Path, help="another text: words parted by spaces")
    add("--data", type=Path, default=texts.data_folder(), help="folder of texts and test lists")
    add("--cache", type=Path, default=cache_folder(), help="folder for prepared texts and models")
    add("--results", type=Path, help="folder to keep results in; default: benchmarks/results")
    options = reader.parse_args(argv)
    if wrong := [part for part in options.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    options.command = shown(reader, options).replace("benchmarks.words", "benchmarks.glove")
    if options.quick:
        options.seeds = options.repeat = 1
        options.words, options.epochs = 300_000, min(options.epochs, 3)
    kept = options.cache / "quick" if options.quick else ROOT / "benchmarks" / "results"
    options.results = options.results or kept
    options.parts = options.parts or list(PARTS)
    return options


def main(argv: list[str]) -> int:
    """Run the parts asked for; each is kept as soon as it is measured."""
    options = read(argv)
    program = options.program
    if program is None or not all((Path(program) / name).is_file() for name in NEEDED):
        print("error: set GLOVE_BIN to a folder with " + ", ".join(NEEDED), file=sys.stderr)
        return 2
    os.environ["GLOVE_BIN"] = str(Path(program).resolve())
    try:
        corpus = the_corpus(options)
    except texts.MissingDataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    bench = Bench(options, corpus)
    how = {"date": time.strftime("%Y-%m-%d"), "command": options.command, "machine": machine()}
    run = {**how, "versions": versions(), "corpus": corpus.as_json()}
    title = "GloVe beside Stanford's program"
    record = Record(options.results, run, topic="glove", title=title)
    print(f"{corpus.name}: {corpus.words:,} words; compiling", file=sys.stderr)
    bench.job(ROWSPACE, "warm")
    errors = (ContestantError, RowspaceError)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in options.parts]
    return int(not all(done))


def the_corpus(options: argparse.Namespace) -> texts.Corpus:
    """The text of this run."""
    whole = (
        texts.given(options.corpus)
        if options.corpus
        else texts.prepared(options.data, options.cache)
    )
    return texts.sliced(whole, options.words, options.cache) if options.words else whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
