"""Data as lines: what JSON cannot say, and what a terminal must not see."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.cli.output import Output, plain, visible


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.array([1.0, np.nan]), [1.0, None]),
        ({1: (2, "x")}, {"1": [2, "x"]}),
        (True, True),
    ],
)
def test_plain(value, expected):
    assert plain(value) == expected


@given(st.dictionaries(st.text(), st.floats() | st.text() | st.none()))
def test_plain_is_always_strict_json(value):
    text = json.dumps(plain(value), allow_nan=False)
    assert "\n" not in text


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_visible_is_one_line_and_moves_nothing(item):
    shown = visible(item)
    assert len(shown.splitlines()) <= 1
    assert "\x1b" not in shown and "\r" not in shown and "\u202e" not in shown
    shown.encode("utf-8", "strict")


def test_visible_leaves_words_alone():
    assert visible("naïve 日本 🎈") == "naïve 日本 🎈"
    assert visible("a\tb\xa0c") == "a\\tb\xa0c"
    assert visible(b"\xff".decode("utf-8", "surrogateescape")) == "\\xff"


def test_nothing_to_write_to(monkeypatch):
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    Output().emit("x", "text")
    Output(json=True).warn("text")
