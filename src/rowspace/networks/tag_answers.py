"""Answers of a tagger: raw text is cut into words as its training data were, and told in spans.

Axes: `B` sentences, `L` words, `T` tags.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np
import torch
from torch import Tensor

from rowspace.corpus.tag_schemes import spans_of, spans_of_words
from rowspace.errors import FormatError
from rowspace.networks.device import device_of, moved
from rowspace.networks.kept import restore, settings_in
from rowspace.networks.tag import Batch, Tagger, TagSettings, present
from rowspace.networks.tag_data import Sentences, Tags
from rowspace.networks.tag_text import Cutter
from rowspace.networks.tag_words import PARTS, Lexicon
from rowspace.nn import Embedding, EmbeddingBag
from rowspace.vectors import Model
from rowspace.vocabulary import Vocabulary

Chance: TypeAlias = Callable[[int, int], float]
Tables: TypeAlias = dict[str, tuple[Embedding | EmbeddingBag, Vocabulary]]

AT_ONCE = 64
"""Sentences answered together."""
LINES = 256
"""Texts read before they are answered."""


class Found(NamedTuple):
    """What was found: its text, its type (or tag), where it begins and ends in the text, in
    characters, and the probability that it is there, with these ends and this type."""

    text: str
    type: str
    start: int
    end: int
    probability: float


@final
@dataclass(frozen=True, slots=True)
class Answers:
    """A tagger that is asked."""

    network: Tagger
    lexicon: Lexicon
    tags: Tags

    @classmethod
    def of(cls, model: Model, *, device: str = "auto") -> Answers:
        """A model of `train tag`. Raises InputError for another one, and FormatError for one whose
        numbers do not fit its settings."""
        kept = settings_in(model, "tag")
        try:
            tags = Tags(tuple(kept["tags"]), bool(kept["spans"]))
            names = TagSettings.__dataclass_fields__
            settings = TagSettings(**{name: kept[name] for name in names})
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError("the model", f"the settings of its network: {error}") from None
        lexicon = Lexicon.in_model(model, lower=bool(settings.lower), longest=settings.pieces)
        network = Tagger(lexicon.sizes, tags.chains(), settings)
        restore(network, tables_of(network, lexicon), model)
        return cls(network.to(device_of(device)), lexicon, tags)

    def tagged(self, words: Sequence[Sequence[str]], size: int = AT_ONCE) -> list[list[str]]:
        """The tags of sentences of words; those of spans in BIOES."""
        found: list[list[str]] = [[] for _ in words]
        for sentence, tags, _, _ in self._each(words, size, likely=False):
            found[sentence] = [self.tags.names[tag] for tag in tags.tolist()]
        return found

    def spans(self, texts: Iterable[str]) -> Iterator[list[Found]]:
        """For each text what is named in it (or each word with its tag), first to last."""
        cutter, several = Cutter.of(self.lexicon), list[str]()
        for text in texts:
            several.append(text)
            if len(several) == LINES:
                yield from self._spans(several, cutter)
                several = []
        yield from self._spans(several, cutter)

    def _spans(self, texts: list[str], cutter: Cutter) -> Iterator[list[Found]]:
        cut = [(at, one) for at, text in enumerate(texts) for one in cutter.sentences(text)]
        found: list[list[Found]] = [[] for _ in texts]
        words = [[texts[at][a:b] for a, b in one] for at, one in cut]
        for sentence, tags, scores, ways in self._each(words, AT_ONCE):
            at, places = cut[sentence]
            names = [self.tags.names[tag] for tag in tags.tolist()]
            spans = spans_of(names) if self.tags.spans else spans_of_words(names)
            chance = self._chance(tags, scores, ways)
            for first, last, type in spans:
                start, end = places[first][0], places[last - 1][1]
                p = chance(first, last)
                found[at].append(Found(texts[at][start:end], type, start, end, p))
        for one in found:
            yield sorted(one, key=lambda span: span.start)

    def _each(
        self, words: Sequence[Sequence[str]], size: int, *, likely: bool = True
    ) -> Iterator[tuple[int, np.ndarray, np.ndarray, Any]]:
        """The number of a sentence, its tags int64 [L], scores float [L, T], and the CRF's ways,
        if it is asked how `likely` its answers are."""
        if not words:
            return
        sentences = Sentences.of(words, self.lexicon)
        device = next(self.network.parameters()).device
        for index in sentences.in_order(size):
            batch = sentences.batch(index)
            with torch.inference_mode():
                there = Batch(*moved(tuple(batch), device))
                best, scores = self.network.best(there)
                ways = self._ways(scores, there) if likely else None
            for row, at in enumerate(index):
                length = int(batch.lengths[row])
                own = None if ways is None else [one[row] for one in ways]
                yield at, best[row, :length].cpu().numpy(), scores[row, :length].cpu().numpy(), own

    def _ways(self, scores: Tensor, batch: Batch) -> list[np.ndarray] | None:
        if self.network.crf is None:
            return None
        return [one.cpu().numpy() for one in self.network.crf.ways(scores, present(batch))]

    def _chance(self, tags: np.ndarray, scores: np.ndarray, ways: Any) -> Chance:
        """The probability of the tags from one word up to another."""
        crf = self.network.crf
        if ways is None or crf is None:
            high = scores - scores.max(1, keepdims=True)
            each = high - np.log(np.exp(high).sum(1, keepdims=True))
            own = each[np.arange(len(tags)), tags]
            return lambda first, last: float(np.exp(own[first:last].sum()))
        before, after, whole = ways
        between = crf.between.detach().cpu().numpy()

        def chance(first: int, last: int) -> float:
            total = before[first, tags[first]] + after[last - 1, tags[last - 1]] - whole
            for at in range(first + 1, last):
                total += between[tags[at - 1], tags[at]] + scores[at, tags[at]]
            return float(np.exp(min(0.0, total)))

        return chance


def tables_of(network: Tagger, lexicon: Lexicon) -> Tables:
    """The tables a network has, and what their rows are."""
    found: Tables = {"words": (network.words, lexicon.words)}
    for name in PARTS:
        if hasattr(network, name):
            found[name] = (getattr(network, name), getattr(lexicon, name))
    return found
