"""`python -m benchmarks.words`: everyone on the same text in one run, beside the goals."""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import MissingPeerError
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record
from benchmarks.words import corpus as texts
from benchmarks.words import options
from benchmarks.words.bench import Bench
from benchmarks.words.contestants import ROWSPACE, SUBWORDS
from benchmarks.words.parts import PARTS
from rowspace.errors import RowspaceError


def main(argv: list[str]) -> int:
    """Run the parts asked for; each is kept as soon as it is measured."""
    chosen = options.read(argv, list(PARTS))
    try:
        corpus = the_corpus(chosen)
    except texts.MissingDataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    bench = Bench(chosen, corpus)
    record = Record(
        chosen.results,
        {
            "date": time.strftime("%Y-%m-%d"),
            "command": chosen.command,
            "machine": machine(),
            "versions": versions(),
            "corpus": corpus.as_json(),
        },
        topic="words",
        title="Word vectors beside other libraries",
    )
    print(f"{corpus.name}: {corpus.words:,} words; compiling", file=sys.stderr)
    errors = (ContestantError, MissingPeerError, RowspaceError)
    done = [warmed(bench)]
    done += [measured(part, PARTS[part](bench), record, bench, errors) for part in chosen.parts]
    return int(not all(done))


def warmed(bench: Bench) -> bool:
    """Compile now what would else be compiled while the clock runs."""
    try:
        for contestant in (ROWSPACE, SUBWORDS):
            bench.job(contestant, "warm")
    except ContestantError as error:
        print(f"error: {error}", file=sys.stderr)
        return False
    return True


def the_corpus(chosen: argparse.Namespace) -> texts.Corpus:
    """The text of this run."""
    if chosen.corpus:
        whole = texts.given(chosen.corpus)
    else:
        whole = texts.prepared(chosen.data, chosen.cache)
    return texts.sliced(whole, texts.QUICK, chosen.cache) if chosen.quick else whole


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
