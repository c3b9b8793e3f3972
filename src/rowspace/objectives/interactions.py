"""`Ranking`: what a user met stands above what they did not."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, final

from rowspace.errors import SettingError
from rowspace.objectives.objective import whole_within, within

LOSSES = ("bpr", "warp", "softmax")
RULES = ("sgd", "adagrad")


@final
@dataclass(frozen=True, slots=True)
class Ranking:
    """score(u, i) = h_u · q_i + b_i;  h_u = the user's bag of rows + the mean of history rows.

    loss: "bpr", -ln σ(s_i - s_j) (Rendle et al. 2009); "warp", the first of the negatives that
    comes within 1 of the pair, weighted by the rank it tells of (Weston et al. 2011); "softmax",
    the pair among its negatives (Jean et al. 2015).
    dim: numbers in a vector (D). negative: items drawn for a pair (K), by their counts to the power
    `noise_power` (0: evenly), never one of the user's own.
    history: rows of so many items beside the user's own row (Koren 2008, SVD++; Kabbur et al. 2013,
    FISM), the items before the pair, of which the k-th counts decay^k + tail; without times, any of
    the others, alike. 0: none. own: whether a user has a row of their own; None: where there is no
    history. bias: whether items have one.
    lr, l2: rows of a pair move by lr · (gradient - l2 · row); adagrad divides a row's rate by the
    root of its summed mean squares.
    """

    loss: str = "softmax"
    dim: int = 64
    negative: int = 32
    noise_power: float = 0.5
    history: int = 50
    decay: float = 0.7
    tail: float = 0.02
    own: bool | None = None
    bias: bool = True
    rule: str = "adagrad"
    lr: float = 0.1
    l2: float = 0.001

    name: ClassVar[str] = "ranking"

    def __post_init__(self) -> None:
        SettingError.unless(self.loss in LOSSES, "loss", self.loss, "one of " + ", ".join(LOSSES))
        SettingError.unless(self.rule in RULES, "rule", self.rule, "one of " + ", ".join(RULES))
        whole_within("dim", self.dim, 1, 65536)
        whole_within("negative", self.negative, 1, 65536)
        within("noise_power", self.noise_power, -10, 10)
        whole_within("history", self.history, 0, 10_000)
        within("decay", self.decay, 0, 1)
        within("tail", self.tail, 0, 1)
        if self.own is None:
            object.__setattr__(self, "own", self.history == 0)
        for field in ("own", "bias"):
            value = getattr(self, field)
            SettingError.unless(isinstance(value, bool), field, value, "true or false")
        within("lr", self.lr, 0, 1e9)
        within("l2", self.l2, 0, 1e9)
        if not self.own and not self.history:
            raise SettingError(
                "a user without a row of their own and without a history has nothing to learn",
                hint="own=True, or history above 0",
            )

    def config(self) -> dict[str, Any]:
        """Its name and settings, as data."""
        return {"name": self.name, **asdict(self)}
