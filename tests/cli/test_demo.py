"""The demo: offline, and better than chance."""

from __future__ import annotations

import sys

import pytest

# Every way out of this process that Python knows of is an error while the demo runs.
OFFLINE = """
import sys

def watch(event, arguments):
    if event.startswith("socket.") and event not in ("socket.gethostname", "socket.__new__"):
        raise RuntimeError(event)

sys.addaudithook(watch)
from rowspace.cli.run import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The demo's lines as objects, and its folder."""
    import json
    import subprocess

    folder = tmp_path_factory.mktemp("demo") / "d"
    words = ["demo", "-o", str(folder), "--json", "--epochs", "5"]
    done = subprocess.run([sys.executable, "-c", OFFLINE, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines, folder, done.stderr


def test_this_python_has_enough_to_say(shown):
    (corpus,) = [o for o in shown[0] if o["type"] == "corpus"]
    assert corpus["bytes"] > 1_500_000


def test_it_learns(shown):
    scores = {o["name"]: o for o in shown[0] if o["type"] == "score"}
    learned, random = scores["plural nearer, learned"], scores["plural nearer, random"]
    assert learned["n"] > 200 and learned["low"] > 0.8
    assert random["low"] - 0.03 < 0.5 < random["high"] + 0.03


def test_it_shows_neighbours(shown):
    found = {o["query"]: o["neighbours"] for o in shown[0] if o["type"] == "neighbours"}
    assert {"list", "file", "error"} <= found.keys()
    assert all(len(neighbours) == 5 for neighbours in found.values())


def test_what_it_suggests_works(shown, process):
    said = shown[2]
    lines = [line.strip() for line in said.splitlines() if line.startswith("  rowspace ")]
    asking = [line for line in lines if not line.startswith("rowspace train")]
    assert len(asking) == 3
    for line in asking:
        assert process(*line.split()[1:]).returncode == 0, line


def test_it_does_not_write_over(shown, command):
    done = command("demo", "-o", shown[1])
    assert done.returncode == 2 and "--force" in done.stderr
