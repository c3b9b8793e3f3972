"""`Connection`: uvicorn's HTTP/1.1, with an end to waiting where it has none.

A client that connects and says nothing, or says it a byte at a time, one that sends a body nobody
reads, and one that does not read its answer: each is left after a while. There are no more than so
many connections; one more is told to come again.
"""

from __future__ import annotations

import asyncio
import socket
from functools import partial
from typing import Any, final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from rowspace.serve.limits import Limits

LINGER = 2.0
"""Seconds in which a client that sends on may still read what it was told."""


def plain_reply(status: str, message: str, more: str = "") -> bytes:
    """A reply before there is a request to answer."""
    body = f'{{"error":{{"message":"{message}","request":""}}}}'
    return (
        f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"x-content-type-options: nosniff\r\n{more}connection: close\r\n\r\n{body}"
    ).encode()


BUSY = plain_reply("503 Service Unavailable", "too many connections", "retry-after: 1\r\n")
SLOW = plain_reply("408 Request Timeout", "the request was not there in time")


@final
class Connection(H11Protocol):
    """One client's connection."""

    def __init__(self, *given: Any, limits: Limits, **named: Any) -> None:
        super().__init__(*given, **named)
        self._limits = limits
        self._until: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._left = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Counts the connection, and begins to wait for the head of a request.

        Head and body of an answer are two writes: the body must not wait until the head's arrival
        is told (Nagle), which the client puts off for 40 ms.
        """
        super().connection_made(transport)
        connected = transport.get_extra_info("socket")
        if connected is not None and connected.family in (socket.AF_INET, socket.AF_INET6):
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > self._limits.connections:
            self._leave(BUSY)
            return
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of it."""
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of the client's. What comes after the last answer is not looked at."""
        if self._left:
            return
        super().data_received(data)
        if self.transport.is_closing():
            self._stop_waiting()
        elif self.conn.their_state is not h11.IDLE:
            self._stop_waiting()  # the head is there; the application looks after the body
        elif self._until is None:
            self._wait()

    def on_response_complete(self) -> None:
        """The answer is written. If the client has more to send that was not asked for, it may
        read the answer for a moment, and is left."""
        if not self.transport.is_closing() and self.conn.their_state is h11.SEND_BODY:
            self.server_state.total_requests += 1
            self._leave(b"")
            return
        super().on_response_complete()

    def timeout_keep_alive_handler(self) -> None:
        """No further request came: goodbye."""
        super().timeout_keep_alive_handler()
        self._watch()

    def pause_writing(self) -> None:
        """The client does not read as fast as it is answered."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """It has read most of it."""
        self._stop_watching()
        super().resume_writing()

    def _watch(self) -> None:
        """Cuts the connection off where nothing more was read for a while."""
        before = self.transport.get_write_buffer_size()
        self._stop_watching()
        if before:
            self._unread = self.loop.call_later(self._limits.head_seconds, self._look, before)

    def _look(self, before: int) -> None:
        if self.transport.get_write_buffer_size() >= before:
            self.transport.abort()
        else:
            self._watch()

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _wait(self) -> None:
        self._until = self.loop.call_later(self._limits.head_seconds, partial(self._leave, SLOW))

    def _stop_waiting(self) -> None:
        if self._until is not None:
            self._until.cancel()
            self._until = None

    def _leave(self, last: bytes) -> None:
        """Says `last`, and closes once the client has had time to read it: closing at once would
        throw away what was said, where the client is still sending."""
        self._left, self._until = True, None
        if self.transport.is_closing():
            return
        self.transport.resume_reading()
        if last:
            self.transport.write(last)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.abort)
