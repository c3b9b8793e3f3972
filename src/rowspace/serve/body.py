"""The body of a request: JSON by its header, no longer than allowed, soon enough there."""

from __future__ import annotations

import asyncio

from rowspace.serve.guard import Headers, Receive
from rowspace.serve.limits import Limits
from rowspace.serve.refusal import Refusal


async def body_of(headers: Headers, receive: Receive, limits: Limits) -> bytes:
    """The whole body. Raises Refusal 415 (no JSON), 413 (too long), 408 (too slow).

    A length that is said is believed only so far that too long a one is refused before anything is
    read; what comes is counted.
    """
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind != b"application/json":
        raise Refusal(415, "wanted Content-Type: application/json")
    said = headers.get(b"content-length", b"")
    if said.isdigit() and int(said[:20]) > limits.body:
        raise _too_long(limits)
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _read(receive, limits)
    except TimeoutError:
        seconds = f"{limits.body_seconds:g} seconds"
        raise Refusal(408, f"the request was not there within {seconds}") from None


async def _read(receive: Receive, limits: Limits) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the client left")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limits.body:
            raise _too_long(limits)
        if not message.get("more_body", False):
            return b"".join(parts)


def _too_long(limits: Limits) -> Refusal:
    return Refusal(413, f"a request has at most {limits.body} bytes", hint="ask in smaller batches")
