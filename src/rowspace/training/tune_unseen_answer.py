"""`Policies`: ways to treat unseen items side by side, and which of them to take.

Axes: `M` policies, `J` cases judged in a split.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.evaluate.probe_interval import Estimate, Judgement, estimates
from rowspace.evaluate.score import Score

PLAIN = "unknown row"
MEASURES = {
    "text": "share of drawn words that score lower than the word that stood near (0.5: chance)",
    "labels": "accuracy on texts that hold words training never saw",
}
WORSE = 0.01
"""A policy is passed over where it is surely so much worse for words that were seen."""


@final
@dataclass(frozen=True, slots=True)
class Tried:
    """What was measured of a policy, before policies are compared. speed: words (texts) a second
    in training; look_up: seconds a word; option: what `train words` (`train classify`) is told."""

    name: str
    option: str
    rows: int
    bytes: int
    speed: float
    look_up: float
    others: tuple[Score, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class Policy:
    """`tried`, its scores on what is unseen and what was seen (of texts with labels: on all of
    them), and how far each is below the best policy's, paired."""

    tried: Tried
    unseen: Score
    seen: Score
    behind: Score
    behind_seen: Score

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        one = self.tried
        scores = (self.unseen, self.seen, self.behind, self.behind_seen, *one.others)
        return {
            "name": one.name,
            "option": one.option,
            "rows": one.rows,
            "bytes": one.bytes,
            "speed": round(one.speed, 1),
            "look_up_seconds": one.look_up,
            "scores": [score.as_json() for score in scores],
        }


@final
@dataclass(frozen=True, slots=True)
class Policies:
    """kind: "text" or "labels". measure: what scores are. recommended: a policy's name; reason:
    sentences. about: what was held out, and what a run that had seen it comes to."""

    kind: str
    measure: str
    policies: tuple[Policy, ...]
    recommended: str
    reason: str
    about: Mapping[str, Any]

    def __getitem__(self, name: str) -> Policy:
        return {one.tried.name: one for one in self.policies}[name]

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {
            "kind": self.kind,
            "measure": self.measure,
            "policies": [one.as_json() for one in self.policies],
            "recommended": self.recommended,
            "reason": self.reason,
            **self.about,
        }


@final
@dataclass(frozen=True, slots=True)
class Measured:
    """Of each split the cases judged, and of each policy what its score is worked out from:
    float64 [M, J, 2], part of a sum and of what it is divided by."""

    splits: Sequence[Judgement]
    cases: int
    coverage: float = 1.0

    @classmethod
    def of_words(cls, scores: np.ndarray) -> Measured:
        """A score a word, float64 [M, W]; words without one are left out."""
        there = ~np.isnan(scores).any(axis=0)
        kept = scores[:, there]
        columns = np.stack([kept, np.ones_like(kept)], axis=-1)
        share = float(there.mean()) if len(there) else 0.0
        return cls([Judgement(np.arange(kept.shape[1]), columns)], kept.shape[1], share)

    def estimates(self, first: int, seed: int) -> tuple[list[Estimate], list[Estimate]]:
        """Of each policy, in their order; and how far each is below the one at `first`."""
        size = len(self.splits[0].columns)
        order = [first, *(at for at in range(size) if at != first)]
        parts = [Judgement(one.cases, one.columns[order]) for one in self.splits]
        values, gaps = estimates(parts, self.cases, seed=seed)
        all_gaps = [Estimate(0.0, 0.0, 0.0), *gaps]
        back = np.argsort(order).tolist()
        return [values[at] for at in back], [all_gaps[at] for at in back]

    def scores(self, name: str, seed: int) -> tuple[list[Score], list[Score]]:
        """Scores, and how far they are below the best one."""
        values, _ = self.estimates(0, seed)
        best = int(np.argmax([one.value for one in values]))
        _, gaps = self.estimates(best, seed)
        judged = len(np.unique(np.concatenate([one.cases for one in self.splits])))
        return tuple(  # type: ignore[return-value]
            [Score(n, e.value, judged, self.coverage, e.low, e.high) for e in found]
            for n, found in ((name, values), (f"{name}/behind the best", gaps))
        )


