"""Case 46: where there is a token, nothing is told without it, and it is compared in equal time."""

from __future__ import annotations

import hmac
import signal

import pytest
from tests.serve.asking import head

from rowspace.cli.run import run
from rowspace.errors import SettingError
from rowspace.serve import guard
from rowspace.serve.guard import Access

TOKEN = "a-token-of-some-length"
RIGHT = {"authorization": f"Bearer {TOKEN}"}
ASKS = [
    ("/api/models", None),
    ("/api/models/words/items?prefix=k", None),
    ("/api/models/words/map", None),
    ("/api/models/words/nearest", {"items": ["king"]}),
    ("/api/models/words/export", {"ids": [1]}),
    ("/api/compare", {"models": ["words", "x"], "item": "king"}),
]
WRONG = [
    {},
    {"authorization": "Bearer"},
    {"authorization": "Bearer "},
    {"authorization": f"Bearer {TOKEN}x"},
    {"authorization": f"Bearer {TOKEN[:-1]}"},
    {"authorization": f"Bearer {TOKEN.upper()}"},
    {"authorization": f"Basic {TOKEN}"},
    {"authorization": TOKEN},
    {"authorization": "Bearer " + "x" * 100_000},
    {"authorization": "Bearer t\xf6ken"},
    {"x-token": TOKEN},
    {"cookie": f"token={TOKEN}"},
]


@pytest.mark.parametrize("headers", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize(("path", "body"), ASKS)
def test_without_it_nothing_is_told(client, headers, path, body):
    reply = client(token=TOKEN)(path, body, headers=headers)
    assert reply.status == 401 and reply.headers["www-authenticate"].startswith("Bearer")
    assert reply.error and b"king" not in reply.body and b"words" not in reply.body


def test_not_in_the_address(client):
    ask = client(token=TOKEN)
    for name in ("token", "access_token", "authorization"):
        assert ask(f"/api/models?{name}={TOKEN}").status == 401


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_with_it(client, kind):
    ask = client(token=TOKEN)
    assert ask("/api/models", headers={"authorization": f"{kind} {TOKEN}"}).status == 200
    assert ask("/api/models/words/nearest", {"items": ["king"]}, headers=RIGHT).status == 200


def test_what_holds_no_data_needs_none(client):
    ask = client(token=TOKEN)
    for path in ("/", "/static/page.css", "/healthz", "/openapi.json"):
        assert ask(path).status == 200
    assert "why" not in ask("/readyz").json and "why" in ask("/readyz", headers=RIGHT).json


def test_every_comparison_is_of_equal_length_and_of_all_of_it(client, monkeypatch):
    compared = []

    def spy(a, b):
        compared.append((len(a), len(b)))
        return hmac.compare_digest(a, b)

    monkeypatch.setattr(guard.hmac, "compare_digest", spy)
    monkeypatch.undo()
    monkeypatch.setattr(guard, "hmac", type("Spied", (), {"compare_digest": staticmethod(spy)}))
    ask = client(token=TOKEN)
    for headers in [*WRONG, RIGHT]:
        ask("/api/models", headers=headers)
    assert compared == [(32, 32)] * (len(WRONG) + 1)


@pytest.mark.parametrize(
    "token", ["", "short", "with a space in the middle", "tökens-of-some-length", "x" * 1001]
)
def test_a_token_that_is_none(token):
    with pytest.raises(SettingError, match="token"):
        Access(token=token)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "", "127.0.0.1.evil"]
)
def test_no_other_address_without_a_token(host):
    with pytest.raises(SettingError, match="loopback"):
        Access(host)
    assert Access(host, token=TOKEN)
    for own in ("127.0.0.1", "localhost", "::1", "[::1]"):
        assert Access(own)


def test_the_command_refuses_to_start(folder, capsys):
    assert run(["serve", str(folder), "--host", "0.0.0.0", "--port", "0"]) == 2
    said = capsys.readouterr()
    assert "token" in said.err and not said.out
    assert run(["serve", str(folder), "--token", TOKEN, "--token-file", "x"]) == 2


def test_a_token_of_yesterday(running, tmp_path):
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    server = running("--host", "0.0.0.0", "--token-file", path, "--quiet")

    def status(token: str) -> bytes:
        asked = head("GET", "/api/models", authorization=f"Bearer {token}", connection="close")
        return server.raw(asked)[9:12]

    assert status(TOKEN) == b"200" and status("another-token-than-this") == b"401"
    path.write_text("too short")
    server.process.send_signal(signal.SIGHUP)
    while "stays as it was" not in server.log.read_text():
        assert status(TOKEN) == b"200"
    path.write_text("a-token-of-tomorrow\n")
    server.process.send_signal(signal.SIGHUP)
    while status("a-token-of-tomorrow") != b"200":
        assert server.process.poll() is None
    assert status(TOKEN) == b"401" and TOKEN not in server.log.read_text()
