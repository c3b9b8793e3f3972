"""What a table holds before it learns, by name.

Numbers are drawn in place by torch's generator, in float32 where the table is of halves; those of
a float32 table are the numbers that `torch.nn.init`'s function of the same name draws. Axes: `R`
rows, `D` dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from math import sqrt
from typing import TypeAlias

import torch
from torch import Tensor

from rowspace.errors import InputError, SettingError

# Numbers of a block of halves while they are float32: 16 MB.
BLOCK = 1 << 22
# Q of W = QR comes block by block, through D x D, if there are so many rows to a column.
TALL = 4
HALVES = (torch.float16, torch.bfloat16)

Draw: TypeAlias = Callable[[Tensor, torch.Generator | None], object]


def initialise(
    weight: Tensor,
    name: str = "normal",
    *,
    padding_idx: int | None = None,
    generator: torch.Generator | None = None,
    rows: int | None = None,
) -> None:
    """Fills `weight` [R, D] in place; the row `padding_idx` is zero after any of them.

    name: one of

    - "normal": N(0, 1), as `torch.nn.Embedding` starts.
    - "uniform": ±0.05, as Keras's Embedding starts.
    - "word2vec": uniform, ±0.5 / D.
    - "xavier-uniform", "xavier-normal": variance 2 / (R + D) (Glorot and Bengio 2010).
    - "kaiming-uniform", "kaiming-normal": variance 2 / D (He et al. 2015).
    - "truncated-normal": N(0, 0.02²), cut at two deviations, as BERT starts.
    - "scaled-normal": N(0, 1 / D), which tied output weights want.
    - "orthogonal": orthonormal columns, or rows where R < D (Saxe et al. 2014).
    - "zeros", "ones".

    rows: R of the whole table, where `weight` is a part of it.
    Raises SettingError for another name, InputError for a table that is not of floats.
    """
    if weight.dim() != 2 or not (weight.is_floating_point() or weight.is_complex()):
        raise InputError(
            f"a table to fill must be floats [rows, dim], not {weight.dtype} of {weight.dim()} axes"
        )
    draw = _drawing(require_name(name), rows or weight.shape[0], weight.shape[1])
    with torch.no_grad():
        if name == "orthogonal":
            _orthogonal(weight, generator)
        else:
            for block in _blocks(weight):
                _in_float(block, draw, generator)
        if padding_idx is not None:
            weight[padding_idx].zero_()


def require_name(name: str) -> str:
    """The name, if it is one of `NAMES`. Raises SettingError with the nearest."""
    if name not in NAMES:
        near = get_close_matches(str(name).lower().replace("_", "-"), NAMES, n=1)
        raise SettingError(
            f"there is no initialisation {name!r:.60}; there are {', '.join(NAMES)}",
            hint=f"did you mean {near[0]!r}?" if near else "",
        )
    return name


def _uniform(bound: float) -> Draw:
    return lambda block, generator: block.uniform_(-bound, bound, generator=generator)


def _normal(deviation: float) -> Draw:
    return lambda block, generator: block.normal_(0, deviation, generator=generator)


def _truncated(deviation: float) -> Draw:
    cut = 2 * deviation
    return lambda block, generator: torch.nn.init.trunc_normal_(
        block, 0, deviation, -cut, cut, generator=generator
    )


def _constant(value: float) -> Draw:
    return lambda block, _: block.fill_(value)


_DRAWS: dict[str, Callable[[int, int], Draw]] = {
    "normal": lambda rows, dim: _normal(1),
    "uniform": lambda rows, dim: _uniform(0.05),
    "word2vec": lambda rows, dim: _uniform(0.5 / dim),
    "xavier-uniform": lambda rows, dim: _uniform(sqrt(6 / (rows + dim))),
    "xavier-normal": lambda rows, dim: _normal(sqrt(2 / (rows + dim))),
    "kaiming-uniform": lambda rows, dim: _uniform(sqrt(6 / dim)),
    "kaiming-normal": lambda rows, dim: _normal(sqrt(2 / dim)),
    "truncated-normal": lambda rows, dim: _truncated(0.02),
    "scaled-normal": lambda rows, dim: _normal(1 / sqrt(dim)),
    "orthogonal": lambda rows, dim: _normal(1),
    "zeros": lambda rows, dim: _constant(0),
    "ones": lambda rows, dim: _constant(1),
}
NAMES = tuple(_DRAWS)


def _drawing(name: str, rows: int, dim: int) -> Draw:
    return _DRAWS[name](max(1, rows), max(1, dim))


def _blocks(weight: Tensor) -> Iterator[Tensor]:
    """The table itself if it needs no copy to be drawn, else blocks of its rows."""
    if weight.dtype in HALVES:
        yield from torch.split(weight, max(1, BLOCK // max(1, weight.shape[1])))
    else:
        yield weight


def _in_float(block: Tensor, draw: Draw, generator: torch.Generator | None) -> None:
    if block.dtype in HALVES:
        drawn = torch.empty(block.shape, dtype=torch.float32, device=block.device)
        draw(drawn, generator)
        block.copy_(drawn)
    else:
        draw(block, generator)


def _orthogonal(weight: Tensor, generator: torch.Generator | None) -> None:
    """Q of a matrix of normal numbers, with a positive diagonal of its R (Mezzadri 2007).

    A tall table of float32 needs no second one: R comes from WᵀW = RᵀR (Cholesky), Q = W R⁻¹ is
    worked out block by block, and the whole is done twice, which makes Q exact to rounding
    (Yamamoto et al. 2015).
    """
    rows, dim = weight.shape
    if rows < TALL * dim or weight.dtype in HALVES:
        dtype = torch.promote_types(weight.dtype, torch.float32)
        whole = torch.empty(weight.shape, dtype=dtype, device=weight.device)
        weight.copy_(torch.nn.init.orthogonal_(whole, generator=generator))
        return
    weight.normal_(generator=generator)
    step = max(1, BLOCK // max(1, dim))
    for _ in range(2):
        gram = torch.zeros(dim, dim, dtype=torch.float64, device=weight.device)
        for block in torch.split(weight, step):
            gram += block.double().T @ block.double()
        upper = torch.linalg.cholesky(gram, upper=True)
        for block in torch.split(weight, step):
            block.copy_(
                torch.linalg.solve_triangular(upper, block.double(), upper=True, left=False)
            )
