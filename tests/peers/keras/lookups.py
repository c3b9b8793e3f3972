"""Keras-shaped look-up layers made of rowspace's vocabulary, tokenizers and hashing.

They live in the tests alone: through them Keras's tests serve as a specification of the
vocabulary. What they add is Keras's layout: mask token first, unknown tokens next, items after.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import keras
import numpy as np

from rowspace.corpus import Reading, tokenizer
from rowspace.vocabulary import Hashed, Vocabulary, to_bytes


class IndexLookup(keras.layers.Layer):
    """Items to ids and back: `Vocabulary` for the known, `Hashed` where several ids are shared by
    the unknown."""

    def __init__(
        self,
        max_tokens=None,
        num_oov_indices=1,
        mask_token=None,
        oov_token="[UNK]",
        vocabulary_dtype="string",
        vocabulary=None,
        invert=False,
        output_mode="int",
        salt=None,
        oov_method="floormod",
        **kwargs,
    ):
        if output_mode != "int":
            raise NotImplementedError(f"rowspace gives ids, not {output_mode}")
        super().__init__(**{"dtype": "int64", **kwargs})
        self.settings = {
            "max_tokens": max_tokens,
            "num_oov_indices": num_oov_indices,
            "mask_token": mask_token,
            "oov_token": oov_token,
            "vocabulary_dtype": vocabulary_dtype,
            "invert": invert,
            "salt": salt,
            "oov_method": oov_method,
        }
        self.max_tokens, self.invert = max_tokens, invert
        self.whole = vocabulary_dtype != "string"
        self.salt = b"" if salt is None else repr(salt).encode()
        self.special = [] if mask_token is None else [mask_token]
        self.masks = len(self.special)
        self.special += [oov_token] * num_oov_indices
        self.unknown = Hashed(num_oov_indices, 1) if num_oov_indices else None
        self.known, self.listed = Vocabulary.of([]), None
        if isinstance(vocabulary, str):
            self.set_vocabulary(Path(vocabulary).read_text().split("\n")[:-1])
        elif vocabulary is not None:
            self.set_vocabulary(vocabulary)
            self.listed = list(vocabulary)

    def set_vocabulary(self, vocabulary):
        tokens = list(vocabulary)
        if tokens[: len(self.special)] == self.special:
            tokens = tokens[len(self.special) :]
        if any(token in tokens for token in self.special[: self.masks]):
            raise ValueError("Found reserved mask token at unexpected location in `vocabulary`.")
        try:
            self.known = Vocabulary.of(map(str, tokens))
        except ValueError as error:
            message = "The passed vocabulary has at least one repeated term."
            raise ValueError(message) from error

    def adapt(self, data, steps=None):
        counts = Counter(str(token) for batch in islice(data, steps) for token in self.cut(batch))
        room = None if self.max_tokens is None else self.max_tokens - len(self.special)
        self.known = Vocabulary.from_counts(counts.items(), max_size=room)

    def cut(self, batch):
        """The items of a batch, or of one of its parts."""
        if isinstance(batch, Iterable) and not isinstance(batch, (str, bytes)):
            return [token for part in batch for token in self.cut(part)]
        return [batch]

    def vocabulary_size(self):
        return len(self.get_vocabulary())

    def get_vocabulary(self, include_special_tokens=True):
        items = [int(item) if self.whole else item for item in self.known]
        return [*(self.special if include_special_tokens else []), *items]

    def find(self, token):
        """The id of one item."""
        if self.masks and token == self.special[0]:
            return 0
        id = self.known.find(str(token))
        if id >= 0:
            return len(self.special) + id
        if self.unknown is None:
            raise ValueError(f"{token!r} is not in the vocabulary")
        return (
            self.masks + self.unknown.rows_of(self.known.items, self.salt + to_bytes(str(token)))[0]
        )

    def __call__(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return super().__call__(inputs)
        array = np.asarray(keras.ops.convert_to_numpy(inputs) if self.invert else inputs)
        if self.invert:
            named = [self.name_of(int(id)) for id in array.flat]
            return np.array(named, object).reshape(array.shape).tolist()
        ids = np.array([self.find(token) for token in array.ravel().tolist()], np.int64)
        return keras.ops.convert_to_tensor(ids.reshape(array.shape))

    def name_of(self, id):
        """The item of one id."""
        first = len(self.special)
        return self.known.item(id - first) if id >= first else self.special[id]

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(inputs.shape, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), **self.settings, "vocabulary": self.listed}

    def save_assets(self, folder):
        lines = [f"{item}\n" for item in self.get_vocabulary()]
        (Path(folder) / "vocabulary.txt").write_text("".join(lines))

    def load_assets(self, folder):
        self.set_vocabulary((Path(folder) / "vocabulary.txt").read_text().split("\n")[:-1])


@keras.saving.register_keras_serializable(package="peers")
class StringLookup(IndexLookup):
    """Strings alone."""


@keras.saving.register_keras_serializable(package="peers")
class TextVectorization(StringLookup):
    """Texts cut by one of rowspace's tokenizers."""

    def __init__(
        self,
        max_tokens=None,
        standardize="lower_and_strip_punctuation",
        split="whitespace",
        ngrams=None,
        output_mode="int",
        output_sequence_length=None,
        pad_to_max_tokens=False,
        vocabulary=None,
        **kwargs,
    ):
        if ngrams is not None or callable(standardize) or callable(split):
            raise NotImplementedError("rowspace's tokenizers make no runs of words")
        kwargs = {"mask_token": "", **kwargs}
        super().__init__(max_tokens, vocabulary=vocabulary, output_mode=output_mode, **kwargs)
        self.settings |= {
            "standardize": standardize,
            "split": split,
            "output_sequence_length": output_sequence_length,
        }
        strip = standardize in ("lower_and_strip_punctuation", "strip_punctuation")
        name = "characters" if split == "character" else "words" if strip else "whitespace"
        lower = standardize in ("lower", "lower_and_strip_punctuation")
        self.tokenizer = None if split is None else tokenizer(Reading(name, lower=lower))
        self.length = output_sequence_length

    def cut(self, batch):
        texts = super().cut(batch)
        if self.tokenizer is None:
            return texts
        return [token for text in texts for token in self.tokenizer.tokens(text)]

    def __call__(self, inputs):
        array = np.asarray(inputs)
        texts = array.reshape(-1).tolist()
        parts = [
            [text] if self.tokenizer is None else self.tokenizer.tokens(text) for text in texts
        ]
        width = self.length or max(map(len, parts), default=0)
        rows = [(part + [""] * width)[:width] for part in parts]
        return super().__call__(np.array(rows, object))


