"""The layer in Keras 3, on any of its backends: strings straight in, vectors in and out.

    import rowspace.keras as rk

    lookup = rk.Lookup(tokenizer="words", mask_zero=True).adapt(texts)
    layer = rk.Embedding.from_vocabulary(lookup.vocabulary, 64, mask_zero=True)

Importing it registers both layers, so that `keras.saving.load_model` knows them. Needs the `keras`
extra, and one of Keras's backends; TensorFlow is needed for nothing.
"""

from __future__ import annotations

from importlib.util import find_spec

from rowspace.errors import MissingExtraError

if find_spec("keras") is None:
    raise MissingExtraError("rowspace.keras", "keras")

from rowspace.keras.embedding import Embedding
from rowspace.keras.lookup import Lookup

__all__ = ["Embedding", "Lookup"]
