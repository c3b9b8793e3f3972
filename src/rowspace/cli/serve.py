"""`rowspace serve`: a page and a JSON interface for models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output


@click.command(short_help="A page and a JSON interface for models.")
@click.argument("models", metavar="MODEL…", nargs=-1, type=click.Path())
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen on; 0: any that is free.",
)
@click.option("--token", help="What clients must show. Others on this machine may see it here.")
@click.option("--token-file", type=click.Path(), help="The same, in the first line of a file.")
@click.option("--allow-host", multiple=True, metavar="NAME", help="Another name it is called by.")
@click.option("--cors-origin", multiple=True, metavar="ORIGIN", help="Another page that may ask.")
@click.option("--columns", type=click.Path(), help="A file of columns that colour the map.")
@click.option("--limit", multiple=True, metavar="NAME=N", help="Another limit than the default.")
@click.option("--quiet", is_flag=True, help="No line for each request on stderr.")
@click.option("--openapi", is_flag=True, help="Print the OpenAPI document and leave.")
@options.shared
def serve(models: tuple[str, ...], openapi: bool, quiet: bool, port: int, **given: Any) -> None:
    """Serve MODEL… to a browser and to programs: a page to explore, and JSON as it says in
    /openapi.json.

    It answers this machine alone, unless --host names another address, for which there must be a
    token. Ctrl-C or SIGTERM ends it; SIGHUP opens the models anew, and reads the
    --token-file.

    \b
    rowspace serve vectors
    rowspace serve old new --port 0 --columns topics.csv
    rowspace serve vectors --host 0.0.0.0 --token-file token.txt --allow-host vectors.example.org
    """
    output = Output.here()
    if openapi:
        from rowspace.serve.openapi import openapi as document

        output.write(json.dumps(document(), indent=None if output.json else 2))
        return
    if not models:
        raise Mistake("no model given", hint="rowspace serve MODEL")
    from rowspace import serve as serving

    serving.require()
    from rowspace.serve.application import Service
    from rowspace.serve.columns import read_columns
    from rowspace.serve.guard import Access
    from rowspace.serve.limits import Limits
    from rowspace.serve.running import run
    from rowspace.serve.shelf import Shelf

    limits = Limits.read(given["limit"])

    def access() -> Access:
        token = _token(given["token"], given["token_file"])
        return Access(given["host"], given["allow_host"], token, given["cors_origin"])

    may_ask = access()
    columns = ({}, {}) if given["columns"] is None else read_columns(given["columns"])
    service = Service(Shelf(models, columns), may_ask, limits)

    def told(url: str) -> None:
        output.emit("serving", url, url=url, models=list(service.shelf.models))
        output.flush()
        output.say(f"serving {', '.join(service.shelf.models)}; Ctrl-C ends it")

    run(service, port, told, access=access, quiet=quiet)


def _token(given: str | None, path: str | None) -> str | None:
    """The token, from the command line or the first line of a file."""
    if given is not None and path is not None:
        raise Mistake("--token and --token-file do not go together", hint="leave one away")
    if path is None:
        return given
    return Path(path).read_text("utf-8", "replace").split("\n")[0].strip()
