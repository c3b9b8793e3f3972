"""--config: settings from a file, each one known, options over them."""

from __future__ import annotations

import pytest

from rowspace.cli.configuration import read
from rowspace.cli.failures import Mistake

KNOWN = {"dim", "min_count", "lr"}


@pytest.mark.parametrize(
    "text",
    [
        "dim = 3\nmin-count = 2",
        "[words]\ndim = 3\nmin_count = 2",
        "dim = 3\n[train.words]\nmin_count = 2",
    ],
)
def test_read(tmp_path, text):
    (tmp_path / "run.toml").write_text(text)
    assert read(str(tmp_path / "run.toml"), KNOWN) == {"dim": 3, "min_count": 2}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("dimm = 3", "no such setting: dimm", "did you mean dim?"),
        ("[other]\ndim = 3", "no such setting: other", ""),
        ("dim = [1, 2]", "dim must be one value", ""),
        ("dim =", "is not TOML", ""),
    ],
)
def test_mistakes(tmp_path, text, message, hint):
    path = tmp_path / "run.toml"
    path.write_text(text)
    with pytest.raises(Mistake, match=message) as caught:
        read(str(path), KNOWN)
    assert hint in caught.value.hint and str(path) in caught.value.message


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(Mistake, match="cannot read"):
        read(str(tmp_path / "missing"), KNOWN)
    (tmp_path / "run.toml").write_bytes(b"\xff")
    with pytest.raises(Mistake, match="is not TOML"):
        read(str(tmp_path / "run.toml"), KNOWN)


def test_through_the_command(process, tmp_path):
    (tmp_path / "run.toml").write_text("windwo = 3")
    done = process("train", "words", "x", "-o", "m", "--config", "run.toml")
    assert done.returncode == 2 and "did you mean window?" in done.stderr
    (tmp_path / "run.toml").write_text("window = 0")
    done = process("train", "words", "x", "-o", "m", "--config", "run.toml")
    assert done.returncode == 2 and "--window" in done.stderr
