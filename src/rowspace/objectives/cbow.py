"""CBOW: the mean of the words around it predicts a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

from rowspace.objectives.nested import blocks
from rowspace.objectives.objective import Prediction, Step, Tables

if TYPE_CHECKING:
    from rowspace.kernels.cpu_windows import Windows
    from rowspace.kernels.cpu_words import Scratch


@final
@dataclass(frozen=True, slots=True)
class CBOW(Prediction):
    """Mikolov et al. 2013. Each row of the context takes the whole gradient, as in word2vec."""

    lr: float = 0.05

    name: ClassVar[str] = "cbow"

    def step(self, tables: Tables) -> Step:
        """Windows are counted: each is one prediction."""
        from rowspace.kernels.cpu_tree import cbow_tree
        from rowspace.kernels.cpu_words import Bags, cbow

        negative, inputs, outputs = self.negative, tables.inputs.data, tables.outputs.data
        frozen, tree = tables.frozen, tables.tree
        bags = Bags(tables.bags.ids, tables.bags.offsets, tables.mean)

        def pooled(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            cbow(windows, n, negative, bags, inputs, outputs, lr, scratch, frozen)
            return n

        if self.prefixes:
            return self._nested(tables)
        if tree is None:
            return pooled

        def down(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            cbow_tree(windows, n, tree, bags, inputs, outputs, lr, scratch, frozen)
            return n

        return down

    def _nested(self, tables: Tables) -> Step:
        from rowspace.kernels.cpu_nested import cbow_nested
        from rowspace.kernels.cpu_words import Bags

        inputs, outputs, frozen = tables.inputs.data, tables.outputs.data, tables.frozen
        bags = Bags(tables.bags.ids, tables.bags.offsets, tables.mean)
        negative, nested = self.negative, blocks(self.prefixes)

        def pooled(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            cbow_nested(windows, n, negative, bags, inputs, outputs, lr, nested, scratch, frozen)
            return n

        return pooled
