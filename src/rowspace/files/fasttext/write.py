"""A model written as fastText's `.bin` or `.ftz`: in blocks, into a draft that takes its name.

What came from such a file and was not changed comes out as the same bytes.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rowspace.errors import InputError
from rowspace.files import atomic
from rowspace.files.fasttext import settings
from rowspace.files.fasttext.header import ARGS, MAGIC, NEWEST, SIZES, SUPERVISED, Args
from rowspace.files.fasttext.matrices import MOST, Decoded, ZeroRows, blocks_of, size_of
from rowspace.files.row_kinds import unwatched
from rowspace.vectors import Model
from rowspace.vectors.derived import PooledRows
from rowspace.vectors.quantize import Quantization, quantize
from rowspace.vectors.quantized import QuantizedRows
from rowspace.vectors.stored import Rows
from rowspace.vocabulary.grams import Grams

AT_ONCE = 1 << 16
"""Entries of the dictionary written at a time."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Matrices:
    """Rows to write; `marked` is the byte before the output rows."""

    inputs: Rows
    outputs: Rows
    marked: bool

    @property
    def coded(self) -> bool:
        """Whether the input rows are codes."""
        return isinstance(self.inputs, QuantizedRows)


def write_bin(model: Model, target: Path) -> None:
    """As `.bin`: whole rows; codes are decoded. Raises InputError for what it cannot hold.

    Of a policy that fastText does not know each item's own vector stays, which a warning says.
    """
    unseen = model.vectors.vocabulary.unseen
    if isinstance(unseen, Grams) and unseen.kept is not None:
        raise InputError(
            "some buckets of this model were dropped, and a .bin file holds them all",
            hint="write it as .ftz",
        )
    rows, outputs = _inputs(model), model.head.weights if model.head else model.context
    marked = bool(settings.own(model).get("quantised_output"))
    if isinstance(rows, QuantizedRows):
        rows, marked = Decoded(rows), False
    if outputs is None:
        outputs = ZeroRows(len(model.vectors), model.vectors.dim)
    elif isinstance(outputs, QuantizedRows):
        outputs = Decoded(outputs)
    _write(model, target, Matrices(rows, outputs, marked))


def write_ftz(
    model: Model,
    target: Path,
    *,
    quantization: Quantization | None = None,
    outputs_too: bool = False,
) -> None:
    """As `.ftz`: rows as codes, quantised here if they are whole, and labels' rows with
    `outputs_too`. Raises InputError as `write_bin` does, and for fewer than 256 rows to quantise.
    """
    rows, outputs = _inputs(model), model.head.weights if model.head else model.context
    if not isinstance(rows, QuantizedRows):
        rows = quantize(rows, quantization)
        if settings.from_model(model, NEWEST).model != SUPERVISED:
            if outputs is not None:
                warnings.warn(
                    "the output rows are left out: no training goes on from codes", stacklevel=3
                )
            outputs = None
        elif outputs_too and outputs is not None:
            settings_of = quantization or Quantization()
            outputs = quantize(outputs, Quantization(2, settings_of.scaled, settings_of.seed))
    if outputs is None:
        outputs = ZeroRows(0, model.vectors.dim)
    _write(model, target, Matrices(rows, outputs, isinstance(outputs, QuantizedRows)))


def _inputs(model: Model) -> Rows:
    """The rows to write, those of items and then those of buckets."""
    vectors, rows = model.vectors, model.vectors.rows
    unseen = vectors.vocabulary.unseen
    if unseen.unknown_item is not None or not settings.keeps_rows(unseen):
        if model.head is not None:
            raise InputError(f"fastText has no labels on top of the policy {unseen.name!r}")
        warnings.warn(
            f"unseen items are left out: fastText does not know {unseen.name!r} ({unseen.answers})",
            stacklevel=4,
        )
    if not settings.keeps_rows(unseen):
        return PooledRows(vectors)
    return unwatched(rows)


def _write(model: Model, target: Path, matrices: Matrices) -> None:
    version = settings.version(model, quantised=matrices.coded)
    args = settings.from_model(model, version)
    needed = len(model.vectors.vocabulary.items.bytes) + 10 * len(model.vectors)
    needed += size_of(matrices.inputs) + size_of(matrices.outputs)
    with atomic.reporting(target, needed=needed):
        atomic.require_space(target.parent, needed)
        with atomic.drafts([target]) as (draft,):
            for block in _pieces(model, version, args, matrices):
                draft.write(block)


def _pieces(model: Model, version: int | None, args: Args, matrices: Matrices) -> Iterator[bytes]:
    """The file from its first byte on."""
    vocabulary, labels = model.vectors.vocabulary, settings.labels(model, args)
    words, unseen = len(vocabulary), vocabulary.unseen
    if words + len(labels) > MOST:
        raise InputError(f"fastText holds at most {MOST} words, not {words}")
    if version is not None:
        yield struct.pack("<ii", MAGIC, version)
    yield struct.pack("<" + ARGS, *args)
    yield struct.pack("<" + SIZES, words + len(labels), words, len(labels), settings.tokens(model))
    kept = unseen.kept if isinstance(unseen, Grams) else None
    if version is not None:
        yield struct.pack("<q", -1 if kept is None else len(kept))
    for start in range(0, words, AT_ONCE):
        some = vocabulary.items.tokens(start, min(start + AT_ONCE, words))
        yield _entries(some, vocabulary.counts[start : start + AT_ONCE], 0)
    yield _entries([label for label, _ in labels], np.array([n for _, n in labels], "<i8"), 1)
    if kept is not None:
        yield kept.astype("<i4", copy=False).tobytes()
    if version is not None:
        yield bytes([matrices.coded])
    yield from blocks_of(matrices.inputs)
    if version is not None:
        yield bytes([matrices.marked])
    yield from blocks_of(matrices.outputs)


def _entries(items: list[bytes], counts: np.ndarray, kind: int) -> bytes:
    tails = np.zeros((len(items), 10), np.uint8)
    tails[:, 1:9] = np.ascontiguousarray(counts, "<i8").view(np.uint8).reshape(-1, 8)
    tails[:, 9] = kind
    flat = tails.tobytes()
    for item in items:
        if b"\0" in item:
            raise InputError(f"fastText's words end at a zero byte, and {item!r:.60} holds one")
    return b"".join(
        part for at, item in enumerate(items) for part in (item, flat[10 * at : 10 * at + 10])
    )
