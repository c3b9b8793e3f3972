"""The example in scikit-learn, run as a newcomer runs it: it beats the commonest answer."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ROWSPACE_DATA", ROOT.parent / "shared" / "data"))
TITANIC = DATA / "tabular" / "titanic.csv"


@pytest.mark.skipif(not TITANIC.exists(), reason=f"{TITANIC} is not there (ROWSPACE_DATA)")
@pytest.mark.skipif(find_spec("sklearn") is None, reason="needs scikit-learn (`sklearn` extra)")
@pytest.mark.skipif(find_spec("pandas") is None, reason="needs pandas")
def test_it_beats_the_commonest_answer():
    asked = ["survived", "pclass,sex,embarked", "age,fare"]
    words = [sys.executable, str(ROOT / "examples" / "sklearn_pipeline.py"), str(TITANIC), *asked]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = re.match(
        r"accuracy (\d\.\d+) on (\d+) rows held out\ncolumns \d+: pclass_0", done.stdout
    )
    assert said, done.stdout
    with TITANIC.open(encoding="utf-8") as file:
        counts = Counter(row["survived"] for row in csv.DictReader(file))
    assert int(said[2]) >= 200
    assert float(said[1]) > max(counts.values()) / counts.total() + 0.1
