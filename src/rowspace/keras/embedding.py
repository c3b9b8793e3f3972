"""`Embedding`: Keras's layer, with a vocabulary, vectors in and out, and ids that are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from rowspace.errors import FormatError, InputError, SettingError
from rowspace.keras import assets
from rowspace.keras.ids import checked
from rowspace.keras.promise import Promise
from rowspace.keras.strings import NO_ROW, Strings, is_text
from rowspace.vectors import Vectors
from rowspace.vocabulary import Vocabulary

BLOCK = 1 << 16
"""Rows read at once."""


@keras.saving.register_keras_serializable(package="rowspace")
class Embedding(keras.layers.Embedding):
    """`keras.layers.Embedding`, all of it, and what its users lack.

    y = table[id], ids [...] → [..., output_dim]. With a `vocabulary` strings may be looked up
    straight away, `layer(["king", "queen"])`; in a model ids come from `Lookup` or `ids`. Where the
    vocabulary's policy makes an item a bag of rows, ids have one more axis, [..., L], and
    y = sum or mean of table[ids] over it, as the policy pools; -1 (0 with `mask_zero`) fills up.

    With `mask_zero` table row 0 is padding, and row `r` of the vocabulary is table row `r + 1`.
    `input_dim` is then the vocabulary's rows and one more; None works it out.

    Raises SettingError for an `input_dim` that is not the vocabulary's; on look-up IdRangeError
    and IdTypeError for an id outside the table or none at all, wherever ids are known and not
    traced, and VocabularyError for an item that has no row.
    """

    def __init__(  # noqa: PLR0913 - Keras's own arguments, in Keras's order
        self,
        input_dim: int | None,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: int | None = None,
        *,
        vocabulary: Vocabulary | None = None,
        **kwargs: Any,
    ) -> None:
        if vocabulary is not None and input_dim is None:
            input_dim = _rows(vocabulary, mask_zero)
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            weights=weights,
            lora_rank=lora_rank,
            **kwargs,
        )
        self._vocabulary: Vocabulary | None = None
        self._promise: Promise | None = None
        if vocabulary is not None:
            self.vocabulary = vocabulary

    @classmethod
    def from_vocabulary(cls, vocabulary: Vocabulary, output_dim: int, **options: Any) -> Embedding:
        """A layer of as many rows as the vocabulary needs; `options` as for the layer itself."""
        return cls(None, output_dim, vocabulary=vocabulary, **options)

    @classmethod
    def from_vectors(cls, vectors: Vectors, trainable: bool = False, **options: Any) -> Embedding:
        """A layer that starts from vectors and has their vocabulary; frozen unless `trainable`."""
        rows = np.asarray(vectors.rows, np.float32)
        if options.get("mask_zero"):
            rows = np.concatenate([np.zeros((1, vectors.dim), np.float32), rows])
        return cls(
            None,
            vectors.dim,
            weights=rows,
            vocabulary=vectors.vocabulary,
            trainable=trainable,
            **options,
        )

    def to_vectors(self) -> Vectors:
        """The rows as they are now, float32 [R, D], and the vocabulary; no padding row.

        LoRA is merged, quantised rows are read as numbers. Raises InputError without a vocabulary.
        """
        vocabulary = self._require_vocabulary("vectors have items")
        rows = np.empty((vocabulary.n_rows, self.output_dim), np.float32)
        look_up = super().quantized_call if self.quantization_mode else super().call
        if not self.built:
            self.build()
        for start in range(0, len(rows), BLOCK):
            ids = np.arange(start, min(start + BLOCK, len(rows)), dtype=np.int64)
            some = look_up(keras.ops.convert_to_tensor(ids + int(self.mask_zero)))
            numbers = keras.ops.cast(some, "float32")
            rows[start : start + BLOCK] = keras.ops.convert_to_numpy(numbers)
        return Vectors(vocabulary, rows)

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The items behind the rows. May be set: to one of as many rows, and of the same policy
        if there was one."""
        return self._vocabulary

    @vocabulary.setter
    def vocabulary(self, vocabulary: Vocabulary) -> None:
        wanted = _rows(vocabulary, self.mask_zero)
        more = " and the padding row" if self.mask_zero else ""
        SettingError.unless(
            self.input_dim == wanted,
            "input_dim",
            self.input_dim,
            f"{wanted}, the rows of the vocabulary{more}",
        )
        if self._promise is not None:
            self._promise.require(vocabulary)
        self._promise = Promise.of(vocabulary)
        self._vocabulary = vocabulary

    def ids(self, strings: Any, *, length: int | None = None) -> np.ndarray:
        """The table rows of strings, int64 of their shape (and [L], where an item is a bag).

        Sequences of different lengths are filled up with row 0 where the layer masks it, and cut
        to `length`. Raises VocabularyError, IdTypeError, InputError.
        """
        vocabulary = self._require_vocabulary("strings are looked up")
        return Strings(vocabulary, bool(self.mask_zero), length=length).rows(strings)

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Vectors of ids, or of strings where they are outside a model."""
        if is_text(inputs):
            inputs = self.ids(inputs)
        ids = checked(inputs, self.input_dim, padding=NO_ROW if self._bagged else None)
        return super().__call__(ids, *args, **kwargs)

    def call(self, inputs: Any) -> Any:
        """Ids, or bags of ids, to vectors."""
        return self._pooled(super().call, inputs) if self._bagged else super().call(inputs)

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """The same from quantised rows."""
        if not self._bagged:
            return super().quantized_call(*args, **kwargs)
        return self._pooled(super().quantized_call, *args, **kwargs)

    def quantize(self, mode: Any = None, type_check: bool = True, **kwargs: Any) -> None:
        """As in Keras, which refuses its subclasses; this one is none in that respect."""
        subclass = type_check and type(self) is not Embedding
        super().quantize(mode, type_check=subclass, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """What is not padding: an id that is not 0, or a bag in which one is not."""
        found = super().compute_mask(inputs, mask)
        return keras.ops.any(found, axis=-1) if self._bagged and found is not None else found

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """[..., output_dim], without the axis of a bag."""
        kept = tuple(input_shape)[:-1] if self._bagged else tuple(input_shape)
        return (*kept, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Keras's settings, and what vocabulary to expect; its items travel in `save_assets`."""
        told = {} if self._promise is None else {"vocabulary": self._promise.config()}
        return {**super().get_config(), **told}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Embedding:
        """A layer that waits for its vocabulary, if it had one. Raises InputError."""
        plain = dict(config)
        told = plain.pop("vocabulary", None)
        layer: Embedding = super().from_config(plain)
        layer._promise = None if told is None else Promise.read(told)
        return layer

    def save_assets(self, folder: str) -> None:
        """The vocabulary, beside the model's weights."""
        if self._vocabulary is not None:
            assets.save(self._vocabulary, folder)

    def load_assets(self, folder: str | None) -> None:
        """The inverse of `save_assets`. Raises FormatError."""
        if self._promise is not None:
            try:
                self.vocabulary = assets.load(folder)
            except InputError as error:
                raise FormatError(folder, error.message) from error

    @property
    def _bagged(self) -> bool:
        return self._promise is not None and self._promise.bagged

    def _pooled(self, look_up: Any, inputs: Any) -> Any:
        """y = sum or mean over the last axis of what is no padding."""
        ops = keras.ops
        padding = 0 if self.mask_zero else NO_ROW
        inside = ops.not_equal(inputs, padding)
        rows = look_up(ops.where(inside, inputs, ops.zeros_like(inputs)))
        counted = ops.cast(inside, rows.dtype)
        total = ops.sum(rows * ops.expand_dims(counted, -1), axis=-2)
        if self._promise is None or self._promise.pool == "sum":
            return total
        size = ops.maximum(ops.sum(counted, axis=-1, keepdims=True), 1)
        return total / ops.cast(size, total.dtype)

    def _require_vocabulary(self, why: str) -> Vocabulary:
        if self._vocabulary is None:
            promised = self._promise is not None
            raise InputError(
                f"{why} by a vocabulary, and layer {self.name!r} has none",
                hint="set layer.vocabulary to the one the original has"
                if promised
                else "make it with Embedding.from_vocabulary or from_vectors",
            )
        return self._vocabulary


def _rows(vocabulary: Vocabulary, mask_zero: bool) -> int:
    return vocabulary.n_rows + int(bool(mask_zero))
