"""The application: addresses to answers, as ASGI (Starlette)."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias, TypeVar, final

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rowspace.errors import RowspaceError
from rowspace.serve import answers, export, shapes
from rowspace.serve.body import body_of
from rowspace.serve.guard import Access, Guard
from rowspace.serve.limits import Limits
from rowspace.serve.openapi import openapi
from rowspace.serve.page_files import INDEX, read_file
from rowspace.serve.reading import read, read_query
from rowspace.serve.refusal import Refusal, refused, unknown_model
from rowspace.serve.routes import ASKS, Ask
from rowspace.serve.served import KEPT, Served
from rowspace.serve.shelf import Shelf
from rowspace.serve.workers import Check, Workers, unhurried

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
T = TypeVar("T", bound=shapes.Asked)
SMALL = 4096
"""Bytes of a request up to which a quick answer is given at once."""
NO_STORE = {"cache-control": "no-store"}


@final
class Service:
    """What the endpoints share: the models, the threads, the limits, who may ask."""

    def __init__(self, shelf: Shelf, access: Access, limits: Limits) -> None:
        self.shelf, self.limits, self.workers = shelf, limits, Workers(limits)
        self.guard = Guard(self._starlette(), access)

    def _starlette(self) -> Starlette:
        routes = [
            Route("/", self.page(INDEX), name="page"),
            Route("/static/{name}", self.static),
            Route("/openapi.json", self.openapi),
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/api/models", self.models),
            Route("/api/compare", told(self.compare), methods=["POST"]),
            *(
                Route(f"/api/models/{{id}}/{ask.path}", told(self.of(ask)), methods=[ask.method])
                for ask in ASKS
            ),
        ]

        @contextlib.asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            for served in self.shelf.models.values():
                self.workers.prepare(served.prepare)
            yield
            self.workers.close()

        handlers: Any = {404: not_found, 405: wrong_method, Exception: failed}
        app = Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
        app.router.redirect_slashes = False
        return app

    def of(self, ask: Ask) -> Endpoint:
        """The endpoint of a line of the table."""

        async def endpoint(request: Request) -> Response:
            served = self.shelf.models.get(request.path_params["id"])
            if served is None:
                raise unknown_model()
            if ask.method == "GET":
                asked = read_query(request.query_params.multi_items(), ask.asked)
                body = served.sent.get(asked)
                if body is None:
                    body = await self.workers.run(lambda check: answered(ask, served, asked, check))
                return as_json(body)
            raw = await body_of(dict(request.scope["headers"]), request.receive, self.limits)
            if ask.quick and len(raw) <= SMALL:
                return as_json(answered(ask, served, read(raw, ask.asked), unhurried))
            return await self.workers.run(lambda check: worked(ask, served, raw, check))

        return endpoint

    async def compare(self, request: Request) -> Response:
        """Neighbours of one item in several models."""
        raw = await body_of(dict(request.scope["headers"]), request.receive, self.limits)

        def work(check: Check) -> Response:
            asked = read(raw, shapes.CompareAsked)
            models, found = self.shelf.models, []
            for at, id in enumerate(asked.models):
                if id not in models or id in asked.models[:at]:
                    message = "no model of this id, or one named before"
                    raise Refusal(422 if id in models else 404, message, field=f"$.models[{at}]")
                found.append(models[id])
            return as_json(msgspec.json.encode(answers.compare(found, asked, check)))

        return await self.workers.run(work)

    async def models(self, request: Request) -> Response:
        """What is served."""
        found = [served.info() for served in self.shelf.models.values()]
        return as_json(msgspec.json.encode(shapes.Models(found)))

    def page(self, name: str) -> Endpoint:
        """The endpoint of one file of the page."""

        async def endpoint(_request: Request) -> Response:
            found = read_file(name)
            if found is None:
                raise Refusal(404, "there is no such file")
            return Response(found[0], media_type=found[1], headers={"cache-control": "no-cache"})

        return told(endpoint)

    async def static(self, request: Request) -> Response:
        """A file of the page."""
        return await self.page(request.path_params["name"])(request)

    async def openapi(self, _request: Request) -> Response:
        """The description of all this."""
        return as_json(msgspec.json.encode(openapi()))

    async def healthz(self, _request: Request) -> Response:
        """The process answers."""
        return as_json(b'{"alive":true}')

    async def readyz(self, request: Request) -> Response:
        """Models are there and were tried out. Which ones could not be opened anew is told to
        those who may ask."""
        stale = self.shelf.stale
        found: dict[str, Any] = {
            "ready": True,
            "models": len(self.shelf.models),
            "stale": len(stale),
        }
        if self.guard.access.token_fits(request.headers.get("authorization", "").encode()):
            found["why"] = dict(stale)
        return as_json(msgspec.json.encode(found))


def told(endpoint: Endpoint) -> Endpoint:
    """The endpoint; what it refuses, and errors that somebody foresaw, as replies."""

    async def telling(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Refusal as refusal:
            return as_refusal(refusal, request)
        except RowspaceError as error:
            return as_refusal(refused(error), request)

    return telling


def answered(ask: Ask, served: Served, asked: shapes.Asked, check: Check) -> bytes:
    """The answer as JSON. A map is kept: it is long, and asked for again."""
    body = msgspec.json.encode(ask.work(served, asked, check))
    if isinstance(asked, shapes.MapAsked):
        while len(served.sent) >= KEPT:
            served.sent.pop(next(iter(served.sent)), None)
        served.sent[asked] = body
    return body


def worked(ask: Ask, served: Served, raw: bytes, check: Check) -> Response:
    """Reading, answering and writing, in a thread."""
    asked = read(raw, ask.asked)
    check()
    if not isinstance(asked, shapes.ExportAsked):
        return as_json(answered(ask, served, asked, check))
    name = f'attachment; filename="rowspace.{asked.format}"'
    body = export.exported(served, asked, check)
    headers = {**NO_STORE, "content-disposition": name}
    return Response(body, media_type=export.KINDS[asked.format], headers=headers)


def as_json(body: bytes) -> Response:
    """A reply that is JSON already."""
    return Response(body, media_type="application/json", headers=NO_STORE)


def as_refusal(refusal: Refusal, request: Request) -> Response:
    """A refusal as a reply."""
    headers = dict(NO_STORE)
    if refusal.retry:
        headers["retry-after"] = str(refusal.retry)
    body = msgspec.json.encode(refusal.body(request.scope.get("request_id", "")))
    return Response(body, refusal.status, headers, "application/json")


async def not_found(request: Request, _error: Exception) -> Response:
    """No such address."""
    return as_refusal(Refusal(404, "there is no such address", hint="GET openapi.json"), request)


async def wrong_method(request: Request, error: Exception) -> Response:
    """An address that is asked in another way."""
    reply = as_refusal(Refusal(405, "this address is asked otherwise"), request)
    for name, value in (getattr(error, "headers", None) or {}).items():
        reply.headers[name] = value
    return reply


async def failed(request: Request, _error: Exception) -> Response:
    """A fault of ours: the log has where, the reply the number to look for."""
    return as_refusal(Refusal(500, "the server failed; its log says where"), request)
