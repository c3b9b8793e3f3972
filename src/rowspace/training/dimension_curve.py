"""`DimensionCurve`: what each number of dimensions is worth and costs, and which one to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

from rowspace.evaluate.score import Score
from rowspace.vectors import Model

WIDE = 0.2
"""An interval so wide, as a share of the score, hides what dimensions are worth."""


@final
@dataclass(frozen=True, slots=True)
class DimensionPoint:
    """One dimension. valid: the score on what no training saw, by which dimensions are compared,
    train: the same on what was trained on. others: scores told beside it. bytes: the table at
    float32. lookups: vectors looked up a second, a thousand at once; query: seconds until the ten
    neighbours of an item are told. On this machine.
    """

    dim: int
    valid: Score
    train: Score
    others: tuple[Score, ...]
    bytes: int
    lookups: float
    query: float

    @property
    def gap(self) -> float:
        """By how much training is told better than what was held out."""
        return self.train.value - self.valid.value

    def as_json(self) -> dict[str, Any]:
        """As data."""
        return {
            "dim": self.dim,
            "valid": self.valid.as_json(),
            "train": self.train.as_json(),
            "gap": self.gap,
            "others": [one.as_json() for one in self.others],
            "bytes": self.bytes,
            "lookups_a_second": round(self.lookups),
            "query_seconds": self.query,
        }


@final
@dataclass(frozen=True, slots=True, eq=False)
class DimensionCurve:
    """points: by dimension. measure: what `valid` and `train` are, of which more is better.
    recommended: one of the dimensions; reason, and what the gap shows, notes: sentences. model:
    trained with all the dimensions, or with the recommended one. seconds: how long it took.
    """

    kind: str
    measure: str
    points: tuple[DimensionPoint, ...]
    recommended: int
    reason: str
    notes: tuple[str, ...]
    model: Model
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """As data, without the model."""
        return {
            "kind": self.kind,
            "measure": self.measure,
            "points": [one.as_json() for one in self.points],
            "recommended": self.recommended,
            "reason": self.reason,
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }


def curve_of(
    kind: str, measure: str, points: Sequence[DimensionPoint], model: Model
) -> DimensionCurve:
    """The curve of points, which are brought in order, with what it shows."""
    ordered = tuple(sorted(points, key=lambda one: one.dim))
    best = max(ordered, key=lambda one: one.valid.value)
    chosen = next(one for one in ordered if one.valid.value >= best.valid.low or one is best)
    reason = _reason(chosen, best)
    told_of = (_under(ordered, chosen), _over(ordered, best, chosen), _wide(chosen, best))
    notes = tuple(filter(None, told_of))
    return DimensionCurve(kind, measure, ordered, chosen.dim, reason, notes, model)


def with_seconds(curve: DimensionCurve, seconds: float, *notes: str) -> DimensionCurve:
    """The same curve, and how long it took; `notes` are put before its own."""
    return replace(curve, seconds=seconds, notes=(*notes, *curve.notes))


def told(score: Score) -> str:
    """`0.2310 [0.2280, 0.2341]`."""
    return f"{score.value:.4f} [{score.low:.4f}, {score.high:.4f}]"


def _reason(chosen: DimensionPoint, best: DimensionPoint) -> str:
    if chosen is best:
        return (
            f"{best.dim} scores best, {told(best.valid)}, and every smaller one lies below that "
            "interval"
        )
    return (
        f"{chosen.dim} is the smallest that scores, at {chosen.valid.value:.4f}, within the "
        f"interval of the best, {best.dim}: {told(best.valid)}"
    )


def _listed(points: Sequence[DimensionPoint]) -> str:
    names = [str(one.dim) for one in points]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _under(points: Sequence[DimensionPoint], chosen: DimensionPoint) -> str:
    """What is too small: training and held-out data are both told worse."""
    low = [
        one for one in points
        if one.dim < chosen.dim
        and one.train.value < chosen.train.value
        and one.valid.value < chosen.valid.value
    ]  # fmt: skip
    if not low:
        return ""
    verb = "is" if len(low) == 1 else "are"
    return (
        f"under-fitting: {_listed(low)} {verb} too small to hold what the data say; training and "
        f"held-out data are both told worse than by {chosen.dim}"
    )


def _wide(chosen: DimensionPoint, best: DimensionPoint) -> str:
    """What more data would tell."""
    wide = (best.valid.high - best.valid.low) / max(best.valid.value, 1e-12)
    if chosen is best or wide < WIDE:
        return ""
    return (
        f"the interval is wide, {wide:.0%} of the score: more data, or a larger part held out, may "
        f"tell {chosen.dim} and {best.dim} apart"
    )


def _over(points: Sequence[DimensionPoint], best: DimensionPoint, chosen: DimensionPoint) -> str:
    """What is too large: training is told better, held-out data worse."""
    last = points[-1]
    lost = [one for one in points if one.dim > best.dim and one.valid.value < best.valid.low]
    if lost:
        return (
            f"over-fitting: {_listed(lost)} tell the training data by heart "
            f"({lost[-1].train.value:.4f} against {best.train.value:.4f} at {best.dim}) and "
            f"held-out data worse ({lost[-1].valid.value:.4f} against {best.valid.value:.4f})"
        )
    wider = last.gap - points[0].gap
    grown = f"the gap to the training data goes from {points[0].gap:+.4f} to {last.gap:+.4f}"
    if chosen is last and len(points) > 1:
        return f"the curve still rises at its end: larger dimensions may do better; {grown}"
    if wider > best.valid.high - best.valid.low:
        return (
            f"no loss yet from over-fitting, but {grown}: what is more learned is learned by heart"
        )
    return f"no over-fitting up to {last.dim}: {grown}"
