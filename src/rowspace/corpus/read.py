"""Records come in: any mixture of sources as blocks of text, in one fixed order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rowspace.corpus.block import Block, cleaned
from rowspace.corpus.columns import column_pieces
from rowspace.corpus.cutting import blocks
from rowspace.corpus.intake import Intake
from rowspace.corpus.markup import looks_extracted
from rowspace.corpus.opening import BLOCK, named, pieces
from rowspace.corpus.parquet import parquet_pieces
from rowspace.corpus.reading import Reading
from rowspace.corpus.sources import STDIN, TABULAR, Source, bare_suffix, find


def read(sources: Source | Sequence[Source], reading: Reading | None = None) -> Iterator[Block]:
    """Blocks of a few MB of valid UTF-8, each ending where a line ends.

    sources: files, folders, globs or "-"; compressed or not. At most a few blocks are in memory.
    Raises InputError naming file, line and byte for what cannot be read.
    """
    reading = reading or Reading()
    for block in stream(find(sources, column=reading.column), reading, Intake()):
        yield cleaned(block, reading)[0]


def stream(paths: Sequence[str], reading: Reading, intake: Intake) -> Iterator[Block]:
    """Blocks of the files as `find` gave them, still to be `cleaned` (by a worker process)."""
    for path in paths:
        yield from _blocks(path, reading, intake)


def _blocks(path: str, reading: Reading, intake: Intake) -> Iterator[Block]:
    source = named(path)
    suffix = bare_suffix(path)
    if suffix in TABULAR or reading.column is not None:
        read_column = parquet_pieces if suffix == ".parquet" else column_pieces
        yield from blocks(read_column(path, reading, intake), source, size=BLOCK, warn=intake.warn)
        return
    doc_lines = reading.markup == "wikiextractor"
    first = True
    for block in blocks(pieces(path, intake), source, size=BLOCK, warn=intake.warn):
        if first and reading.markup == "auto":
            doc_lines = looks_extracted(block.data[:4096])
        if first and block.data.lstrip().startswith(b"<mediawiki"):
            intake.warn(
                f"{source}: this is a MediaWiki dump: its tags and mark-up will count as words; "
                "WikiExtractor gives the text"
            )
        first = False
        yield replace(block, doc_lines=doc_lines) if doc_lines else block


__all__ = ["STDIN", "read", "stream"]
