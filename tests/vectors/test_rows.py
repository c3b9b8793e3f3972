"""Random rows do not depend on how they are cut into blocks."""

import numpy as np

from rowspace.vectors import rows
from rowspace.vectors.rows import uniform_rows


def test_blocks_do_not_show(monkeypatch) -> None:
    whole = uniform_rows(20, 3, 5)
    monkeypatch.setattr(rows, "row_blocks", lambda m: range(0, len(m), 7))
    assert (uniform_rows(20, 3, 5) == whole).all()
    assert (uniform_rows(20, 3, 6) != whole).any()
    assert np.abs(whole).max() <= 0.5 / 3 and whole.std() > 0.05
