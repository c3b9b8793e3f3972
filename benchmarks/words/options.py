"""The command line, and the same command as it may be shown: without paths."""

from __future__ import annotations

import argparse
import os
import shlex
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness.environment import ROOT
from benchmarks.words.corpus import data_folder

PEERS = ("gensim", "fasttext", "subwords")
_PATHS = ("data", "cache", "results")


def parser(parts: Sequence[str]) -> argparse.ArgumentParser:
    """All options; no part named means every part."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.words",
        description="Train gensim, fastText and rowspace on the same text; speed and quality.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)}; none: all")
    add("--seeds", type=int, default=3, help="trainings a contestant where quality is measured")
    add("--repeat", type=int, default=3, help="rounds where seconds are measured")
    add("--epochs", type=int, default=5, help="passes over the text for quality and total")
    add("--speed-epochs", type=int, default=1, help="passes over the text for words a second")
    add("--threads", type=int, default=2)
    add("--dims", type=int, nargs="+", default=[100, 300], help="of the speed against gensim")
    add("--against", nargs="+", choices=PEERS, default=list(PEERS), help="whom to compare with")
    add("--removed", type=int, default=300, help="words left out of the text for `rare`")
    add("--items", type=int, default=1_000_000, help="words of the model for `opening`")
    add("--quick", action="store_true", help="1 M words, one round: does it work? not results")
    add("--corpus", type=Path, help="another text: words parted by spaces")
    add("--data", type=Path, default=data_folder(), help="folder of texts and test lists")
    add("--cache", type=Path, default=cache_folder(), help="folder for prepared texts and models")
    add("--results", type=Path, help="folder to keep results in; default: benchmarks/results")
    return parser


def read(argv: Sequence[str], parts: Sequence[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = parser(parts)
    options = reader.parse_args(argv)
    wrong = [part for part in options.parts if part not in parts]
    if wrong:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(parts)}")
    options.command = shown(reader, options)
    if options.quick:
        options.seeds = options.repeat = options.epochs = 1
        options.removed, options.items = min(options.removed, 60), min(options.items, 20_000)
    kept = options.cache / "quick" if options.quick else ROOT / "benchmarks" / "results"
    options.results = options.results or kept
    options.parts = options.parts or list(parts)
    return options


def shown(reader: argparse.ArgumentParser, options: argparse.Namespace) -> str:
    """The command with what differs from its defaults; a file by its name alone."""
    words = ["python", "-m", "benchmarks.words", *options.parts]
    for name, value in vars(options).items():
        if name in ("parts", *_PATHS) or value == reader.get_default(name):
            continue
        values = value if isinstance(value, list) else [value]
        told = [one.name if isinstance(one, Path) else str(one) for one in values]
        words += ["--" + name.replace("_", "-"), *([] if value is True else told)]
    return shlex.join(words)


def cache_folder() -> Path:
    """$XDG_CACHE_HOME/rowspace/benchmarks, else a folder of this user for what is temporary."""
    given = os.environ.get("XDG_CACHE_HOME")
    if given:
        return Path(given) / "rowspace" / "benchmarks"
    return Path(tempfile.gettempdir()) / f"rowspace-benchmarks-{os.getuid()}"
