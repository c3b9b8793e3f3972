"""`TextVectors`: the vectors of whole texts, by the mean of their words or SIF.

SIF (Arora, Liang and Ma 2017, "A Simple but Tough-to-Beat Baseline for Sentence Embeddings"):
y = 1/n Σ a / (a + p(x)) · v(x) over the n words x of a text, p(x) their share of a corpus; then
y - Σ (y · u) u over the common components u, the first right singular vectors of the y of many
texts. Axes: `n` texts, `C` components, `D` dimensions, `V` known items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any, final

import numpy as np

from rowspace.corpus import Reading
from rowspace.errors import InputError, SettingError
from rowspace.vectors.cosine import unit_rows
from rowspace.vectors.model import Model
from rowspace.vectors.pooling import pool_weighted
from rowspace.vectors.text_rows import BLOCK, Text, TextRows, reading_of
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary.phrases import Phrases

WEIGHTINGS = ("mean", "sif")
CONFIG, WEIGHTS, COMPONENTS, PHRASES = "texts", "texts.weights", "texts.components", "phrases"
# From so many numbers on, loading the compiled sums is worth its half second.
MANY = 1 << 24
_FIELDS = ("weighting", "a", "fitted_on")


@final
@dataclass(frozen=True, eq=False)
class TextVectors:
    """How texts become vectors: made by `fit` or `of`.

    source: the model. reading: how texts are cut. weights float32 [V]: what each word counts, None
    for 1; an unseen word that the policy answers counts 1, others are left out. components
    float32 [C, D]: what is taken away, of length 1 and at right angles to each other.
    """

    source: Model
    reading: Reading
    weighting: str = "mean"
    a: float = 1e-3
    fitted_on: int = 0
    weights: np.ndarray | None = None
    components: np.ndarray | None = None

    @classmethod
    def fit(
        cls,
        model: Model | Vectors,
        texts: Iterable[Text],
        *,
        weighting: str = "sif",
        a: float = 1e-3,
        components: int | None = None,
        reading: Reading | None = None,
    ) -> TextVectors:
        """Learn from texts what they have in common; they are gone through once, block by block.

        weighting: "sif" or "mean" (every word counts the same). a: above 0; small ones mute
        frequent words more. components: how many are taken away; None: 1 for sif, 0 for mean.
        reading: how texts are cut, None: as the model's were. p(x) is that of the vocabulary's
        counts; where it has none, of these texts, which must then fit in memory. Raises InputError,
        SettingError.
        """
        count = int(weighting == "sif") if components is None else components
        _require(weighting, a, count)
        own = cls.of(model, reading=reading)
        vectors = own.source.vectors
        most = vectors.dim - 1
        SettingError.unless(count <= most, "components", count, f"at most {most}, below the dim")
        if isinstance(texts, (str, bytes)):
            raise InputError("texts must be a list of them, not one text", hint="put it into [ ]")
        weights = None
        if weighting == "sif":
            counts = vectors.counts
            if not counts.any():
                texts = list(texts)
                counts = own._counted(texts)
            weights = sif_weights(counts, a)
        bare = replace(own, weighting=weighting, a=a, weights=weights, components=None)
        seen, common = bare._common(texts, count) if count or weights is not None else (0, None)
        return replace(bare, fitted_on=seen, components=common)

    @classmethod
    def of(cls, model: Model | Vectors, *, reading: Reading | None = None) -> TextVectors:
        """As a model keeps them; the plain mean where it keeps nothing. Raises InputError."""
        source = Model(model) if isinstance(model, Vectors) else model
        chosen = reading or reading_of(
            {} if source.vectors.vocabulary.unseen.cuts_texts else source.config
        )
        kept = source.config.get(CONFIG)
        if not isinstance(kept, Mapping):
            return cls(source, chosen)
        settings = {name: kept[name] for name in _FIELDS if name in kept}
        made = cls(
            source,
            chosen,
            **settings,
            weights=source.arrays.get(WEIGHTS),
            components=source.arrays.get(COMPONENTS),
        )
        made._check()
        return made

    def mean(self) -> TextVectors:
        """The same without weights, and with nothing taken away."""
        return TextVectors(self.source, self.reading)

    @property
    def dim(self) -> int:
        """Numbers in a vector, D."""
        return self.source.vectors.dim

    def __repr__(self) -> str:
        common = 0 if self.components is None else len(self.components)
        return f"TextVectors({self.weighting}, {common} components, {self.source.vectors!r})"

    def transform(self, texts: Iterable[Text]) -> np.ndarray:
        """The vectors of texts (or of their lists of tokens), float32 [n, D].

        Words without rows are left out; a text of nothing else, or an empty one, gives zeros.
        """
        if isinstance(texts, (str, bytes)):
            raise InputError("texts must be a list of them, not one text", hint="put it into [ ]")
        return np.concatenate([np.zeros((0, self.dim), np.float32), *self.blocks(texts)])

    def blocks(self, texts: Iterable[Text]) -> Iterator[np.ndarray]:
        """`transform`, some thousand texts at a time, for any number of them."""
        stream = iter(texts)
        while block := list(islice(stream, BLOCK)):
            yield self._vectors(block)

    def model(self) -> Model:
        """The model with this in it: `of` a copy saved and loaded again answers the same."""
        source = self.source
        arrays = {k: v for k, v in source.arrays.items() if k not in (WEIGHTS, COMPONENTS)}
        for name, array in ((WEIGHTS, self.weights), (COMPONENTS, self.components)):
            if array is not None:
                arrays[name] = array
        kept = {name: getattr(self, name) for name in _FIELDS}
        return Model(
            source.vectors,
            {**source.config, CONFIG: kept},
            source.record,
            source.context,
            source.head,
            parts=source.parts,
            arrays=arrays,
        )

    @cached_property
    def _rows(self) -> TextRows:
        kept = self.source.arrays.get(PHRASES)
        phrases = None if kept is None else Phrases.from_array(kept)
        return TextRows(self.source.vectors, self.reading, phrases, self.weights)

    def _vectors(self, texts: list[Text]) -> np.ndarray:
        bags, words = self._rows.bags(texts)
        vectors = self.source.vectors
        out = pool_weighted(vectors.rows, bags, many=MANY)
        out /= np.maximum(words, 1).astype(np.float32)[:, None]
        if self.components is not None and len(self.components):
            out -= (out @ self.components.T) @ self.components
        return unit_rows(out) if vectors.vocabulary.unseen.unit_texts else out

    def _counted(self, texts: Iterable[Text]) -> np.ndarray:
        """How often each item occurs in the texts, int64 [V]."""
        counts, stream = np.zeros(len(self.source.vectors), np.int64), iter(texts)
        while block := list(islice(stream, BLOCK)):
            ids = self._rows.ids(block)
            counts += np.bincount(ids[ids >= 0], minlength=len(counts))
        return counts

    def _common(self, texts: Iterable[Text], count: int) -> tuple[int, np.ndarray | None]:
        """How many texts there are, and their common components, float32 [C, D]."""
        seen, gram = 0, np.zeros((self.dim, self.dim))
        for block in self.blocks(texts):
            seen += len(block)
            wide = block.astype(np.float64)
            gram += wide.T @ wide
        if not seen:
            raise InputError("there are no texts to learn from")
        if not np.isfinite(gram).all():
            raise InputError(
                "the vectors of these texts are not finite",
                hint="`rowspace info --verify` says which row",
            )
        values, found = np.linalg.eigh(gram)
        first = [at for at in range(self.dim - 1, self.dim - 1 - count, -1) if values[at] > 0]
        return seen, found[:, first].T.astype(np.float32) if count else None

    def _check(self) -> None:
        """Raises InputError unless what a model keeps goes together."""
        try:
            _require(self.weighting, self.a, 0)
        except SettingError as error:
            raise InputError(f"the model's text vectors: {error.message}") from None
        shapes = {"weights": (len(self.source.vectors),), "components": (-1, self.dim)}
        for name, wanted in shapes.items():
            array = getattr(self, name)
            if array is None:
                continue
            fits = array.dtype == np.float32 and array.shape[1:] == wanted[1:]
            fits = fits and wanted[0] in (-1, array.shape[0] if array.ndim else -2)
            if not fits or array.ndim != len(wanted) or not np.isfinite(array).all():
                raise InputError(
                    f"the model's text vectors have {name} {array.dtype} {array.shape}, "
                    f"not finite float32 {wanted}"
                )


def sif_weights(counts: np.ndarray, a: float) -> np.ndarray:
    """a / (a + p) for items with these counts, float32 [V]; 1 for one that was never counted."""
    share = counts / max(1, int(counts.sum()))
    with np.errstate(invalid="ignore"):
        weights = np.where(share > 0, a / (a + share), 1.0)
    return weights.astype(np.float32)


def _require(weighting: Any, a: Any, components: Any) -> None:
    names = " or ".join(WEIGHTINGS)
    SettingError.unless(weighting in WEIGHTINGS, "weighting", weighting, names)
    number = isinstance(a, (int, float)) and not isinstance(a, bool)
    SettingError.unless(number and 0 < a <= 1e9, "a", a, "a number above 0, such as 0.001")
    whole = isinstance(components, int) and not isinstance(components, bool)
    SettingError.unless(whole and components >= 0, "components", components, "0, 1, 2 …")
