"""`rowspace encode`: the vectors of words or texts, one a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from rowspace.cli import options
from rowspace.cli.answers import tell_unseen
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.errors import InputError, VocabularyError

if TYPE_CHECKING:
    import numpy as np

    from rowspace.corpus import Reading
    from rowspace.vectors import Model, Vectors
    from rowspace.vectors.text_vectors import TextVectors

LINES_AT_ONCE = 4096


@click.command(short_help="The vectors of words or texts.")
@options.model
@click.argument("source", metavar="INPUT")
@click.option(
    "-o", "--output", "target", type=click.Path(), help="A .npy file, or text, instead of stdout."
)
@click.option("--texts", is_flag=True, help="A line is a text: the mean of its words' vectors.")
@click.option(
    "--weighting",
    type=click.Choice(["mean", "sif"]),
    help="Of texts: every word counts the same, or frequent ones less, and what texts have in "
    "common is taken away.  [default: as the model keeps it, else mean]",
)
@click.option(
    "--fit",
    type=click.Path(),
    help="Texts to learn from what they have in common.  [default: INPUT itself]",
)
@click.option("--keep", type=click.Path(), help="Also write the model, with what was learned.")
@click.option("--force", is_flag=True, help="Write over an existing file.")
@options.shared
def encode(  # noqa: PLR0913 - one parameter an option
    model_path: str, source: str, target: str | None, texts: bool, weighting: str | None,
    fit: str | None, keep: str | None, force: bool,
) -> None:  # fmt: skip
    """One vector for each line of INPUT (a file, or - for stdin): a word or a text a line.

    On stdout: the line, a tab, then the numbers; with --json one object a line. A word that the
    model cannot place is an error; a text without one known word has the vector of zeros.

    \b
    rowspace encode model words.txt
    rowspace encode model texts.txt --weighting sif -o texts.npy
    rowspace encode model new.txt --weighting sif --fit texts.txt --keep model-sif
    """
    output = Output.here()
    for path in (target, keep):
        if path is not None and Path(path).exists() and not force:
            raise Mistake(f"{path} exists", hint="--force writes over it")
    model = options.opened(model_path)
    vectors = model.vectors
    made = None
    if texts or weighting or fit or keep:
        made = text_vectors(model, Path(model_path), weighting, fit or source, bool(fit))
    if made is not None and keep is not None:
        kept(made, Path(model_path), Path(keep), output)
    with lines(source) as stream:
        rows = of_words(vectors, stream, output) if made is None else of_texts(made, stream)
        if target is not None:
            save(Path(target), vectors.dim, rows, output)
        else:
            for line, row in rows:
                text = None if output.json else text_of(line, row)
                output.emit("vector", text, item=line, vector=row)


@contextmanager
def lines(source: str) -> Iterator[Iterator[str]]:
    """The lines of a file or of stdin, without their ends; bytes that are no UTF-8 are kept."""
    stream: IO[bytes]
    if source == "-":
        if sys.stdin is None:
            raise InputError("stdin is closed", hint="give a file instead of -")
        yield decoded(sys.stdin.buffer)
        return
    try:
        stream = open(source, "rb")  # noqa: SIM115  closed below, after the caller's work
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror}") from error
    with stream:
        yield decoded(stream)


def decoded(stream: IO[bytes]) -> Iterator[str]:
    """Lines as text; a byte order mark and line ends go."""
    for number, line in enumerate(stream):
        text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
        yield text.removeprefix("\ufeff") if number == 0 else text


def of_words(
    vectors: Vectors, stream: Iterator[str], output: Output
) -> Iterator[tuple[str, np.ndarray]]:
    """Each line, a word, with its vector; some thousand at a time."""
    done = 0
    while block := list(islice(stream, LINES_AT_ONCE)):
        require_answers(vectors, block, done)
        tell_unseen(output, vectors, block)
        yield from zip(block, vectors[block], strict=True)
        done += len(block)


def of_texts(made: TextVectors, stream: Iterator[str]) -> Iterator[tuple[str, np.ndarray]]:
    """Each line, a text, with its vector; some thousand at a time."""
    while block := list(islice(stream, LINES_AT_ONCE)):
        yield from zip(block, made.transform(block), strict=True)


def text_vectors(
    model: Model, folder: Path, weighting: str | None, source: str, given: bool
) -> TextVectors:
    """How texts become vectors: as the model keeps it, or learned from the texts in `source`."""
    from rowspace.vectors.text_vectors import TextVectors

    found = TextVectors.of(model, reading=cut_by(model, folder))
    if weighting is None and given:
        weighting = "sif"
    if weighting in (None, found.weighting) and not given:
        return found
    if weighting == "mean":
        return found.mean()
    if source == "-":
        raise Mistake(
            "--weighting sif learns what texts have in common, and stdin is read once",
            hint="--fit TEXTS, or a file instead of -",
        )
    with lines(source) as stream:
        return TextVectors.fit(model, stream, weighting="sif", reading=found.reading)


def cut_by(model: Model, folder: Path) -> Reading:
    """How texts were cut in training; a trained tokenizer lies in the model's folder. Where that is
    not known: words in lower case."""
    from rowspace.corpus import TOKENIZERS, Reading

    trained = model.config.get("training", {})
    names = {"tokenizer", "lower", "normalize"} & trained.keys()
    settings = {name: trained[name] for name in names}
    if settings.get("tokenizer", "words") not in TOKENIZERS:
        settings["tokenizer"] = str(folder / "tokenizer.json")
    return Reading(**settings)


def kept(made: TextVectors, folder: Path, target: Path, output: Output) -> None:
    """Write the model with its way from texts to vectors."""
    from rowspace import files

    tokenizer = folder / "tokenizer.json"
    content = tokenizer.read_bytes() if tokenizer.is_file() else None
    files.save(made.model(), target, force=True, tokenizer=content)
    output.say(f"the model with its text vectors: {visible(str(target))}")


def require_answers(vectors: Vectors, block: list[str], done: int) -> None:
    """Raise for the first line whose word the model cannot place, naming the line."""
    vocabulary = vectors.vocabulary
    for place in (vocabulary.ids(block) < 0).nonzero()[0].tolist():
        if not vocabulary.bag(block[place]):
            error = vocabulary.missing(block[place])
            raise VocabularyError(
                f"line {done + place + 1}: {error.message}",
                near=error.near,
                hint=error.hint or "--texts leaves out the words it does not know",
            )


def text_of(line: str, row: np.ndarray) -> str:
    """The line, a tab, and numbers that read back as the same float32."""
    return f"{visible(line)}\t" + " ".join(f"{value:.9g}" for value in row.tolist())


def save(path: Path, dim: int, rows: Iterator[tuple[str, np.ndarray]], output: Output) -> None:
    """All vectors into one file, complete or not at all: .npy as a matrix [N, D], else text."""
    from rowspace.files import atomic

    matrix = path.suffix == ".npy"
    count = 0
    with atomic.reporting(path), atomic.drafts([path]) as (draft,):
        if matrix:
            draft.write(npy_header(0, dim))
        for line, row in rows:
            draft.write(
                row.astype("<f4").tobytes() if matrix else f"{text_of(line, row)}\n".encode()
            )
            count += 1
        if matrix:
            draft.overwrite(0, npy_header(count, dim))
    output.emit("encoded", lines=count, path=str(path))
    output.say(f"{count} vectors of {dim} numbers in {path}")


def npy_header(count: int, dim: int) -> bytes:
    """The head of a .npy file; NumPy pads it so that it is as long for any count."""
    import io

    from numpy.lib import format as npy

    head = io.BytesIO()
    described = {"descr": "<f4", "fortran_order": False, "shape": (count, dim)}
    npy.write_array_header_1_0(head, described)
    return head.getvalue()
