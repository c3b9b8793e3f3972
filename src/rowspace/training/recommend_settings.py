"""`Course`: how a recommender is trained, beside its objective."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, final

from rowspace.corpus.interactions import NAMES
from rowspace.errors import SettingError
from rowspace.objectives.interactions import Ranking
from rowspace.objectives.objective import whole_within, within
from rowspace.vocabulary.count import usable_cores


@final
@dataclass(frozen=True, slots=True)
class Course:
    """How a recommender is trained. valid: "last" (each user's last item judges; without times one
    drawn by the seed), a share of all pairs (the last by time), or "none". epochs: passes at most;
    patience: without a better NDCG@10 so many end it. refit: in the end learn all pairs anew for
    as many epochs as were best. min_rating: pairs rated lower are no positives. weigh: a pair
    counts its rating, by the mean. sequences: also learn items from the order they are met in.
    threads: None is one for each usable core. deterministic: the same bits for one seed, input and
    machine at any number of threads; one thread does the learning then.
    """

    valid: Any = "last"
    epochs: int = 30
    patience: int = 5
    refit: bool = True
    min_rating: float | None = None
    weigh: bool = False
    sequences: bool = False
    threads: int | None = None
    seed: int = 0
    deterministic: bool = False

    def __post_init__(self) -> None:
        whole_within("epochs", self.epochs, 1, 100_000)
        whole_within("patience", self.patience, 1, 100_000)
        whole_within("seed", self.seed, 0, 2**63 - 1)
        if self.min_rating is not None:
            within("min_rating", self.min_rating, -1e300, 1e300)
        if self.threads is not None:
            whole_within("threads", self.threads, 1, 1024)
        for name in ("refit", "weigh", "sequences", "deterministic"):
            value = getattr(self, name)
            SettingError.unless(isinstance(value, bool), name, value, "true or false")

    def config(self) -> dict[str, Any]:
        """What decides the result, as data."""
        return {name: value for name, value in asdict(self).items() if name != "threads"}

    @property
    def hands(self) -> int:
        """Threads that learn."""
        return 1 if self.deterministic else self.threads or usable_cores()


def chosen(given: dict[str, Any]) -> tuple[dict[str, Any], Ranking, Course]:
    """Columns, objective and course. Raises SettingError for a name that is in none of them."""
    one, two = ({f.name for f in fields(kind)} for kind in (Ranking, Course))
    for name in given:
        known = sorted(one | two | set(NAMES))
        SettingError.unless(name in known, "a setting", name, "one of " + ", ".join(known))
    return (
        {k: v for k, v in given.items() if k in NAMES},
        Ranking(**{k: v for k, v in given.items() if k in one}),
        Course(**{k: v for k, v in given.items() if k in two}),
    )
