"""`rowspace evaluate --probe`: what a model's vectors are worth to a task, beside simpler ways."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import click

from rowspace.cli.encode import cut_by
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible

if TYPE_CHECKING:
    from rowspace.evaluate import Score
    from rowspace.evaluate.probe_answer import Probe
    from rowspace.evaluate.probe_features import Contestant
    from rowspace.vectors.model import Model

NAMES = ("probes", "probe_test", "probe_as", "seeds")


def of_probes(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of probes."""
    for option in (
        click.option(
            "--seeds",
            type=click.IntRange(1, 100),
            default=5,
            show_default=True,
            help="Splits of the texts of a probe.",
        ),
        click.option(
            "--probe-as",
            type=click.Choice(["auto", "labels", "numbers"]),
            default="auto",
            show_default=True,
            help="What the targets are; auto: numbers where all are and there are many of them.",
        ),
        click.option("--probe-test", metavar="FILE", help="Texts that judge a probe's answers."),
        click.option(
            "--probe",
            "probes",
            multiple=True,
            metavar="FILE[:TEXT:TARGET]",
            help="A task for a linear model on the texts' mean vectors, beside one-hot words: "
            "a table and its columns, or __label__ lines; repeatable.",
        ),
    ):
        command = option(command)
    return command


@final
@dataclass(frozen=True, slots=True)
class Tasks:
    """What was asked for: files with the columns of the texts and of the targets."""

    files: Sequence[tuple[str, str | None, str | None]]
    test: str | None
    kind: str
    seeds: int

    @classmethod
    def of(cls, rules: dict[str, Any]) -> Tasks:
        """Taken out of a command's parameters. Raises Mistake."""
        probes, test, kind, seeds = (rules.pop(name) for name in NAMES)
        if test is not None and len(probes) != 1:
            raise Mistake("--probe-test goes with one --probe", hint="--probe TRAIN:text:label")
        return cls([columns_of(one) for one in probes], test, kind, seeds)


def columns_of(given: str) -> tuple[str, str | None, str | None]:
    """`reviews.csv:text:label` taken apart; a file's own name may hold colons."""
    parts = given.rsplit(":", 2)
    if len(parts) == 1 or os.path.exists(given):
        return given, None, None
    if len(parts) == 2 or not all(parts):
        raise Mistake(
            f"--probe {given!r:.80} is neither FILE nor FILE:TEXT:TARGET",
            hint="--probe reviews.csv:text:label",
        )
    return parts[0], parts[1], parts[2]


def show_probes(
    output: Output,
    model: Model,
    path: str,
    tasks: Tasks,
    *,
    against: Sequence[tuple[str, Model]] = (),
    separator: str | None = None,
) -> list[Score]:
    """Probe, show, and hand back the scores of the model and what it gains."""
    from rowspace.evaluate.probe import probe

    names = named([path, *(other for other, _ in against)])
    own, *others = (contestant(*one) for one in ((path, model), *against))
    found: list[Score] = []
    for file, text, target in tasks.files:
        made = probe(
            own, file, text=text, target=target, test=tasks.test,
            against=dict(zip(names[1:], others, strict=True)),
            kind=tasks.kind, separator=separator, seeds=tasks.seeds, name=names[0],
        )  # fmt: skip
        show(output, made)
        found += [made.scores[0], *made.gains]
    return found


def named(paths: Sequence[str]) -> list[str]:
    """The last part of each path; the whole of it where that is not one's own."""
    short = [Path(path).name or path for path in paths]
    return [
        path if short.count(one) > 1 or one in ("one-hot", "random vectors", "majority", "mean")
        else one
        for path, one in zip(paths, short, strict=True)
    ]  # fmt: skip


def contestant(path: str, model: Model) -> Contestant:
    """A model, with its own tokenizer where that lies in its folder."""
    from rowspace.vectors import TextVectors

    if not (Path(path) / "tokenizer.json").is_file() or not model.config.get("training"):
        return model
    return TextVectors.of(model, reading=cut_by(model, Path(path)))


def show(output: Output, made: Probe) -> None:
    """A table of the systems, then the answer."""
    if output.json:
        output.emit("probe", **made.as_json())
        return
    about = made.about
    learn, choose, judge = about["parts"]
    what = "numbers" if about["labels"] is None else f"{about['labels']} labels"
    output.write(
        f"{visible(made.task)}: {about['texts']:,} texts, {what}; in each of {about['splits']} "
        f"splits {learn:,} learn, {choose:,} choose, {judge:,} judge"
    )
    if about["dropped"]:
        output.warn(f"{about['dropped']:,} rows have no text or no target and were left out")
    wide = max(14, *(len(visible(one.extra["system"])) for one in made.scores))
    output.write(f"{'':<{wide}}  {made.metric:>8}  {'95 % interval':<16}  the first one's gain")
    gains: Mapping[str, Score] = {one.extra["over"]: one for one in made.gains}
    for score in made.scores:
        name = score.extra["system"]
        line = f"{visible(name):<{wide}}  {score.value:>8.4f}  {score.low:.4f} to {score.high:.4f}"
        if (gain := gains.get(name)) is not None:
            line += f"  {gain.value:+.4f} ({gain.low:+.4f} to {gain.high:+.4f})"
        output.write(line)
    output.write(visible(made.answer))
