"""① Records come in.

`read` streams text from files of many kinds as blocks; a tokenizer of `TOKENIZERS`, or a
tokenizer.json, cuts it as a `Reading` says.
"""

from __future__ import annotations

from rowspace.corpus.block import Block, cleaned
from rowspace.corpus.intake import Intake
from rowspace.corpus.pieces import END, Cutting
from rowspace.corpus.read import read, stream
from rowspace.corpus.reading import Reading
from rowspace.corpus.sources import STDIN, Source, find
from rowspace.corpus.tokenize import TOKENIZERS, Tokenizer, tokenizer

__all__ = [
    "END",
    "STDIN",
    "TOKENIZERS",
    "Block",
    "Cutting",
    "Intake",
    "Reading",
    "Source",
    "Tokenizer",
    "cleaned",
    "find",
    "read",
    "stream",
    "tokenizer",
]