@keras.saving.register_keras_serializable(package="peers")
class Hashing(keras.layers.Layer):
    """Items to bins: `Hashed` with one hash."""

    def __init__(self, num_bins, mask_value=None, salt=None, output_mode="int", **kwargs):
        if num_bins is None or num_bins <= 0:
            raise ValueError(
                "The `num_bins` for `Hashing` cannot be `None` or non-positive values."
            )
        if output_mode != "int":
            raise NotImplementedError(f"rowspace gives ids, not {output_mode}")
        super().__init__(**{"dtype": "int64", **kwargs})
        self.num_bins, self.mask_value, self.salt = num_bins, mask_value, salt
        masked = int(mask_value is not None)
        self.first, self.hashed = masked, Hashed(max(1, num_bins - masked), 1)
        self.none = Vocabulary.of([]).items

    def find(self, token):
        if self.mask_value is not None and token == self.mask_value:
            return 0
        salt = b"" if self.salt is None else repr(self.salt).encode()
        return self.first + self.hashed.rows_of(self.none, salt + to_bytes(str(token)))[0]

    def __call__(self, inputs):
        if isinstance(inputs, keras.KerasTensor):
            return super().__call__(inputs)
        array = np.asarray(inputs)
        ids = np.array([self.find(token) for token in array.ravel().tolist()], np.int64)
        return keras.ops.convert_to_tensor(ids.reshape(array.shape))

    def compute_output_shape(self, input_shape):
        return input_shape

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(inputs.shape, self.compute_dtype)

    def get_config(self):
        own = {"num_bins": self.num_bins, "mask_value": self.mask_value, "salt": self.salt}
        return {**super().get_config(), **own}
