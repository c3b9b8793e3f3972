"""The comparison the field talks about, on the user's own data: what do the rows start from?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from rowspace.errors import InputError, SettingError
from rowspace.networks.course import Event
from rowspace.networks.making import Making, store
from rowspace.networks.start import opened
from rowspace.training.start import Source
from rowspace.vectors import Model, Vectors

Trained: TypeAlias = "Callable[[Source | None, dict[str, Any]], Model]"

VARIANTS: tuple[tuple[str, bool, str], ...] = (
    ("random, never learned", False, "random"),
    ("from scratch", False, "tuned"),
    ("pre-trained, frozen", True, "frozen"),
    ("pre-trained, tuned", True, "tuned"),
)
"""Name, whether rows start from the vectors given, and `Run.tune`; "random" freezes every row."""


def require_one(compare: bool, resume: bool) -> None:
    """Raises SettingError to go on with a run where several are compared."""
    wanted = "false where variants are compared"
    SettingError.unless(not (compare and resume), "resume", True, wanted)


def compared(
    train: Trained, start: Source | None, tell: Callable[[Event], None]
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


def trained(
    make: Callable[[Vectors | None, dict[str, Any]], Making[Any]],
    start: Source | None,
    *,
    output: str | Path | None,
    resume: bool,
    compare: bool,
    tell: Callable[[Event], None],
) -> Model:
    """What a trainer gives back: the one model that `make` makes of the vectors to start from and
    of settings of the run, or, to `compare`, the best of all variants, which are in its record."""
    if not compare:
        return make(opened(start), {}).model(output, resume=resume)

    def train(source: Source | None, own: dict[str, Any]) -> Model:
        return make(opened(source), own).model()

    model, found = compared(train, start, tell)
    model.record["compare"] = found
    if output is not None:
        store(model, output)
    return model


LOWER = ("perplexity", "bits-per-character", "loss", "nats-per-character")
"""Scores of which less is better."""
