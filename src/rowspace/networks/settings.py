"""How the run of a network goes, besides what it is and how its data are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite
from typing import Any, TypeVar, final, get_args

from rowspace.errors import SettingError
from rowspace.nn.dropout import What
from rowspace.objectives.objective import whole_within
from rowspace.table.schedules import SCHEDULES
from rowspace.vocabulary.count import usable_cores

OPTIMIZERS = ("adamw", "adam", "sgd", "adagrad")
TUNE = ("tuned", "frozen", "after-warm-up", "random")
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "float32", "bfloat16")
ENDLESS = 10**6
"""Epochs of a run that its budget ends."""

N = TypeVar("N")
R = TypeVar("R")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """epochs: passes over the data. budget: seconds of training, judging included; the rate then
    goes by time. batch: what a step sees, in the network's own unit. lr, weight_decay, clip (length
    of the gradient at most; 0: any); schedule, warmup, floor: `table.schedules`. optimizer: of what
    is no table; row_optimizer and row_lr: of tables, None for the same. beta2: of Adam.

    valid: the share of the data that judges, or other data; 0: none. judge_every: epochs from one
    judgement to the next. patience: judgements without a better one before it stops; None: all
    epochs. average: the weights of so many last judged epochs are averaged, and taken if they are
    judged better.

    tune: what becomes of rows that start from vectors: "tuned" like all others, "frozen", or,
    "after-warm-up", frozen until a fifth of the run is over; "random": no row learns at all, which
    is what the others are held against. embedding_dropout(_of): `nn.Dropout`. device: "auto" is the
    GPU where there is one. precision: "auto" is bfloat16 on a GPU that is faster with it. threads:
    None is one for each usable core. deterministic: the same bits for the same seed, data and
    device."""

    epochs: int = 20
    budget: float | None = None
    batch: int = 64
    lr: float = 1e-3
    optimizer: str = "adamw"
    row_optimizer: str | None = None
    row_lr: float | None = None
    weight_decay: float = 0.0
    beta2: float = 0.98
    clip: float = 1.0
    schedule: str = "linear"
    warmup: float = 0.0
    floor: float = 0.0
    valid: Any = 0.1
    judge_every: int = 1
    patience: int | None = None
    average: int = 0
    tune: str = "tuned"
    embedding_dropout: float = 0.0
    embedding_dropout_of: str = "elements"
    seed: int = 0
    threads: int | None = None
    deterministic: bool = False
    device: str = "auto"
    precision: str = "auto"

    def __post_init__(self) -> None:
        whole = [("epochs", 1, ENDLESS), ("batch", 1, 10**7), ("seed", 0, 2**63 - 1)]
        whole += [("judge_every", 1, 10**6), ("average", 0, 100)]
        whole += [("threads", 1, usable_cores())] if self.threads is not None else []
        whole += [("patience", 0, 10**6)] if self.patience is not None else []
        for name, low, high in whole:
            whole_within(name, getattr(self, name), low, high)
        for name in ("lr", "beta2"):
            require_number(name, getattr(self, name), above=0)
        for name in ("weight_decay", "clip", "floor", "warmup", "embedding_dropout"):
            require_number(name, getattr(self, name))
        for name in ("budget", "row_lr"):
            if getattr(self, name) is not None:
                require_number(name, getattr(self, name), above=0)
        for name in ("warmup", "floor", "embedding_dropout", "beta2"):
            value = getattr(self, name)
            SettingError.unless(value < 1, name, value, "a share below 1")
        if isinstance(self.valid, (int, float)):
            share = not isinstance(self.valid, bool) and 0 <= self.valid < 1
            SettingError.unless(share, "valid", self.valid, "a share from 0 to below 1, or data")
        self._require_choices()

    def _require_choices(self) -> None:
        choices: dict[str, tuple[Any, ...]] = {
            "optimizer": OPTIMIZERS, "row_optimizer": (None, *OPTIMIZERS), "tune": TUNE,
            "schedule": tuple(SCHEDULES), "device": DEVICES, "precision": PRECISIONS,
            "embedding_dropout_of": get_args(What), "deterministic": (True, False),
        }  # fmt: skip
        for name, known in choices.items():
            value = getattr(self, name)
            listed = ", ".join(str(one) for one in known if one is not None)
            SettingError.unless(value in known, name, value, "one of " + listed)

    def as_data(self) -> dict[str, Any]:
        """The fields that are data."""
        kept = (str, int, float, type(None))
        return {k: v for k, v in asdict(self).items() if isinstance(v, kept)}


def settings_of(
    given: Mapping[str, Any], network: type[N], reading: type[R], defaults: Mapping[str, Any]
) -> tuple[N, R, Run]:
    """What was given as settings of the network, of reading and of the run, which has `defaults` of
    the network's own. With a budget, the number of epochs has no other limit unless one is given.

    Raises SettingError for a name that is in none of them.
    """
    kinds: tuple[type[Any], ...] = (network, reading, Run)
    own = [{one.name for one in fields(kind)} for kind in kinds]
    every = sorted(set().union(*own))
    for name in given:
        SettingError.unless(name in every, "a setting", name, "one of " + ", ".join(every))
    chosen = [{k: v for k, v in given.items() if k in names} for names in own]
    run = {**defaults, **chosen[2]}
    if run.get("budget") is not None and "epochs" not in given:
        run["epochs"] = ENDLESS
    return network(**chosen[0]), reading(**chosen[1]), Run(**run)


def require_number(name: str, value: object, *, above: float | None = None) -> None:
    """Raises SettingError unless the value is a finite number, `above` another or from 0 on."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
    right = number and (value >= 0 if above is None else value > above)  # type: ignore[operator]
    wanted = "a number from 0" if above is None else f"a number above {above:g}"
    SettingError.unless(right, name, value, wanted)
