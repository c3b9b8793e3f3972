"""A small model, the application asked without sockets, the server as a process: what the tests
of the server share."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rowspace.vectors import Model, Vectors
from rowspace.vocabulary import Subwords, Vocabulary

WORDS = ("the", "king", "queen", "man", "woman", "Kind", "dog", "cat", "kinks", "stocking")
MARKUP = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
)
FORMULAS = ("=cmd()", "+1", "-1", "@x", "\ttab", "\rreturn", '=a,b"c\nd')
JSON = {"content-type": "application/json"}
LOCAL = "127.0.0.1:8000"


def made(
    words: Iterable[str | bytes] = WORDS, *, unseen=None, dim: int = 6, seed: int = 0
) -> Model:
    """Random vectors of words, each half as frequent as the one before; queen lies near king."""
    counts = {word: 1 << (40 - place) for place, word in enumerate(words)}
    vocabulary = Vocabulary.from_counts(counts, unseen=unseen)
    rows = np.random.default_rng(seed).standard_normal((vocabulary.n_rows, dim)).astype(np.float32)
    if unseen is None and "king" in vocabulary and "queen" in vocabulary:
        rows[vocabulary.id("queen")] = rows[vocabulary.id("king")] + 0.01
    return Model(Vectors(vocabulary, rows))


def subwords(**more) -> Model:
    """A model that answers the unseen from n-grams."""
    return made(unseen=Subwords(buckets=500), **more)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, read strictly."""
        return json.loads(self.body, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))

    @property
    def error(self) -> dict[str, str]:
        """Why it was refused; the number in it is that of the header."""
        found = self.json["error"]
        assert found["request"] == self.headers["x-request-id"] and found["message"]
        return found


class Client:
    """Asks an ASGI application, without sockets: what goes in is exactly what is given."""

    def __init__(self, app: Any) -> None:
        self.app, self.fault = app, None

    def __call__(
        self,
        path: str,
        body: Any = None,
        *,
        method: str | None = None,
        headers: dict[str, str] | None = None,
        parts: Iterable[bytes] | None = None,
    ) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        posted = parts is not None or body is not None
        given = {"host": LOCAL, **(JSON if posted else {}), **(headers or {})}
        kind = method or ("POST" if posted else "GET")
        chunks = iter([raw] if posted else []) if parts is None else iter(parts)
        return asyncio.run(self.ask(path, kind, given, chunks))

    async def ask(
        self, path: str, method: str, given: dict[str, str], chunks: Iterator[bytes]
    ) -> Reply:
        """One request, beside others where there is a loop already."""
        from urllib.parse import unquote

        raw, _, query = path.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": unquote(raw), "raw_path": raw.encode(), "root_path": "",
            "query_string": query.encode(), "server": ("127.0.0.1", 8000), "client": None,
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in given.items() if v],
        }  # fmt: skip
        sent: list[dict] = []

        async def receive() -> dict:
            if (chunk := next(chunks, None)) is None:
                return {"type": "http.request", "body": b"", "more_body": False}
            if chunk is NEVER:
                await asyncio.sleep(3600)
            return {"type": "http.request", "body": chunk, "more_body": True}

        async def send(message: dict) -> None:
            sent.append(message)

        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001  a fault of ours, after the reply
            self.fault = error
        headers = {k.decode(): v.decode("latin-1") for k, v in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:]))


NEVER = b"never arrives"


@dataclass(slots=True)
class Running:
    """`rowspace serve` as a process."""

    process: subprocess.Popen
    port: int
    log: Path

    def socket(self) -> socket.socket:
        """A connection to it; nobody waits for ever."""
        found = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return found

    def raw(self, *parts: bytes) -> bytes:
        """Sends bytes, and gives back everything until the server closes."""
        with self.socket() as one:
            for part in parts:
                one.sendall(part)
            return everything(one)

    def get(self, path: str, **headers: str) -> bytes:
        """The whole reply to a request."""
        return self.raw(head("GET", path, connection="close", **headers))

    def end(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


def head(method: str, path: str, **headers: str) -> bytes:
    """The head of a request; `host` unless given, `content_type` with an underscore."""
    given = {"host": "localhost", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()


def everything(one: socket.socket) -> bytes:
    """All bytes until the other side closes, or cuts the connection off."""
    found = b""
    try:
        while part := one.recv(65536):
            found += part
    except ConnectionError:
        pass
    return found


def started(log: Path, *words: object) -> Running:
    """`rowspace serve …` on a free port, once it says where."""
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "rowspace", "serve", *map(str, words), "--port", "0"],
            stdout=subprocess.PIPE, stderr=stderr, text=True,
        )  # fmt: skip
    url = process.stdout.readline().strip()
    assert url, log.read_text()
    return Running(process, int(url.rstrip("/").rpartition(":")[2]), log)
