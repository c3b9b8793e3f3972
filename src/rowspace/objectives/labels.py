"""`Labels`: what pulls a text's rows towards its labels'."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, final

from rowspace.errors import SettingError

LOSSES = ("softmax", "ova", "hs", "ns")
RULES = ("adagrad", "sgd")


@final
@dataclass(frozen=True, slots=True)
class Labels:
    """dim: numbers in a vector (D). loss: "softmax", one of all labels; "ova", each label by
    itself, for texts with several; "hs", softmax by a Huffman tree, for very many labels; "ns",
    each against `negative` drawn ones. lr falls to 0 in a straight line. rule: "adagrad", one sum
    of squares a row, or plain "sgd".

    words: runs of 2 to so many words are features, and with gaps pairs with a word between. minn,
    maxn: n-grams of characters, maxn 0 for none. min_count: rarer words get no row; min_grams:
    rarer runs and n-grams; max_grams: most runs, and most n-grams, that get one. dropout: the
    chance of a feature to be left out of its text for one step. decay: how fast rows fade, a share
    of lr.
    Source: Joulin et al. 2016 for words, runs and losses.
    """

    dim: int = 32
    loss: str = "softmax"
    lr: float = 0.05
    rule: str = "adagrad"
    words: int = 2
    gaps: bool = True
    minn: int = 3
    maxn: int = 5
    min_count: int = 1
    min_grams: int = 1
    max_grams: int = 2_000_000
    negative: int = 5
    dropout: float = 0.0
    decay: float = 0.0

    name: ClassVar[str] = "labels"

    def __post_init__(self) -> None:
        SettingError.unless(self.loss in LOSSES, "loss", self.loss, "one of " + ", ".join(LOSSES))
        SettingError.unless(self.rule in RULES, "rule", self.rule, "one of " + ", ".join(RULES))
        for field, low, high in (
            ("dim", 1, 65536), ("words", 1, 10), ("minn", 0, 100), ("maxn", 0, 100),
            ("min_count", 1, 2**62), ("min_grams", 1, 2**62), ("max_grams", 0, 2**31 - 1),
            ("negative", 1, 1000),
        ):  # fmt: skip
            value = getattr(self, field)
            whole = isinstance(value, int) and not isinstance(value, bool)
            wanted = f"a whole number from {low} to {high}"
            SettingError.unless(whole and low <= value <= high, field, value, wanted)
        SettingError.unless(isinstance(self.gaps, bool), "gaps", self.gaps, "true or false")
        small = self.maxn == 0 or self.minn <= self.maxn
        SettingError.unless(small, "minn", self.minn, f"at most maxn, which is {self.maxn}")
        for field, most in (("lr", 1e9), ("dropout", 0.99), ("decay", 1e9)):
            value = getattr(self, field)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            SettingError.unless(
                number and 0 <= value <= most, field, value, f"a number from 0 to {most:g}"
            )

    def config(self) -> dict[str, Any]:
        """Its name and settings, as data."""
        return {"name": self.name, **asdict(self)}
