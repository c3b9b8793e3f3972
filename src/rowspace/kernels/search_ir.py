"""The instructions of a search: one vector against many rows, sixteen rows at a time."""

from __future__ import annotations

from typing import Any

from numba.core import cgutils

from rowspace.kernels.layer_ir import at_most, columns, item, prefetch_columns, row_at
from rowspace.kernels.number_ir import lanes_below, load, store
from rowspace.kernels.vector_ir import I64, LANES, accumulators, fma, sums

_SIDE = 4  # rows that pass side by side


def emit_dots(
    b: Any, data: Any, dim: Any, first: Any, last: Any, units: Any, query: Any, out: Any,
    ids: Any = None,
) -> None:  # fmt: skip
    """out[i - first] = row(i) · units[query], i from `first` to `last`; with `ids`, row(ids[i]).

    Every row's sum is taken in the same order, wherever it stands: equal rows have equal products.
    """
    end, unit = b.sub(last, I64(1)), row_at(b, units, query)

    def row(place: Any) -> Any:
        held = at_most(b, place, end)
        return row_at(b, data, held if ids is None else item(b, ids, held))

    with cgutils.for_range_slice(b, first, last, I64(LANES), I64) as (i, _):
        cells = accumulators(b, LANES)
        for part in range(0, LANES, _SIDE):
            places = [b.add(i, I64(part + k)) for k in range(_SIDE)]
            later = [row(b.add(place, I64(LANES))) for place in places]
            _side_by_side(b, data, dim, (units, unit), [row(place) for place in places], later,
                          cells[part : part + _SIDE])  # fmt: skip
        found = sums(b, [b.load(cell) for cell in cells])
        mask = lanes_below(b, b.sub(last, i))
        store(b, "f32", found, out.data, b.sub(i, first), mask)


def _side_by_side(
    b: Any, data: Any, dim: Any, against: tuple[Any, Any], rows: list, later: list, cells: list
) -> None:
    """Adds the products of some rows; those that come `later` are asked for."""
    units, unit = against

    def body(d: Any, width: int, mask: Any) -> None:
        x = load(b, units.kind, unit, d, mask)
        for row, ahead, cell in zip(rows, later, cells, strict=True):
            prefetch_columns(b, data, ahead, d, width)
            b.store(fma(b, load(b, data.kind, row, d, mask), x, b.load(cell)), cell)

    columns(b, dim, (1,), body)


def emit_decode(b: Any, data: Any, dim: Any, first: Any, last: Any, out: Any) -> None:
    """out[i - first] = row(i) as float32, i from `first` to `last`."""
    with cgutils.for_range_slice(b, first, last, I64(1), I64) as (i, _):
        row, target = row_at(b, data, i), row_at(b, out, b.sub(i, first))

        def body(d: Any, width: int, mask: Any) -> None:
            store(b, "f32", load(b, data.kind, row, d, mask), target, d, mask)

        columns(b, dim, (1,), body)
