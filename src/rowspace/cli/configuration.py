"""`--config run.toml`: settings from a file, under those of the command line.

Settings stand at the top level or under a table named after the command (`[words]`, `[train]`
or `[train.words]` for `rowspace train words`). A key that is no setting is an error that names the
nearest one.
"""

from __future__ import annotations

import difflib
import tomllib
from typing import Any

import click

from rowspace.cli.failures import Mistake

NOT_SETTINGS = {"config", "print_config", "corpus"}


def configured(ctx: click.Context, _option: click.Parameter, path: str | None) -> str | None:
    """An eager option's callback: the file's values become the defaults of the others."""
    if path is not None:
        known = {p.name for p in ctx.command.params if p.name} - NOT_SETTINGS
        ctx.default_map = {**read(path, known, ctx.command.name or ""), **(ctx.default_map or {})}
    return path


def read(path: str, known: set[str], command: str = "words") -> dict[str, Any]:
    """The settings in a TOML file for `rowspace train COMMAND`, each one known."""
    try:
        with open(path, "rb") as file:
            found = tomllib.load(file)
    except OSError as error:
        raise Mistake(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} is not TOML: {error}") from error
    values: dict[str, Any] = {}
    for key, value in flattened(found, command).items():
        field = key.replace("-", "_")
        if field not in known:
            near = difflib.get_close_matches(field, known, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else f"rowspace train {command} --help"
            raise Mistake(f"{path}: no such setting: {key}", hint=hint)
        if isinstance(value, (dict, list)):
            raise Mistake(f"{path}: {key} must be one value, not {type(value).__name__}")
        values[field] = value
    return values


def flattened(found: dict[str, Any], command: str) -> dict[str, Any]:
    """The settings of the tables `train` and `command`, raised to the top level."""
    flat: dict[str, Any] = {}
    for key, value in found.items():
        if key in ("train", command) and isinstance(value, dict):
            flat.update(flattened(value, command))
        else:
            flat[key] = value
    return flat
