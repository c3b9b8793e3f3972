"""`Tagger`: a tag for each word of a sentence, by what stands around it.

    words, their letters, pieces and shapes → rows → one vector a word → encoder → scores → CRF

A word is known by its own row; an unseen word by the row of `<unk>`, and, like every word, by its
letters (a convolution over their rows, the maximum of each filter), by its pieces (the mean of the
rows of its first and last letters) and by its shape (`Xx`, `d.d`). The encoder is an LSTM in both
directions (Huang et al. 2015; Ma and Hovy 2016) or a Transformer; a `CRF` chooses the tags
together. Axes: `B` sentences, `L` words, `U` different words of the batch, `C` letters, `T` tags.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, final

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rowspace import nn as rows
from rowspace.errors import SettingError
from rowspace.networks.crf import CRF
from rowspace.networks.settings import require_number
from rowspace.objectives.objective import whole_within

ENCODERS = ("lstm", "transformer")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TagSettings:
    """dim: of a word's row; letter_dim, filters: of a letter's row, and how many filters of three
    letters run over them (0: letters are not read); piece_dim, shape_dim: of their rows (0: not
    read). encoder: "lstm" or "transformer". hidden: of the encoder, of each direction of an LSTM.
    layers, heads: of the encoder. dropout: of what goes into the encoder and comes out of it. crf:
    tags are chosen together, or each by itself.

    How words get rows: lower: they are looked up in lower case (None: unless the vectors to start
    from tell capitals apart). min_count: rarer words have none. pieces: letters of a piece at most.
    rare: a word met c times counts as unknown with the chance rare / (rare + c) while learning.
    more_words: of the words that only the vectors to start from know, so many get rows too."""

    dim: int = 100
    letter_dim: int = 30
    filters: int = 60
    piece_dim: int = 50
    shape_dim: int = 20
    encoder: str = "lstm"
    hidden: int = 200
    layers: int = 1
    heads: int = 4
    dropout: float = 0.5
    crf: bool = True
    lower: bool | None = None
    min_count: int = 1
    pieces: int = 4
    rare: float = 0.25
    more_words: int = 200_000

    def __post_init__(self) -> None:
        for name in ("dim", "letter_dim", "hidden", "layers", "heads", "min_count", "pieces"):
            whole_within(name, getattr(self, name), 1, 1 << 14)
        for name in ("filters", "piece_dim", "shape_dim"):
            whole_within(name, getattr(self, name), 0, 1 << 14)
        whole_within("more_words", self.more_words, 0, 1 << 30)
        require_number("dropout", self.dropout)
        require_number("rare", self.rare)
        SettingError.unless(self.dropout < 1, "dropout", self.dropout, "a share below 1")
        known = self.encoder in ENCODERS
        SettingError.unless(known, "encoder", self.encoder, "one of " + ", ".join(ENCODERS))
        even = self.encoder != "transformer" or self.hidden % (2 * self.heads) == 0
        SettingError.unless(even, "hidden", self.hidden, "a multiple of twice the heads")
        SettingError.unless(self.crf in (True, False), "crf", self.crf, "true or false")
        SettingError.unless(self.lower in (None, True, False), "lower", self.lower, "true or false")


class Batch(NamedTuple):
    """Sentences, the longest first. words int64 [B, L]: rows; forms int64 [B, L]: which of the U
    different words; letters int64 [U, C], 0 behind the word; pieces int64 [P] and where those of
    each word begin, int64 [U + 1]; shapes int64 [U]; lengths int64 [B]; tags int64 [B, L]."""

    words: Tensor
    forms: Tensor
    letters: Tensor
    pieces: Tensor
    offsets: Tensor
    shapes: Tensor
    lengths: Tensor
    tags: Tensor


@final
class Tagger(nn.Module):
    """sizes: rows of the tables of words, letters, pieces and shapes. chains: the rules of the
    CRF, see there."""

    def __init__(
        self,
        sizes: tuple[int, int, int, int],
        chains: tuple[Tensor, Tensor, Tensor],
        settings: TagSettings,
        dropout: rows.Dropout | None = None,
    ) -> None:
        super().__init__()
        self.settings, wide, tags = settings, settings.dim, len(chains[0])
        words, letters, pieces, shapes = sizes
        self.words = rows.Embedding(words, settings.dim, init="scaled-normal", dropout=dropout)
        if settings.filters:
            self.letters = rows.Embedding(
                letters, settings.letter_dim, padding_idx=0, init="scaled-normal"
            )
            self.convolution = nn.Conv1d(settings.letter_dim, settings.filters, 3, padding=1)
            wide += settings.filters
        if settings.piece_dim:
            self.pieces = rows.EmbeddingBag(
                pieces, settings.piece_dim, include_last_offset=True, init="scaled-normal"
            )
            wide += settings.piece_dim
        if settings.shape_dim:
            self.shapes = rows.Embedding(shapes, settings.shape_dim, init="scaled-normal")
            wide += settings.shape_dim
        made = _LSTM if settings.encoder == "lstm" else _Transformer
        self.encoder: nn.Module = made(wide, settings)
        out = 2 * settings.hidden if settings.encoder == "lstm" else settings.hidden
        self.scores = nn.Linear(out, tags)
        self.crf = CRF(*chains) if settings.crf else None

    def forward(self, batch: Batch) -> Tensor:
        """The scores of each tag of each word, float [B, L, T]."""
        seen = torch.cat([self.words(batch.words), *self._spelled(batch)], 2)
        hidden = self.encoder(self._thinned(seen), batch.lengths)
        scores: Tensor = self.scores(self._thinned(hidden))
        return scores

    def loss(self, batch: Batch) -> Tensor:
        """−log p of the right tags, the mean over sentences, or over words without a CRF."""
        scores, there = self(batch), present(batch)
        if self.crf is not None:
            return self.crf.loss(scores, batch.tags, there) / len(batch.words)
        return functional.cross_entropy(scores[there].float(), batch.tags[there])

    def best(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The tags, int64 [B, L], and the scores, float [B, L, T]."""
        scores = self(batch).float()
        if self.crf is None:
            return scores.argmax(2), scores
        return self.crf.best(scores, present(batch)), scores

    def _spelled(self, batch: Batch) -> list[Tensor]:
        """What letters, pieces and shape say of each word, float [B, L, …]."""
        found = []
        if self.settings.filters:
            each = self.convolution(self.letters(batch.letters).transpose(1, 2))
            empty = (batch.letters == 0).unsqueeze(1)
            found.append(each.masked_fill(empty, -1e4).amax(2))
        if self.settings.piece_dim:
            found.append(self.pieces(batch.pieces, batch.offsets))
        if self.settings.shape_dim:
            found.append(self.shapes(batch.shapes))
        forms = batch.forms.reshape(-1)
        return [one.index_select(0, forms).view(*batch.forms.shape, -1) for one in found]

    def _thinned(self, vectors: Tensor) -> Tensor:
        """Dropout with one mask a sentence, for all its words (Gal and Ghahramani 2016)."""
        if not self.training or not self.settings.dropout:
            return vectors
        ones = vectors.new_ones(len(vectors), 1, vectors.shape[2])
        return vectors * functional.dropout(ones, self.settings.dropout)


