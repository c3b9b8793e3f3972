"""Is it any good?  Scores against lists and labels that people made, beside honest baselines."""

from rowspace.evaluate.analogies import analogies
from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.calibration import temperature
from rowspace.evaluate.classification import judge
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.metrics import metric
from rowspace.evaluate.protocol import PROTOCOLS, Protocol
from rowspace.evaluate.regression import judge_numbers
from rowspace.evaluate.score import Score
from rowspace.evaluate.similarity import similarity

__all__ = [
    "PROTOCOLS",
    "Baseline",
    "Judged",
    "Protocol",
    "Score",
    "analogies",
    "judge",
    "judge_numbers",
    "metric",
    "similarity",
    "temperature",
]
