"""One run of the command: streams and signals set, errors turned into exit codes."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from types import FrameType

import click

from rowspace.cli import failures
from rowspace.cli.failures import one_line
from rowspace.cli.output import Output


class Terminated(BaseException):
    """SIGTERM, outside of training (which has its own way to stop)."""


def run(argv: list[str]) -> int:
    """Run one command line; the exit code comes back, and no exception does."""
    before = argv[: argv.index("--")] if "--" in argv else argv
    output = Output(json="--json" in before, debug="--debug" in before)
    speak_utf8()
    listen()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: output.warn(one_line(str(message)))
            code = obey(argv, output)
        output.flush()
    except click.exceptions.Exit as leave:
        code = leave.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = failures.Failure(failures.INTERRUPTED, "interrupted").report(output)
    except Terminated:
        code = failures.Failure(failures.TERMINATED, "terminated").report(output)
    except BrokenPipeError:  # `| head -1`: the reader has what it wanted
        failures.hush_stdout()
        code = failures.READER_GONE
    except Exception as error:  # noqa: BLE001  the outermost line
        code = fail(error, argv, output)
    return code


def obey(argv: list[str], output: Output) -> int:
    """Parse and run; errors go up untouched."""
    from rowspace.cli.app import app

    if "_ROWSPACE_COMPLETE" in os.environ:
        app.main(args=argv, prog_name="rowspace")
    with app.make_context("rowspace", list(argv), obj=output) as context:
        context.meta["rowspace.argv"] = argv
        app.invoke(context)
    return 0


def fail(error: Exception, argv: list[str], output: Output) -> int:
    """Report an error; one that nobody foresaw leaves a crash report."""
    if output.debug:
        traceback.print_exception(error)
    failure = failures.expected(error) or failures.crash(error, argv)
    try:
        code = failure.report(output)
        output.flush()
    except OSError:  # stdout itself is what failed
        failures.hush_stdout()
        code = failure.code
    return code


def speak_utf8() -> None:
    """Data is UTF-8 whatever the locale; bytes that were no UTF-8 come out as they came in."""
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors=errors)


def listen() -> None:
    """SIGTERM unwinds like Ctrl-C does, so that locks and temporary files go."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    try:
        signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not the main thread: whoever runs us keeps the signals
        return
