"""`Start`: the vectors that rows start from, or the model that a training goes on with.

Anything `rowspace.files.load` opens will do. With the output rows of its training beside the
vectors (`Model.context`) the run goes on: the settings of that training are its defaults, and
output rows start where they were. What moves into a table is the business of `transfer`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.corpus.tokenize import TOKENIZERS
from rowspace.errors import InputError, SettingError
from rowspace.files import load
from rowspace.files.folder import TOKENIZER
from rowspace.objectives import OBJECTIVES, Objective, SkipGram, Trained
from rowspace.vectors import Model, Vectors
from rowspace.vectors.stored import Rows
from rowspace.vocabulary import Subwords, Unseen, policy
from rowspace.vocabulary.grams import Grams
from rowspace.vocabulary.phrases import Phrases

Source: TypeAlias = "str | os.PathLike[str] | Model | Vectors | Start"

CONTINUED: dict[str, tuple[type, ...]] = {
    "epochs": (int,), "schedule": (str, dict), "warmup": (float,), "min_count": (int,),
    "tokenizer": (str,), "lower": (bool,), "normalize": (str,), "reserved": (list,),
}  # fmt: skip
"""The settings of `training.Settings` that a run goes on with. The others belong to one run (seed,
threads) or to one corpus (column, markup)."""
RATES = ("lr", "min_lr")
_SAMPLE = 1024  # rows that a fingerprint looks at


@final
@dataclass(frozen=True, slots=True)
class Start:
    """`vectors`, the `context` rows [V, D] of their training or None, and its `config`.

    about: what there is to tell, as data: file (a name, no path), format, items, dim, goes_on and
    fingerprint. tokenizer: the trained tokenizer that came along, if there is one. phrases: those
    that were joined in its text.
    """

    vectors: Vectors
    context: Rows | None
    config: Mapping[str, Any]
    about: Mapping[str, Any]
    tokenizer: Path | None = None
    phrases: Phrases | None = None

    @classmethod
    def of(cls, source: Source, spool: str | Path | None = None) -> Start:
        """Open a path, or take what is open. `spool` as in `files.load`.

        Raises FormatError; InputError if the context rows are of another width than the vectors.
        """
        if isinstance(source, Start):
            return source
        path, tokenizer = None, None
        if isinstance(source, (str, os.PathLike)):
            path = Path(source)
            source, found = load(path, spool=spool), path / TOKENIZER
            tokenizer = found if found.is_file() else None
        model = Model(source) if isinstance(source, Vectors) else source
        vectors, context, told = model.vectors, model.context, model.record.get("source")
        told = told if isinstance(told, Mapping) else {}
        if context is not None and context.shape[1] != vectors.dim:
            raise InputError(
                f"context rows of {context.shape[1]} numbers do not go with vectors of "
                f"{vectors.dim}"
            )
        about = {
            "file": told.get("file") if path is None else Path(os.path.abspath(path)).name,
            "format": told.get("format", "rowspace"),
            "items": len(vectors),
            "dim": vectors.dim,
            "goes_on": context is not None,
            "fingerprint": fingerprint(vectors, context),
        }
        kept = model.arrays.get("phrases")
        phrases = None if kept is None else Phrases.from_array(kept)
        return cls(vectors, context, model.config, about, tokenizer, phrases)

    @property
    def name(self) -> str:
        """What errors call it."""
        return str(self.about["file"] or "the vectors to start from")

    @property
    def goes_on(self) -> bool:
        """Whether there are output rows to go on with."""
        return self.context is not None

    @property
    def unseen(self) -> Unseen:
        """Its policy for unseen items."""
        return self.vectors.vocabulary.unseen

    @property
    def loss(self) -> str | None:
        """The loss it was trained with, "ns" or "hs"; None where that is not known."""
        loss = self._config("objective").get("loss")
        return loss if isinstance(loss, str) else None

    def kind(self) -> Trained:
        """The class of the objective it was trained with; skip-gram, where that is not known."""
        name = self._config("objective").get("name") if self.goes_on else None
        return OBJECTIVES.get(str(name), SkipGram)

    def of_objective(self, kind: type[Objective]) -> dict[str, Any]:
        """Settings of the objective that are this start's: its dim, or all it went on with."""
        known = {one.name for one in fields(kind)} if self.goes_on else set()
        if kind is not self.kind():
            known -= {*RATES}
        found = {k: v for k, v in self._config("objective").items() if k in known and _plain(v)}
        if "nested" in known and isinstance(
            lengths := self._config("objective").get("nested"), list
        ):
            found["nested"] = tuple(lengths)
        return {**found, "dim": self.vectors.dim}

    def of_training(self) -> dict[str, Any]:
        """Settings of `training.Settings` that are this start's. Raises SettingError."""
        found: dict[str, Any] = {"vocabulary": "union" if self.goes_on else "corpus"}
        if self.goes_on:
            config = self._config("training")
            found |= {
                k: config[k] for k, kinds in CONTINUED.items() if type(config.get(k)) in kinds
            }
        if "tokenizer" in found:
            found["tokenizer"] = self._tokenizer(found["tokenizer"])
        if self.goes_on and self.phrases is not None:
            found["phrases"] = self.phrases
        ngrams = isinstance(self.unseen, Subwords | Grams) and self.unseen.maxn > 0
        if self.goes_on or ngrams:
            found["unseen"] = self.unseen
        return found

    def objective(self, given: Objective | None) -> Objective:
        """The objective to learn with: the one given, or its own. Raises SettingError.

        A dim that was left at its default is that of the vectors.
        """
        dim = self.vectors.dim
        if given is None:
            kind = self.kind()
            return kind(**self.of_objective(kind))
        default = type(given).__dataclass_fields__["dim"].default
        if given.dim not in (dim, default):
            raise SettingError(
                f"dim is {given.dim}, but {self.name} has vectors of {dim} numbers",
                hint=f"leave dim away, or give {dim}",
            )
        return replace(given, dim=dim)

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Its own settings under the given ones. Raises SettingError if they do not go together."""
        chosen = {**self.of_training(), **given}
        if chosen["vocabulary"] is None:
            chosen["vocabulary"] = "union" if self.goes_on else "corpus"
        if self.goes_on and not same_policy(policy(chosen["unseen"]), self.unseen):
            mine, other = (_told(one) for one in (self.unseen, policy(chosen["unseen"])))
            raise SettingError(
                f"unseen words of {self.name} are treated by {mine}, and its training cannot go on "
                f"with {other}",
                hint="leave --unseen and its settings away",
            )
        return chosen

    def _config(self, part: str) -> Mapping[str, Any]:
        found = self.config.get(part)
        return found if isinstance(found, Mapping) else {}

    def _tokenizer(self, name: object) -> str:
        """A tokenizer by name, or the trained one in the model's folder; never another file."""
        if isinstance(name, str) and name in TOKENIZERS:
            return name
        if self.tokenizer is None:
            raise SettingError(
                f"{self.name} was made with the tokenizer {name!r:.60}, which is not with it",
                hint="give it: --tokenizer tokenizer.json",
            )
        return os.fspath(self.tokenizer)


