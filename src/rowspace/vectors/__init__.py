"""⑦ The frozen result: look-up, neighbours, analogies. Needs NumPy alone."""

from __future__ import annotations

from rowspace.vectors.align import Alignment, align, turned
from rowspace.vectors.answer import Answer
from rowspace.vectors.head import Head
from rowspace.vectors.index import Index
from rowspace.vectors.keys import IdRangeError, IdTypeError
from rowspace.vectors.merge import merge
from rowspace.vectors.model import Model
from rowspace.vectors.text_vectors import TextVectors
from rowspace.vectors.vectors import Vectors

__all__ = [
    "Alignment",
    "Answer",
    "Head",
    "IdRangeError",
    "IdTypeError",
    "Index",
    "Model",
    "TextVectors",
    "Vectors",
    "align",
    "merge",
    "turned",
]
