"""④ Rows hold numbers and learn. `Table` is the one mutable thing."""

from __future__ import annotations

from rowspace.memory import available_memory
from rowspace.table.memory import zeros
from rowspace.table.rules import SGD, Adagrad, Adam, AdamW, RowWiseAdagrad
from rowspace.table.table import Table
from rowspace.threads import get_threads, set_threads

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "RowWiseAdagrad",
    "Table",
    "available_memory",
    "get_threads",
    "set_threads",
    "zeros",
]
