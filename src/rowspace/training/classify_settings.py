"""How a classifier's run goes, besides what it learns and how texts are read."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, final

from rowspace.errors import SettingError
from rowspace.objectives.columns import weights_by_class
from rowspace.objectives.labels import Labels
from rowspace.training.labelled import TextReading
from rowspace.vocabulary.count import usable_cores


@final
@dataclass(frozen=True, slots=True)
class Run:
    """epochs: passes over the texts. valid: the share of the rows that judges each epoch and
    calibrates, or other data; 0: none. metric: what the best epoch is chosen by
    (`evaluate.metrics`); None: accuracy, or micro-f1 where texts have several labels. patience:
    epochs without a better one before it stops; None: all are gone through. class_weights: what
    each label's texts count for, by name or as "a=2,b=1", or "balanced"; of several labels the
    first counts. threads: None is one for each usable core. deterministic: the same bits for the
    same seed and data, on one thread. freeze: rows that came from the start stay as they are."""

    epochs: int = 10
    valid: Any = 0.1
    metric: str | None = None
    patience: int | None = None
    class_weights: str | dict[str, float] | None = None
    threads: int | None = None
    seed: int = 0
    deterministic: bool = False
    freeze: bool = False

    def __post_init__(self) -> None:
        whole = [("epochs", 1, 10**6), ("seed", 0, 2**63 - 1)]
        whole += [("threads", 1, usable_cores())] if self.threads is not None else []
        whole += [("patience", 0, 10**6)] if self.patience is not None else []
        for name, low, high in whole:
            value = getattr(self, name)
            right = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
            SettingError.unless(right, name, value, f"a whole number from {low} to {high}")
        if isinstance(self.valid, (int, float)):
            share = not isinstance(self.valid, bool) and 0 <= self.valid < 1
            SettingError.unless(share, "valid", self.valid, "a share from 0 to below 1, or data")
        object.__setattr__(self, "class_weights", weights_by_class(self.class_weights))


def settings_of(given: dict[str, Any]) -> tuple[Labels, TextReading, Run]:
    """The three sets of settings. Raises SettingError for a name that is in none of them."""
    given = dict(given)
    objective = given.pop("objective", None)
    kinds: Sequence[type] = (Labels, TextReading, Run)
    own = [{one.name for one in fields(kind)} for kind in kinds]
    every = set().union(*own)
    for name in given:
        SettingError.unless(name in every, "a setting", name, "one of " + ", ".join(sorted(every)))
    chosen = [{k: v for k, v in given.items() if k in names} for names in own]
    if objective is not None:
        SettingError.unless(isinstance(objective, Labels), "objective", objective, "Labels(…)")
        SettingError.unless(
            not chosen[0], "objective", objective, f"alone, not with {[*chosen[0]]}"
        )
    return objective or Labels(**chosen[0]), TextReading(**chosen[1]), Run(**chosen[2])


def as_data(settings: Any) -> dict[str, Any]:
    """The fields that are data."""
    found = asdict(settings)
    return {k: v for k, v in found.items() if v is None or isinstance(v, (str, int, float, tuple))}


def warned(event: dict[str, Any]) -> None:
    if event["type"] == "warning":
        warnings.warn(event["message"], stacklevel=3)
