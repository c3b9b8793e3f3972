"""`LazyGroup`: commands that are imported when they run, listed without importing them."""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import Any

import click

from rowspace.cli.failures import Mistake

Entry = tuple[str, str]  # "module:attribute", one line of help


class LazyGroup(click.Group):
    """A group whose commands stand in a literal table, by section."""

    def __init__(self, *args: Any, sections: dict[str, dict[str, Entry]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sections = sections
        self.entries = {name: e for section in sections.values() for name, e in section.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module that holds the command."""
        if cmd_name not in self.entries:
            return None
        module, attribute = self.entries[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was asked for, or an error that names the nearest."""
        if args and args[0] not in self.entries and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], self.entries, n=2, cutoff=0.5)
            names = " or ".join(f"{ctx.command_path} {name}" for name in near)
            raise Mistake(
                f"no such command: {args[0]}", hint=f"did you mean {names}?" if near else ""
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, section by section; nothing is imported."""
        for title, section in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(name, text) for name, (_, text) in section.items()])
