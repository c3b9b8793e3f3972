"""Case 43: slow clients, idle ones and too many at once are told so; the others are answered."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import select
import socket
import threading
import time

import pytest
from tests.serve.asking import JSON, LOCAL, NEVER, Client, everything, head, made

from rowspace.serve.application import Service
from rowspace.serve.guard import Access
from rowspace.serve.limits import Limits
from rowspace.serve.refusal import Refusal
from rowspace.serve.shelf import Shelf
from rowspace.serve.workers import Workers
from rowspace.vectors.index import Index

NEAREST, VECTORS = "/api/models/words/nearest", "/api/models/words/vectors"
ASKED = json.dumps({"items": ["king"]}).encode()


def service(**limits) -> Service:
    return Service(Shelf({"words": made()}), Access(), Limits(**limits))


@pytest.fixture
def held(monkeypatch):
    """Every search waits until the event is set."""
    gate, begun, search = threading.Event(), [], Index.search_queries

    def waiting(self, *given):
        begun.append(1)
        assert gate.wait(60)
        return search(self, *given)

    def hold():
        monkeypatch.setattr(Index, "search_queries", waiting)
        return gate, begun

    return hold


async def post(client: Client, path: str, body: bytes = ASKED):
    return await client.ask(path, "POST", {"host": LOCAL, **JSON}, iter([body]))


async def until(true) -> None:
    while not true():
        await asyncio.sleep(0.001)


def test_what_finds_no_place_is_told_to_come_again(held):
    one = service(threads=2, queue=3)
    gate, begun = held()
    client = Client(one.guard)

    async def asking():
        many = [asyncio.create_task(post(client, NEAREST)) for _ in range(200)]
        await until(lambda: len(begun) == 2 and sum(task.done() for task in many) == 195)
        alive = await client.ask("/healthz", "GET", {"host": LOCAL}, iter(()))
        small = await post(client, VECTORS)
        assert not gate.is_set() and len(begun) == 2
        gate.set()
        return [task.result() for task in many if await asyncio.wait([task])], alive, small

    replies, alive, small = asyncio.run(asking())
    assert alive.status == 200 and small.status == 200
    assert sorted(reply.status for reply in replies) == [200] * 5 + [503] * 195
    busy = next(reply for reply in replies if reply.status == 503)
    assert busy.headers["retry-after"] == "1" and busy.error["hint"]
    assert one.workers.held == 0


def test_what_takes_too_long_is_given_up_and_its_place_is_kept_till_it_ends(held):
    one = service(threads=1, queue=0, seconds=0.05)
    gate, begun = held()
    client = Client(one.guard)

    async def asking():
        while not begun:  # on a busy machine it may be late before it has begun
            late = await post(client, NEAREST)
        assert one.workers.held == 1
        busy = await post(client, NEAREST)
        gate.set()
        await until(lambda: one.workers.held == 0)
        return late, busy

    late, busy = asyncio.run(asking())
    assert late.status == 504 and late.error["hint"] and busy.status == 503


def test_work_that_nobody_waits_for_stops_where_it_next_looks():
    workers, parts = Workers(Limits(threads=1, seconds=0.02)), []

    def work(check):
        for part in range(10**9):
            check()
            parts.append(part)
            time.sleep(0.001)

    with pytest.raises(Refusal) as late:
        asyncio.run(workers.run(work))
    assert late.value.status == 504
    assert asyncio.run(workers_rest(workers)) == 0


async def workers_rest(workers: Workers) -> int:
    await until(lambda: workers.held == 0)
    return workers.held


def test_what_waits_too_long_never_begins(held):
    one = service(threads=1, queue=5, seconds=0.05)
    gate, begun = held()

    async def asking():
        client = Client(one.guard)
        replies = await asyncio.gather(*(post(client, NEAREST) for _ in range(4)))
        gate.set()
        await until(lambda: one.workers.held == 0)
        return replies

    assert {reply.status for reply in asyncio.run(asking())} == {504} and len(begun) == 1


def test_a_body_that_never_comes(client):
    reply = client(limits=Limits(body_seconds=0.01))(NEAREST, parts=[b"{", NEVER])
    assert reply.status == 408 and reply.error


def drip(one, text: bytes) -> bytes:
    """A byte at a time, until the server has enough of it; what it says then."""
    try:
        while not select.select([one], [], [], 0.05)[0]:
            one.sendall(text[:1])
            text = text[1:] or b"x"
    except OSError:
        pass
    return everything(one)


def test_slow_and_idle_clients_on_the_wire(running):
    wanted = 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * wanted + 200:
        pytest.skip(f"only {hard} open files are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * wanted + 200), hard))
    server = running("--limit", "head_seconds=3", "--limit", "body_seconds=1", "--quiet")
    idle = [server.socket() for _ in range(wanted)]
    try:
        for _ in range(20):  # the others do not notice
            assert server.get("/healthz").startswith(b"HTTP/1.1 200 ")
        with server.socket() as one:
            assert drip(one, head("GET", "/healthz", padding="x" * 4000)).startswith(
                b"HTTP/1.1 408 "
            )
        with server.socket() as one:
            slow = head("POST", NEAREST, content_type="application/json", content_length="99999")
            one.sendall(slow)
            assert drip(one, b"").startswith(b"HTTP/1.1 408 ")
        for one in idle:
            assert everything(one)[:13] in (b"HTTP/1.1 408 ", b"")
        assert server.get("/healthz").startswith(b"HTTP/1.1 200 ")
    finally:
        for one in idle:
            one.close()


def test_one_connection_too_many(running):
    server = running("--limit", "connections=5", "--limit", "head_seconds=60")
    five = [server.socket() for _ in range(5)]
    for one in five:  # each is taken before the next is asked for
        one.sendall(head("GET", "/healthz"))
        assert one.recv(65536).startswith(b"HTTP/1.1 200 ")
    reply = server.raw()
    assert reply.startswith(b"HTTP/1.1 503 ") and b"retry-after: 1" in reply
    assert json.loads(reply.partition(b"\r\n\r\n")[2])["error"]["message"]
    for one in five:
        one.close()


def test_many_heavy_queries_on_the_wire(running):
    server = running("--limit", "threads=1", "--limit", "queue=4", "--quiet")
    body = json.dumps({"items": ["king"] * 1000, "k": 9}).encode()
    asked = head("POST", NEAREST, content_type="application/json", connection="close",
                 content_length=str(len(body)))  # fmt: skip
    many = [server.socket() for _ in range(200)]
    for one in many:
        one.sendall(asked + body)
    assert server.get("/healthz").startswith(b"HTTP/1.1 200 ")
    replies = [everything(one) for one in many]
    assert {reply[9:12] for reply in replies} <= {b"200", b"503"}
    assert any(reply[9:12] == b"200" for reply in replies)
    for one in many:
        one.close()


def test_an_answer_that_is_not_read_is_cut_off(running):
    server = running("--limit", "idle_seconds=1", "--limit", "head_seconds=1", "--quiet")
    body = json.dumps({"items": ["king"] * 1000, "k": 9}).encode()
    asked = head("POST", NEAREST, content_type="application/json", content_length=str(len(body)))
    before = connections(server)
    with server.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for _ in range(40):  # more than the system's buffers hold, and none of it read
            one.sendall(asked + body)
        while connections(server) == before:
            assert server.process.poll() is None
        while connections(server) > before:
            assert server.process.poll() is None
    assert server.get("/healthz").startswith(b"HTTP/1.1 200 ")


def connections(server) -> int:
    """How many sockets the process has open."""
    folder, found = f"/proc/{server.process.pid}/fd", 0
    for name in os.listdir(folder):
        with contextlib.suppress(OSError):
            found += os.readlink(f"{folder}/{name}").startswith("socket:")
    return found


@pytest.mark.parametrize(
    "one", ["body=0", "threads=-1", "seconds=no", "size=3", "queue", "body=1.5"]
)
def test_limits_that_are_none(one):
    from rowspace.errors import SettingError

    with pytest.raises(SettingError):
        Limits.read([one])


def test_limits_are_read():
    assert Limits.read(["body=5", "head-seconds=2.5"]) == Limits(body=5, head_seconds=2.5)
    assert Limits().workers >= 1 and Limits(threads=3).workers == 3
