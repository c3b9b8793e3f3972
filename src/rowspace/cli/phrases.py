"""`rowspace phrases`: words that belong together, learned from text and joined in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.show_progress import shown

if TYPE_CHECKING:
    from rowspace.vocabulary.joining import Joining
    from rowspace.vocabulary.phrase_learning import Learned, Passes

CHUNK = 1 << 20  # ids written as text at a time


@click.command("phrases", short_help="Words that belong together (new_york).")
@click.argument("corpus", nargs=-1, required=True)
@click.option("-o", "--output", "target", type=click.Path(), help="The file of phrases to write.")
@click.option("--text", type=click.Path(), help="Also write the text, its phrases joined.")
@click.option("--with", "given", type=click.Path(), help="Join these phrases, and learn none.")
@click.option("--passes", default=1, show_default=True, help="Each joins what the last has joined.")
@click.option(
    "--scoring",
    type=click.Choice(["counts", "npmi"]),
    default="counts",
    show_default=True,
    help="word2vec's score, or normalised pointwise mutual information.",
)
@click.option("--threshold", type=float, help="What a score is above.  [default: 100; npmi 0.5]")
@click.option("--min-count", default=5, show_default=True, help="Rarer ones are no phrases.")
@click.option(
    "--connectors",
    default="",
    help="Words that may stand inside a phrase, parted by commas, or: english.",
)
@click.option("--delimiter", default="_", show_default=True, help="What joins the words.")
@click.option("--tokenizer", default="words", show_default=True, help="How text is cut.")
@click.option("--lower/--keep-case", default=True, show_default=True, help="Lower-case the text.")
@click.option("--column", help="The column that holds the text (CSV, JSONL, …).")
@click.option("--force", is_flag=True, help="Write over existing files.")
@options.shared
def phrases_of(corpus: tuple[str, ...], **given: Any) -> None:
    """Learn the phrases of CORPUS: words that stand together more often than chance has it.

    On stdout: each phrase, a tab, its score, the best first; with --json one object a line. The
    file of phrases is what `rowspace train words --phrases FILE` joins.

    \b
    rowspace phrases corpus.txt -o phrases.json --passes 2
    rowspace phrases corpus.txt --connectors english --scoring npmi --threshold 0.6
    """
    output = Output.here()
    for path in (given["target"], given["text"]):
        if path is not None and Path(path).exists() and not given["force"]:
            raise Mistake(f"{path} exists", hint="--force writes over it")
    from tempfile import TemporaryDirectory

    from rowspace.corpus import Reading
    from rowspace.vocabulary.phrase_learning import learned
    from rowspace.vocabulary.phrases import Phrases

    reading = Reading(given["tokenizer"], given["lower"], column=given["column"])
    with TemporaryDirectory(prefix="rowspace-") as folder:
        with shown(output) as progress:
            known, joining = _how(given)
            found = learned(
                list(corpus), joining, Path(folder), known=known, reading=reading, progress=progress
            )
        if given["text"] is not None:
            _write(Path(given["text"]), found)
    phrases = Phrases(found.passes, joining)
    if given["target"] is not None:
        phrases.save(given["target"])
        output.say(f"{len(phrases)} phrases in {visible(given['target'])}")
    if given["given"] is None:
        for phrase, score in phrases.scores().items():
            text = None if output.json else f"{visible(phrase)}\t{score:.6g}"
            output.emit("phrase", text, phrase=phrase, score=score)


def _how(given: dict[str, Any]) -> tuple[Passes | None, Joining]:
    """The phrases to join, if they are given, and the settings to join or learn by."""
    from rowspace.vocabulary.joining import Joining
    from rowspace.vocabulary.phrases import Phrases

    if given["given"] is not None:
        known = Phrases.load(given["given"])
        return known.passes, known.joining
    names = ("passes", "scoring", "threshold", "min_count", "connectors", "delimiter")
    return None, Joining(**{name: given[name] for name in names})


def _write(path: Path, found: Learned) -> None:
    """The text, a sentence a line, complete or not at all."""
    from rowspace.files import atomic

    with atomic.reporting(path), atomic.drafts([path]) as (draft,):
        for piece in _pieces(found):
            draft.write(piece)


def _pieces(found: Learned) -> Iterator[bytes]:
    """Words parted by spaces; id -1, the end of a sentence, finds the line end at the end."""
    spelled = [token + b" " for token in found.tokens] + [b"\n"]
    encoded = found.encoded
    for at in range(0, encoded.entries, CHUNK):
        ids = encoded.stretch(at, min(at + CHUNK, encoded.entries)).tolist()
        yield b"".join([spelled[id] for id in ids])
