"""Case 47: items that look like a page, or like a formula, stay text. The page: test_page.py."""

from __future__ import annotations

import csv
import io

import pytest
from tests.serve.asking import FORMULAS, MARKUP, made

ITEMS = (*MARKUP, *FORMULAS, "plain")


@pytest.fixture
def ask(client):
    return client({"m": made(ITEMS)})


def test_items_come_as_data_and_as_they_are(ask):
    for path, body in (
        ("/api/models/m/items?k=50", None),
        ("/api/models/m/nearest", {"items": ["plain"], "k": 50}),
        ("/api/models/m/map", None),
    ):
        reply = ask(path, body)
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        found = str(reply.json)
        assert all(repr(item) in found for item in MARKUP)


def test_what_was_asked_comes_back_as_data_too(ask):
    for item in MARKUP:
        reply = ask("/api/models/m/odd", {"items": [item, "unknown <b>", "plain"]})
        assert reply.status == 422 and reply.headers["content-type"] == "application/json"
        assert ask(f"/{item}").headers["content-type"] == "application/json"


def test_every_reply_forbids_a_page_what_it_does_not_need(ask):
    for path in ("/", "/api/models", "/nothing", "/static/page.css", "/healthz"):
        headers = ask(path).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert policy["img-src"] == "'self' data:" and "unsafe" not in str(policy)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_no_cell_is_a_formula(ask, kind):
    body = ask("/api/models/m/export", {"items": list(ITEMS), "format": kind}).body.decode()
    rows = list(csv.reader(io.StringIO(body, newline=""), delimiter="," if kind == "csv" else "\t"))
    assert rows[0] == ["item", "id", "count"] and len(rows) == len(ITEMS) + 1
    for item, row in zip(ITEMS, rows[1:], strict=True):
        assert row[0] == (f"'{item}" if item in FORMULAS else item)
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_what_users_write_is_not_in_the_log(ask, caplog):
    caplog.set_level("DEBUG", logger="rowspace.serve")
    ask("/api/models/m/items?prefix=secret")
    ask("/api/models/m/nearest", {"items": ["secret", "plain"]})
    ask("/api/models/m/odd", {"items": ["secret", "plain", "plain"]})
    ask("/secret", headers={"user-agent": "secret", "x-request-id": "secret"})
    reply = ask("/api/models", method="SECRET")
    assert "secret" not in caplog.text.lower() and len(caplog.records) == 5
    assert reply.headers["x-request-id"] in caplog.records[-1].getMessage()
