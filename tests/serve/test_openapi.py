"""The OpenAPI document says what the server does."""

from __future__ import annotations

import json
import re

import pytest
from tests.serve.asking import made
from tests.serve.test_application import labelled

from rowspace.cli.run import run
from rowspace.serve.openapi import openapi


def references(value) -> set[str]:
    """Every schema that is referred to."""
    return set(re.findall(r"#/components/schemas/(\w+)", json.dumps(value)))


def test_it_is_whole():
    document = openapi()
    assert document["openapi"] == "3.1.0"
    assert references(document) == set(document["components"]["schemas"])
    names = [
        one["operationId"] for path in document["paths"].values() for one in path.values()
    ]  # fmt: skip
    assert len(set(names)) == len(names) == 13
    json.dumps(document, allow_nan=False)


def test_it_is_served(client):
    assert client()("/openapi.json").json == json.loads(json.dumps(openapi()))


def test_the_command_prints_it(capsys):
    assert run(["serve", "--openapi"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(openapi()))


def test_every_address_in_it_answers(client):
    ask = client({"m": labelled(), "n": made()})
    bodies = {
        "vectors": {"items": ["king"]}, "nearest": {"items": ["king"]}, "odd": {"items": [1, 2, 3]},
        "analogy": {"positive": ["king"]}, "similarity": {"pairs": [[1, 2]]},
        "predict": {"texts": ["king"]}, "export": {"ids": [1]},
        "compare": {"models": ["m", "n"], "item": "king"},
    }  # fmt: skip
    for path, methods in openapi()["paths"].items():
        for method, told in methods.items():
            body = bodies[path.rpartition("/")[2]] if method == "post" else None
            reply = ask(path.replace("{id}", "m"), body)
            assert reply.status == 200, (path, reply.body)
            schema = told["responses"]["200"]["content"].get("application/json", {}).get("schema")
            if schema:
                name = schema["$ref"].rpartition("/")[2]
                fields = openapi()["components"]["schemas"][name]["properties"]
                assert set(reply.json) == set(fields)


@pytest.mark.parametrize(("field", "most"), [("items", 1024), ("vectors", 1024)])
def test_limits_are_in_it(field, most):
    schema = openapi()["components"]["schemas"]["NearestAsked"]
    assert schema["properties"][field]["maxItems"] == most
    assert schema["properties"]["k"]["maximum"] == 1000 and schema["additionalProperties"] is False
