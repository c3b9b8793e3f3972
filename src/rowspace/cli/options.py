"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rowspace.vectors.model import Model

Decorated = Callable[..., Any]


def shared(command: Decorated) -> Decorated:
    """`--json` and `--debug`, which `run` has already read off the command line."""
    for name, text in (
        ("--debug", "Show the traceback of an error."),
        ("--json", "One JSON object a line on stdout."),
    ):
        command = click.option(name, is_flag=True, expose_value=False, help=text)(command)
    return command


def model(command: Decorated) -> Decorated:
    """The argument MODEL: a folder that `rowspace train` wrote, or a file of vectors."""
    return click.argument("model_path", metavar="MODEL", type=click.Path())(command)


def opened(path: str) -> Model:
    """The model at `path`: a folder memory-mapped, a file of vectors read."""
    from rowspace import files

    return files.load(path)