class _LSTM(nn.Module):
    def __init__(self, wide: int, settings: TagSettings) -> None:
        super().__init__()
        between = settings.dropout if settings.layers > 1 else 0.0
        self.both = nn.LSTM(
            wide, settings.hidden, settings.layers,
            batch_first=True, bidirectional=True, dropout=between,
        )  # fmt: skip

    def forward(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(vectors, lengths.cpu(), batch_first=True)
        hidden, _ = pad_packed_sequence(
            self.both(packed)[0], batch_first=True, total_length=vectors.shape[1]
        )
        return hidden


class _Transformer(nn.Module):
    def __init__(self, wide: int, settings: TagSettings) -> None:
        super().__init__()
        self.into = nn.Linear(wide, settings.hidden)
        layer = nn.TransformerEncoderLayer(
            settings.hidden, settings.heads, 4 * settings.hidden, 0.1,
            activation="gelu", batch_first=True, norm_first=True,
        )  # fmt: skip
        self.layers = nn.TransformerEncoder(
            layer, settings.layers, nn.LayerNorm(settings.hidden), enable_nested_tensor=False
        )

    def forward(self, vectors: Tensor, lengths: Tensor) -> Tensor:
        length = vectors.shape[1]
        absent = torch.arange(length, device=vectors.device) >= lengths[:, None]
        given = self.into(vectors)
        given = given + places(length, given.shape[2], given.device)
        hidden: Tensor = self.layers(given, src_key_padding_mask=absent)
        return hidden


def places(length: int, dim: int, device: torch.device) -> Tensor:
    """Sines and cosines of places, float [L, D] (Vaswani et al. 2017)."""
    at = torch.arange(length, device=device).unsqueeze(1)
    rate = torch.exp(torch.arange(0, dim, 2, device=device) * (-math.log(10_000.0) / dim))
    return torch.cat([(at * rate).sin(), (at * rate).cos()], 1)


def present(batch: Batch) -> Tensor:
    """Words that are no padding, bool [B, L]."""
    length = batch.words.shape[1]
    return torch.arange(length, device=batch.words.device) < batch.lengths[:, None]
