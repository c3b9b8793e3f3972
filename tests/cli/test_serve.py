"""`rowspace serve`: its options. What it serves, and how it ends, is in tests/serve."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("starlette")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "no model given"),
        (("{model}", "--limit", "size=3"), 2, "body"),
        (("{model}", "--limit", "body=no"), 2, "whole number"),
        (("{model}", "--port", "70000"), 2, "65535"),
        (("{model}", "--host", "::"), 2, "token"),
        (("{model}", "--token", "short"), 2, "16 characters"),
        (("{model}", "--cors-origin", "*"), 2, "https://example.org"),
        (("{model}", "--token-file", "none"), 5, "none"),
        (("{model}", "--columns", "none.csv"), 3, "none.csv"),
        (("nowhere",), 4, "nowhere"),
        (("{model}", "nowhere"), 4, "nowhere"),
    ],
)
def test_what_cannot_be_served(command, model, words, code, said):
    done = command("serve", *(word.format(model=model) for word in words))
    assert done.returncode == code, done.stderr
    assert said in done.stderr and not done.stdout and "Traceback" not in done.stderr


def test_the_extra_is_named(command, model, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = command("serve", model)
    assert done.returncode == 2 and 'pip install "rowspace[explore]"' in done.stderr


def test_help_says_what_it_needs(command):
    done = command("serve", "--help")
    assert "--port" in done.stdout and "token" in done.stdout and done.returncode == 0
