"""`rowspace report`: a model looked at from all sides, as a page or as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible

MAPS = {"auto": None, "moving": True, "still": False}


@click.command(short_help="All about a model in one page: curves, scores, neighbours, a map.")
@options.model
@click.option(
    "-o",
    "--output",
    "place",
    type=click.Path(),
    help="The .html file to write.  [default: report.html, with --json none]",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@click.option("--title", help="What stands above it.  [default: MODEL's name]")
@click.option(
    "--words",
    metavar="A,B,…",
    help="Whose neighbours are shown.  [default: some frequent, middling and rare ones]",
)
@click.option(
    "--similarity", multiple=True, metavar="FILE", help="Judge by pairs of words; repeatable."
)
@click.option("--analogies", multiple=True, metavar="FILE", help="Judge by analogies; repeatable.")
@click.option(
    "--probe",
    "probes",
    multiple=True,
    metavar="FILE[:TEXT:TARGET]",
    help="What the vectors are worth to a task; repeatable.",
)
@click.option("--labels", metavar="FILE", help="Judge by examples with their labels.")
@click.option(
    "--points",
    type=click.IntRange(0, 20_000),
    default=2000,
    show_default=True,
    help="Items on the map at most; 0 for no map.",
)
@click.option(
    "--map",
    "kind",
    type=click.Choice(list(MAPS)),
    default="auto",
    show_default="moving where plotly is installed",
    help="A map that moves adds 5 MB to the page; one that stands still nothing.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="For what is drawn by lot.")
@options.shared
def report(
    model_path: str,
    place: str | None,
    force: bool,
    title: str | None,
    words: str | None,
    labels: str | None,
    probes: tuple[str, ...],
    **asked: Any,
) -> None:
    """What MODEL was made from, how its training went, its scores beside simpler ways, its words'
    neighbours, a map, and what to bear in mind, as one HTML page that loads nothing.

    \b
    rowspace report model
    rowspace report model -o page.html --words king,queen --similarity ws353.txt
    rowspace report model --json > report.json

    With --json the content goes to stdout; a page is written too if --output is given.
    """
    from rowspace.reports.report import Report, check_target
    from rowspace.reports.report import report as made

    output = Output.here()
    path = Path(place or "report.html") if place or not output.json else None
    if path is not None:
        if path.suffix.lower() not in (".html", ".htm"):
            raise Mistake(f"a report is written as .html, not {path.suffix or 'without one'}",
                          hint=f"-o {path.stem or 'report'}.html")  # fmt: skip
        check_target(path, force=force)
    given: Any = None if labels is None else _labels(model_path, labels)
    kind = MAPS[asked.pop("kind")]
    asked["probe"] = [_task(one) for one in probes]
    found: Report = made(model_path, title=title, labels=given, words=_words(words), **asked)
    for one in found.findings:
        if one["level"] == "warning":
            output.say(f"{one['about']}: {visible(one['message'])}")
    if path is not None:
        found.save(path, force=force, moving_map=kind)
        size = path.stat().st_size
        output.say(f"{size / 1e6:.1f} MB in {visible(str(path))}")
    where = None if path is None else str(path)
    output.emit("report", None, path=where, **found.content)


def _task(given: str) -> dict[str, Any]:
    from rowspace.cli.evaluate_probe import columns_of

    data, text, target = columns_of(given)
    return {"data": data, "text": text, "target": target}


def _words(given: str | None) -> list[str]:
    return [one for word in (given or "").split(",") if (one := word.strip())]


def _labels(model_path: str, labels: str) -> Any:
    """The file itself; of a tagger, whose network has to answer, what it was judged to be."""
    model = options.opened(model_path)
    network = model.config.get("network")
    if not isinstance(network, dict) or network.get("kind") != "tag":
        return labels
    from rowspace.networks.tagging import judge_tagger

    return judge_tagger(model, labels)
