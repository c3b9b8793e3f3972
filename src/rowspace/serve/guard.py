"""`Guard`: what every request meets first: who may ask, under which name, from which page; and what
every reply carries. Plain ASGI around the application."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, TypeAlias, final

import msgspec

from rowspace.errors import SettingError
from rowspace.serve.refusal import Refusal

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = dict[bytes, bytes]

LOG = logging.getLogger("rowspace.serve")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY = ("0.0.0.0", "::")  # noqa: S104  to tell it, not to bind it
SHORTEST = 16
"""Characters of a token at least."""
GUARDED = ("/api/",)
"""What needs the token and answers no other page."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
ALWAYS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


@final
@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask. `host`: what the server listens on; `hosts`: more names it is called by;
    `token`: what a client must show, `origins`: other pages that may ask. Raises SettingError."""

    host: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    token: str | None = None
    origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.token is None:
            local = self.host.strip("[]").lower() in LOOPBACK
            wanted = "loopback (127.0.0.1, ::1, localhost) unless there is a token"
            SettingError.unless(local, "host", self.host, wanted)
        else:
            plain = re.fullmatch(rf"[\x21-\x7e]{{{SHORTEST},1000}}", self.token) is not None
            wanted = f"at least {SHORTEST} characters of ASCII without spaces"
            SettingError.unless(plain, "token", "…", wanted)
        for origin in self.origins:
            fine = re.fullmatch(r"https?://[^/\s*]+", origin) is not None
            SettingError.unless(fine, "cors_origin", origin, "as https://example.org")

    def knows(self, header: bytes) -> bool:
        """Whether the name in a Host header is ours: a name that somebody else's DNS points at us
        is not, and no page of theirs reads an answer."""
        name = host_of(header.decode("latin-1"))
        if name in LOOPBACK or name in (self.host.strip("[]").lower(), *map(str.lower, self.hosts)):
            return name not in ANY
        return self.host.strip("[]") in ANY and _is_address(name)

    def token_fits(self, header: bytes) -> bool:
        """Whether an Authorization header shows the token; it takes the same time for all."""
        if self.token is None:
            return True
        kind, _, shown = header.partition(b" ")
        same = hmac.compare_digest(_digest(shown.strip()), _digest(self.token.encode()))
        return same and kind.lower() == b"bearer"

    def same_page(self, headers: Headers) -> bool:
        """Whether a request comes from our own page, from one that was allowed, or from none."""
        origin = headers.get(b"origin")
        if origin is None:
            return headers.get(b"sec-fetch-site") != b"cross-site"
        shown = origin.decode("latin-1").lower()
        if shown in map(str.lower, self.origins):
            return True
        scheme, _, rest = shown.partition("://")
        ours = headers.get(b"host", b"").decode("latin-1").lower()
        return scheme in ("http", "https") and rest == ours


def host_of(header: str) -> str:
    """The name in a Host header, without its port and brackets."""
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(:\d{1,5})?", header.strip())
    return found[1].strip("[]").rstrip(".").lower() if found else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _digest(text: bytes) -> bytes:
    return sha256(text).digest()


@final
class Guard:
    """Refuses what may not be asked, gives each request a number, adds the headers, keeps the log.

    The log has the number, the route, the status and the time; nothing that a user wrote.
    """

    def __init__(self, app: App, access: Access) -> None:
        self._app = app
        self.access = access
        """May be replaced while serving: a new token counts from then on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, started = secrets.token_hex(8), time.monotonic()
        scope["request_id"] = request
        headers: Headers = dict(scope["headers"])
        beside = ((b"x-request-id", request.encode()), *ALWAYS, *self._shared(headers))
        status = 500

        async def sent(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), *beside]}
            await send(message)

        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                await reply_refused(refusal, request, sent)
            elif scope["method"] == "OPTIONS" and b"origin" in headers and self.access.origins:
                await reply(sent, 204, b"", "text/plain")
            else:
                await self._app(scope, receive, sent)
        finally:
            level = logging.INFO if status < 500 else logging.WARNING
            took = 1000 * (time.monotonic() - started)
            route = getattr(scope.get("route"), "path", "-")
            line = "%s %s %s %d %.1f ms"
            LOG.log(level, line, request, _method(scope["method"]), route, status, took)

    def _refusal(self, scope: Scope, headers: Headers) -> Refusal | None:
        if not self.access.knows(headers.get(b"host", b"")):
            return Refusal(
                400, "the server is not called so", hint="name it with --allow-host where it is"
            )
        if not scope["path"].startswith(GUARDED):
            return None
        if not self.access.same_page(headers):
            return Refusal(403, "this page may not ask", hint="--cors-origin allows it")
        preflight = scope["method"] == "OPTIONS"
        if not preflight and not self.access.token_fits(headers.get(b"authorization", b"")):
            return Refusal(401, "a token is needed", hint="Authorization: Bearer TOKEN")
        return None

    def _shared(self, headers: Headers) -> tuple[tuple[bytes, bytes], ...]:
        """What lets a page of an allowed origin read the answer."""
        if not self.access.origins:
            return ()
        origin = headers.get(b"origin", b"")
        if origin.decode("latin-1").lower() not in map(str.lower, self.access.origins):
            return ((b"vary", b"Origin"),)
        return (
            (b"vary", b"Origin"),
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-methods", b"GET, POST"),
            (b"access-control-allow-headers", b"authorization, content-type"),
            (b"access-control-expose-headers", b"x-request-id"),
            (b"access-control-max-age", b"600"),
        )


def _method(method: str) -> str:
    """A method that is none of the usual ones is text of the user's."""
    return method if method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE") else "-"


async def reply(
    send: Send, status: int, body: bytes, kind: str, more: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """One whole reply."""
    headers = [(b"content-type", kind.encode()), *more]
    if status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def reply_refused(refusal: Refusal, request: str, send: Send) -> None:
    """The reply of a refusal, with the headers that belong to its status."""
    more: list[tuple[bytes, bytes]] = [(b"cache-control", b"no-store")]
    if refusal.status == 401:
        more.append((b"www-authenticate", b'Bearer realm="rowspace"'))
    if refusal.retry:
        more.append((b"retry-after", str(refusal.retry).encode()))
    body = msgspec.json.encode(refusal.body(request))
    await reply(send, refusal.status, body, "application/json", tuple(more))
