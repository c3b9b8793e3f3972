"""Skip-gram with negative sampling: a word and each word around it predict each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

from rowspace.objectives.objective import Objective, Step, Tables

if TYPE_CHECKING:
    from rowspace.kernels.cpu_windows import Windows
    from rowspace.kernels.cpu_words import Scratch


@final
@dataclass(frozen=True, slots=True)
class SkipGram(Objective):
    """Mikolov et al. 2013; with bags of subword rows, Bojanowski et al. 2017.

    The words of a window share their noise words (Ji et al. 2016): every pair meets `negative`
    of them, and the products of a window are small matrix products.
    """

    name: ClassVar[str] = "skipgram"

    def drawn(self, tables: Tables) -> int:
        """`negative` for a window of plain rows, for each of a block of words that meet a bag."""
        from rowspace.kernels.cpu_words import CONTEXT_BLOCK

        return self.negative if tables.plain else CONTEXT_BLOCK * self.negative

    def step(self, tables: Tables) -> Step:
        """Pairs of words in the windows are counted."""
        from rowspace.kernels.cpu_words import Bags, skipgram_bags, skipgram_rows

        inputs, outputs = tables.inputs.data, tables.outputs.data
        bags = Bags(tables.bags.ids, tables.bags.offsets, tables.mean)

        def rows(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_rows(windows, n, inputs, outputs, lr, scratch)
            return int(windows.cuts[n])

        def pooled(windows: Windows, n: int, lr: float, scratch: Scratch) -> int:
            skipgram_bags(windows, n, bags, inputs, outputs, lr, scratch)
            return int(windows.cuts[n])

        return rows if tables.plain else pooled
