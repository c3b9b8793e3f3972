"""Case 42: requests that do not fit are refused with the field's path; nothing falls over."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serve.asking import Client, made

from rowspace import serve
from rowspace.serve.reading import deeper

NEAREST, VECTORS = "/api/models/m/nearest", "/api/models/m/vectors"
LIMITED = ["king"] * 1024
SIX = [0.5] * 6

CASES = {
    "one item too many": (VECTORS, {"items": [*LIMITED, "king"]}, "$.items"),
    "one vector too many": (NEAREST, {"vectors": [[0.5]] * 1025}, "$.vectors"),
    "no items": (VECTORS, {"items": []}, "$.items"),
    "nothing": (NEAREST, {}, "$"),
    "both": (NEAREST, {"items": ["king"], "vectors": [SIX]}, "$"),
    "k too large": (NEAREST, {"items": ["king"], "k": 10**9}, "$.k"),
    "k of no size": (NEAREST, {"items": ["king"], "k": 0}, "$.k"),
    "k below nothing": (NEAREST, {"items": ["king"], "k": -1}, "$.k"),
    "k that is no number": (NEAREST, {"items": ["king"], "k": "5"}, "$.k"),
    "k that is half": (NEAREST, {"items": ["king"], "k": 1.5}, "$.k"),
    "k that is true": (NEAREST, {"items": ["king"], "k": True}, "$.k"),
    "too many results": (NEAREST, {"items": LIMITED, "k": 1000}, "$.k"),
    "first of nothing": (NEAREST, {"items": ["king"], "first": 0}, "$.first"),
    "too few dimensions": (NEAREST, {"vectors": [SIX, SIX[:5]]}, "$.vectors[1]"),
    "too many dimensions": (NEAREST, {"vectors": [[*SIX, 1.0]]}, "$.vectors[0]"),
    "no dimensions": (NEAREST, {"vectors": [[]]}, "$.vectors[0]"),
    "a text in a vector": (NEAREST, {"vectors": [SIX, [*SIX[:3], "1", 2, 3]]}, "$.vectors[1][3]"),
    "NaN": (NEAREST, b'{"vectors": [[1, 2, NaN, 4, 5, 6]]}', "$.vectors[0][2]"),
    "infinity": (NEAREST, b'{"vectors": [[1, 2, 3, 4, 5, -Infinity]]}', "$.vectors[0][5]"),
    "1e400": (NEAREST, b'{"vectors": [[1e400, 2, 3, 4, 5, 6]]}', "$.vectors[0][0]"),
    "1e39": (NEAREST, b'{"vectors": [[1e39, 2, 3, 4, 5, 6]]}', "$.vectors[0][0]"),
    "NaN as k": (NEAREST, b'{"items": ["king"], "k": NaN}', "$.k"),
    "1e400 as k": (NEAREST, b'{"items": ["king"], "k": 1e400}', "$.k"),
    "a number without end": (NEAREST, b'{"k": ' + b"9" * 5000 + b"}", "$"),
    "a key twice": (NEAREST, b'{"items": ["king"], "k": 3, "k": 4}', "$.k"),
    "another key": (NEAREST, {"items": ["king"], "path": "/etc/passwd"}, "$.path"),
    "an item too long": (VECTORS, {"items": ["king", "x" * 8193]}, "$.items[1]"),
    "an item too long in bytes": (VECTORS, {"items": ["ü" * 4097]}, "$.items[0]"),
    "half a character": (VECTORS, b'{"items": ["king", "\\ud800"]}', "$.items[1]"),
    "a list as an item": (VECTORS, {"items": ["king", ["queen"]]}, "$.items[1]"),
    "an id below nothing": (VECTORS, {"items": [-1]}, "$.items[0]"),
    "an id too large": (VECTORS, {"items": [3, 10]}, "$.items[1]"),
    "an id larger than any": (VECTORS, {"items": [2**63]}, "$.items[0]"),
    "an id in a pair": ("/api/models/m/similarity", {"pairs": [[0, 1], [2, 77]]}, "$.pairs[1][1]"),
    "three of a pair": ("/api/models/m/similarity", {"pairs": [["a", "b", "c"]]}, "$.pairs[0]"),
    "two to be odd": ("/api/models/m/odd", {"items": ["king", "queen"]}, "$.items"),
    "an unknown word": ("/api/models/m/odd", {"items": ["king", "man", "kong"]}, "$.items[2]"),
    "an unknown question": ("/api/models/m/analogy", {"positive": ["kong"]}, "$.positive[0]"),
    "another method": ("/api/models/m/analogy", {"positive": ["king"], "method": "x"}, "$.method"),
    "a list": (NEAREST, [1], "$"),
    "null": (NEAREST, b"null", "$"),
    "nothing at all": (NEAREST, b" ", "$"),
    "no JSON": (NEAREST, b"{items: 1}", "$"),
    "half of it": (NEAREST, b'{"items": ["king"', "$"),
    "more of it": (NEAREST, b'{"items": ["king"]} {}', "$"),
    "no UTF-8": (NEAREST, b'{"items": ["\xff\xfe"]}', "$"),
    "UTF-16": (NEAREST, '{"items": ["king"]}'.encode("utf-16"), "$"),
    "deep": (NEAREST, b"[" * 100_000 + b"]" * 100_000, "$"),
    "deep and open": (NEAREST, b'{"a":' * 100_000, "$"),
    "a little deep": (NEAREST, b'{"items": ' + b"[" * 33 + b"]" * 33 + b"}", "$"),
    "points": ("/api/models/m/map?points=200001", None, "$.points"),
    "points of no number": ("/api/models/m/map?points=many", None, "$.points"),
    "method of a map": ("/api/models/m/map?method=tsne", None, "$.method"),
    "a parameter twice": ("/api/models/m/map?points=3&points=4", None, "$.points"),
    "another parameter": ("/api/models/m/map?path=x", None, "$.path"),
    "k in an address": ("/api/models/m/items?k=1001", None, "$.k"),
    "an export of both": ("/api/models/m/export", {"ids": [1], "items": ["king"]}, "$"),
    "an export as a page": ("/api/models/m/export", {"ids": [1], "format": "html"}, "$.format"),
}


@pytest.fixture(scope="module")
def ask() -> Client:
    return Client(serve.app({"m": made()}))


@pytest.mark.parametrize("name", CASES)
def test_refused_with_its_path(ask, name):
    path, body, field = CASES[name]
    reply = ask(path, body)
    assert reply.status == 422, reply.body
    assert reply.error["field"] == field, reply.error


def test_the_limits_themselves_are_let_pass(ask):
    assert ask(VECTORS, {"items": LIMITED}).status == 200
    assert ask(VECTORS, {"items": ["x" * 8192, "ü" * 4096]}).status == 200
    assert ask(NEAREST, {"items": ["king"], "k": 1000}).status == 200
    assert ask(NEAREST, {"items": ["king"] * 100, "k": 1000}).status == 200
    assert len(ask(NEAREST, {"vectors": [SIX] * 1024, "k": 5}).json["results"]) == 1024


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_by_its_header(ask, kind):
    reply = ask(NEAREST, {"items": ["king"]}, headers={"content-type": kind})
    assert reply.status == 415 and reply.error


def test_the_header_may_say_more(ask):
    kind = {"content-type": "Application/JSON; charset=utf-8"}
    assert ask(NEAREST, {"items": ["king"]}, headers=kind).status == 200


def depth(value) -> int:
    """How deep a value is."""
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(ANY, st.integers(1, 4))
def test_depth_is_told(value, most):
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert deeper(raw, most) == (depth(value) > most)


FIELDS = st.sampled_from(
    ["items", "vectors", "k", "first", "positive", "pairs", "texts", "ids", "x"]
)
POSTS = ("nearest", "vectors", "analogy", "odd", "similarity", "predict", "export")


@settings(max_examples=80)
@given(
    st.sampled_from(POSTS),
    st.dictionaries(FIELDS, ANY, max_size=3).map(json.dumps).map(str.encode)
    | ANY.map(json.dumps).map(str.encode)
    | st.binary(max_size=50),
)
def test_whatever_comes_there_is_an_answer(ask, path, raw):
    reply = ask(f"/api/models/m/{path}", raw)
    assert reply.status in (200, 404, 422) and ask.fault is None
    assert path == "export" or reply.json is not None
