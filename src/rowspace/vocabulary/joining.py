"""`Joining`: how phrases are learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, final

from rowspace.errors import SettingError

SCORINGS = {"counts": 100.0, "npmi": 0.5}
"""The names of the scores, and the threshold each has where none is given."""
ENGLISH = (
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with",
    "without",
)  # fmt: skip
MOST_CONNECTORS = 1 << 14


@final
@dataclass(frozen=True, slots=True)
class Joining:
    """How phrases are learned. A candidate is two words side by side, or with connectors between.

    passes: each joins what the one before has joined, so that two make phrases of up to four
    words. scoring: "counts", (n(ab) - min_count) / (n(a) · n(b)) · N with N words in all
    (word2vec's), or "npmi", log(p(ab) / (p(a) · p(b))) / -log p(ab), from -1 to 1. threshold: the
    score a phrase is above; None: 100 for counts, 0.5 for npmi. min_count: what is rarer is no
    phrase. connectors: words that may stand inside a phrase, four in a row at most, and neither
    begin nor end one; "english" names gensim's. memory: bytes for the counts of candidates.
    Raises SettingError.
    """

    passes: int = 1
    scoring: str = "counts"
    threshold: float | None = None
    min_count: int = 5
    connectors: tuple[str, ...] | str = ()
    delimiter: str = "_"
    memory: int = 1 << 30

    def __post_init__(self) -> None:
        for name, high in (("passes", 10), ("min_count", 10**9)):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            wanted = f"a whole number from 1 to {high}"
            SettingError.unless(whole and 1 <= value <= high, name, value, wanted)
        names = " or ".join(SCORINGS)
        SettingError.unless(self.scoring in SCORINGS, "scoring", self.scoring, names)
        score = SCORINGS[self.scoring] if self.threshold is None else self.threshold
        number = isinstance(score, (int, float)) and not isinstance(score, bool)
        SettingError.unless(number and score == score, "threshold", score, "a number")
        object.__setattr__(self, "threshold", float(score))
        text = isinstance(self.delimiter, str) and bool(self.delimiter)
        SettingError.unless(text, "delimiter", self.delimiter, "text, a character at least")
        enough = isinstance(self.memory, int) and self.memory >= 1 << 16
        SettingError.unless(enough, "memory", self.memory, "65536 bytes or more")
        object.__setattr__(self, "connectors", _connectors(self.connectors))

    @classmethod
    def named(cls, settings: Mapping[str, Any]) -> Joining:
        """From names and values. Raises SettingError for a name that is none."""
        known = [one.name for one in fields(cls)]
        for name in settings:
            if name not in known:
                raise SettingError(
                    f"there is no setting called {name!r}", hint="known: " + ", ".join(known)
                )
        return cls(**settings)

    def config(self) -> dict[str, Any]:
        """What decides the result, as data."""
        return {k: v for k, v in asdict(self).items() if k != "memory"}


def _connectors(given: Sequence[str] | str) -> tuple[str, ...]:
    if isinstance(given, str):
        given = ENGLISH if given == "english" else given.split(",")
    words = isinstance(given, Sequence) and all(isinstance(word, str) for word in given)
    wanted = f"a list of at most {MOST_CONNECTORS} words, or 'english'"
    SettingError.unless(words and len(given) <= MOST_CONNECTORS, "connectors", given, wanted)
    return tuple(sorted({word for word in given if word}))
