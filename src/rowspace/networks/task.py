"""What a network brings to the loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from torch import Tensor, nn

from rowspace.nn import Embedding, EmbeddingBag


class Task(ABC):
    """network: what learns. counted: what a batch is counted in ("tokens", "characters"). found:
    how much of the items the vectors know that rows start from (`start.started`)."""

    network: nn.Module
    counted: str = "tokens"
    found: Mapping[str, Any] = MappingProxyType({})

    @abstractmethod
    def batches(self, epoch: int) -> Iterator[tuple[Any, int]]:
        """The batches of an epoch, from 0 on, and how much is counted in each; a function of the
        seed and the epoch alone. Tensors lie on the CPU."""

    @abstractmethod
    def steps(self) -> int:
        """Batches of an epoch, about: the rate goes by them."""

    @abstractmethod
    def loss(self, batch: Any) -> Tensor:
        """The mean loss of a batch on the network's device; the network is training."""

    @abstractmethod
    def judge(self) -> dict[str, float]:
        """Figures on the validation part, the network being asked without gradients. The first is
        chosen by, and higher is better; {} where there is no such part."""

    def settle(self, figures: dict[str, float]) -> dict[str, float]:
        """Choose on the validation part what no weight learns by its loss; the network holds the
        best weights, which have these figures. Returns the figures then."""
        return figures

    @abstractmethod
    def tables(self) -> Sequence[Embedding | EmbeddingBag]:
        """The layers whose rows learn as rows."""
