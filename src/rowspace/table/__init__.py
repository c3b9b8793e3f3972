"""④ Rows hold numbers and learn. `Table` is the one mutable thing."""

from __future__ import annotations

from rowspace.table.memory import available_memory, zeros
from rowspace.table.table import Table

__all__ = ["Table", "available_memory", "zeros"]
