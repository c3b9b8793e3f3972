"""Every way a command can end badly: its exit code, its message, its hint.

0 ok · 1 unexpected · 2 usage · 3 input data · 4 model file · 5 resources · 6 diverged
8 gate not met · 130 interrupted · 141 reader gone · 143 terminated
"""

from __future__ import annotations

import errno
import os
import platform
import shlex
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass

import click

from rowspace.cli.output import Output, mark, visible
from rowspace.errors import RowspaceError

UNEXPECTED, USAGE, RESOURCES, GATE = 1, 2, 5, 8
INTERRUPTED, READER_GONE, TERMINATED = 130, 141, 143


class Mistake(click.UsageError):
    """A command line that cannot be obeyed, and what was probably meant."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message, ctx=click.get_current_context(silent=True))
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Failure:
    """What to say about an error, and the code to leave with."""

    code: int
    message: str
    hint: str = ""

    def report(self, output: Output) -> int:
        """Say it on stderr, and on stdout too where that is JSON; gives back the code."""
        output.say(f"{mark('error', 'red')} {self.message}")
        if self.hint:
            output.say(f"{mark('hint', 'cyan')} {self.hint}")
        if output.json:
            output.emit("error", message=self.message, hint=self.hint, exit_code=self.code)
        return self.code


def expected(error: BaseException) -> Failure | None:
    """The `Failure` of an error that somebody foresaw; None for a fault of ours."""
    if isinstance(error, RowspaceError):
        return Failure(error.exit_code, one_line(error.message), one_line(error.hint))
    if isinstance(error, click.ClickException):
        return of_usage(error)
    if isinstance(error, MemoryError):
        return Failure(RESOURCES, "memory ran out", "a smaller --dim, --max-size or --buckets")
    if isinstance(error, OSError):
        return of_system(error)
    return None


def of_usage(error: click.ClickException) -> Failure:
    """What click found wrong with the words on the command line."""
    message = error.format_message().rstrip(".")
    near: list[str] = []
    if isinstance(error, click.NoSuchOption):
        message = f"no such option: {error.option_name}"
        near = list(error.possibilities or ())
    context = error.ctx if isinstance(error, click.UsageError) else None
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif isinstance(error, Mistake) and error.hint:
        hint = error.hint
    else:
        hint = f"{context.command_path} --help" if context else ""
    return Failure(USAGE, one_line(message), hint)


def of_system(error: OSError) -> Failure:
    """The operating system said no: disk, permission, a file that is not there."""
    reason = error.strerror or str(error)
    where = "" if error.filename is None else f": {visible(str(error.filename))}"
    hints = {
        errno.ENOSPC: "free some space, or write elsewhere",
        errno.EACCES: "check the permissions, or write elsewhere",
        errno.EROFS: "the file system is read-only: write elsewhere",
        errno.EMFILE: "raise the limit of open files: ulimit -n 4096",
    }
    return Failure(RESOURCES, f"{reason}{where}", hints.get(error.errno or 0, ""))


def one_line(text: str) -> str:
    """A message on one line, with nothing in it that moves the cursor."""
    return " ".join(visible(line.strip()) for line in text.splitlines())


def crash(error: Exception, argv: list[str]) -> Failure:
    """A fault of ours: the details go to a file, and the message asks for it."""
    details = "".join(traceback.format_exception(error))
    report = (
        f"rowspace {version()} · Python {platform.python_version()} · {platform.platform()}\n"
        f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')}\n"
        f"rowspace {shlex.join(argv)}\n\n{details}"
    )
    message = f"rowspace failed unexpectedly ({type(error).__name__}: {one_line(str(error))})"
    try:
        handle, path = tempfile.mkstemp(prefix="rowspace-crash-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(report)
    except OSError:
        return Failure(UNEXPECTED, message, "please report it with the output of --debug")
    return Failure(UNEXPECTED, message, f"please report it with this file: {path}")


def version() -> str:
    """The version of the installed package."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("rowspace")
    except PackageNotFoundError:  # run from a source tree that is not installed
        return "unknown"


def hush_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not complain."""
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
    except (OSError, ValueError, AttributeError):
        sys.stdout = None
