"""`rowspace recommend`: the items a user is likely to meet next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible

if TYPE_CHECKING:
    from rowspace.vectors.recommend import Recommended, Recommender

AT_ONCE = 4096  # users of a file


@click.command(short_help="Items for a user, known or new.")
@options.model
@click.option("--user", help="A user the model was trained with.")
@click.option("--items", help="What somebody new met, parted by commas, the last met last.")
@click.option("--features", multiple=True, metavar="NAME=VALUE",
              help="A feature of somebody new; repeatable.")  # fmt: skip
@click.option("--users", "users", type=click.Path(),
              help="Many users: a file, or - for stdin, a user a line.")  # fmt: skip
@click.option(
    "-k", "--k", default=10, type=click.IntRange(min=1), show_default=True, help="Items to a user."
)
@click.option("--keep-seen", is_flag=True, help="Also items that the user met already.")
@options.shared
def recommend(*, model_path: str, **given: Any) -> None:
    """The k items of the highest scores for a user of MODEL, best first, without those met
    already.

    On stdout: score and item, a line each; with --users a line a user: user, item, score, item,
    score … with tabs between.

    \b
    rowspace recommend model --user 17 -k 10
    rowspace recommend model --items "260,1196"
    rowspace recommend model --users everybody.txt --json
    """
    from rowspace.vectors.recommend import Recommender

    output = Output.here()
    someone = given["items"] is not None or given["features"]
    asked = [given["user"] is not None, bool(someone), given["users"] is not None]
    if sum(asked) != 1:
        raise Mistake(
            "wanted one of --user, --items (with --features or without) and --users",
            hint="rowspace recommend MODEL --user NAME",
        )
    model = Recommender.of(options.opened(model_path))
    k, keep = given["k"], given["keep_seen"]
    if given["user"] is not None:
        tell(output, model.recommend(given["user"], k, keep_seen=keep))
    elif someone:
        tell(output, somebody(model, given))
    else:
        for user, found in batches(model, given["users"], k, keep):
            line = "\t".join([visible(user), *(f"{visible(i)}\t{s:.6g}" for i, s in found)])
            items = [{"item": item, "score": score} for item, score in found]
            output.emit("recommendations", line, user=user, items=items)


def tell(output: Output, found: Recommended) -> None:
    """A line an item."""
    for item, score in found:
        output.emit("recommendation", f"{score:8.4f}  {visible(item)}", item=item, score=score)


def somebody(model: Recommender, given: dict[str, Any]) -> Recommended:
    """Items for somebody new, by items and features."""
    items = [part for one in (given["items"] or "").split(",") if (part := one.strip())]
    features: dict[str, list[str]] = {}
    for text in given["features"]:
        name, mark, value = text.partition("=")
        if not mark or not name:
            raise Mistake(f"--features: {text!r} is not NAME=VALUE", hint="--features country=FI")
        features.setdefault(name, []).append(value)
    return model.recommend_to(items, given["k"], features=features, keep_seen=given["keep_seen"])


def batches(model: Recommender, path: str, k: int, keep: bool) -> Iterator[tuple[str, Recommended]]:
    """Users of a file with what is recommended to them, many at once."""
    from itertools import islice

    from rowspace.corpus.lines import lines
    from rowspace.vocabulary import to_text

    names = (name for line in lines(path) if (name := to_text(line).strip()))
    while some := list(islice(names, AT_ONCE)):
        yield from zip(some, model.recommend(some, k, keep_seen=keep), strict=True)
