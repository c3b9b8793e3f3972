"""What `rowspace train words` can be told: one row a setting, in one table.

`default` is what the help shows. The values themselves live in the objectives, the unseen-item
policies and training.Settings; a test holds this table to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click


class Passes(click.ParamType):
    """A number of passes, or the path of a file."""

    name = "passes"

    def convert(self, value: Any, param: Any, ctx: Any) -> int | str:
        """A number where it is one; what there may be is for training.Settings to say."""
        text = str(value)
        return int(text) if text.isascii() and text.isdigit() else text


class Lengths(click.ParamType):
    """Lengths parted by commas; what there may be is for the objective to say."""

    name = "lengths"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """As text, however a file of settings gives them."""
        return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


class Size(click.ParamType):
    """A size in bytes: 500MB, 4GB, or a plain number."""

    name = "size"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Bytes; units are powers of ten."""
        text = str(value).strip().upper().removesuffix("B")
        factor = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}.get(text[-1:], 1)
        try:
            return int(float(text if factor == 1 else text[:-1]) * factor)
        except (ValueError, OverflowError):
            self.fail(f"{value!r:.40} is no size such as 500MB or 4GB", param, ctx)


COUNT = click.IntRange(min=1)
SIZE = Size()
PHRASES = Passes()
LENGTHS = Lengths()
NOT_NEGATIVE = click.FloatRange(min=0)
POSITIVE = click.FloatRange(min=0, min_open=True)
UNSEEN = ["error", "unknown", "subwords", "hashed", "quotient"]
SCHEDULES = ["constant", "linear", "cosine", "inverse-sqrt", "plateau", "bold"]
METAVARS: dict[Any, str] = {
    click.IntRange: "N",
    click.FloatRange: "X",
    float: "X",
    Size: "SIZE",
    str: "TEXT",
    Passes: "N|FILE",
    Lengths: "M,M,…",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A field, where it belongs (objective, glove, unseen, training), how it is written, what it
    is."""

    field: str
    owner: str
    kind: Any
    default: str
    help: str
    flag: str = ""  # where it is not "--field"

    @property
    def spelled(self) -> str:
        """The flag as click takes it."""
        return self.flag or "--" + self.field.replace("_", "-")


SETTINGS = (
    Setting("dim", "objective", COUNT, "200", "Numbers in a vector."),
    Setting(
        "nested",
        "objective",
        LENGTHS,
        "none",
        "The first so many numbers are to be vectors too; the last is --dim: 16,32,64,128.",
    ),
    Setting(
        "window", "objective", COUNT, "5; glove 15", "Words to each side that count as context."
    ),
    Setting(
        "shrink",
        "objective",
        bool,
        "shrink",
        "Draw each window evenly from 1 to --window, or keep it whole.",
        "--shrink/--whole-window",
    ),
    Setting(
        "loss",
        "objective",
        click.Choice(["ns", "hs"]),
        "ns",
        "Predict against noise words, or down a Huffman tree of all words.",
    ),
    Setting("negative", "objective", COUNT, "5", "Noise words for each pair."),
    Setting(
        "sample", "objective", NOT_NEGATIVE, "0.0001", "Thins out frequent words; 0 keeps all."
    ),
    Setting("noise_power", "objective", float, "0.75", "Noise is drawn by count to this power."),
    Setting("epochs", "training", COUNT, "15", "Passes over the corpus."),
    Setting("lr", "objective", POSITIVE, "0.025; cbow, glove 0.05", "Learning rate at its height."),
    Setting(
        "min_lr", "objective", NOT_NEGATIVE, "0.0001; glove as --lr", "Learning rate it falls to."
    ),
    Setting(
        "symmetric",
        "glove",
        bool,
        "symmetric",
        "Count the words before and after, or before alone.",
        "--symmetric/--asymmetric",
    ),
    Setting(
        "by_distance",
        "glove",
        bool,
        "by-distance",
        "Count a word for 1 / its distance, or for 1.",
        "--by-distance/--flat",
    ),
    Setting("x_max", "glove", POSITIVE, "100", "Pairs counted as often have the full weight."),
    Setting("alpha", "glove", NOT_NEGATIVE, "0.75", "The weight of rarer ones: (X / x-max)^alpha."),
    Setting("clip", "glove", POSITIVE, "100", "Most that a number of a gradient may be."),
    Setting(
        "vectors", "glove", click.Choice(["sum", "words"]), "sum", "The vectors: W + W̃, or W alone."
    ),
    Setting(
        "schedule",
        "training",
        click.Choice(SCHEDULES),
        "linear",
        "How the rate goes from --lr: by progress (the first four), or by the loss of each epoch.",
    ),
    Setting(
        "warmup",
        "training",
        click.FloatRange(0, 1, max_open=True),
        "0",
        "The share of the run in which the rate climbs to --lr first.",
    ),
    Setting(
        "phrases",
        "training",
        PHRASES,
        "0",
        "Passes of joining words that belong together (new_york), or a file of phrases.",
    ),
    Setting("min_count", "training", COUNT, "5", "Rarer words get no row."),
    Setting("max_size", "training", COUNT, "no limit", "Most words that get a row."),
    Setting(
        "reserved",
        "training",
        str,
        "none",
        "Items that come first whatever their counts, parted by commas: '<pad>,<s>'.",
    ),
    Setting(
        "unseen",
        "training",
        click.Choice(UNSEEN),
        "error",
        "What a word without a row is: an error, one row for all, its n-grams, hashed rows, …",
    ),
    Setting("minn", "unseen", COUNT, "3", "Shortest n-gram (subwords)."),
    Setting("maxn", "unseen", COUNT, "6", "Longest n-gram (subwords)."),
    Setting("buckets", "unseen", COUNT, "by policy", "Rows shared by hashing."),
    Setting("hashes", "unseen", COUNT, "2", "Rows an item is hashed to (hashed)."),
    Setting(
        "tokenizer",
        "training",
        str,
        "words",
        "words, whitespace, characters, or the path of a tokenizer.json.",
    ),
    Setting("lower", "training", bool, "lower", "Lower-case the text.", "--lower/--keep-case"),
    Setting("normalize", "training", click.Choice(["NFC", "NFKC"]), "none", "Unicode normal form."),
    Setting("column", "training", str, "none", "The column that holds the text (CSV, JSONL, …)."),
    Setting(
        "encoding_errors",
        "training",
        click.Choice(["strict", "replace", "skip"]),
        "strict",
        "What to do with bytes that are no UTF-8.",
    ),
    Setting(
        "markup",
        "training",
        click.Choice(["auto", "none", "wikiextractor"]),
        "auto",
        "Marks around documents to leave out.",
    ),
    Setting(
        "freeze",
        "training",
        bool,
        "no-freeze",
        "Keep the rows that came from --from as they are, bit for bit.",
        "--freeze/--no-freeze",
    ),
    Setting(
        "vocabulary",
        "training",
        click.Choice(["union", "corpus"]),
        "union where --from goes on, else corpus",
        "The words of the result: those of --from and of the corpus, or of the corpus alone.",
    ),
    Setting("memory", "training", SIZE, "1 GiB", "Memory for counting words and pairs."),
    Setting("threads", "training", COUNT, "all cores", "Threads that train."),
    Setting("processes", "training", COUNT, "all cores", "Processes that read the corpus."),
    Setting("seed", "training", click.IntRange(min=0), "0", "Where the randomness starts."),
    Setting(
        "deterministic",
        "training",
        bool,
        "fast",
        "The same bits every time, at any number of threads.",
        "--deterministic/--fast",
    ),
    Setting("checkpoint_every", "training", POSITIVE, "600", "Seconds between checkpoints."),
)


class SettingOption(click.Option):
    """An option that is None unless given, and shows the default that would then hold."""

    def __init__(self, *args: Any, shown: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The default alone stands in the help; a value out of range is told its range."""
        record = super().get_help_record(ctx)
        return record and (record[0], f"{self.help}  [default: {self.shown}]")


def settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command one option for each setting; what is not given stays None."""
    for setting in reversed(SETTINGS):
        command = click.option(
            setting.spelled,
            setting.field,
            type=setting.kind,
            default=None,
            help=setting.help,
            cls=SettingOption,
            shown=setting.default,
            metavar=METAVARS.get(type(setting.kind)) or METAVARS.get(setting.kind),
        )(command)
    return command
