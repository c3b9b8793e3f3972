"""The tree of commands: quick to help, and helpful about what was mistyped."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from rowspace.cli import app

HEAVY = ("numpy", "numba", "rich", "safetensors", "regex", "msgspec", "torch")
COMMANDS = [*app.app.entries, *(f"train {name}" for name in app.train.entries)]


def imported(*words: str) -> set[str]:
    """The modules that a command line imports."""
    code = (
        "import sys; from rowspace.cli.run import run; code = run(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_heavy_imports_are_seen():
    """The checker below can fail: doctor looks at NumPy."""
    assert "numpy" in imported("doctor")


@pytest.mark.parametrize(
    "words", [["--help"], [], ["--version"], *([*c.split(), "--help"] for c in COMMANDS)]
)
def test_help_imports_nothing_heavy(words: list[str]):
    assert not imported(*words) & set(HEAVY)


def test_help_imports_little():
    assert len(imported("--help")) < 300  # 140; doctor's are some 1,000
    assert len(imported("doctor")) > 500, "what is imported is counted"


@pytest.mark.parametrize("group", [app.app, app.train, app.tune])
def test_table_says_what_the_commands_say(group):
    context = click.Context(group)
    for name, (_, text) in group.entries.items():
        found = group.get_command(context, name)
        assert found is not None and found.name == name
        assert found.get_short_help_str(200) == text


def test_every_command_takes_json_and_debug():
    context = click.Context(app.app)
    for group in (app.app, app.train):
        for name in group.entries:
            flags = {flag for p in group.get_command(context, name).params for flag in p.opts}
            assert {"--json", "--debug"} <= flags, name


def test_version(process, objects):
    from importlib.metadata import version

    assert process("--version").stdout == f"rowspace {version('rowspace')}\n"
    assert objects(process("--version", "--json").stdout)[0]["version"] == version("rowspace")


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["neerest", "m", "x"], "rowspace nearest"),
        (["train", "word"], "rowspace train words"),
        (["nearest", "m", "x", "--firts", "3"], "--first"),
        (["train", "words", "--dimm", "3"], "--dim"),
        (["--versoin"], "--version"),
    ],
)
def test_did_you_mean(command, words, near):
    done = command(*words)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("error: no such")
    assert "hint: did you mean" in done.stderr and near in done.stderr


def test_unlike_anything_gets_no_guess(command):
    done = command("qqqqqq")
    assert done.returncode == 2 and "did you mean" not in done.stderr


@pytest.mark.parametrize("words", [["nearest"], ["analogy", "m", "a"], ["evaluate"]])
def test_missing_arguments_are_usage(command, words):
    done = command(*words)
    assert done.returncode == 2 and done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
