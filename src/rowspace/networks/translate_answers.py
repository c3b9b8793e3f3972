"""Answers of a translator: line by line, in their order, whatever their length.

A line that has more subwords than the network learned from is translated in parts, parted at white
space. An empty line is answered by an empty one. Axes: `B` sentences, `S` subwords of the longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np
import torch

from rowspace.corpus.subwords import Subwords
from rowspace.errors import FormatError
from rowspace.networks.beam import best
from rowspace.networks.device import device_of
from rowspace.networks.kept import restore, settings_in
from rowspace.networks.translate import TranslateSettings, Translator
from rowspace.networks.translate_data import cut, padded
from rowspace.nn import Embedding
from rowspace.objectives.objective import whole_within
from rowspace.vectors import Model
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.tokens import Tokens

Tables: TypeAlias = dict[str, tuple[Embedding, Vocabulary]]

OWN = "subwords"
"""The table whose rows are the model's vectors."""
AT_ONCE = 8192
"""Subwords of sources times ways that are answered together."""
LINES = 1024
"""Lines read before they are answered."""


@final
@dataclass(frozen=True, slots=True)
class Answers:
    """A translator that is asked. longest: subwords of a part of a line, at most."""

    network: Translator
    subwords: Subwords
    settings: TranslateSettings
    longest: int

    @classmethod
    def of(cls, model: Model, *, device: str = "auto") -> Answers:
        """A model of `train translate`. Raises InputError for another one, FormatError for one
        whose parts do not go together; MissingExtraError."""
        kept = settings_in(model, "translate")
        unseen = model.vectors.vocabulary.unseen
        if not isinstance(unseen, Tokens):
            raise FormatError("the model", "its vocabulary has no tokenizer")
        subwords = Subwords.of(unseen.tokenizer.tobytes(), "the model's tokenizer")
        try:
            names = TranslateSettings.__dataclass_fields__
            settings = TranslateSettings(**{name: kept[name] for name in names})
            longest = kept["longest"]
            whole_within("longest", longest, 1, 1 << 16)
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError("the model", f"the settings of its network: {error}") from None
        if len(subwords) != len(model.vectors):
            raise FormatError(
                "the model", "its tokenizer and its rows are not of one vocabulary",
                expected=len(model.vectors), found=len(subwords),
            )  # fmt: skip
        network = Translator(len(subwords), settings)
        restore(network, tables_of(network, model.vectors.vocabulary), model, own=OWN)
        return cls(network.to(device_of(device)), subwords, settings, longest)

    def lines(
        self, texts: Iterable[str], *, beam: int | None = None, ahead: int = LINES
    ) -> Iterator[str]:
        """The translation of each text, one line each. beam: ways gone on with, None: as many as
        the settings say. ahead: texts read before the first is answered."""
        several: list[str] = []
        for text in texts:
            several.append(text)
            if len(several) >= ahead:
                yield from self.several(several, beam=beam)
                several = []
        yield from self.several(several, beam=beam)

    def several(self, texts: Sequence[str], *, beam: int | None = None) -> list[str]:
        """The translations of texts, in their order."""
        ways = self.settings.beam if beam is None else beam
        whole_within("beam", ways, 1, 100)
        parts = [
            (at, np.array(part, np.int32))
            for at, ids in enumerate(self.subwords.ids([text.strip() for text in texts]))
            for part in parted(ids, self.longest, self.subwords.begins)
        ]
        found: list[list[str]] = [[] for _ in texts]
        answers = self._answered([part for _, part in parts], ways)
        for (at, _), answer in zip(parts, answers, strict=True):
            found[at].append(" ".join(answer.split("\n")))
        return [" ".join(one).strip() for one in found]

    def _answered(self, sources: Sequence[np.ndarray], beam: int) -> list[str]:
        """The text that each source's ids are answered by, those of like length together."""
        lengths = np.array([len(ids) for ids in sources], np.int64)
        order = np.argsort(-lengths, kind="stable")
        device = next(self.network.parameters()).device
        answers = [""] * len(sources)
        for start, end in cut(beam * (lengths[order, None] + 1), AT_ONCE):
            index = order[start:end].tolist()
            batch = padded([sources[at] for at in index], ends=True).to(device)
            with torch.autocast(device.type, enabled=False):
                ways = best(self.network, batch, beam=beam, penalty=self.settings.length_penalty)
            for at, ids in zip(index, ways, strict=True):
                answers[at] = self.subwords.text(ids)
        return answers


def parted(ids: Sequence[int], longest: int, begins: frozenset[int]) -> Iterator[Sequence[int]]:
    """Ids in parts of at most `longest`, each beginning with a word where there is one."""
    start = 0
    while len(ids) - start > longest:
        end = start + longest
        at = next((at for at in range(end, start, -1) if ids[at] in begins), end)
        yield ids[start:at]
        start = at
    if start < len(ids):
        yield ids[start:]


def tables_of(network: Translator, vocabulary: Vocabulary) -> Tables:
    """The one table a network has, and what its rows are."""
    return {OWN: (network.embedding, vocabulary)}


def vocabulary_of(subwords: Subwords, sentences: Iterable[Any]) -> Vocabulary:
    """What the rows are: each subword with how often it was met; a text is the mean of its own."""
    met = np.concatenate([np.zeros(0, np.int64), *sentences])
    counts = np.bincount(met, minlength=len(subwords)).astype(np.int64)
    unseen = Tokens(np.frombuffer(subwords.content, np.uint8).copy())
    return Vocabulary.of(subwords.names, counts=counts, unseen=unseen)
