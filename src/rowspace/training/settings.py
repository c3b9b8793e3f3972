"""`Settings`: everything about a run that is not the objective."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from rowspace.corpus import Reading
from rowspace.errors import InputError, SettingError
from rowspace.table.schedules import Schedule, schedule
from rowspace.vocabulary import Exact, Unseen, policy
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.count import usable_cores
from rowspace.vocabulary.joining import Joining
from rowspace.vocabulary.phrases import Phrases

VOCABULARIES = ("union", "corpus")


@dataclass(frozen=True, slots=True)
class Settings:
    """epochs: passes over the corpus. schedule: how the learning rate goes from the objective's
    lr, by name or as a `table.schedules.Schedule`; warmup: the share of the run, from 0 to below
    1, in which it climbs to lr first (docs/schedules.md). threads: None is one for each usable
    core. deterministic: the same bits for the same seed and input at any number of threads.
    checkpoint_every: seconds between checkpoints (where an output folder is given).
    memory: bytes for what is counted: distinct words, and pairs of words (GloVe), which lie on disk
    beyond it.
    allow_changed: resume though the corpus is not the one the run began with.
    reserved: items that have the first rows whatever their counts, such as `("<pad>",)`; as text,
    parted by commas. freeze: rows that came from the start stay as they are. vocabulary: of a run
    with a start, "corpus" has the words of the corpus alone, "union" those of the start too; None
    is union where the run goes on with a model, else corpus. phrases: passes of joining words that
    belong together before the vocabulary is made (docs/phrases.md); or a `Joining`, how to learn
    them, or `Phrases` that are there already, or the path of their file. The others are those of
    `corpus.Reading` and `vocabulary.Building`.
    """

    epochs: int = 15
    schedule: str | Mapping[str, Any] | Schedule = "linear"
    warmup: float = 0.0
    threads: int | None = None
    seed: int = 0
    deterministic: bool = False
    checkpoint_every: float = 600.0
    allow_changed: bool = False
    freeze: bool = False
    vocabulary: str | None = None
    min_count: int = 5
    max_size: int | None = None
    reserved: tuple[str, ...] | str = ()
    unseen: Unseen = field(default_factory=Exact)
    processes: int | None = None
    memory: int = 1 << 30
    tokenizer: str = "words"
    lower: bool = True
    normalize: str | None = None
    column: str | None = None
    encoding_errors: str = "strict"
    markup: str = "auto"
    phrases: int | str | Joining | Phrases = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "unseen", policy(self.unseen))
        object.__setattr__(self, "tokenizer", os.fspath(self.tokenizer))
        named = self.reserved.split(",") if isinstance(self.reserved, str) else self.reserved
        object.__setattr__(self, "reserved", tuple(item for item in named if item))
        _whole("epochs", self.epochs, 1, 10**6)
        object.__setattr__(self, "warmup", self.rates.warmup)
        cores = usable_cores()
        if self.threads is not None:
            _whole("threads", self.threads, 1, cores, " (the cores this process may use)")
        _whole("seed", self.seed, 0, 2**63 - 1)
        _whole("memory", self.memory, 1 << 20, 2**63 - 1, " bytes")
        SettingError.unless(isinstance(self.freeze, bool), "freeze", self.freeze, "true or false")
        SettingError.unless(
            self.vocabulary in (None, *VOCABULARIES), "vocabulary", self.vocabulary,
            " or ".join(VOCABULARIES),
        )  # fmt: skip
        object.__setattr__(self, "phrases", _phrases(self.phrases))
        number = isinstance(self.checkpoint_every, (int, float))
        SettingError.unless(
            number and self.checkpoint_every > 0, "checkpoint_every", self.checkpoint_every,
            "seconds above 0",
        )  # fmt: skip

    @property
    def rates(self) -> Schedule:
        """The schedule of the learning rate, with its warm-up."""
        return schedule(self.schedule, warmup=self.warmup)

    @property
    def joining(self) -> Joining | Phrases | None:
        """How phrases are learned, or those that are joined; None without any."""
        if isinstance(self.phrases, (Joining, Phrases)):
            return self.phrases
        return Joining(int(self.phrases), memory=self.memory) if self.phrases else None

    @property
    def reading(self) -> Reading:
        """How the corpus is read."""
        return Reading(**self._part(Reading))

    @property
    def building(self) -> Building:
        """How the vocabulary is learned."""
        return Building(**self._part(Building))

    def _part(self, kind: type) -> dict[str, Any]:
        names = {one.name for one in fields(kind)} & {one.name for one in fields(self)}
        return {name: getattr(self, name) for name in names}

    def config(self) -> dict[str, Any]:
        """What decides the result, as data: not how many hands worked on it."""
        hands = {"threads", "processes", "memory", "checkpoint_every", "allow_changed"}
        names = [one.name for one in fields(self) if one.name not in hands]
        rates = self.rates.config()
        rates.pop("warmup")
        plain = {
            "schedule": rates if len(rates) > 1 else rates["name"],
            "unseen": self.unseen.config(),
            "reserved": list(self.reserved),
            "tokenizer": os.path.basename(self.tokenizer),
            "phrases": self._phrases(),
        }
        return {name: plain.get(name, getattr(self, name)) for name in names}

    def _phrases(self) -> int | dict[str, Any]:
        if isinstance(self.phrases, Phrases):
            return {"phrases": len(self.phrases), "fingerprint": self.phrases.fingerprint}
        return self.phrases.config() if isinstance(self.phrases, Joining) else int(self.phrases)

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """From names and values. Raises SettingError for a name that is none, with the nearest."""
        known = [one.name for one in fields(cls)]
        for name in given:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean {near[0]}?" if near else "known: " + ", ".join(known)
                raise SettingError(f"there is no setting called {name!r}", hint=hint)
        try:
            return cls(**given)
        except InputError as error:
            raise SettingError(error.message, hint=error.hint) from error


def _phrases(given: object) -> int | Joining | Phrases:
    """Raises SettingError; InputError, FormatError for a file that holds none."""
    if isinstance(given, (Joining, Phrases)):
        return given
    if isinstance(given, (str, os.PathLike)):
        return Phrases.load(given)
    _whole("phrases", given, 0, 10, " passes, or the path of a file of phrases")
    return int(given)  # type: ignore[call-overload]


def _whole(name: str, value: object, low: int, high: int, why: str = "") -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    wanted = f"a whole number from {low} to {high}{why}"
    SettingError.unless(whole and low <= value <= high, name, value, wanted)  # type: ignore[operator]
