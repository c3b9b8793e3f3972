"""Keras's own tests of its embedding and its look-up layers, run on rowspace's.

The files are Keras's; they are not part of this project. The folder that holds
`keras/embedding_test.py` and the others is named by ROWSPACE_PEER_TESTS (docs/peer-tests.md). Each
runs in a process of its own, on the torch backend, with rowspace's classes in the place of Keras's.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
FOLDER = Path(os.environ.get("ROWSPACE_PEER_TESTS") or "not given", "keras")


def table():
    """left_out.py, which the plugin imports too."""
    spec = spec_from_file_location("keras_left_out", HERE / "left_out.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = table()
FILES = sorted(TABLE.PASSED)


def outcomes(file, report):
    """The names of the tests of one file that passed, were skipped, or neither."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "substitute"]
    words += ["--import-mode=importlib", "-W", "ignore", f"--junitxml={report}", str(FOLDER / file)]
    path = os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": path}
    done = subprocess.run(
        words, cwd=report.parent, env=env, capture_output=True, text=True, timeout=280
    )
    found: dict[str, set[str]] = {"passed": set(), "skipped": set(), "failed": set()}
    for case in ET.parse(report).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        kind = "failed" if kinds & {"failure", "error"} else "skipped" if kinds else "passed"
        found[kind].add(case.get("name"))
    return found, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
def test_kerass_own_tests(file, tmp_path):
    if not (FOLDER / file).is_file():
        pytest.skip(f"needs {FOLDER / file} (ROWSPACE_PEER_TESTS)")
    for name in ("keras", "torch", "absl"):
        if find_spec(name) is None:
            pytest.skip(f"Keras's tests need {name}")
    found, said = outcomes(file, tmp_path / "report.xml")
    assert not found["failed"], said
    assert found["skipped"] == set(TABLE.SKIPPED[file]), said
    assert len(found["passed"]) == TABLE.PASSED[file], said
    for names in TABLE.LEFT_OUT[file].values():
        source = (FOLDER / file).read_text("utf-8")
        assert all(f"def {plain(name, source)}(" in source for name in names)


def plain(name, source):
    """The function of a test whose name may end in the name of a case."""
    functions = re.findall(r"def (test_\w+)\(", source)
    return max((one for one in functions if name.startswith(one)), key=len, default=name)


@pytest.mark.parametrize("file", FILES)
def test_the_figures_stand_in_the_docs(file):
    page = (ROOT / "docs" / "peer-tests.md").read_text("utf-8")
    left = TABLE.LEFT_OUT[file]
    count = sum(map(len, left.values()))
    passed, skipped = TABLE.PASSED[file], len(TABLE.SKIPPED[file])
    total = passed + skipped + count
    assert f"| `{file}` | {total} | {passed} | {passed} | {skipped} | {count} |" in page
    section = page.partition(f"### {file}")[2].partition("\n#")[0]
    for reason, names in left.items():
        assert reason in section
        assert all(f"`{name}`" in section for name in names)
