"""How a long run shows itself: a bar on a terminal, plain lines elsewhere, JSON for programs.

Training hands over one dict an event (training.progress); nothing here changes the training, and
a reader that goes away (`| head -1`) does not stop it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from rowspace.cli.output import Output, coloured, visible

Event = dict[str, Any]
OFTEN = ("progress", "scan", "count", "trial")  # events that come all the time
LINE_EVERY = 5.0  # seconds between two plain lines
PLAIN = {
    "compile": "compiling the kernels for this machine, once: some seconds",
    "judging": "judging what was learned",
}  # events that say the same each time
NARROW, WIDE = 40, 88  # columns: below, only the percentage; from, the figures too


class Shown(Protocol):
    """Something that takes events and can be closed."""

    def __call__(self, event: Event) -> None: ...

    def close(self) -> None: ...


@contextmanager
def shown(output: Output) -> Iterator[Callable[[Event], None]]:
    """The right display for this output, closed at the end whatever happens."""
    display: Shown
    if output.json:
        display = JsonLines(output)
    elif coloured(sys.stderr):
        display = Bar()
    else:
        display = Lines(output)
    listening = True

    def take(event: Event) -> None:
        nonlocal listening
        if not listening:
            return
        try:
            display(event)
        except BrokenPipeError:
            listening = False

    try:
        yield take
    finally:
        if listening:
            display.close()


class JsonLines:
    """Every event as it came, one object a line, at once."""

    def __init__(self, output: Output) -> None:
        self.output = output

    def __call__(self, event: Event) -> None:
        rest = {key: value for key, value in event.items() if key != "type"}
        self.output.emit(str(event.get("type", "event")), **rest)
        self.output.flush()
        if event.get("type") == "warning":
            self.output.say(f"warning: {event.get('message', '')}")

    def close(self) -> None:
        """Nothing is held."""


class Lines:
    """One plain line every few seconds, and one for everything that happens once."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.last = float("-inf")

    def __call__(self, event: Event) -> None:
        kind = event.get("type")
        now = time.monotonic()
        if kind == "warning":
            self.output.warn(str(event.get("message", "")))
        elif kind in OFTEN and now - self.last < LINE_EVERY:
            return
        elif line := sentence(event):
            self.last = now if kind in OFTEN else self.last
            self.output.say(line)

    def close(self) -> None:
        """Nothing is held."""


