"""`Translator`: a sentence in one language, and the same in another, subword by subword.

    source → rows + places → encoder ─────────────┐
    target → rows + places → decoder, looking at it → states → the next subword: states · rowsᵀ

The Transformer of Vaswani et al. (2017), normalised before each of its parts (Xiong et al. 2020).
One table serves three times: for what goes in on either side, and, tied, for what comes out (Press
and Wolf 2017). Training sees a whole sentence at once (`forward`). Answering goes a subword a step
(`begin`, `step`) and keeps the keys and values of what is behind it. Axes: `B` sentences, `S`
subwords of a source, `T` of a target, `K` ways each sentence is gone on with, `D` dimensions, `H`
heads, `V` subwords there are.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import log
from typing import Any, final

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from rowspace import nn as rows
from rowspace.corpus.subwords import FEWEST, MOST, PAD
from rowspace.errors import SettingError
from rowspace.networks.settings import require_number
from rowspace.networks.thinning import Thinning
from rowspace.networks.tied_loss import tied_loss
from rowspace.objectives.objective import whole_within

SLOWEST = 10_000.0
"""The slowest wave of a place is so many times as long as the fastest."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateSettings:
    """dim: of a subword's row, and of the network throughout. layers, decoder_layers (None: as
    many), heads, hidden (inside a layer): of the Transformer. dropout: of what each part adds.
    smoothing: the share of the truth that all subwords get. subwords: at most, of both languages
    together. beam: ways gone on with while answering, 1: the best one alone. length_penalty: the
    power of its length that the score of an answer is divided by."""

    dim: int = 256
    layers: int = 3
    decoder_layers: int | None = None
    heads: int = 4
    hidden: int = 512
    dropout: float = 0.3
    smoothing: float = 0.1
    subwords: int = 6000
    beam: int = 5
    length_penalty: float = 1.0

    def __post_init__(self) -> None:
        for name in ("dim", "layers", "heads", "hidden"):
            whole_within(name, getattr(self, name), 1, 1 << 14)
        if self.decoder_layers is not None:
            whole_within("decoder_layers", self.decoder_layers, 1, 1 << 14)
        whole_within("subwords", self.subwords, FEWEST, MOST)
        whole_within("beam", self.beam, 1, 100)
        for name in ("dropout", "smoothing", "length_penalty"):
            require_number(name, getattr(self, name))
        for name in ("dropout", "smoothing"):
            value = getattr(self, name)
            SettingError.unless(value < 1, name, value, "a share below 1")
        fits = self.dim % self.heads == 0 and self.dim % 2 == 0
        wanted = f"an even number that {self.heads} heads divide"
        SettingError.unless(fits, "dim", self.dim, wanted)


@dataclass(slots=True)
class State:
    """What answering remembers. mask bool [B, 1, 1, S]: where a source goes on. source: keys and
    values of each layer, [B, H, S, D/H]; before: those of the target so far, [B·K, H, T, D/H]."""

    mask: Tensor
    source: list[tuple[Tensor, Tensor]]
    before: list[tuple[Tensor, Tensor]]
    place: int = 0


