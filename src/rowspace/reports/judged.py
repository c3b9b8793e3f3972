"""Scores: those the training kept, and those worked out now on files that are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rowspace.errors import InputError
from rowspace.evaluate import Score, analogies, similarity
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.labels import examples, judge_labels, judge_table
from rowspace.evaluate.probe import probe
from rowspace.evaluate.probe_answer import Probe
from rowspace.evaluate.told import told
from rowspace.vectors import Model
from rowspace.vectors.tabular import is_tabular

KEPT = ("scored_on", "judged", "validation", "best_epoch", "compare", "unseen_labels")
"""What else of the record is told beside scores, under its own name."""


def kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's scores and baselines, labels and confusions; what is no list of them is none."""
    found: dict[str, Any] = {
        "scores": _objects(record.get("scores")),
        "validation_scores": _objects(record.get("validation_scores")),
        "baselines": _objects(record.get("baselines")),
        "labels": _objects(record.get("labels") or record.get("types")),
    }
    confusion = record.get("confusion")
    found["confusion"] = dict(confusion) if isinstance(confusion, Mapping) else None
    return found | {name: record[name] for name in KEPT if name in record}


def on_lists(model: Model, pairs: Sequence[Any], questions: Sequence[Any]) -> list[dict[str, Any]]:
    """Scores of similarity and analogy files, each with the `file` it comes from.

    Raises InputError for a file that is broken, or a model without vectors.
    """
    found: list[dict[str, Any]] = []
    for path in pairs:
        found.append(_of_file(similarity(model.vectors, path), path))
    for path in questions:
        found += [_of_file(score, path) for score in analogies(model.vectors, path)]
    return found


def on_probes(model: Model, probes: Sequence[Any], name: str) -> list[dict[str, Any]]:
    """What the vectors are worth to tasks, beside one-hot words: `evaluate.probe.probe` on each of
    `probes`, a file of labelled texts or a mapping of that function's arguments, `data` among them.

    Raises InputError.
    """
    found = []
    for given in probes:
        if isinstance(given, Probe):
            found.append(given.as_json())
            continue
        asked = dict(given) if isinstance(given, Mapping) else {"data": given}
        if "data" not in asked:
            raise InputError(
                f"a probe is a file or has data, not only {', '.join(map(str, asked))}",
                hint='probe=[{"data": "reviews.csv", "text": "text", "target": "label"}]',
            )
        found.append(probe(model, asked.pop("data"), **{"name": name, **asked}).as_json())
    return [{**one, "task": Path(str(one["task"])).name} for one in found]


def on_labels(model: Model, given: Any) -> dict[str, Any]:
    """`scores`, `labels` and `confusion` on examples whose labels are known: what `judge_labels`
    and `judge_table` take, or what is `Judged` already. Raises InputError."""
    if isinstance(given, Judged):
        judged: Judged | list[Score] = given
    elif is_tabular(model):
        judged = judge_table(model, given)
    elif model.head is not None:
        judged = judge_labels(model, examples(model, given))
    else:
        raise InputError(
            "labels are for a model that answers with labels",
            hint="of a tagger: labels=rowspace.networks.tagging.judge_tagger(model, file)",
        )
    source = "" if isinstance(given, Judged) else given
    scores = judged.scores if isinstance(judged, Judged) else judged
    found: dict[str, Any] = {"scores": [_of_file(score, source) for score in scores]}
    if isinstance(judged, Judged):
        found |= {"confusion": None, **told(judged)}
    return found


def _of_file(score: Score, path: Any) -> dict[str, Any]:
    named = Path(path).name if isinstance(path, (str, Path)) else ""
    return {**score.as_json(), **({"file": named} if named else {})}


def _objects(values: Any) -> list[dict[str, Any]]:
    found = values if isinstance(values, list) else []
    return [dict(one) for one in found if isinstance(one, Mapping)]
