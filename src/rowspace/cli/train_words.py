"""`rowspace train words`: text in, a model out."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from rowspace.cli import configuration, options
from rowspace.cli.failures import INTERRUPTED, TERMINATED, Failure, Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.resolve import Resolved, resolved
from rowspace.cli.settings import UNSEEN, settings
from rowspace.cli.show_progress import shown


@click.command(short_help="Word vectors from text.")
@click.argument("corpus", nargs=-1)
@click.option("-o", "--output", "target", type=click.Path(), help="The model folder to write.")
@click.option(
    "--objective",
    type=click.Choice(["skipgram", "cbow", "glove"]),
    default="skipgram",
    show_default=True,
    help="Predict the context from the word, the word from its context, or learn from counts.",
)
@click.option(
    "--like",
    type=click.Choice(["rowspace", "word2vec", "fasttext"]),
    default="rowspace",
    show_default=True,
    help="Whose defaults and choices to take.",
)
@click.option(
    "--from",
    "from",
    type=click.Path(),
    help="Start from these vectors, or go on with this model, new words added.",
)
@settings
@click.option("--resume", is_flag=True, help="Go on with an interrupted run of this model.")
@click.option("--allow-changed", is_flag=True, help="Resume although the corpus has changed.")
@click.option("--force", is_flag=True, help="Write over an existing model.")
@click.option(
    "--config",
    type=click.Path(),
    is_eager=True,
    callback=configuration.configured,
    help="Settings from a TOML file; options win over it.",
)
@click.option(
    "--print-config", is_flag=True, help="Show every setting and its origin; no training."
)
@options.shared
@click.pass_context
def words(ctx: click.Context, /, **given: Any) -> None:
    """Word vectors from CORPUS: text files, folders, globs, .gz .xz .bz2 .zst, CSV or JSONL with
    --column, or - for stdin. Every word becomes a row, learned from the words around it.

    \b
    rowspace train words corpus.txt -o model
    rowspace train words 'wiki/*.gz' -o model --objective cbow --unseen subwords
    rowspace train words reviews.csv --column text -o model --dim 300 --epochs 15
    rowspace train words corpus.txt -o model --from glove.txt --freeze
    rowspace train words news.txt -o newer --from model
    """
    output = Output.here()
    plan = resolved(ctx)
    if given["print_config"]:
        print_config(output, plan)
        return
    if not given["corpus"]:
        raise Mistake("no corpus given", hint="rowspace train words corpus.txt -o model")
    if given["target"] is None:
        raise Mistake("no place for the model given", hint="-o MODEL")
    target = Path(given["target"])
    if not given["force"]:
        require_free(target, given["resume"])
    train(output, plan, given, target)


def train(output: Output, plan: Resolved, given: dict[str, Any], target: Path) -> None:
    """Run it, show it, and say what came of it."""
    import rowspace as rs
    from rowspace import training

    corpus = list(given["corpus"])
    try:
        with shown(output) as progress:
            model = rs.train(
                plan.objective(),
                corpus[0] if len(corpus) == 1 else corpus,
                output=target,
                resume=given["resume"],
                progress=progress,
                allow_changed=given["allow_changed"],
                start=plan.start,
                **plan.training(),
            )
    except training.Interrupted as stop:
        raise click.exceptions.Exit(interrupted(output, stop.signal)) from None
    vectors = model.vectors
    output.emit("model", path=str(target), items=len(vectors), dim=vectors.dim)
    output.say(f"{len(vectors)} words x {vectors.dim} numbers in {visible(str(target))}")
    output.say(f"next: rowspace info {shlex.quote(str(target))}")


def interrupted(output: Output, number: int) -> int:
    """Say how to go on; the exit code of the signal comes back."""
    line = resume_line()
    code = TERMINATED if number == 15 else INTERRUPTED
    Failure(code, "interrupted; a checkpoint is kept, and this line goes on from it:").report(
        output
    )
    output.say(f"  {line}")
    if output.json:
        output.emit("interrupted", signal=number, resume=line)
    return code


def resume_line() -> str:
    """The command line that goes on with this run: the one that was given, and --resume."""
    given = click.get_current_context().meta.get("rowspace.argv", [])
    argv = [word for word in given if word != "--force"]
    if "--resume" not in argv:
        end = argv.index("--") if "--" in argv else len(argv)
        argv.insert(end, "--resume")
    return "rowspace " + shlex.join(argv)


def require_free(target: Path, resume: bool) -> None:
    """Raise rather than replace a model, or drop a run that could be gone on with."""
    unfinished = any(target.with_name(target.name + ".run").glob("step-*"))
    if unfinished and not resume:
        raise Mistake(
            f"an interrupted run of {target} is there",
            hint="--resume goes on with it, --force begins again",
        )
    if unfinished or not target.exists():
        return
    if not target.is_dir() or any(target.iterdir()):
        raise Mistake(f"{target} exists and is not empty", hint="--force writes over it")


def print_config(output: Output, plan: Resolved) -> None:
    """Every setting as TOML that --config takes back, with where its value came from."""
    for name, (value, origin) in plan.origins().items():
        text = f"{name} = {toml(value)}" if value is not None else f"# {name} ="
        whole = isinstance(value, dict) or (name == "unseen" and value not in UNSEEN)
        if whole:  # it comes with --from, and only so
            text = f"# {text}"
        output.emit("setting", f"{text:<32} # {origin}", name=name, value=value, origin=origin)


def toml(value: object) -> str:
    """A setting's value as TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
