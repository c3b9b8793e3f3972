"""The comparison the field talks about, on the user's own data: what do the rows start from?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rowspace.errors import InputError
from rowspace.training.start import Source
from rowspace.vectors import Model

Trained: TypeAlias = "Callable[[Source | None, dict[str, Any]], Model]"

VARIANTS: tuple[tuple[str, bool, str], ...] = (
    ("random, never learned", False, "random"),
    ("from scratch", False, "tuned"),
    ("pre-trained, frozen", True, "frozen"),
    ("pre-trained, tuned", True, "tuned"),
)
"""Name, whether rows start from the vectors given, and `Run.tune`; "random" freezes every row."""


def compared(
    train: Trained, start: Source | None, tell: Callable[[dict[str, Any]], None]
) -> tuple[Model, list[dict[str, Any]]]:
    """Train each of `VARIANTS`, same data and seed; the best model by its first score, and each
    variant's name, scores and seconds. Without `start` only the first two. Raises InputError where
    nothing judges them."""
    best: tuple[float, Model] | None = None
    found: list[dict[str, Any]] = []
    for name, given, tune in VARIANTS:
        if given and start is None:
            continue
        tell({"type": "variant", "name": name})
        model = train(start if given else None, {"tune": tune})
        scores = model.record.get("validation_scores") or model.record.get("scores") or []
        if not scores:
            raise InputError(
                "nothing judges the variants", hint="a validation part, --valid, or --test"
            )
        found.append({
            "name": name, "scores": model.record["scores"],
            "seconds": model.record.get("training_seconds"),
        })  # fmt: skip
        figure = float(scores[0]["value"]) * (-1 if scores[0]["name"] in LOWER else 1)
        if tune != "random" and (best is None or figure > best[0]):
            best = figure, model
    if best is None:
        raise InputError("no variant was trained")
    return best[1], found


LOWER = ("perplexity", "bits-per-character", "loss", "nats-per-character")
"""Scores of which less is better."""
