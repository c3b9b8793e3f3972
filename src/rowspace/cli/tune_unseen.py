"""`rowspace tune unseen`: what to do about words that training never saw, for these data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output
from rowspace.cli.show_progress import shown
from rowspace.memory import human

if TYPE_CHECKING:
    from rowspace.training.tune_unseen_answer import Policies, Policy


@click.command(short_help="What to do about unseen words.")
@click.argument("data", nargs=-1)
@click.option("--text", metavar="NAME", help="The column of texts.  [default: text]")
@click.option("--label", metavar="NAME", help="The column of labels: texts are classified.")
@click.option("--separator", metavar="TEXT", help="What parts several labels in a cell.")
@click.option(
    "--words",
    type=click.IntRange(min=1),
    default=1_000_000,
    show_default=True,
    help="About so many words of the data are taken, from the first on.",
)
@click.option(
    "--held-out",
    type=click.IntRange(min=1),
    default=300,
    show_default=True,
    help="Words of running text that are held out.",
)
@click.option(
    "--splits",
    type=click.IntRange(1, 100),
    default=3,
    show_default=True,
    help="How often texts with labels are parted.",
)
@click.option(
    "--dim", type=click.IntRange(min=1), help="Numbers in a vector.  [default: 100; labels 32]"
)
@click.option(
    "--epochs", type=click.IntRange(min=1), help="Passes over the data.  [default: 5; labels 10]"
)
@click.option(
    "--min-count", type=click.IntRange(min=1), help="Rarer words of running text have no row.  [5]"
)
@click.option(
    "--tokenizer", metavar="NAME", help="How text is cut.  [default: words; labels marks]"
)
@click.option(
    "--lower/--keep-case", default=True, show_default="lower", help="Lower-case the text."
)
@click.option("--budget", help="Take no longer than about this: 5m, 90s, 1h30m.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads.  [default: all cores]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The seed.")
@options.shared
def unseen(data: tuple[str, ...], **given: Any) -> None:
    """An unknown row, hashed rows, n-grams of characters and quotient + remainder on words of DATA
    that are held out, and which of them to take: running text, or texts with labels.

    In text each policy learns without the words held out; its vectors for them are judged by the
    words they stand with in other lines. Of texts with labels those count that hold words the
    training part does not.

    \b
    rowspace tune unseen corpus.txt
    rowspace tune unseen 'wiki/*.gz' --words 3000000 --budget 10m
    rowspace tune unseen reviews.csv --text body --label stars
    """
    from rowspace.training.tune_unseen import tune_unseen

    output = Output.here()
    if not data:
        raise Mistake("no data given", hint="rowspace tune unseen corpus.txt")
    chosen = {name: value for name, value in given.items() if value is not None}
    with shown(output) as progress:
        found = tune_unseen(data[0] if len(data) == 1 else list(data), progress=progress, **chosen)
    show(output, found)


def show(output: Output, found: Policies) -> None:
    """The policies as a table, the recommendation and its reason."""
    if output.json:
        output.emit("policies", **found.as_json())
        return
    output.write(f"unseen: {found.measure}")
    names = [score.name for score in found.policies[0].tried.others]
    counted = "words/s" if found.kind == "text" else "texts/s"
    cells = [["policy", "unseen", "95 % interval", found.policies[0].seen.name, *names]]
    cells[0] += ["rows", "bytes", counted, "look-up"]
    cells += [row(one) for one in found.policies]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        first = f"{line[0]:<{widths[0]}}"
        rest = (f"{cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True))
        output.write("  ".join((first, *rest)))
    if (ceiling := found.about.get("had_they_been_seen")) is not None:
        output.write(f"had the unseen words been seen: {ceiling['value']:.4f}")
    output.write(f"recommended: {found.recommended} ({found[found.recommended].tried.option})")
    output.write(f"  {found.reason}")


def row(policy: Policy) -> list[str]:
    """The cells of one policy."""
    one, score = policy.tried, policy.unseen
    return [
        one.name,
        f"{score.value:.4f}",
        f"[{score.low:.4f}, {score.high:.4f}]",
        f"{policy.seen.value:.4f}",
        *(f"{other.value:.4f}" for other in one.others),
        f"{one.rows:,}",
        human(one.bytes),
        f"{one.speed:,.0f}",
        f"{one.look_up * 1e6:.1f} µs",
    ]
