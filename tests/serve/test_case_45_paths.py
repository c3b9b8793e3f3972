"""Case 45: an id in an address names a model that was opened, or nothing; no file is looked for."""

from __future__ import annotations

import sys
from urllib.parse import quote

import pytest
from tests.serve.asking import Client, head, made

from rowspace import serve

IDS = (
    "../../etc/passwd", "..\\..\\etc\\passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%252e%252e%252fetc", "/etc/passwd", "//etc/passwd", "C:\\windows", "words\0", "words%00.json",
    "words/", "words/../words", "WORDS", " words", ".", "..", "", "~", "file:///etc/passwd",
    "x" * 10_000, "wörds", "\u202ewords", "words;", "words?x=", "${HOME}", "%n",
    "words%2f..%2fwords",
)  # fmt: skip
opened: list[str] | None = None


def audit(event: str, given: tuple) -> None:
    """Notes every file that Python opens, lists or asks about, while that is wanted."""
    if opened is not None and event in ("open", "os.listdir", "os.scandir", "os.stat", "glob.glob"):
        opened.append(f"{event} {given[0]!r}")


@pytest.fixture(scope="module")
def ask() -> Client:
    sys.addaudithook(audit)
    return Client(serve.app({"words": made()}))


@pytest.fixture
def files():
    global opened
    opened = []
    yield opened
    opened = None


@pytest.mark.parametrize("id", IDS, ids=range(len(IDS)))
@pytest.mark.parametrize("raw", [False, True])
def test_no_such_model(ask, files, id, raw):
    path = id.replace("?", "%3f").replace("#", "%23") if raw else quote(id, safe="")
    for what, body in (("vectors", {"items": ["king"]}), ("items", None), ("map", None)):
        reply = ask(f"/api/models/{path}/{what}", body)
        assert reply.status == 404, reply.body
        assert reply.error and b"passwd" not in reply.body and b"root:" not in reply.body
    other = ask("/api/compare", {"models": ["words", id], "item": "king"})
    assert other.status in (404, 422)
    assert files == []


@pytest.mark.parametrize(
    "name", [*IDS[:7], "page.css/../index.html", "index.html%00", "application.py"]
)
def test_no_such_file(ask, files, name):
    for path in (f"/static/{quote(name, safe='')}", f"/static/{name}", f"/{quote(name, safe='')}"):
        reply = ask(path)
        assert reply.status == 404 and reply.headers["content-type"].startswith("application/json")
    assert files == []


def test_the_hook_sees_files(ask, files):
    assert ask("/").status == 200 and len(files) == 1


def test_on_the_wire(running):
    server = running()
    for path in ("/api/models/../../../../etc/passwd/items", "/static/../application.py",
                 "/static/..%2f..%2fapplication.py", "/static/%2e%2e/guard.py", "/etc/passwd",
                 "//etc/passwd", "/api/models/%ff%fe/items"):  # fmt: skip
        reply = server.raw(head("GET", path, connection="close"))
        assert (
            reply.startswith(b"HTTP/1.1 404 ") and b"root:" not in reply and b"import" not in reply
        )
