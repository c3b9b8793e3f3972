"""What a rule keeps for the rows of a table, in memory or wherever its arrays are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

import numpy as np

from rowspace.memory import human
from rowspace.table.memory import require_free, zeros
from rowspace.table.rules import Rule

if TYPE_CHECKING:
    from rowspace.table.learning import Slots

CLOCK = "clock"


@final
@dataclass(frozen=True, slots=True)
class Need:
    """An array [R, width] that a rule keeps, and what its numbers start from."""

    name: str
    width: int
    kind: np.dtype
    start: float = 0.0


def needs(rule: Rule, dim: int) -> list[Need]:
    """The rule's states, by their names, and its clock, if it has one."""
    number = np.dtype(np.float32)
    found = [
        Need(name, dim if width == "number" else 1, number, 0.0 if at else rule.start)
        for at, (name, width) in enumerate(rule.states.items())
    ]
    return [*found, Need(CLOCK, 1, np.dtype(np.int32))] if rule.clocked else found


def slots_of(arrays: dict[str, np.ndarray]) -> Slots:
    """Slots of the arrays that `needs` names."""
    from rowspace.table.learning import Slots

    clock = arrays.get(CLOCK)
    states = {name: array for name, array in arrays.items() if name != CLOCK}
    return Slots(states, None if clock is None else clock.reshape(-1))


def slots_in_memory(rule: Rule, rows: int, dim: int) -> Slots:
    """States in memory. Raises ResourceError for more than is free."""
    wanted = needs(rule, dim)
    size = rows * sum(need.width * need.kind.itemsize for need in wanted)
    require_free(
        size,
        f"{type(rule).__name__} would keep {human(size)} for {rows:,} rows of {dim} numbers",
        hint="lower dim, use RowWiseAdagrad, which keeps one number a row, or Table.mapped",
    )
    arrays = {}
    for need in wanted:
        arrays[need.name] = zeros(rows, need.width, dtype=need.kind)
        if need.start:
            arrays[need.name][:] = need.start
    return slots_of(arrays)
