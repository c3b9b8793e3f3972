"""How the training went, epoch by epoch, out of whatever the record of a model holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

LOWER = frozenset({"loss", "valid_loss", "perplexity", "rmse", "mae", "bits-per-character"})
"""Figures of which less is better."""
TURNED = "minus the loss"


def curves(config: Mapping[str, Any], record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`name`, what it is `of` ("training", "validation"), `values` one an epoch, `better`.

    Of a network `record["epochs"]` has them side by side, of others each has its own list.
    """
    found = []
    for name, of in (("loss", "training"), ("rate", "training"), ("valid", "validation")):
        if values := _numbers(record.get(name)):
            shown = figure_name(config, record) if name == "valid" else name
            found.append(_curve(shown, of, values, record))
    return found or _side_by_side(record)


def figure_name(config: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """What an epoch was judged by."""
    training, objective = config.get("training"), config.get("objective")
    for section in (training, objective):
        if isinstance(section, Mapping) and isinstance(section.get("metric"), str):
            return str(section["metric"])
    if config.get("kind") == "recommender":
        return "ndcg@10"
    if config.get("kind") == "table":
        return TURNED
    scores = record.get("scores")
    names = [one.get("name") for one in scores] if isinstance(scores, list) else []
    return "micro-f1" if "micro-f1" in names else "accuracy"


def _side_by_side(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    epochs = record.get("epochs")
    lines = [one for one in epochs if isinstance(one, Mapping)] if isinstance(epochs, list) else []
    names = list(dict.fromkeys(name for one in lines for name in one))
    found = []
    for name in names:
        values = _numbers([one.get(name) for one in lines])
        if values:
            of = "training" if name in ("loss", "rate") else "validation"
            found.append(_curve(name, of, values, record))
    return found


def _curve(name: str, of: str, values: list[float], record: Mapping[str, Any]) -> dict[str, Any]:
    better = None if name == "rate" else "lower" if name in LOWER else "higher"
    if of == "validation" and (name == TURNED or better == "lower") and max(values) <= 0:
        # Judged as more is better, the sign turned: shown as what it is.
        shown = "loss of the validation part" if name == TURNED else name
        return {"name": shown, "of": of, "values": [-one for one in values], "better": "lower"}
    return {"name": name, "of": of, "values": values, "better": better}


def _numbers(values: Any) -> list[float]:
    """Those of a list, if all of it are finite numbers."""
    if not isinstance(values, list):
        return []
    right = all(
        isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one)
        for one in values
    )
    return [float(one) for one in values] if right else []
