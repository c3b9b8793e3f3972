"""Skip-gram: a word and each word around it predict each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

from rowspace.objectives.nested import blocks
from rowspace.objectives.objective import Prediction, Step, Tables

if TYPE_CHECKING:
    from rowspace.kernels.cpu_tree import Tree
    from rowspace.kernels.cpu_windows import Windows
    from rowspace.kernels.cpu_words import Scratch


@final
@dataclass(frozen=True, slots=True)
class SkipGram(Prediction):
    """Mikolov et al. 2013; with bags of subword rows, Bojanowski et al. 2017.

    Where a word is one row, the words of a window share their noise words (Ji et al. 2016): every
    pair meets `negative` of them, and a window is two small matrix products; with `loss="hs"` they
    share the path to the word they predict.
    """

    name: ClassVar[str] = "skipgram"

    def per_pair(self, tables: Tables) -> bool:
        """Windows of plain rows share: each row meets other noise in each of its windows. A bag
        meets its own window alone, and sharing there cost three points of analogies.
        """
        return not tables.plain

    def step(self, tables: Tables) -> Step:
        """Pairs of words in the windows are counted."""
        if tables.tree is not None:
            return self._down(tables, tables.tree)
        if self.prefixes:
            return self._nested(tables)
        from rowspace.kernels.cpu_words import Bags, skipgram_bags, skipgram_rows

        negative, inputs, outputs = self.negative, tables.inputs.data, tables.outputs.data
        frozen = tables.frozen
        bags = Bags(tables.bags.ids, tables.bags.offsets, tables.mean)

        def rows(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_rows(windows, n, negative, inputs, outputs, lr, scratch, frozen)
            return int(windows.cuts[n])

        def pooled(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_bags(windows, n, negative, bags, inputs, outputs, lr, scratch, frozen)
            return int(windows.cuts[n])

        return rows if tables.plain else pooled

    def _down(self, tables: Tables, tree: Tree) -> Step:
        from rowspace.kernels.cpu_tree import skipgram_tree_bags, skipgram_tree_rows
        from rowspace.kernels.cpu_words import Bags

        inputs, outputs, frozen = tables.inputs.data, tables.outputs.data, tables.frozen
        bags = Bags(tables.bags.ids, tables.bags.offsets, tables.mean)

        def rows(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_tree_rows(windows, n, tree, inputs, outputs, lr, scratch, frozen)
            return int(windows.cuts[n])

        def pooled(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_tree_bags(windows, n, tree, bags, inputs, outputs, lr, scratch, frozen)
            return int(windows.cuts[n])

        return rows if tables.plain else pooled

    def _nested(self, tables: Tables) -> Step:
        from rowspace.kernels.cpu_nested import skipgram_nested_bags, skipgram_nested_rows
        from rowspace.kernels.cpu_words import Bags

        inputs, outputs, frozen = tables.inputs.data, tables.outputs.data, tables.frozen
        bags = Bags(tables.bags.ids, tables.bags.offsets, tables.mean)
        negative, nested = self.negative, blocks(self.prefixes)

        def rows(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_nested_rows(windows, n, negative, inputs, outputs, lr, nested, scratch, frozen)
            return int(windows.cuts[n])

        def pooled(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_nested_bags(
                windows, n, negative, bags, inputs, outputs, lr, nested, scratch, frozen
            )
            return int(windows.cuts[n])

        return rows if tables.plain else pooled