def same_policy(a: Unseen, b: Unseen) -> bool:
    """Whether two policies give the same rows to the same items."""
    if type(a) is not type(b) or a.config() != b.config():
        return False
    mine, other = a.arrays(), b.arrays()
    return mine.keys() == other.keys() and all(np.array_equal(mine[k], other[k]) for k in mine)


def fingerprint(vectors: Vectors, context: Rows | None) -> str:
    """What tells vectors from others: blake2b of the shapes, the policy, every item, and a
    thousand rows spread over each table. Not a checksum: it does not look at every number."""
    vocabulary = vectors.vocabulary
    digest = hashlib.blake2b(repr(vocabulary.config()).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(vocabulary.items.offsets, "<i8").data)
    digest.update(np.ascontiguousarray(vocabulary.items.bytes).data)
    for rows in (vectors.rows, context):
        if rows is not None:
            digest.update(repr((rows.shape, rows.dtype.name)).encode())
            some = np.unique(np.linspace(0, max(0, len(rows) - 1), _SAMPLE).astype(np.int64))
            digest.update(np.ascontiguousarray(rows[some[: len(rows)]], "<f4").data)
    return digest.hexdigest()


def _told(policy: Unseen) -> str:
    """A policy for people: `subwords (minn 3, maxn 6, buckets 100)`."""
    name, *rest = policy.config().items()
    told = ", ".join(f"{field} {value}" for field, value in rest if value is not None)
    return f"the policy {name[1]}" + (f" ({told})" if told else "")


def _plain(value: object) -> bool:
    return isinstance(value, (bool, int, float))
