"""The example in Keras, run as a newcomer runs it: it beats the commonest label."""

from __future__ import annotations

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
MESSAGES = DATA / "spam" / "SMSSpamCollection"
BACKEND = os.environ.get("KERAS_BACKEND", "torch")


@pytest.mark.skipif(not MESSAGES.exists(), reason=f"{MESSAGES} is not there (ROWSPACE_DATA)")
@pytest.mark.skipif(find_spec("keras") is None, reason="needs keras (the `keras` extra)")
@pytest.mark.skipif(find_spec(BACKEND) is None, reason=f"needs Keras's backend {BACKEND}")
def test_it_beats_the_commonest_label(tmp_path):
    some = MESSAGES.read_text("utf-8").split("\n")[:3000]
    (tmp_path / "some.tsv").write_text("\n".join(some), "utf-8")
    words = [sys.executable, str(ROOT / "examples" / "keras_classifier.py"), "some.tsv"]
    env = {**os.environ, "KERAS_BACKEND": BACKEND, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = re.fullmatch(r"accuracy (\d\.\d+) on (\d+) texts held out\n", done.stdout)
    assert said, done.stdout
    lines = {line for line in some if line}
    counts = Counter(line.split("\t")[0] for line in lines)
    commonest = max(counts.values()) / counts.total()
    assert int(said[2]) >= 280
    assert float(said[1]) > commonest + 0.06  # 0.97 against 0.87
