"""Case 49: SIGTERM answers what was begun and leaves with 0; a broken new model changes nothing."""

from __future__ import annotations

import json
import signal
import socket

import pytest
from tests.serve.asking import everything, head, made

from rowspace import files
from rowspace.errors import ResourceError
from rowspace.serve.application import Service
from rowspace.serve.guard import Access
from rowspace.serve.limits import Limits
from rowspace.serve.running import run
from rowspace.serve.shelf import Shelf

NEAREST = "/api/models/words/nearest"
BODY = json.dumps({"items": ["king"], "k": 3}).encode()
HEAD = head("POST", NEAREST, content_type="application/json", content_length=str(len(BODY)))


def refused(server) -> bool:
    """Whether it no longer listens."""
    try:
        with server.socket() as one:
            one.sendall(head("GET", "/healthz"))
            return not one.recv(1)
    except ConnectionError:
        return True


def test_what_was_begun_is_answered(running):
    server = running()
    with server.socket() as one, server.socket() as idle:
        one.sendall(HEAD + BODY[:-5])
        assert server.get("/healthz").startswith(b"HTTP/1.1 200 ")  # the other is there by now
        server.process.send_signal(signal.SIGTERM)
        while not refused(server):
            assert server.process.poll() is None
        assert everything(idle) == b""
        one.sendall(BODY[-5:])
        reply = everything(one)
    assert reply.startswith(b"HTTP/1.1 200 ") and b'"neighbours"' in reply
    assert server.process.wait(60) == 0


def test_it_does_not_wait_for_ever(running):
    server = running("--limit", "drain_seconds=1", "--limit", "body_seconds=1000")
    with server.socket() as one:
        one.sendall(HEAD + BODY[:-5])
        assert server.get("/healthz").startswith(b"HTTP/1.1 200 ")
        assert server.end() == 0
        assert b"200" not in everything(one)[:20]
    assert "Traceback" not in server.log.read_text()


def test_nothing_to_wait_for(running):
    assert running().end() == 0
    assert running("--quiet").end(signal.SIGINT) == 130


def ready(server) -> dict:
    return json.loads(server.get("/readyz").partition(b"\r\n\r\n")[2])


def near(server, item: str) -> list[str] | None:
    body = json.dumps({"items": [item]}).encode()
    asked = head("POST", NEAREST, content_type="application/json", connection="close",
                 content_length=str(len(body)))  # fmt: skip
    result = json.loads(server.raw(asked, body).partition(b"\r\n\r\n")[2])["results"][0]
    return result and [one["item"] for one in result["neighbours"]]


def test_a_new_model_and_a_broken_one(running, tmp_path):
    path = files.save(made(), tmp_path / "words")
    server = running(models=(path,))
    before = near(server, "king")
    assert ready(server) == {"ready": True, "models": 1, "stale": 0, "why": {}}

    table = path / "model.safetensors"
    whole = table.read_bytes()
    table.unlink()  # in its place, as a careless copy does; the one that is open stays as it is
    table.write_bytes(whole[: len(whole) // 2])
    server.process.send_signal(signal.SIGHUP)
    while not (told := ready(server))["stale"]:
        assert near(server, "king") == before
    assert told["ready"] and "words" in told["why"] and near(server, "king") == before
    assert "stays as it was" in server.log.read_text()

    table.unlink()
    table.write_bytes(whole)
    files.save(made(["neu", "alt", "king"]), path)
    server.process.send_signal(signal.SIGHUP)
    while near(server, "neu") is None:
        assert server.process.poll() is None
    while ready(server)["stale"]:
        assert server.process.poll() is None
    assert sorted(near(server, "neu")) == ["alt", "king"]
    assert server.end() == 0


def test_of_two_models_one_may_stay(tmp_path):
    one, two = (files.save(made(), tmp_path / name / "m") for name in ("a", "b"))
    shelf = Shelf([one, two])
    old = dict(shelf.models)
    assert list(old) == ["m", "m-2"]
    (one / "model.safetensors").unlink()
    files.save(made(["x", "y"]), two)
    assert shelf.reload() is False and list(shelf.stale) == ["m"]
    assert shelf.models["m"] is old["m"] and len(shelf.models["m-2"].vectors) == 2
    assert shelf.models["m"].vectors.nearest("king", 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "256.0.0.1"])
def test_an_address_that_cannot_be_had(folder, host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = Service(Shelf([folder]), Access(host, token="t" * 16), Limits())
        with pytest.raises(ResourceError, match="cannot be listened on"):
            run(service, taken.getsockname()[1], pytest.fail)
    service.workers.close()
