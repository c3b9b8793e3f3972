"""Ids of rows, looked at before anything is done with them."""

from __future__ import annotations

import numpy as np


def first_outside(ids: np.ndarray, n_rows: int) -> int:
    """The position of the first id (int64 [N]) that is not from 0 to R - 1, else -1."""
    from rowspace.kernels.cpu_layer import first_outside as compiled

    return int(compiled(ids, n_rows))
