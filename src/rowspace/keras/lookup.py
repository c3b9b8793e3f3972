"""`Lookup`: strings to ids before a model, without TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from rowspace.corpus import TOKENIZERS, Reading, Tokenizer, tokenizer
from rowspace.errors import FormatError, InputError, SettingError
from rowspace.keras import assets
from rowspace.keras.promise import Promise
from rowspace.keras.strings import Strings, is_text, leaves
from rowspace.vocabulary import Exact, Unseen, Vocabulary

UNKNOWN = "<unk>"


@keras.saving.register_keras_serializable(package="rowspace")
class Lookup(keras.layers.Layer):
    """Strings to the ids an `Embedding` with the same vocabulary and `mask_zero` takes.

    Called with strings (nested lists, arrays, batches of a generator) it gives a tensor of ids;
    `ids` gives them as an array, for a data pipeline. Ids pass through unchanged, so that it may
    be the first layer of a model, be saved with it, and look up what the model is to be given:
    `model.predict(model.layers[0](strings))`.

    tokenizer: "words", "whitespace" or "characters" cut each string into a sequence of items
    (`lower` folds case first); None takes each string as an item. length: what a sequence is cut
    to. mask_zero: ids begin at 1, and 0 fills shorter sequences up. A text without items is one
    unknown item, if the vocabulary has one.
    Raises SettingError.
    """

    def __init__(
        self,
        vocabulary: Vocabulary | None = None,
        *,
        tokenizer: str | None = None,
        lower: bool = True,
        length: int | None = None,
        mask_zero: bool = False,
        **kwargs: Any,
    ) -> None:
        names = ", ".join(TOKENIZERS) + " or None"
        SettingError.unless(tokenizer in (None, *TOKENIZERS), "tokenizer", tokenizer, names)
        whole = isinstance(length, int) and not isinstance(length, bool) and length > 0
        SettingError.unless(length is None or whole, "length", length, "a whole number above 0")
        super().__init__(**{"dtype": "int32", **kwargs})
        self.supports_masking = True
        self.tokenizer, self.lower, self.length = tokenizer, bool(lower), length
        self.mask_zero = bool(mask_zero)
        self._vocabulary = vocabulary
        self._promise = None if vocabulary is None else Promise.of(vocabulary)

    def adapt(
        self,
        strings: Any,
        *,
        min_count: int = 1,
        max_size: int | None = None,
        unseen: Unseen | None = None,
    ) -> Lookup:
        """Takes its vocabulary from strings: by count from high to low, ties by bytes.

        strings: one, many, or any iterable of batches. unseen: the policy for all other items; if
        not given, they share the row of "<unk>". max_size counts that one. The layer itself.
        """
        cut = self._cutter()
        counts: Counter[str | bytes] = Counter()
        for one in leaves(strings):
            text = one if isinstance(one, str) else one.decode("utf-8", "replace")
            counts.update(cut.tokens(text) if cut is not None else (one,))
        if self.mask_zero:
            counts.pop("", None)
        self._vocabulary = Vocabulary.from_counts(
            counts.items(),
            min_count=min_count,
            max_size=max_size,
            unseen=Exact(UNKNOWN) if unseen is None else unseen,
        )
        self._promise = Promise.of(self._vocabulary)
        return self

    @property
    def vocabulary(self) -> Vocabulary:
        """The items and their rows. Raises InputError before `adapt`."""
        if self._vocabulary is None:
            raise InputError(
                f"layer {self.name!r} has no vocabulary yet",
                hint="give one, Lookup(vocabulary), or take it from data: lookup.adapt(strings)",
            )
        return self._vocabulary

    @property
    def n_rows(self) -> int:
        """Rows of the table its ids look up: the `input_dim` of an embedding."""
        return self.vocabulary.n_rows + int(self.mask_zero)

    def ids(self, strings: Any) -> np.ndarray:
        """The table rows of strings, int64 [...], [..., sequence] with a tokenizer, and one axis
        more where an item is a bag of rows. Raises VocabularyError, IdTypeError, InputError."""
        cut = self._cutter()
        return Strings(self.vocabulary, self.mask_zero, cut, self.length).rows(strings)

    def items(self, ids: Any) -> Any:
        """The items of ids, in lists of their shape; "" for padding. Where an item is a bag of
        rows there is no way back. Raises InputError."""
        vocabulary = self.vocabulary
        if Promise.of(vocabulary).bagged:
            raise InputError(f"under the policy {vocabulary.unseen.name!r} rows have no items")
        array, shift = np.asarray(keras.ops.convert_to_numpy(ids)), int(self.mask_zero)
        listed: list[int] = array.ravel().tolist()
        named = ["" if shift and id == 0 else vocabulary.item(id - shift) for id in listed]
        return np.array(named, object).reshape(array.shape).tolist()

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Ids of strings, as a tensor; ids as they are."""
        if is_text(inputs):
            return keras.ops.convert_to_tensor(self.ids(inputs), self.compute_dtype)
        kind = getattr(inputs, "dtype", None)
        if getattr(kind, "name", kind) == "string":
            raise InputError(
                "strings cannot pass through a model on every backend",
                hint="look them up before: model.fit(lookup(strings), labels)",
            )
        return super().__call__(inputs, *args, **kwargs)

    def call(self, inputs: Any) -> Any:
        """Ids as they are."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """That of the ids."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The settings, and what vocabulary to expect; its items travel in `save_assets`."""
        names = ("tokenizer", "lower", "length", "mask_zero")
        told = {} if self._promise is None else {"vocabulary": self._promise.config()}
        return {**super().get_config(), **{name: getattr(self, name) for name in names}, **told}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Lookup:
        """A layer that waits for its vocabulary, if it had one. Raises InputError."""
        plain = dict(config)
        told = plain.pop("vocabulary", None)
        layer: Lookup = super().from_config(plain)
        layer._promise = None if told is None else Promise.read(told)
        return layer

    def save_assets(self, folder: str) -> None:
        """The vocabulary, beside the model's weights."""
        if self._vocabulary is not None:
            assets.save(self._vocabulary, folder)

    def load_assets(self, folder: str | None) -> None:
        """The inverse of `save_assets`. Raises FormatError."""
        if self._promise is not None:
            loaded = assets.load(folder)
            try:
                self._promise.require(loaded)
            except InputError as error:
                raise FormatError(folder, error.message) from error
            self._vocabulary = loaded

    def _cutter(self) -> Tokenizer | None:
        if self.tokenizer is None:
            return None
        return tokenizer(Reading(self.tokenizer, lower=self.lower))