def chosen_of(
    kind: str,
    tried: Sequence[Tried],
    unseen: Measured,
    seen: Measured,
    *,
    about: Mapping[str, Any],
    seed: int,
    ceiling: Score | None = None,
) -> Policies:
    """Compare, and recommend: of those that are not surely behind the best on what is unseen, and
    not surely a hundredth behind the best of them on what was seen, the one of the fewest bytes.

    `ceiling`: what a run that had seen everything comes to; where that is chance, nothing can be
    told, and an unknown row is what is left."""
    second = "seen" if kind == "text" else "all texts"
    columns = (*unseen.scores("unseen", seed), *seen.scores(second, seed))
    found = [Policy(one, a, b, c, d) for one, a, c, b, d in zip(tried, *columns, strict=True)]
    best = max(found, key=lambda one: one.unseen.value)
    level = [one for one in found if one.behind.low <= 0]
    top = max(one.seen.value for one in level)
    at = next(at for at, one in enumerate(found) if one in level and one.seen.value == top)
    _, gaps = seen.estimates(at, seed)
    fit = [one for one, gap in zip(found, gaps, strict=True) if one in level and gap.low <= WORSE]
    chosen = min(fit, key=lambda one: one.tried.bytes)
    plain = next((one for one in found if one.tried.name == PLAIN), found[0])
    if ceiling is not None and not ceiling.low > 0.5:
        reason = (
            f"The text is too little to tell: even a run that had seen these words comes to "
            f"{ceiling.value:.3f} (0.5 is chance). Give more text, or more epochs."
        )
        return Policies(kind, MEASURES[kind], tuple(found), plain.tried.name, reason, about)
    _, over = unseen.estimates(found.index(chosen), seed)
    gain = over[found.index(plain)]
    reason = " ".join(_sentences(kind, chosen, best, plain, gain))
    return Policies(kind, MEASURES[kind], tuple(found), chosen.tried.name, reason, about)


def _sentences(kind: str, chosen: Policy, best: Policy, plain: Policy, gain: Estimate) -> list[str]:
    name, top = chosen.tried.name, best.tried.name
    if kind == "text" and not best.unseen.low > 0.5:
        first = (
            f"No policy tells anything of unseen words here (the best, {top}, comes to "
            f"{best.unseen.value:.3f}; 0.5 is chance): {name} serves those that were seen, in the "
            "fewest bytes."
        )
    elif chosen is best and chosen is not plain:
        sure = "" if gain.low > 0 else ", which may be chance"
        first = (
            f"{name} does best on what is unseen: {chosen.unseen.value:.3f}, {gain.value:+.3f} "
            f"against an {plain.tried.name} (95 % interval {gain.low:+.3f} to {gain.high:+.3f})"
            f"{sure}."
        )
    elif chosen is best:
        first = f"No policy does better on what is unseen than {name}: {chosen.unseen.value:.3f}."
    else:
        behind = chosen.behind
        first = (
            f"On what is unseen {name} cannot be told from the best, {top} (that is "
            f"{behind.value:+.3f}, 95 % interval {behind.low:+.3f} to {behind.high:+.3f}), and it "
            "takes the fewest bytes."
        )
    return [first, *([_cost(chosen, plain)] if chosen is not plain else [])]


def _cost(chosen: Policy, plain: Policy) -> str:
    """What it takes beside an unknown row."""
    one, other = chosen.tried, plain.tried
    rest = "what was seen" if chosen.seen.name == "seen" else "every text"
    return (
        f"Beside an {other.name} it takes {one.bytes / max(1, other.bytes):.2g} times the bytes "
        f"and {other.speed / max(one.speed, 1e-9):.2g} times the time to train; {rest} comes to "
        f"{chosen.seen.value:.3f} ({plain.seen.value:.3f})."
    )