class Bar:
    """A bar that moves, on stderr; what happens once stands above it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            ProgressColumn,
            TaskProgressColumn,
            TextColumn,
        )

        self.console = Console(stderr=True, highlight=False)
        columns: list[ProgressColumn] = [TaskProgressColumn()]
        if self.console.width >= NARROW:
            columns = [TextColumn("{task.fields[stage]}"), BarColumn(bar_width=None), *columns]
        if self.console.width >= WIDE:
            columns.append(TextColumn("{task.fields[figures]}"))
        self.progress = Progress(*columns, console=self.console, expand=True, transient=True)
        self.task = self.progress.add_task("", total=None, stage="", figures="")
        self.progress.start()

    def __call__(self, event: Event) -> None:
        kind = event.get("type")
        if kind == "scan":
            self.progress.update(self.task, stage="reading", figures=scanned(event))
        elif kind == "count":
            done = float(event.get("fraction") or 0)
            self.progress.update(
                self.task, total=1.0, completed=done, stage="pairs", figures=paired(event)
            )
        elif kind == "progress":
            self.progress.update(
                self.task,
                total=1.0,
                completed=float(event.get("fraction") or 0),
                stage=f"epoch {event.get('epoch', '?')}/{event.get('epochs', '?')}",
                figures=figures(event),
            )
        elif kind == "trial":
            done, stage = float(event.get("fraction") or 0), f"trial {event.get('trial', '?')}"
            self.progress.update(
                self.task, total=1.0, completed=done, stage=stage, figures=tried(event)
            )
        elif line := sentence(event):
            self.console.print(line, markup=False)

    def close(self) -> None:
        """Give the line back to the terminal."""
        self.progress.stop()


def sentence(event: Event) -> str:
    """An event as one line of text; "" for one that needs none."""
    kind = str(event.get("type"))
    return PLAIN[kind] if kind in PLAIN else SAID[kind](event) if kind in SAID else ""


def advanced(event: Event) -> str:
    """How far the training is."""
    percent = 100 * float(event.get("fraction") or 0)
    epoch = f"epoch {event.get('epoch', '?')}/{event.get('epochs', '?')}"
    return f"{percent:5.1f}%  {epoch}  {figures(event)}"


def closed(event: Event) -> str:
    """What an epoch came to."""
    rest = ", ".join(
        f"{key} {brief(value)}"
        for key, value in event.items()
        if key not in ("type", "epoch", "epochs") and value is not None
    )
    return f"epoch {event.get('epoch', '?')} done" + (f": {rest}" if rest else "")


def gone_on(event: Event) -> str:
    """Where a run goes on."""
    words = float(event.get("words") or 0)
    return f"going on after {words / 1e6:.1f} M {event.get('counted', 'words')}"


def started(event: Event) -> str:
    """How much of the corpus the vectors know that rows start from."""
    known, of = int(event.get("known") or 0), int(event.get("of") or 0)
    parts = [f"{known:,} of {of:,} words known, {float(event.get('tokens') or 0):.1%} of the text"]
    if answered := int(event.get("answered") or 0):
        parts.append(f"{answered:,} more answered from n-grams")
    if event.get("freeze"):
        parts.append("frozen")
    if lower := int(event.get("in_lower_case") or 0):
        parts.append(f"{lower:,} more would be known in lower case")
    verb = "going on with" if event.get("goes_on") else "starting from"
    name = visible(str(event.get("file") or "the vectors given"))
    return f"{verb} {name}: {'; '.join(parts)}"


def scanned(event: Event) -> str:
    """How far the first reading of the corpus is."""
    tokens, taken = float(event.get("tokens") or 0), float(event.get("bytes") or 0)
    seconds = float(event.get("seconds") or 0)
    rate = f", {tokens / seconds / 1e6:.1f} M words/s" if seconds > 0 else ""
    return f"{tokens / 1e6:.1f} M words, {taken / 1e6:.0f} MB{rate}"


def paired(event: Event) -> str:
    """How far the counting of pairs is."""
    words, seconds = float(event.get("words") or 0), float(event.get("seconds") or 0)
    pairs = number(event, "pairs")
    if pairs is not None:
        return f"{pairs / 1e6:.1f} M, of {words / 1e6:.1f} M words, {duration(seconds)}"
    fraction = float(event.get("fraction") or 0)
    return f"{event.get('stage', 'counting')} {fraction:.0%}, {words / 1e6:.1f} M words"


def passed(event: Event) -> str:
    """What one pass over the corpus has joined."""
    return f"pass {event.get('pass', '?')}: {event.get('phrases', 0)} phrases"


def place_of(event: Event) -> str:
    """A trial's number, and by which part it is judged."""
    return f"{event.get('trial', '?')}, part {event.get('part', '?')}"


def tried(event: Event) -> str:
    """A trial's figure, and the best one's."""
    failed, score, best = event.get("failed"), number(event, "score"), number(event, "best")
    parts = [str(failed)] if failed else [f"{score:.4f}"] if score is not None else []
    return ", ".join(parts + ([f"best {best:.4f}"] if best is not None else []))


def figures(event: Event) -> str:
    """Words a second, loss, learning rate, time left, where the event has them."""
    parts = []
    if (rate := number(event, "words_per_second")) is not None:
        what = f"{event.get('counted', 'words')}/s"
        parts.append(f"{rate / 1e6:.2f} M {what}" if rate >= 1e5 else f"{rate:.0f} {what}")
    if (rate := number(event, "examples_per_second")) is not None:
        parts.append(f"{rate:,.0f} {event.get('counted', 'texts')}/s")
    if (loss := number(event, "loss")) is not None:
        parts.append(f"loss {loss:.4f}")
    if (rate := number(event, "lr")) is not None:
        parts.append(f"lr {rate:.5f}")
    if (left := number(event, "eta")) is not None:
        parts.append(f"ETA {duration(left)}")
    return "  ".join(parts)


def number(event: Event, field: str) -> float | None:
    """A field as a finite number, or None."""
    value = event.get(field)
    if not isinstance(value, (int, float)) or not abs(value) < float("inf"):
        return None
    return float(value)


def brief(value: object) -> str:
    """A value in a sentence."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def duration(seconds: float) -> str:
    """Seconds as 45s, 3:05 or 2:03:05; never negative, whatever the clock did."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"


SAID: dict[str, Callable[[Event], str]] = {
    "scan": lambda event: f"reading: {scanned(event)}",
    "count": lambda event: f"pairs: {paired(event)}",
    "counted": lambda event: f"pairs: {paired(event)}",
    "progress": advanced,
    "epoch": closed,
    "phrases": passed,
    "trial": lambda event: f"trial {place_of(event)}: {tried(event)}",
    "variant": lambda event: f"rows: {event.get('name', '?')}",
    "warning": lambda event: f"warning: {event.get('message', '')}",
    "start": started,
    "resumed": gone_on,
}
