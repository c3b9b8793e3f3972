"""A table that does not fit into memory ends with an error, not with the end of the process."""

from __future__ import annotations

from rowspace.errors import ResourceError
from rowspace.memory import available_memory, human

LEFT = 256 << 20
"""Bytes that stay free for what is done with a table."""


def require_room(source: str) -> None:
    """Raises ResourceError where hardly any memory is left while `source` is read."""
    free = available_memory()
    if free is not None and free < LEFT:
        raise ResourceError(
            f"{source}: this table does not fit into memory: {human(max(free, 0))} are left",
            hint="name the columns that are needed, or give fewer rows",
        )
