"""`rowspace map`: a map of a model's items, kept in the model."""

from __future__ import annotations

from pathlib import Path

import click

from rowspace.cli import options
from rowspace.cli.output import Output, visible


@click.command("map", short_help="A map of a model's items, kept in the model.")
@options.model
@click.option(
    "--method",
    type=click.Choice(["pca", "umap"]),
    default="umap",
    show_default=True,
    help="How it is made.",
)
@click.option(
    "--points",
    type=click.IntRange(min=2),
    default=20_000,
    show_default=True,
    help="Items on the map: a sample of all, the most frequent first.",
)
@click.option(
    "--neighbours",
    type=click.IntRange(2, 1000),
    default=15,
    show_default=True,
    help="Of UMAP: how many each item is held near to.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the sample and of UMAP.")
@options.shared
def map_of(model_path: str, method: str, points: int, neighbours: int, seed: int) -> None:
    """Lay out the items of MODEL in the plane, and keep the map in the model.

    `rowspace serve` and `rowspace report` show it. UMAP (extra `explore`) takes about a minute for
    20,000 items, PCA a second; a map by the same method is replaced. MODEL must be a model folder:
    of a file of vectors, `rowspace convert` makes one.

    \b
    rowspace map vectors
    rowspace map vectors --method pca --points 200000
    """
    from rowspace import files
    from rowspace.errors import InputError
    from rowspace.files.folder import TABLE, TOKENIZER
    from rowspace.vectors.maps import pca_map, sample, umap_map, with_map

    output, folder = Output.here(), Path(model_path)
    model = options.opened(model_path)
    if not (folder / TABLE).is_file():
        raise InputError(
            f"{model_path} is no model folder, so no map can be kept in it",
            hint="rowspace convert makes a model folder of a file of vectors",
        )
    ids = sample(model.vectors, points, seed=seed)
    if method == "umap":
        found = umap_map(model.vectors, ids, neighbours=neighbours, seed=seed)
    else:
        found = pca_map(model.vectors, ids)
    tokenizer = folder / TOKENIZER
    kept = tokenizer.read_bytes() if tokenizer.is_file() else None
    files.save(with_map(model, found), folder, tokenizer=kept)
    shares = None if found.shares is None else list(found.shares)
    output.emit("map", method=method, points=len(found), of=found.of, shares=shares)
    output.say(f"{len(found)} of {found.of} items by {method}, in {visible(model_path)}")
