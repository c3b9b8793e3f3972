"""The OpenAPI 3.1 document, made from the shapes and the table of routes."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from rowspace.files.manifest import made_by
from rowspace.serve import shapes
from rowspace.serve.routes import ASKS, Ask

REF = "#/components/schemas/{name}"
FAULTS = {
    "400": "not our name, or a request that broke off",
    "401": "no token, or not the right one",
    "403": "a page that may not ask",
    "404": "no such model, map or address",
    "408": "the request took too long to arrive",
    "413": "the request is too long",
    "415": "the request is no JSON by its header",
    "422": "the request does not fit; `field` says where",
    "503": "too many requests at once; Retry-After says when to come again",
    "504": "no answer in time",
}


@cache
def openapi() -> dict[str, Any]:
    """The document, as data."""
    types = [shapes.Models, shapes.CompareAsked, shapes.Compared, shapes.Failed]
    for ask in ASKS:
        types += [one for one in (ask.asked, ask.reply) if one is not None]
    _, schemas = msgspec.json.schema_components(types, ref_template=REF)
    paths = {
        "/api/models": {"get": _operation("models", "The models.", shapes.Models)},
        "/api/compare": {
            "post": _operation(
                "compare", "An item's neighbours in several models.", shapes.Compared,
                asked=shapes.CompareAsked,
            )
        },
        **{
            f"/api/models/{{id}}/{ask.path}": {ask.method.lower(): _of(ask, schemas)}
            for ask in ASKS
        },
        "/healthz": {"get": _operation("healthz", "Whether the process answers.")},
        "/readyz": {"get": _operation("readyz", "Whether models are loaded, and which are stale.")},
    }  # fmt: skip
    for ask in ASKS:
        if ask.method == "GET":  # its fields are parameters
            del schemas[ask.asked.__name__]
    name, _, version = made_by().partition(" ")
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{name} serve", "version": version or "0"},
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _of(ask: Ask, schemas: dict[str, Any]) -> dict[str, Any]:
    """The operation of a line of the table."""
    given: list[dict[str, Any]] = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    if ask.method == "GET":
        fields = schemas[ask.asked.__name__]["properties"]
        given += [{"name": name, "in": "query", "schema": one} for name, one in fields.items()]
        return _operation(ask.name, ask.summary, ask.reply, given=given)
    return _operation(ask.name, ask.summary, ask.reply, asked=ask.asked, given=given)


def _operation(
    name: str,
    summary: str,
    reply: type[msgspec.Struct] | None = None,
    *,
    asked: type[msgspec.Struct] | None = None,
    given: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    done = {"description": "the answer", "content": _json(reply)}
    if name == "exported":
        kinds = ("text/csv", "text/tab-separated-values", "application/json")
        done = {"description": "a file", "content": {kind: {} for kind in kinds}}
    faults = {
        status: {"description": text, "content": _json(shapes.Failed)}
        for status, text in FAULTS.items()
    }
    found: dict[str, Any] = {"operationId": name, "summary": summary}
    if given:
        found["parameters"] = given
    if asked is not None:
        found["requestBody"] = {"required": True, "content": _json(asked)}
    return {**found, "responses": {"200": done, **faults}}


def _json(kind: type[msgspec.Struct] | None) -> dict[str, Any]:
    if kind is None:
        return {"application/json": {}}
    return {"application/json": {"schema": {"$ref": REF.format(name=kind.__name__)}}}
