"""What the operations of the layer mean, in plain NumPy: look-up, pooling, and one exact update.

`cpu_layer` and `cpu_learn` are held to these. Numbers lie in `data` [R, S], whose first D columns
count: float32, the bits of float16 as uint16, or the bits of bfloat16 as int16. Sums are float32.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from rowspace.random import mix


class RuleCode(IntEnum):
    """Which rule a kernel follows: one branch a row, so that one kernel has them all."""

    SGD = 0
    MOMENTUM = 1
    ADAGRAD = 2
    ROW_ADAGRAD = 3
    ADAM = 4


class Number(IntEnum):
    """Where the settings of an update stand in its array of numbers."""

    LR = 0
    L2 = 1
    SHRINK = 2  # 1 - lr · weight decay, of decoupled decay
    MOMENTUM = 3
    NESTEROV = 4
    BETA1 = 5
    BETA2 = 6
    EPS = 7
    MAX_NORM = 8  # 0: none
    SCALE = 9  # of the gradient: -1 to maximise
    REST1 = 10  # 1 - β₁, which float32's β₁ does not give
    REST2 = 11  # 1 - β₂
    COUNT = 12


def decoded(data: np.ndarray) -> np.ndarray:
    """The numbers that `data` means, float32."""
    if data.dtype == np.uint16:
        return data.view(np.float16).astype(np.float32)
    if data.dtype == np.int16:
        return (data.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    return data.astype(np.float32, copy=False)


def encoded(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """`values` float32 as numbers of `dtype`, rounded to the nearest, ties to even."""
    if dtype == np.uint16:
        with np.errstate(over="ignore"):
            return values.astype(np.float16).view(np.uint16)
    if dtype == np.int16:
        bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
        rounded = bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
        rounded = np.where(np.isnan(values), bits | np.uint32(0x400000), rounded)
        return (rounded >> np.uint32(16)).astype(np.uint16).view(np.int16)
    return values.astype(np.float32, copy=False)


def noise(state: int, row: int, dim: int) -> np.ndarray:
    """32 random bits for each number of a row, uint32 [D], from the state of a step."""
    with np.errstate(over="ignore"):
        first = mix(np.uint64(state) + np.uint64(row)) >> np.uint64(32)
    return noise_from(first.astype(np.uint32), dim)


def noise_from(first: np.ndarray, dim: int) -> np.ndarray:
    """`noise` from the 32 bits that a step and a row begin with: uint32, one or [N, 1]."""
    with np.errstate(over="ignore"):
        z = first + np.arange(dim, dtype=np.uint32) * np.uint32(0x9E3779B1)
        z = (z ^ (z >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        z = (z ^ (z >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return z ^ (z >> np.uint32(16))


def rounded_by_chance(values: np.ndarray, random: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """`values` float32 as halves, up or down with the chances that make the mean right."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    if dtype == np.int16:
        up = bits + (random & np.uint32(0xFFFF))
        kept = np.where(np.isfinite(values), up, bits | np.uint32(0x400000) * np.isnan(values))
        return (kept >> np.uint32(16)).astype(np.uint16).view(np.int16)
    normal = ((bits + (random & np.uint32(0x1FFF))) & np.uint32(0xFFFFE000)).view(np.float32)
    # Below 2^-14 halves lie evenly, 2^-24 apart: a number drawn from one step is added instead.
    share = (random >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24) - np.float32(0.5)
    small = values + share * np.float32(2.0**-24)
    moved = np.where(np.abs(values) < np.float32(2.0**-14), small, normal)
    return encoded(np.where(np.isfinite(values), moved, values), np.dtype(np.uint16))


def pool(
    data: np.ndarray,
    dim: int,
    ids: np.ndarray,
    offsets: np.ndarray,
    weights: np.ndarray | None,
    scales: np.ndarray | None,
    mean: bool,
    padding: int,
) -> np.ndarray:
    """y[b] = Σ weight · scale[id] · row(id) over the ids of bag b that are not `padding`.

    `mean` divides by their number, or by the sum of their weights; nothing to divide by gives 0.
    Float32 [B, D].
    """
    out = np.zeros((len(offsets) - 1, dim), np.float32)
    for b in range(len(out)):
        places = np.arange(offsets[b], offsets[b + 1])
        places = places[ids[places] != padding]
        factor = np.ones(len(places), np.float32) if weights is None else weights[places]
        if mean:
            total = factor.sum()
            out_factor = np.float32(1) / total if total else np.float32(0)
        else:
            out_factor = np.float32(1)
        rows = decoded(data[ids[places]])[:, :dim]
        if scales is not None:
            factor = factor * scales[ids[places]]
        out[b] = (rows * factor[:, None]).sum(axis=0) * out_factor
    return out


def learn_row(
    code: int,
    w: np.ndarray,
    g: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    numbers: np.ndarray,
    past: tuple[float, float, float],
    bias: tuple[float, float],
) -> None:
    """One update of one row, in place: w, first and second float32 [D] (first [1] by the row).

    g is the sum of the row's gradients. `past` multiplies first, second and w before anything
    else: what was missed while no batch had the row. `bias`: Adam's 1 - β₁ᵗ and √(1 - β₂ᵗ).
    """
    n = numbers
    g = g * n[Number.SCALE]
    first *= np.float32(past[0])
    second *= np.float32(past[1])
    w *= np.float32(past[2])
    g = g + n[Number.L2] * w
    w *= n[Number.SHRINK]
    if code == RuleCode.SGD:
        w -= n[Number.LR] * g
    elif code == RuleCode.MOMENTUM:
        first[:] = n[Number.MOMENTUM] * first + g
        w -= n[Number.LR] * (g + n[Number.MOMENTUM] * first if n[Number.NESTEROV] else first)
    elif code == RuleCode.ADAGRAD:
        first += g * g
        w -= n[Number.LR] * g / (np.sqrt(first) + n[Number.EPS])
    elif code == RuleCode.ROW_ADAGRAD:
        first += (g * g).mean()
        w -= n[Number.LR] / (np.sqrt(first) + n[Number.EPS]) * g
    else:
        first += n[Number.REST1] * (g - first)
        second[:] = n[Number.BETA2] * second + n[Number.REST2] * g * g
        root = np.sqrt(second) / np.float32(bias[1]) + n[Number.EPS]
        w -= n[Number.LR] / np.float32(bias[0]) * (first / root)
    if n[Number.MAX_NORM]:
        length = np.sqrt((w * w).sum())
        if length > n[Number.MAX_NORM]:
            w *= n[Number.MAX_NORM] / length
