"""However a run ends: the exit code, a message, no traceback (fault case 39 among them)."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys

import pytest

from rowspace import errors
from rowspace.cli import failures, run

FAULTS = [
    (errors.RowspaceError("x"), 1),
    (errors.InputError("x"), 3),
    (errors.SettingError("x"), 2),
    (errors.VocabularyError("x", near=["y"]), 3),
    (errors.IdRangeError("x"), 3),
    (errors.IdTypeError("x"), 3),
    (errors.FormatError("p", "x"), 4),
    (errors.MissingExtraError("x", "ann"), 2),
    (errors.ResourceError("x"), 5),
    (errors.DivergedError("x"), 6),
    (FileNotFoundError(2, "No such file", "f"), 5),
    (OSError(28, "No space left on device"), 5),
    (MemoryError(), 5),
    (ZeroDivisionError("x"), 1),
    (KeyboardInterrupt(), 130),
    (run.Terminated(), 143),
    (BrokenPipeError(), 141),
]


@pytest.fixture
def failing(monkeypatch, tmp_path):
    """Run a command line whose work raises the given error."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(run, "listen", lambda: None)
    monkeypatch.setattr(failures, "hush_stdout", lambda: None)

    def go(error: BaseException, *words: str) -> int:
        def obey(argv, output):
            raise error

        monkeypatch.setattr(run, "obey", obey)
        return run.run(list(words))

    return go


@pytest.mark.parametrize(("error", "code"), FAULTS, ids=lambda x: type(x).__name__)
def test_every_error_has_its_code_and_no_traceback(failing, capsys, error, code):
    assert failing(error) == code
    said = capsys.readouterr()
    assert said.out == "" and "Traceback" not in said.err
    assert code == 141 or said.err.startswith("error: ")


def test_every_error_class_is_in_the_table():
    """A new error class must be given a line in FAULTS."""
    tested = {type(error) for error, _ in FAULTS}
    classes = {c for c in vars(errors).values() if isinstance(c, type)}
    assert {c for c in classes if issubclass(c, errors.RowspaceError)} <= tested


def test_error_as_json_beside_the_text(failing, capsys, objects):
    assert failing(errors.InputError("what came", hint="do this"), "--json") == 3
    said = capsys.readouterr()
    assert said.err == "error: what came\nhint: do this\n"
    expected = {"type": "error", "message": "what came", "hint": "do this", "exit_code": 3}
    assert objects(said.out) == [expected]


def test_a_word_after_two_dashes_is_no_option(failing, capsys):
    failing(errors.InputError("x"), "nearest", "m", "--", "--json")
    assert capsys.readouterr().out == ""


def test_crash_report(failing, capsys, tmp_path):
    assert failing(ZeroDivisionError("one/zero"), "nearest", "a b") == 1
    message = capsys.readouterr().err
    assert "ZeroDivisionError: one/zero" in message and "please report" in message
    (report,) = tmp_path.glob("rowspace-crash-*.txt")
    text = report.read_text()
    assert str(report) in message
    assert "Traceback" in text and "rowspace nearest 'a b'" in text
    assert report.stat().st_mode & 0o077 == 0


def test_debug_shows_the_traceback(failing, capsys):
    assert failing(errors.InputError("x"), "--debug") == 3
    assert "Traceback" in capsys.readouterr().err


def test_message_cannot_move_the_cursor(failing, capsys):
    failing(errors.InputError("bad \x1b[2J\nword \u202e"))
    assert capsys.readouterr().err == "error: bad \\x1b[2J word \\u202e\n"


def test_reader_that_leaves(model):
    line = f"{sys.executable} -m rowspace nearest {model} {'king ' * 9000} | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"], capture_output=True, text=True
    )
    assert done.stdout == "king\n"
    assert done.returncode == 141 and done.stderr == ""


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize("words", ["nearest {} king", "nearest {} nowhere", "--help", "nothing"])
def test_closed_streams(model, closed, words):
    line = f"{sys.executable} -m rowspace {words.format(model)} {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    expected = {"nothing": 2, "nearest {} nowhere": 3}.get(words, 0)
    assert done.returncode == expected


def test_closed_stdin_as_input(model):
    line = f"{sys.executable} -m rowspace encode {model} - <&-"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert done.returncode == 3 and "stdin is closed" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("flag", ["", "--json"])
def test_full_disk_behind_stdout(model, flag):
    line = f"{sys.executable} -m rowspace nearest {model} king {flag} >/dev/full"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert done.returncode == 5
    assert done.stderr.startswith("error: No space left on device")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_outside_of_training(model, number, code):
    process = subprocess.Popen(
        [sys.executable, "-m", "rowspace", "encode", str(model), "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("king\n" * 4200)  # more than are answered at once
    process.stdin.flush()
    for _ in range(4000):
        assert process.stdout.readline().startswith("king\t")
    process.send_signal(number)  # it waits for more
    _, said = process.communicate()
    assert process.returncode == code
    assert said.startswith("error: ") and "Traceback" not in said


def on_terminal(words: list[str], **variables: str) -> str:
    """What a command shows on a terminal of its own."""
    master, slave = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "rowspace", *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**environment, "TERM": "xterm-256color", **variables},
    )
    os.close(slave)
    shown = b""
    while select.select([master], [], [])[0]:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    process.wait()
    os.close(master)
    return shown.decode()


def test_colour_on_a_terminal_only():
    assert "\x1b[" in on_terminal(["nothing"])


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_unwelcome(variables):
    shown = on_terminal(["nothing"], **variables)
    assert "\x1b" not in shown and "error: no such command" in shown


def test_narrow_terminal(model):
    shown = on_terminal(["nearest", str(model), "king"], COLUMNS="20")
    assert "queen" in shown


def test_ascii_locale_gives_utf8(command, save_model, tmp_path):
    folder = save_model(tmp_path / "m", ("été", "naïve", "日本"))
    env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = command("nearest", folder, "été", env=env)
    assert done.returncode == 0, done.stderr
    assert "日本" in done.stdout


def test_warnings_are_messages(monkeypatch, capsys, objects):
    import warnings

    def obey(argv, output):
        warnings.warn("something\nodd", UserWarning, stacklevel=1)
        return 0

    monkeypatch.setattr(run, "obey", obey)
    monkeypatch.setattr(run, "listen", lambda: None)
    assert run.run(["--json"]) == 0
    said = capsys.readouterr()
    assert said.err == "warning: something odd\n"
    assert objects(said.out) == [{"type": "warning", "message": "something odd"}]
