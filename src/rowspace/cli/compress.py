"""`rowspace compress`: a model made smaller, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import click

from rowspace.cli import options
from rowspace.cli.encode import lines
from rowspace.cli.failures import GATE, Failure
from rowspace.cli.output import Output, visible
from rowspace.cli.scores import Gate, gates_of, show, under

if TYPE_CHECKING:
    from rowspace.compressing import Compressed
    from rowspace.evaluate import Score
    from rowspace.vectors import Model


@click.command(short_help="A smaller model, and what that costs.")
@options.model
@click.argument("target", metavar="OUT", type=click.Path())
@click.option("--size", metavar="SIZE", help="Bytes at most (5MB): what it takes is chosen.")
@click.option(
    "--kind",
    type=click.Choice(["float32", "float16", "int8", "pq"]),
    help="How numbers are kept: pq is a byte for --stretch of them.  [default: as they are]",
)
@click.option(
    "--stretch",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    metavar="N",
    help="Numbers that a byte of pq stands for.",
)
@click.option("--dim", type=click.IntRange(min=1), metavar="N", help="Keep N principal axes.")
@click.option("--words", metavar="FILE", help="Only the items in FILE, one a line (- is stdin).")
@click.option("--items", type=click.IntRange(min=1), metavar="N", help="Only the N most frequent.")
@click.option(
    "--ngrams",
    type=click.IntRange(min=0),
    metavar="N",
    help="Only N rows of n-grams, those that matter most.",
)
@click.option(
    "--rerank",
    type=click.Choice(["float32", "float16", "int8"]),
    help="Keep finer rows beside pq: neighbours are found by codes and ranked by these.",
)
@click.option(
    "--similarity",
    "similarities",
    multiple=True,
    metavar="FILE",
    help="Pairs of words to measure the loss on; repeatable.",
)
@click.option(
    "--analogies",
    multiple=True,
    metavar="FILE",
    help="Questions of four words to measure the loss on; repeatable.",
)
@click.option("--labels", metavar="FILE", help="Examples with labels to measure the loss on.")
@click.option(
    "--fail-under",
    "gates",
    multiple=True,
    metavar="[NAME=]VALUE",
    callback=gates_of,
    help="Leave with code 8 where a score of OUT is lower; repeatable.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of codes and samples.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
@options.shared
def compress(
    model_path: str,
    target: str,
    words: str | None,
    gates: list[Gate],
    force: bool,
    **settings: Any,
) -> None:
    """Write the model in MODEL to the folder OUT, smaller.

    What is kept of its neighbours and vectors is measured on a sample and printed; with
    --similarity, --analogies or --labels also the scores before and after. All of it is put on the
    model's card. What training would go on from is left out.

    \b
    rowspace compress model small --size 5MB
    rowspace compress model small --kind int8 --similarity wordsim353.tsv
    rowspace compress cc.en.300.bin small --dim 100 --kind pq --items 100000 --ngrams 200000
    """
    from rowspace import files
    from rowspace.compressing import compress as compressed
    from rowspace.files.convert import destination, load_beside, require_apart

    output, written = Output.here(), Path(target)
    asked = Asked(**{name: settings.pop(name) for name in ("similarities", "analogies", "labels")})
    require_apart(Path(model_path), written)
    destination(written, "rowspace", force)
    if words is not None:
        with lines(words) as stream:
            settings["words"] = [word for word in stream if word]
    model = load_beside(Path(model_path), written)
    done = compressed(model, **settings)
    if done.missing:
        output.warn(f"{done.missing} of the words are not in {model_path}")
    before, after = asked.scores(model), asked.scores(done.model)
    made, found = finished(done, before, after)
    files.save(made, written, force=True)
    report(output, done, written)
    for score in done.scores:
        show(output, score)
    tell_loss(output, before, after)
    if missed := under(gates, found):
        raise click.exceptions.Exit(Failure(GATE, "; ".join(missed)).report(output))


@final
@dataclass(frozen=True, slots=True)
class Asked:
    """What the loss is measured on, beside the sample."""

    similarities: tuple[str, ...]
    analogies: tuple[str, ...]
    labels: str | None

    def scores(self, model: Model) -> list[Score]:
        """The scores of a model, file by file."""
        from rowspace import evaluate as judge

        found = [judge.similarity(model.vectors, path) for path in self.similarities]
        for path in self.analogies:
            found += judge.analogies(model.vectors, path)
        return found if self.labels is None else found + judged(model, self.labels)


def judged(model: Model, path: str) -> list[Score]:
    """The scores of a model on examples with labels, or of a table's with its target."""
    from rowspace.evaluate.judged import Judged
    from rowspace.evaluate.labels import examples, judge_labels, judge_table
    from rowspace.vectors.tabular import is_tabular

    if is_tabular(model):
        found = judge_table(model, path)
        return list(found.scores if isinstance(found, Judged) else found)
    return list(judge_labels(model, examples(model, path)).scores)


def finished(
    done: Compressed, before: list[Score], after: list[Score]
) -> tuple[Model, list[Score]]:
    """The model with all its scores in its record, and what was lost; and the scores."""
    from rowspace.compressing.compress import recorded
    from rowspace.evaluate.likeness import told

    found = [*done.scores, *after]
    losses = [
        {"name": new.name, "before": old.value, "after": new.value, "lost": lost}
        for old, new, lost in told(before, after)
    ]
    known = dict(done.model.record["compressed"])
    return recorded(done.model, known | ({"losses": losses} if losses else {}), found), found


def report(output: Output, done: Compressed, written: Path) -> None:
    """What was done, and what it takes now."""
    from rowspace.files.describe import sizes_of

    size = sum(sizes_of(written).values())
    output.emit(
        "compressed",
        path=str(written),
        bytes=size,
        before=done.before,
        why=done.why,
        missing=done.missing,
        **done.chosen,
    )
    times = f"{done.before / size:.1f} times smaller" if size < done.before else "not smaller"
    output.say(f"{visible(str(written))}: {size:,} bytes, before {done.before:,}: {times}")
    output.say(f"{done.why}")


def tell_loss(output: Output, before: list[Score], after: list[Score]) -> None:
    """Each score before and after: `ws353  0.7052 → 0.7044  -0.1 %`."""
    from rowspace.evaluate.likeness import told

    for old, new, lost in told(before, after):
        share = "" if lost is None else f"  {-lost:+.1%}"
        line = f"{visible(new.name):<44} {old.value:.4f} → {new.value:.4f}{share}  n {new.n}"
        output.emit(
            "loss", line, name=new.name, before=old.value, after=new.value, lost=lost, n=new.n,
            coverage=new.coverage, coverage_before=old.coverage,
        )  # fmt: skip
