"""Embedding layers and row optimizers for PyTorch (the `torch` extra).

    from rowspace import nn

    emb = nn.Embedding(1_000_000, 64)
    optimizer = nn.Adam(emb.parameters())
    emb(ids).sum().backward()  # costs what the batch does, not what the table is
    optimizer.step()

Names are resolved when first used.
"""

from __future__ import annotations

from importlib import import_module, util
from typing import TYPE_CHECKING, Any

from rowspace.errors import MissingExtraError

if TYPE_CHECKING:
    from rowspace.nn.bag import EmbeddingBag as EmbeddingBag
    from rowspace.nn.dropout import Dropout as Dropout
    from rowspace.nn.embedding import Embedding as Embedding
    from rowspace.nn.gradient import RowGradient as RowGradient
    from rowspace.nn.optimizers import SGD as SGD
    from rowspace.nn.optimizers import Adagrad as Adagrad
    from rowspace.nn.optimizers import Adam as Adam
    from rowspace.nn.optimizers import AdamW as AdamW
    from rowspace.nn.optimizers import RowWiseAdagrad as RowWiseAdagrad
    from rowspace.nn.options import Options as Options
    from rowspace.nn.quantized import QuantizedEmbedding as QuantizedEmbedding
    from rowspace.nn.quantized import QuantizedEmbeddingBag as QuantizedEmbeddingBag
    from rowspace.nn.schedules import schedule as schedule
    from rowspace.nn.tied import TiedLinear as TiedLinear

_WHERE = {
    "bag": "EmbeddingBag",
    "dropout": "Dropout",
    "embedding": "Embedding",
    "gradient": "RowGradient",
    "optimizers": "Adagrad Adam AdamW RowWiseAdagrad SGD",
    "options": "Options",
    "quantized": "QuantizedEmbedding QuantizedEmbeddingBag",
    "schedules": "schedule",
    "tied": "TiedLinear",
}
_NAMES = {name: module for module, names in _WHERE.items() for name in names.split()}

__all__ = sorted(_NAMES)  # noqa: PLE0605 - a test pins it


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'rowspace.nn' has no attribute {name!r}")
    if util.find_spec("torch") is None:
        raise MissingExtraError(f"rowspace.nn.{name}", "torch")
    return getattr(import_module(f"rowspace.nn.{_NAMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_NAMES})
