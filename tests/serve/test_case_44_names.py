"""Case 44: a request under another name, or from another page, gets no data."""

from __future__ import annotations

import pytest
from tests.serve.asking import head

from rowspace.errors import SettingError
from rowspace.serve.guard import Access, host_of

MODELS, NEAREST = "/api/models", "/api/models/words/nearest"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "",
     "127.0.0.2", "0.0.0.0:8000", "[::2]:8000", "localhost:8000@evil.example", "localhost, evil",
     "evil.example/localhost", "127.0.0.1:8000:1", "[::1", "2130706433", "127.1", "\xff"],
)  # fmt: skip
def test_other_names_are_refused(client, host):
    for path in (MODELS, "/", "/static/page.css", "/openapi.json", "/readyz"):
        reply = client()(path, headers={"host": host})
        assert reply.status == 400 and b"words" not in reply.body
        assert reply.error and "rowspace" not in reply.body.decode()


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]:8000", "localhost.", "name.example"],
)
def test_our_names_are_answered(client, host):
    assert client(hosts=("Name.example",))(MODELS, headers={"host": host}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "file://"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
    ],
)
def test_other_pages_are_refused(client, headers):
    ask = client()
    for path, body in ((MODELS, None), (NEAREST, {"items": ["king"]})):
        reply = ask(path, body, headers=headers)
        assert reply.status == 403 and b"king" not in reply.body and b"words" not in reply.body
        assert not [name for name in reply.headers if name.startswith("access-control")]


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "HTTPS://127.0.0.1:8000", ""])
def test_our_own_page_is_answered(client, origin):
    headers = {"origin": origin, "sec-fetch-site": "same-origin"}
    assert client()(NEAREST, {"items": ["king"]}, headers=headers).status == 200


def test_a_link_from_elsewhere_opens_the_page(client):
    assert client()("/", headers={"sec-fetch-site": "cross-site"}).status == 200


def test_no_page_elsewhere_reads_an_answer_unless_it_may(client):
    origin = {"origin": "https://maps.example"}
    ask = client(origins=("https://Maps.example",))
    reply = ask(MODELS, headers=origin)
    assert reply.status == 200
    assert reply.headers["access-control-allow-origin"] == "https://maps.example"
    assert reply.headers["vary"] == "Origin"
    before = ask(
        NEAREST, method="OPTIONS", headers={**origin, "access-control-request-method": "POST"}
    )
    assert before.status == 204 and "content-type" in before.headers["access-control-allow-headers"]
    other = ask(MODELS, headers={"origin": "https://other.example"})
    assert other.status == 403 and "access-control-allow-origin" not in other.headers
    assert client()(NEAREST, method="OPTIONS", headers=origin).status == 403
    assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize("origin", ["*", "example.org", "https://*.example.org", "https://a/b"])
def test_origins_are_named_one_by_one(origin):
    with pytest.raises(SettingError, match="cors_origin"):
        Access(origins=(origin,))


def test_a_server_for_all_addresses_answers_under_addresses():
    access = Access("0.0.0.0", token="t" * 16)
    for name, known in ((b"192.168.1.5:8000", True), (b"[fe80::1]", True), (b"evil.example", False),
                        (b"localhost", True), (b"0.0.0.0:8000", False)):  # fmt: skip
        assert access.knows(name) is known


def test_names_in_headers():
    assert host_of("[::1]:80") == "::1" and host_of("A.b:1") == "a.b" and host_of("a:b") == ""


def test_on_the_wire(running):
    server = running()
    for host in ("evil.example", f"evil.example:{server.port}"):
        reply = server.raw(head("GET", MODELS, host=host, connection="close"))
        assert reply.startswith(b"HTTP/1.1 400 ") and b"king" not in reply and b"words" not in reply
    missing = server.raw(b"GET /api/models HTTP/1.1\r\nconnection: close\r\n\r\n")
    assert missing.startswith(b"HTTP/1.1 400 ") and b"words" not in missing
    old = server.raw(b"GET /api/models HTTP/1.0\r\n\r\n")
    assert old.startswith(b"HTTP/1.1 400 ") and b"words" not in old
    twice = server.raw(head("GET", MODELS, host=f"localhost:{server.port}\r\nhost: evil.example"))
    assert twice.startswith(b"HTTP/1.1 400 ") and b"words" not in twice
    good = server.get(MODELS)
    assert good.startswith(b"HTTP/1.1 200 ") and b'"words"' in good
    assert b"server:" not in good.lower() and b"access-control" not in good.lower()
