"""What autotune tries: settings that did well elsewhere first, then draws, ever more of them near
the best.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from rowspace.objectives.labels import Labels
from rowspace.random import Stream, uniform

Settings = dict[str, Any]

FEATURES: tuple[Settings, ...] = (
    {"words": 2, "gaps": True, "minn": 3, "maxn": 5},
    {"words": 2, "gaps": True, "minn": 0, "maxn": 0},
    {"words": 2, "gaps": False, "minn": 2, "maxn": 4},
    {"words": 3, "gaps": True, "minn": 3, "maxn": 6},
    {"words": 1, "gaps": False, "minn": 0, "maxn": 0},
    {"words": 3, "gaps": True, "minn": 2, "maxn": 6},
    {"words": 1, "gaps": False, "minn": 3, "maxn": 5},
    {"words": 3, "gaps": True, "minn": 0, "maxn": 0},
)
"""What texts are known by, the likelier first; each costs a reading of the texts."""
KNOWN: tuple[Settings, ...] = (
    {},
    {"lr": 0.03, "epochs": 4},
    {"lr": 0.09, "epochs": 3, "dim": 8},
    {**FEATURES[3], "lr": 0.02, "epochs": 5, "dim": 64, "min_grams": 2},
    {**FEATURES[1], "lr": 0.05, "epochs": 8},
    {"lr": 0.05, "epochs": 8, "dropout": 0.5},
    {**FEATURES[3], "rule": "sgd", "lr": 0.2, "epochs": 4, "min_grams": 2},
    {**FEATURES[2], "lr": 0.035, "epochs": 3},
    {**FEATURES[5], "lr": 0.024, "epochs": 3, "min_grams": 2},
    {**FEATURES[6], "lr": 0.05, "epochs": 3},
)
STARTED: tuple[Settings, ...] = (
    {"lr": 0.02, "epochs": 5, "started": True},
    {**FEATURES[4], "lr": 0.02, "epochs": 5, "started": True},
)
"""With vectors to start from these come first, and the others are tried from scratch."""
RATES = {"adagrad": (0.005, 0.3), "sgd": (0.03, 1.0)}
DIMS, EPOCHS, EPOCHS_FIRST = (8, 96), (2, 40), 10
DECAY = (1e-3, 0.3)
MANY_LABELS = 10_000
"""Labels from which on the tree of hs is what is tried."""


@final
@dataclass(frozen=True, slots=True)
class Candidate:
    """Settings to be tried. started: from the vectors of the start; None: there are none."""

    objective: Labels
    epochs: int
    started: bool | None = None

    @property
    def features(self) -> tuple[Any, ...]:
        """What its texts are known by: those of two candidates that are equal are shared."""
        one = self.objective
        grams = (one.minn, one.maxn) if one.maxn else None
        return (one.words, one.gaps, grams, one.min_count, one.min_grams, one.max_grams)

    def as_json(self) -> Settings:
        """Its settings, as data."""
        rest = {name: value for name, value in self.objective.config().items() if name != "name"}
        start = {} if self.started is None else {"started": self.started}
        return {**rest, "epochs": self.epochs, **start}


@final
class Chance:
    """Numbers of a seed, one after another."""

    def __init__(self, seed: int) -> None:
        self.seed, self.drawn = seed, 0

    def even(self, low: float = 0.0, high: float = 1.0) -> float:
        """One between two."""
        self.drawn += 1
        return low + (high - low) * float(uniform(self.seed, Stream.AUTOTUNE, self.drawn))

    def scaled(self, low: float, high: float) -> float:
        """One whose logarithm is drawn evenly, three figures that count."""
        return float(f"{math.exp(self.even(math.log(low), math.log(high))):.3g}")

    def bell(self) -> float:
        """About a normal number."""
        return sum(self.even() for _ in range(12)) - 6

    def one(self, among: Sequence[Any]) -> Any:
        """One of several."""
        return among[min(len(among) - 1, int(self.even() * len(among)))]


@final
class Space:
    """Candidates in which `fixed` stays as it is. labels: how many there are; several: a text may
    have more than one; start: the dimension of the vectors that some start from, 0 for none."""

    def __init__(
        self, fixed: Mapping[str, Any], *, labels: int, several: bool, seed: int, start: int = 0
    ) -> None:
        self.fixed, self.chance, self.start = dict(fixed), Chance(seed), start
        loss = "ova" if several else "hs" if labels >= MANY_LABELS else "softmax"
        self.fixed.setdefault("loss", loss)
        self._features = [one for one in FEATURES if self._may(one)] or [{}]
        known = [*STARTED, *({**one, "started": False} for one in KNOWN)] if start else KNOWN
        self._known = self._distinct([self._made(one) for one in known])

    def known(self) -> list[Candidate]:
        """Those to begin with, the defaults first."""
        return list(self._known)

    def drawn(self) -> Candidate:
        """One from anywhere."""
        chance = self.chance
        rule = str(self.fixed.get("rule") or chance.one(("adagrad", "adagrad", "sgd")))
        return self._made({
            **self._features[int(len(self._features) * chance.even() ** 1.5)],
            "rule": rule,
            "lr": chance.scaled(*RATES[rule]),
            "dim": round(chance.scaled(*DIMS)),
            "epochs": round(chance.scaled(*EPOCHS)),
            "min_count": chance.one((1, 1, 1, 2)),
            "min_grams": chance.one((1, 1, 2)),
            "dropout": chance.one((0.0, 0.0, 0.2, 0.5)),
            "decay": chance.one((0.0, 0.0, 0.0, chance.scaled(*DECAY))),
            **({"started": chance.one((True, False))} if self.start else {}),
        })  # fmt: skip

    def near(self, best: Candidate, *, features: bool = True) -> Candidate:
        """One like another but for some settings; `features`: also what texts are known by."""
        chance, found = self.chance, best.as_json()
        turns = [self._rates, self._lengths, self._rates, self._wide, self._loosened]
        turns += [self._known_by] if features else []
        for turn in {chance.one(range(len(turns))) for _ in range(3)}:
            turns[turn](found)
        return self._made(found)

    def _rates(self, found: Settings) -> None:
        low, high = RATES[found["rule"]]
        lr = found["lr"] * math.exp(0.5 * self.chance.bell())
        found["lr"] = float(f"{min(max(lr, low / 2), 2 * high):.3g}")

    def _lengths(self, found: Settings) -> None:
        epochs = round(found["epochs"] * math.exp(0.5 * self.chance.bell()))
        found["epochs"] = min(max(1, epochs), 2 * EPOCHS[1])

    def _wide(self, found: Settings) -> None:
        dim = round(found["dim"] * math.exp(0.5 * self.chance.bell()))
        found["dim"] = min(max(DIMS[0] // 2, dim), 2 * DIMS[1])

    def _loosened(self, found: Settings) -> None:
        if self.chance.even() < 0.3:
            found["rule"] = "sgd" if found["rule"] == "adagrad" else "adagrad"
            found["lr"] = self.chance.scaled(*RATES[str(self.fixed.get("rule", found["rule"]))])
        elif self.chance.even() < 0.6:
            found["dropout"] = self.chance.one((0.0, 0.1, 0.3, 0.5, 0.7))
        else:
            found["decay"] = self.chance.one((0.0, self.chance.scaled(*DECAY)))

    def _known_by(self, found: Settings) -> None:
        if self.chance.even() < 0.7:
            found.update(self.chance.one(self._features))
        else:
            found["min_grams"] = self.chance.one((1, 2, 3))

    def _may(self, features: Settings) -> bool:
        return all(self.fixed.get(name, value) == value for name, value in features.items())

    def _made(self, settings: Settings) -> Candidate:
        """With what is fixed; where one end of the n-grams is, the other follows it."""
        found = {**settings, **self.fixed}
        epochs = found.pop("epochs", EPOCHS_FIRST)
        started = found.pop("started", True) if self.start else None
        if started:
            found["dim"] = self.start
        usual = Labels()
        minn, maxn = found.get("minn", usual.minn), found.get("maxn", usual.maxn)
        if maxn and minn > maxn and not {"minn", "maxn"} <= set(self.fixed):
            found.update({"minn": maxn} if "maxn" in self.fixed else {"maxn": minn})
        for name in ("dropout", "decay", "lr"):
            if type(found.get(name)) is int:
                found[name] = float(found[name])
        return Candidate(Labels(**found), epochs, started)

    @staticmethod
    def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
        return list(dict.fromkeys(candidates))
