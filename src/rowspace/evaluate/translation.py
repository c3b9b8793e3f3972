"""How good translations are: BLEU and chrF, as sacrebleu counts them.

BLEU (Papineni et al. 2002; of text as it is written, capitals count) and chrF (Popović 2015), from
0 to 100, with bootstrap intervals and the signature that says how they were made (Post 2018).
Without the `translate` extra they raise MissingExtraError.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rowspace.errors import InputError, MissingExtraError
from rowspace.evaluate.score import Score

RESAMPLES = 1000
BLEU, CHRF = "BLEU", "chrF"


def require_scores() -> Any:
    """sacrebleu's metrics. Raises MissingExtraError."""
    try:
        from sacrebleu import metrics
    except ImportError:
        raise MissingExtraError("BLEU and chrF", "translate") from None
    module: Any = metrics
    return module


def bleu(answers: Sequence[str], truth: Sequence[str]) -> float:
    """BLEU alone, 0 to 100. Where no answer has four words, by runs of as many words as there are,
    for BLEU would be 0 whatever they say. Raises InputError unless there are as many of both."""
    _require_pairs(answers, truth)
    metric = require_scores().BLEU(effective_order=True)
    return float(metric.corpus_score(list(answers), [list(truth)]).score)


def judge_translations(answers: Sequence[str], truth: Sequence[str]) -> list[Score]:
    """BLEU and chrF of answers [n] held against what is right [n], each with an interval.

    Raises InputError unless there are as many of both, and at least one.
    """
    _require_pairs(answers, truth)
    metrics = require_scores()
    return [
        _score(name, metric, answers, truth)
        for name, metric in ((BLEU, metrics.BLEU()), (CHRF, metrics.CHRF()))
    ]


def _score(name: str, metric: Any, answers: Sequence[str], truth: Sequence[str]) -> Score:
    found = metric.corpus_score(list(answers), [list(truth)], n_bootstrap=RESAMPLES)
    signature = str(metric.get_signature())
    told = json.loads(found.format(width=6, signature=signature, is_json=True))
    middle, half = told.get("confidence_mean", found.score), told.get("confidence_var", 0.0)
    covered = sum(bool(answer.strip()) for answer in answers) / len(answers)
    return Score(
        name, float(found.score), len(answers), covered, middle - half, middle + half,
        {"signature": signature},
    )  # fmt: skip


def _require_pairs(answers: Sequence[str], truth: Sequence[str]) -> None:
    if len(answers) != len(truth) or not len(truth):
        raise InputError(
            f"{len(answers)} translations and {len(truth)} that are right: wanted as many of both"
        )
