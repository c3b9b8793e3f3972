"""Dropout inside an embedding layer: of numbers, of features, of rows or of tokens.

What is kept is divided by 1 - p, so that nothing changes on average. Masks of rows and tokens are
counter-based: one seed a forward (drawn from torch's generator, so that `torch.manual_seed` repeats
it) and a position give a number, and no mask of R numbers is ever made. Axes: `D` dimensions,
`L` ids of a sample or bag, `R` rows, `N` ids in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import Literal, final, get_args

import torch
from torch import Tensor
from torch.nn import functional

from rowspace.errors import SettingError
from rowspace.nn.counter import uniform
from rowspace.random import Stream

What = Literal["elements", "features", "rows", "tokens"]


@final
@dataclass(frozen=True, slots=True)
class Dropout:
    """Each of something is dropped with probability `p`, while training only.

    `of` says what:

    - "elements": each number by itself, as `torch.nn.Dropout` does, number for number.
    - "features": whole columns. One mask of D numbers for each sequence, shared along its length
      (Keras's SpatialDropout1D); for pooled bags, and for ids without a length, one mask of D
      numbers for the batch: one mask for each bag would be that of elements.
    - "rows": a row is dropped wherever it occurs in the batch, for this forward, and gets no
      gradient (Gal and Ghahramani 2016; AWD-LSTM's embedding dropout).
    - "tokens": each occurrence of an id by itself.

    In a bag, a dropped row or token counts as a vector of zeros: the mean still divides by the
    number of ids, not by that of the survivors. The maximum of a bag leaves what is dropped out,
    and divides nothing.

    Raises SettingError for a `p` outside [0, 1) or an unknown `of`.
    """

    p: float
    of: What = "elements"

    def __post_init__(self) -> None:
        number = isinstance(self.p, (int, float)) and not isinstance(self.p, bool)
        fits = number and isfinite(self.p) and 0 <= self.p < 1
        SettingError.unless(
            fits, "Dropout.p", self.p, "a number from 0 up to, but not including, 1"
        )
        kinds = get_args(What)
        if self.of not in kinds:
            near = get_close_matches(str(self.of), kinds, n=1)
            raise SettingError(
                f"Dropout.of must be one of {', '.join(kinds)}, not {self.of!r:.60}",
                hint=f"did you mean {near[0]!r}?" if near else "",
            )

    @property
    def by_occurrence(self) -> bool:
        """Whether it weighs occurrences of ids (`weigh`), not the vectors looked up (`thin`)."""
        return self.of in ("rows", "tokens")

    def weigh(self, ids: Tensor, *, seed: Tensor | None = None) -> Tensor:
        """0 or 1 / (1 - p) for each occurrence of an id: float32 of the shape of `ids`.

        For "rows" and "tokens". `seed`: int64 of no dimension; drawn where there is none.
        """
        seed = draw_seed(ids.device) if seed is None else seed
        place = ids if self.of == "rows" else torch.arange(ids.numel(), device=ids.device)
        kept = uniform(seed, Stream.DROPOUT, place.reshape(ids.shape).to(torch.int64)) >= self.p
        return kept.to(torch.float32).mul_(1 / (1 - self.p))

    def thin(self, vectors: Tensor, *, pooled: bool = False) -> Tensor:
        """The vectors [..., D] with elements or features dropped; those of `pooled` bags are not
        a sequence, however many dimensions they have."""
        if self.of == "elements":
            return functional.dropout(vectors, self.p)
        lengths = vectors.dim() > 2 and not pooled
        shape = (*vectors.shape[:-2], 1) if lengths else (1,) * (vectors.dim() - 1)
        ones = torch.ones(*shape, vectors.shape[-1], dtype=vectors.dtype, device=vectors.device)
        return vectors * functional.dropout(ones, self.p)


def draw_seed(device: torch.device | str = "cpu") -> Tensor:
    """A seed for one forward, int64 of no dimension, from torch's generator of that device."""
    return torch.randint(-(2**63), 2**63 - 1, (), dtype=torch.int64, device=device)


def dropout_of(value: Dropout | float | None) -> Dropout | None:
    """Settings from settings, a bare probability (of elements), or nothing.

    Raises SettingError.
    """
    settings = Dropout(value) if isinstance(value, (int, float)) else value
    SettingError.unless(
        settings is None or isinstance(settings, Dropout),
        "dropout",
        value,
        "a Dropout, a probability or None",
    )
    return settings if settings is not None and settings.p > 0 else None
