"""Is it any good?  Scores against lists and labels that people made, beside honest baselines."""

from rowspace.evaluate.analogies import analogies
from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.calibration import temperature
from rowspace.evaluate.categories import categories
from rowspace.evaluate.classification import judge
from rowspace.evaluate.compared import (
    compare_analogies,
    compare_categories,
    compare_labels,
    compare_outliers,
    compare_rows,
    compare_similarity,
)
from rowspace.evaluate.coverage import coverage, reading_of
from rowspace.evaluate.frequency import frequency_bias
from rowspace.evaluate.hubness import hubness
from rowspace.evaluate.isotropy import isotropy
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.metrics import metric
from rowspace.evaluate.outliers import outliers
from rowspace.evaluate.protocol import PROTOCOLS, Protocol
from rowspace.evaluate.regression import judge_numbers
from rowspace.evaluate.score import Score
from rowspace.evaluate.significance import Comparison
from rowspace.evaluate.similarity import similarity
from rowspace.evaluate.stability import stability

__all__ = [
    "PROTOCOLS",
    "Baseline",
    "Comparison",
    "Judged",
    "Protocol",
    "Score",
    "analogies",
    "categories",
    "compare_analogies",
    "compare_categories",
    "compare_labels",
    "compare_outliers",
    "compare_rows",
    "compare_similarity",
    "coverage",
    "frequency_bias",
    "hubness",
    "isotropy",
    "judge",
    "judge_numbers",
    "metric",
    "outliers",
    "reading_of",
    "similarity",
    "stability",
    "temperature",
]
