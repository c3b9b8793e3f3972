"""What `Embedding` and `EmbeddingBag` have in common besides what torch gives them."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import SettingError
from rowspace.nn.arrays import NUMBERS
from rowspace.nn.check import require_size
from rowspace.nn.contributions import Traits
from rowspace.nn.dropout import Dropout
from rowspace.nn.grow import add_items, add_rows
from rowspace.nn.init import initialise
from rowspace.nn.items import padding_row
from rowspace.nn.memory import new_weight
from rowspace.nn.options import Options, frozen_rows, options_of
from rowspace.nn.worded import Worded
from rowspace.vectors import Vectors
from rowspace.vocabulary import Vocabulary

_FROZEN = "frozen_rows"
_ROWS = 1 << 16  # of a block
Self = TypeVar("Self", bound="TableLayer")


class TableLayer(Worded):
    """Options, traits and what is saved; stands before torch's class among the bases."""

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    max_norm: float | None
    norm_type: float
    scale_grad_by_freq: bool
    sparse: bool
    weight: Any
    vocabulary: Vocabulary | None
    dropout: Dropout | None
    frozen_rows: Tensor | None
    factor: float

    def _settle(self, options: Options, fresh: bool) -> None:
        """Take the options on, once torch's own constructor is through. Raises SettingError."""
        self._know(options.vocabulary, self.num_embeddings)
        require_norm(self.max_norm, self.norm_type)
        self.init = options.init
        dropout = options.dropout
        self.dropout = dropout if isinstance(dropout, Dropout) else None
        self.scale = options.scale
        self.factor = 1.0 if options.scale is None else sqrt(self.embedding_dim)
        frozen = frozen_rows(options.frozen, self.num_embeddings, self.vocabulary)
        self.register_buffer(
            _FROZEN, None if frozen is None else frozen.to(self.weight.device), persistent=True
        )
        if fresh:
            self.reset_parameters()
        else:
            self.bring_within()

    def reset_parameters(self) -> None:
        """Fill the table anew, as `init` says; the padding row is zero."""
        initialise(self.weight, self.init, padding_idx=self.padding_idx)
        self.bring_within()

    def bring_within(self) -> None:
        """Shorten the rows that are longer than `max_norm`. No forward does: it writes nothing."""
        if self.max_norm is None or self.weight.is_meta:
            return
        with torch.no_grad():
            for block in torch.split(self.weight.detach(), _ROWS):
                lengths = torch.linalg.vector_norm(
                    block.float() if block.dtype in NUMBERS else block, self.norm_type, dim=1
                )
                long = (lengths > self.max_norm).nonzero().squeeze(1)
                if len(long):
                    factor = self.max_norm / (lengths[long] + 1e-7)
                    block[long] = (block[long] * factor.unsqueeze(1)).to(block.dtype)

    def traits(self) -> Traits:
        """What the layer says of its rows to whoever makes them learn."""
        return Traits(self.padding_idx, self._buffers[_FROZEN], self.max_norm, self.norm_type)

    def add_rows(self, n: int, **settings: Any) -> range:
        """`rowspace.nn.grow.add_rows`: n more rows for the same parameter; their ids."""
        return add_rows(self, n, **settings)

    def add_items(self, items: Iterable[str | bytes], **settings: Any) -> np.ndarray:
        """`rowspace.nn.grow.add_items`: items made known, with rows; their ids, int64 [N]."""
        return add_items(self, items, **settings)

    def table(self) -> Any:
        """The weight, past the slower ways of `nn.Module` where it is a plain parameter."""
        weight = self._parameters.get("weight")
        return self.weight if weight is None else weight

    @classmethod
    def from_vocabulary(cls: type[Self], vocabulary: Vocabulary, dim: int, **options: Any) -> Self:
        """A layer of as many rows as the vocabulary needs, to be learned; `options` are those of
        the constructor."""
        known = isinstance(vocabulary, Vocabulary)
        SettingError.unless(known, "vocabulary", vocabulary, "a rowspace.Vocabulary")
        return cls(vocabulary.n_rows, dim, vocabulary=vocabulary, **options)

    @classmethod
    def from_vectors(
        cls: type[Self], vectors: Vectors, freeze: bool = True, **options: Any
    ) -> Self:
        """A layer that starts from a copy of `vectors`, which it looks up by item as they do.

        freeze: it never learns. The other `options` are those of the constructor.
        """
        known = isinstance(vectors, Vectors)
        SettingError.unless(known, "vectors", vectors, "rowspace.Vectors, such as a model's")
        rows = vectors.rows
        dtype = torch.float16 if rows.dtype == np.float16 else torch.float32
        weight = new_weight(len(rows), rows.shape[1], torch.device("cpu"), dtype)
        for start in range(0, len(rows), _ROWS):
            block = np.ascontiguousarray(rows[start : start + _ROWS])
            if not block.flags.writeable:
                block = block.copy()
            weight[start : start + _ROWS] = torch.from_numpy(block)
        options = {"vocabulary": vectors.vocabulary, **options}
        layer = cls(len(rows), rows.shape[1], _weight=weight, **options)
        layer.weight.requires_grad_(not freeze)
        return layer

    def to_vectors(self) -> Vectors:
        """A copy of the rows with the vocabulary: float32, or float16 where they are.

        Raises SettingError without a vocabulary.
        """
        vocabulary = self.reader().vocabulary
        weight = self.table().detach().cpu()
        wanted = torch.float16 if weight.dtype == torch.float16 else torch.float32
        return Vectors(vocabulary, weight.to(wanted, copy=True).numpy())

    def extra_repr(self) -> str:
        """Torch's, and the options that were given."""
        told = [super().extra_repr()]
        if self.vocabulary is not None:
            told.append(f"vocabulary of {len(self.vocabulary)} items")
        told += [f"{n}={v!r}" for n, v in (("dropout", self.dropout), ("scale", self.scale)) if v]
        if self.frozen_rows is not None:
            told.append(f"{int(self.frozen_rows.sum())} rows frozen")
        return ", ".join(told)

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, *others: Any, **more: Any
    ) -> None:
        """`Worded`'s, with frozen rows where there are some, else they stay as they are."""
        frozen = state_dict.get(prefix + _FROZEN)
        if frozen is None and self.frozen_rows is not None:
            state_dict[prefix + _FROZEN] = self.frozen_rows
        elif frozen is not None and self.frozen_rows is None:
            self.frozen_rows = torch.zeros_like(frozen, device=self.weight.device)
        super()._load_from_state_dict(state_dict, prefix, *others, **more)
        self.bring_within()


def require_norm(max_norm: Any, norm_type: Any) -> None:
    """Raises SettingError for a length, or a kind of length, that rows cannot have."""
    for field, value in (("max_norm", max_norm), ("norm_type", norm_type)):
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
        SettingError.unless(max_norm is None or number, field, value, "a number above 0")


def prepared(
    rows: int, dim: int, padding: Any, options: Options | None, given: dict[str, Any]
) -> tuple[Options, int | None]:
    """The options and the padding row of a layer to be made. Raises SettingError."""
    require_size(rows, dim)
    settled = options_of(options, given)
    return settled, padding_row(settled.vocabulary, padding)
