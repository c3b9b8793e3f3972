"""Layers that may have a vocabulary: it reads their items, and is saved with them."""

from __future__ import annotations

from typing import Any

from torch import nn

from rowspace.errors import InputError, SettingError
from rowspace.nn.items import Reader
from rowspace.nn.state import packed, unpacked
from rowspace.vocabulary import Vocabulary

_VOCABULARY = "vocabulary"


class Worded(nn.Module):
    """What layers of rows, learned or quantised, do with a vocabulary; to be built upon."""

    num_embeddings: int
    padding_idx: int | None
    vocabulary: Vocabulary | None

    def _know(self, vocabulary: Vocabulary | None, rows: int) -> None:
        """Have this vocabulary. Raises InputError if it is for a table of other size."""
        require_rows(vocabulary, rows)
        self.vocabulary = vocabulary
        self._reader: Reader | None = None

    def reader(self) -> Reader:
        """What reads items by the vocabulary. Raises SettingError where there is none."""
        if self.vocabulary is None:
            raise SettingError(
                "items were given to a layer without a vocabulary",
                hint="make it with vocabulary=, or from_vocabulary, or give it ids",
            )
        reader = self._reader
        same = reader is not None and reader.vocabulary is self.vocabulary
        if reader is None or not same or reader.padding != self.padding_idx:
            self._reader = reader = Reader(self.vocabulary, self.padding_idx)
        return reader

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        if self.vocabulary is not None:
            destination[prefix + _VOCABULARY] = packed(self.vocabulary)

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, *others: Any, **more: Any
    ) -> None:
        """Torch's, with the vocabulary if there is one, else it stays as it is. Raises InputError
        for a vocabulary of other rows."""
        stored = state_dict.pop(prefix + _VOCABULARY, None)
        vocabulary = None if stored is None else unpacked(stored)
        require_rows(vocabulary, self.num_embeddings)
        super()._load_from_state_dict(state_dict, prefix, *others, **more)
        if vocabulary is not None:
            self.vocabulary = vocabulary

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_reader": None}


def require_rows(vocabulary: Vocabulary | None, rows: int) -> None:
    """Raises InputError unless the vocabulary is for a table of so many rows."""
    if vocabulary is not None and vocabulary.n_rows != rows:
        raise InputError(
            f"the vocabulary of {len(vocabulary)} items needs {vocabulary.n_rows} rows, "
            f"the layer has {rows}",
            hint="from_vocabulary makes a layer of the right size; add_items makes one larger",
        )
