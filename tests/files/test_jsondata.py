"""JSON as data only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rowspace.errors import FormatError, InputError
from rowspace.files import jsondata

WHERE = Path("x.json")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"[1]",
        b"",
        b"{",
        b'{"a": "\xff"}',
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_refused(raw):
    with pytest.raises(FormatError, match=r"x\.json"):
        jsondata.parse(raw, WHERE)


def test_numpy_becomes_json():
    value = {"a": np.float32(0.5), "b": np.arange(2), "c": (1, np.True_), "d": np.inf, 3: {"z"}}
    assert jsondata.plain(value, "v") == {
        "a": 0.5,
        "b": [0, 1],
        "c": [1, True],
        "d": None,
        "3": ["z"],
    }
    with pytest.raises(InputError, match=r"v\.x\[1\]"):
        jsondata.plain({"x": [1, b"bytes"]}, "v")


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "~/x",
        "../x",
        "a/../b",
        "..",
        "https://x.y/z",
        "file:///x",
        "C:\\x",
        "a\\..\\b",
    ],
)
def test_paths_and_addresses_are_seen(text):
    assert jsondata.leads_elsewhere({"a": [{"b": text}]}, "config")
    assert not jsondata.leads_elsewhere(jsondata.last_parts({"a": [text]}), "config")


@pytest.mark.parametrize(
    "text", ["</s>", "<unk>", "words/s", "3.5", "a..b", "...", "/", "1:2", "~"]
)
def test_words_are_not_paths(text):
    assert jsondata.leads_elsewhere(text, "config") is None
