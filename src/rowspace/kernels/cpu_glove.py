"""One pass over counted pairs: GloVe's steps on shared tables.

Threads may run it on the same tables at once without locks (Niu et al. 2011, "Hogwild!").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.extending import intrinsic, overload

from rowspace.kernels import glove_ir, glove_reference, layer_ir
from rowspace.kernels.cpu_rows import prefetch_row
from rowspace.kernels.glove_reference import meet
from rowspace.kernels.jit import exact

_AHEAD = 6  # pairs between asking for a row and using it


class Rates(NamedTuple):
    """How fast each column of the inputs and of the outputs learns, float32 [S]; the limit of a
    number of the gradient."""

    inputs: np.ndarray
    outputs: np.ndarray
    clip: float


class Learned(NamedTuple):
    """What learns: the rows [R + 1, S] of both tables, and the sums of their squared gradients."""

    inputs: np.ndarray
    outputs: np.ndarray
    input_sums: np.ndarray
    output_sums: np.ndarray


@intrinsic
def _meet(
    typing, inputs, i, outputs, j, input_sums, output_sums, input_rates, output_rates, target,
    weight, clip, scale, out,
):  # fmt: skip
    return layer_ir.lower(
        glove_ir.emit_meet, inputs, i, outputs, j, input_sums, output_sums, input_rates,
        output_rates, target, weight, clip, scale, out,
    )  # fmt: skip


@overload(glove_reference.meet)
def _(
    inputs, i, outputs, j, input_sums, output_sums, input_rates, output_rates, target,
    weight, clip, scale, out,
):  # fmt: skip
    def compiled(
        inputs, i, outputs, j, input_sums, output_sums, input_rates, output_rates, target,
        weight, clip, scale, out,
    ):  # fmt: skip
        _meet(
            inputs, i, outputs, j, input_sums, output_sums, input_rates, output_rates, target,
            weight, clip, scale, out,
        )  # fmt: skip

    return compiled


@exact
def learn(
    pairs: np.ndarray,
    logs: np.ndarray,
    weights: np.ndarray,
    n: int,
    learned: Learned,
    rates: Rates,
    scale: float,
    loss: np.ndarray,
) -> int:
    """Learn from pairs int32 [n, 2]: item i of the inputs meets item j of the outputs.

    logs, weights float32 [n]: log X and f(X). The loss, Σ weight · wrong² / 2, is added to
    loss[0] float64. Returns the number of meetings.
    """
    inputs, outputs, input_sums, output_sums = learned
    out = np.empty(1, np.float32)
    for k in range(n):
        if k + _AHEAD < n:
            i, j = pairs[k + _AHEAD, 0], pairs[k + _AHEAD, 1]
            prefetch_row(inputs, i)
            prefetch_row(outputs, j)
            prefetch_row(input_sums, i)
            prefetch_row(output_sums, j)
        meet(
            inputs, pairs[k, 0], outputs, pairs[k, 1], input_sums, output_sums,
            rates.inputs, rates.outputs, logs[k], weights[k], rates.clip, scale, out,
        )  # fmt: skip
        wrong = np.float64(out[0])
        loss[0] += 0.5 * np.float64(weights[k]) * wrong * wrong
    return n
