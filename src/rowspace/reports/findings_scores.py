"""What is odd about scores and labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from rowspace.reports.finding import Finding, finding

WIDE = 0.1
"""A 95 % interval of a share that is wider says little."""
ANSWERED = 0.9
SHARES = frozenset({
    "accuracy", "f1", "macro-f1", "micro-f1", "precision", "recall", "auc", "ndcg@10", "hit@10",
    "recall@10",
})  # fmt: skip
"""Scores that lie between 0 and 1."""
NAMED = 5
LOWER = frozenset({"perplexity", "loss", "log-loss", "rmse", "mae", "ece"})


def of_scores(content: Mapping[str, Any]) -> Iterator[Finding]:
    """Findings about a report's scores, those of the training and those worked out now."""
    scores, evaluated = content["scores"], content["evaluated"]
    yield from _worth(content["probes"])
    if not scores and not evaluated and not content["probes"]:
        yield finding(
            "note", "scores", "Nothing was measured: whether these vectors are any good is not "
            "known.", "rowspace report MODEL --similarity FILE --analogies FILE",
        )  # fmt: skip
    if scores and content.get("scored_on") == "validation":
        yield finding(
            "note", "scores", "The scores are those of the validation part, by which the best "
            "epoch was chosen too: they are a little too good.", "judge on other data: --test",
        )  # fmt: skip
    if scores:
        yield from _beside(scores[0], content["baselines"])
        yield from _wide(scores[0])
    yield from _answered(evaluated)


def _worth(probes: list[dict[str, Any]]) -> Iterator[Finding]:
    """Tasks to which the vectors are worth no more than one-hot words."""
    for one in probes:
        gain: dict[str, Any] = next(
            (gain for gain in one["gains"] if gain.get("over") == "one-hot"), {}
        )
        low, high = gain.get("low"), gain.get("high")
        if not _number(low) or not _number(high) or low > 0:
            continue
        if high < 0:
            message = f"{one['task']}: words one-hot, without vectors, do better."
        else:
            message = f"{one['task']}: no gain over words one-hot can be told."
        yield finding("warning" if high < 0 else "note", "scores", message)


def _answered(scores: list[dict[str, Any]]) -> Iterator[Finding]:
    """One finding a file of which too little could be answered: its total, if it has one."""
    files: dict[str, list[dict[str, Any]]] = {}
    for score in scores:
        if isinstance(score.get("coverage"), float):
            files.setdefault(str(score.get("file") or score["name"]), []).append(score)
    for name, some in files.items():
        whole = next((one for one in some if one["name"].endswith("/total")), some[0])
        if whole["coverage"] < ANSWERED:
            yield finding(
                "warning", "scores",
                f"{name}: only {whole['coverage']:.0%} could be answered; compare it with other "
                "models only at equal coverage.",
            )  # fmt: skip


def _beside(score: Mapping[str, Any], baselines: list[dict[str, Any]]) -> Iterator[Finding]:
    """Whether the first score is above those of simpler ways."""
    name, value = score.get("name"), score.get("value")
    sign = -1 if lower(score) else 1
    found = [
        (sign * one["value"], str(baseline.get("name")), one["value"])
        for baseline in baselines
        for one in baseline.get("scores", [])
        if isinstance(one, Mapping) and one.get("name") == name and _number(one.get("value"))
    ]
    if not found or not _number(value):
        return
    best, simple, their = max(found)
    if sign * value <= best:
        yield finding(
            "warning", "scores",
            f"{name} {value:.4g} is not better than that of a simpler way: {simple} has "
            f"{their:.4g}.",
            "take the simpler one, more data, or other settings",
        )  # fmt: skip
        return
    end = score.get("high") if sign < 0 else score.get("low")
    if _number(end) and sign * float(end) <= best:
        yield finding(
            "note", "scores",
            f"{name} {value:.4g} is above that of {simple} ({their:.4g}), but by less than its "
            "interval: on other data it may be the other way round.",
            "judge on more examples",
        )  # fmt: skip


def _wide(score: Mapping[str, Any]) -> Iterator[Finding]:
    low, high = score.get("low"), score.get("high")
    if score.get("name") in SHARES and _number(low) and _number(high):
        width = float(high) - float(low)
        if width > WIDE:
            yield finding(
                "note", "scores",
                f"The interval of {score['name']} is {width:.2f} wide: {score.get('n'):,} examples "
                "are few to judge by.",
                "judge on more examples",
            )  # fmt: skip


def of_labels(content: Mapping[str, Any]) -> Iterator[Finding]:
    """Labels that are never answered, and those that training never saw."""
    never = [row["label"] for row in content["labels"] if row.get("cases") and not row["answers"]]
    if never:
        more = f" and {len(never) - NAMED} more" if len(never) > NAMED else ""
        yield finding(
            "warning", "labels",
            f"Never answered: {', '.join(map(repr, never[:NAMED]))}{more}; "
            f"{'it is' if len(never) == 1 else 'they are'} what some examples should have got.",
            "more examples of them, or longer training",
        )  # fmt: skip
    unseen = content.get("unseen_labels")
    if isinstance(unseen, Mapping) and unseen:
        yield finding(
            "warning", "labels",
            f"Labels that training never saw count as misses: {', '.join(list(unseen)[:NAMED])}.",
        )  # fmt: skip


def lower(score: Mapping[str, Any]) -> bool:
    """Whether less is better."""
    return score.get("better") == "lower" or score.get("name") in LOWER


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
