"""Case 41: a body one byte too long is refused, however its length is told, and costs nothing."""

from __future__ import annotations

import json

import pytest
from tests.serve.asking import JSON, NEVER, everything, head

ASK = "/api/models/words/vectors"
LIMIT = 1 << 20


def body(size: int) -> bytes:
    """A good request of exactly so many bytes."""
    core = json.dumps({"items": ["king"]}).encode()
    return core + b" " * (size - len(core))


def test_a_length_that_is_told(client):
    ask = client()
    assert ask(ASK, body(LIMIT)).status == 200
    told = {**JSON, "content-length": str(LIMIT + 1)}
    reply = ask(ASK, headers=told, parts=[NEVER])  # nothing of it is read
    assert reply.status == 413 and str(LIMIT) in reply.error["message"]
    for absurd in ("9" * 4000, "99999999999999999999"):
        assert ask(ASK, headers={**JSON, "content-length": absurd}, parts=[NEVER]).status == 413


def test_a_length_that_is_not_told(client):
    ask = client()
    taken = []

    def parts():
        for _ in range(1000):
            taken.append(1)
            yield b" " * 65536

    assert ask(ASK, parts=parts()).status == 413
    assert len(taken) == LIMIT // 65536 + 1
    good = body(LIMIT)
    assert ask(ASK, parts=[good[:7], good[7:]]).status == 200
    assert ask(ASK, parts=[good, b" "]).status == 413


def peak(pid: int) -> int:
    """The most memory that a process has had, in kB."""
    with open(f"/proc/{pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


@pytest.mark.parametrize("limit", [LIMIT])
def test_real_ones_on_the_wire(running, limit):
    server = running("--limit", "body_seconds=1")
    good = body(300)
    told = head(
        "POST", ASK, content_type="application/json", content_length="300", connection="close"
    )
    assert server.raw(told, good).startswith(b"HTTP/1.1 200 ")
    before = peak(server.process.pid)

    longer = head("POST", ASK, content_type="application/json", content_length=str(1 << 30))
    assert server.raw(longer).startswith(b"HTTP/1.1 413 ")

    with server.socket() as one:  # 256 MB in pieces
        one.sendall(head("POST", ASK, content_type="application/json", transfer_encoding="chunked"))
        piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            for _ in range(4096):
                one.sendall(piece)
        except OSError:
            pass
        assert everything(one)[:13] in (b"HTTP/1.1 413 ", b"")
    assert peak(server.process.pid) - before < 32_000

    short = head("POST", ASK, content_type="application/json", content_length="400")
    assert server.raw(short, good).startswith(b"HTTP/1.1 408 ")  # the rest never comes

    lying = head("POST", ASK, content_type="application/json", content_length="290")
    replies = server.raw(lying, good)  # 10 bytes are left over, which are no request
    assert replies.startswith(b"HTTP/1.1 200 ") and replies.count(b"HTTP/1.1 ") <= 2
    assert b"HTTP/1.1 200 " in server.get("/healthz")