@final
class Translator(nn.Module):
    """size: subwords there are, V. dropped: what is dropped in looking up."""

    def __init__(
        self, size: int, settings: TranslateSettings, dropped: rows.Dropout | None = None
    ) -> None:
        super().__init__()
        own, dim = settings, settings.dim
        self.smoothing, self.heads = own.smoothing, own.heads
        self.embedding = rows.Embedding(
            size, dim, padding_idx=PAD, scale="sqrt-dim", dropout=dropped
        )
        shape = (dim, own.heads, own.hidden, 0.0)
        how: dict[str, Any] = {"batch_first": True, "norm_first": True}
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(*shape, **how),
            own.layers, nn.LayerNorm(dim), enable_nested_tensor=False,
        )  # fmt: skip
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(*shape, **how),
            own.decoder_layers or own.layers, nn.LayerNorm(dim),
        )  # fmt: skip
        self.thin = Thinning(own.dropout)
        for layer in (*self.encoder.layers, *self.decoder.layers):
            layer.dropout = nn.Identity()
            for name in ("dropout1", "dropout2", "dropout3"):
                if hasattr(layer, name):
                    setattr(layer, name, Thinning(own.dropout))
        self.output = rows.TiedLinear(self.embedding)
        self._begin_at_random()

    def _begin_at_random(self) -> None:
        """PyTorch's layers begin as copies of one; a row begins with a length of about 1."""
        with torch.no_grad():
            for name, weight in self.named_parameters():
                if name.startswith("embedding"):
                    nn.init.normal_(weight, std=weight.shape[1] ** -0.5)
                    weight[PAD] = 0
                elif weight.dim() > 1:
                    nn.init.xavier_uniform_(weight)

    def forward(self, source: Tensor, before: Tensor) -> Tensor:
        """States [B, T, D] that tell the next subword, of sources int64 [B, S] and targets int64
        [B, T] that begin with the id that begins; `PAD` behind either."""
        longest = before.shape[1]
        causal = torch.ones(longest, longest, dtype=torch.bool, device=before.device).triu(1)
        with short_products(source):
            memory, mask = self.encode(source)
            states: Tensor = self.decoder(
                self._placed(before), memory,
                tgt_mask=causal, tgt_is_causal=True, memory_key_padding_mask=mask,
            )  # fmt: skip
        return states

    def loss(self, source: Tensor, before: Tensor, after: Tensor, smoothing: float) -> Tensor:
        """The mean loss of the subwords `after` int64 [B, T], those of `before` a place later."""
        states, there = self(source, before), after != PAD
        return tied_loss(states[there], self.output, after[there], smoothing)

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """States of sources, [B, S, D], and where they have ended, bool [B, S]."""
        mask = source == PAD
        return self.encoder(self._placed(source), src_key_padding_mask=mask), mask

    def _placed(self, ids: Tensor, place: int = 0) -> Tensor:
        """Rows and places, [..., T, D]; the first place is `place`."""
        found: Tensor = self.embedding(ids)
        waves = places(ids.shape[-1], found.shape[-1], place, found.device)
        return self.thin(found + waves)

    def begin(self, source: Tensor) -> State:
        """What `step` needs to know of sources int64 [B, S]."""
        memory, mask = self.encode(source)
        kept = []
        for layer in self.decoder.layers:
            attention, dim = layer.multihead_attn, memory.shape[-1]
            weight, bias = attention.in_proj_weight[dim:], attention.in_proj_bias[dim:]
            keys, values = functional.linear(memory, weight, bias).chunk(2, -1)
            kept.append((self._by_head(keys), self._by_head(values)))
        return State(~mask[:, None, None], kept, [])

    def step(self, ids: Tensor, state: State) -> Tensor:
        """States [B, K, D] behind the subwords `ids` int64 [B, K]: `forward`, a place at a time."""
        several = ids.shape[1]
        here = self._placed(ids.reshape(-1, 1), state.place).view(len(ids), several, -1)
        layers: Any = self.decoder.layers
        before: list[Any] = [*state.before] or [None] * len(layers)
        state.before = []
        for layer, (keys, values), last in zip(layers, state.source, before, strict=True):
            here = here + self._look_back(layer, layer.norm1(here), last, state)
            attention, dim = layer.multihead_attn, here.shape[-1]
            weight, bias = attention.in_proj_weight[:dim], attention.in_proj_bias[:dim]
            asked = self._by_head(functional.linear(layer.norm2(here), weight, bias))
            found = functional.scaled_dot_product_attention(asked, keys, values, state.mask)
            here = here + attention.out_proj(found.transpose(1, 2).reshape(here.shape))
            inside = layer.activation(layer.linear1(layer.norm3(here)))
            here = here + layer.linear2(inside)
        state.place += 1
        norm: Any = self.decoder.norm
        states: Tensor = norm(here)
        return states

    def _look_back(self, layer: Any, here: Tensor, last: Any, state: State) -> Tensor:
        """What a layer finds in the target so far; its keys and values are kept."""
        attention = layer.self_attn
        made = functional.linear(here, attention.in_proj_weight, attention.in_proj_bias)
        asked, key, value = (
            self._by_head(one) for one in made.view(-1, 1, made.shape[-1]).chunk(3, -1)
        )
        if last is not None:
            key, value = torch.cat([last[0], key], 2), torch.cat([last[1], value], 2)
        state.before.append((key, value))
        found = functional.scaled_dot_product_attention(asked, key, value)
        answer: Tensor = attention.out_proj(found.reshape(here.shape))
        return answer

    def _by_head(self, vectors: Tensor) -> Tensor:
        """[..., T, D] as [..., H, T, D/H]."""
        return vectors.view(*vectors.shape[:-1], self.heads, -1).transpose(-3, -2)


def keep(state: State, sentences: Tensor, ways: Tensor) -> None:
    """Go on with some of the B `sentences`, in that order, and with some of the B·K `ways`."""
    state.mask = state.mask[sentences]
    state.source = [(keys[sentences], values[sentences]) for keys, values in state.source]
    state.before = [(keys[ways], values[ways]) for keys, values in state.before]


def places(count: int, dim: int, first: int = 0, device: Any = None) -> Tensor:
    """Waves that tell places apart, float32 [count, D]: sin and cos of the place, each pair of a
    length of its own, from 2π to 2π · `SLOWEST`. For a place of any number."""
    steps = torch.arange(0, dim, 2, device=device) * (-log(SLOWEST) / dim)
    angles = torch.arange(first, first + count, device=device)[:, None] * steps.exp()
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


@contextlib.contextmanager
def short_products(source: Tensor) -> Iterator[None]:
    """On a CPU, sentences are too short for what attention to long texts gains by blocks."""
    if source.device.type != "cpu":
        yield
        return
    with sdpa_kernel(SDPBackend.MATH):
        yield
