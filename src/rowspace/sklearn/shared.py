"""Settings that a clone shares: models are frozen, and may be large."""

from __future__ import annotations

import copy
from typing import Any

from sklearn.base import BaseEstimator


def clone_sharing(estimator: Any, name: str) -> Any:
    """scikit-learn's own clone, but for the setting `name`, which stays the same object."""
    bare = copy.copy(estimator)
    setattr(bare, name, None)
    made = BaseEstimator.__sklearn_clone__(bare)
    setattr(made, name, getattr(estimator, name))
    return made
