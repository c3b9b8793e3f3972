"""`Generator`: what comes next in a text, told from what stands before it.

    units → rows → Transformer or LSTM → one vector a place → E h → chances of the next unit

Rows and the weights of the output are one table (Press and Wolf 2017). The Transformer is
normalised before each of its parts and looks back only (Radford et al. 2019); it knows places by
turning queries and keys (Su et al. 2021, "rotary") or by rows of their own ("learned"). The LSTM
(Hochreiter and Schmidhuber 1997) has no end to how far it looks back. Both can be asked unit by
unit: a `State` is what they remember. Axes: `B` texts, `L` units, `H` heads, `D` dimensions of a
row, `V` units there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from rowspace import nn as rows
from rowspace.errors import SettingError
from rowspace.networks.settings import require_number
from rowspace.networks.tied_loss import tied_loss
from rowspace.objectives.objective import whole_within

ENCODERS = ("transformer", "lstm")
POSITIONS = ("rotary", "learned")
TURNS = 10_000.0
"""The slowest turn of a rotary place takes so many units, about."""

State: TypeAlias = list[tuple[Tensor, Tensor]]
"""Of each layer: keys and values of the units before, [B, H, L, D / H] each; or of the LSTM what
it carries on, h and c, [1, B, hidden] each."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateSettings:
    """encoder: "transformer" or "lstm". dim: of a row, and of the Transformer throughout. layers.
    hidden: of the LSTM; if it is not dim, it is brought there before the output. heads, positions:
    of the Transformer. context: the longest run of units it sees at once; an LSTM learns by runs of
    that length, each going on from the one before. dropout: of what each part adds, or of what goes
    into and comes out of each layer of an LSTM."""

    encoder: str = "lstm"
    dim: int = 256
    layers: int = 1
    hidden: int = 512
    heads: int = 6
    positions: str = "rotary"
    context: int = 64
    dropout: float = 0.2

    def __post_init__(self) -> None:
        for name in ("dim", "layers", "hidden", "heads"):
            whole_within(name, getattr(self, name), 1, 1 << 14)
        whole_within("context", self.context, 2, 1 << 20)
        require_number("dropout", self.dropout)
        SettingError.unless(self.dropout < 1, "dropout", self.dropout, "a share below 1")
        for name, known in (("encoder", ENCODERS), ("positions", POSITIONS)):
            value = getattr(self, name)
            SettingError.unless(value in known, name, value, "one of " + ", ".join(known))
        even = self.encoder == "lstm" or self.dim % (2 * self.heads) == 0
        SettingError.unless(even, "dim", self.dim, f"a multiple of twice the {self.heads} heads")


@final
class Generator(nn.Module):
    """size: V. dropout: in looking up rows."""

    def __init__(
        self, size: int, settings: GenerateSettings, dropout: rows.Dropout | None = None
    ) -> None:
        super().__init__()
        self.settings = settings
        body = _LSTM if settings.encoder == "lstm" else _Transformer
        # A Transformer hands rows through to the output, where each meets itself: they start small.
        init = "scaled-normal" if settings.encoder == "lstm" else "truncated-normal"
        self.units = rows.Embedding(size, settings.dim, init=init, dropout=dropout)
        self.body: nn.Module = body(settings)
        self.output = rows.TiedLinear(self.units)

    def forward(
        self, ids: Tensor, state: State | None = None, *, last: bool = False
    ) -> tuple[Tensor, State]:
        """The logits of what follows each of the units `ids` int64 [B, L], float [B, L, V], and
        the state to go on with. state: what was remembered of the units before. last: only of what
        follows the last one, [B, 1, V]."""
        hidden, state = self.body(self.units(ids), state)
        return self.output(hidden[:, -1:] if last else hidden), state

    def loss(self, ids: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """The mean of -ln p over the units `ids[:, 1:]`, nats, and the state."""
        hidden, state = self.body(self.units(ids[:, :-1]), state)
        flat, wanted = hidden.flatten(0, 1), ids[:, 1:].flatten()
        return tied_loss(flat, self.output, wanted), state

    def costs(self, ids: Tensor, state: State | None = None) -> Tensor:
        """-ln p of each of the units `ids[:, 1:]`, float32 [B, L - 1]."""
        logits, _ = self(ids[:, :-1], state)
        flat, wanted = logits.flatten(0, 1).float(), ids[:, 1:].flatten()
        return functional.cross_entropy(flat, wanted, reduction="none").view(len(ids), -1)


class _LSTM(nn.Module):
    def __init__(self, settings: GenerateSettings) -> None:
        super().__init__()
        sizes = [settings.dim] + [settings.hidden] * settings.layers
        self.layers = nn.ModuleList(
            nn.LSTM(wide, high, batch_first=True) for wide, high in pairwise(sizes)
        )
        self.dropout = settings.dropout
        same = settings.hidden == settings.dim
        self.down: nn.Module = nn.Identity() if same else nn.Linear(settings.hidden, settings.dim)
        for layer in self.layers:
            hidden = settings.hidden
            # The gate of forgetting starts open (Jozefowicz et al. 2015).
            nn.init.ones_(layer.bias_ih_l0[hidden : 2 * hidden])  # type: ignore[index]

    def forward(self, vectors: Tensor, state: State | None) -> tuple[Tensor, State]:
        found: State = []
        for at, layer in enumerate(self.layers):
            before = None if state is None else state[at]
            vectors, after = layer(self._thinned(vectors), before)
            found.append(after)
        return self.down(self._thinned(vectors)), found

    def _thinned(self, vectors: Tensor) -> Tensor:
        return functional.dropout(vectors, self.dropout, self.training)


class _Transformer(nn.Module):
    def __init__(self, settings: GenerateSettings) -> None:
        super().__init__()
        self.settings, dim = settings, settings.dim
        self.layers = nn.ModuleList(_Layer(settings) for _ in range(settings.layers))
        self.norm = nn.LayerNorm(dim)
        if settings.positions == "learned":
            self.places = nn.Embedding(settings.context, dim)
            nn.init.normal_(self.places.weight, std=0.02)

    def forward(self, vectors: Tensor, state: State | None) -> tuple[Tensor, State]:
        begun = 0 if state is None else state[0][0].shape[2]
        at = torch.arange(begun, begun + vectors.shape[1], device=vectors.device)
        turned = None
        if self.settings.positions == "learned":
            vectors = vectors + self.places(at)
        else:
            turned = turns(at, self.settings.dim // self.settings.heads)
        vectors, found = functional.dropout(vectors, self.settings.dropout, self.training), []
        for place, layer in enumerate(self.layers):
            vectors, kept = layer(vectors, turned, None if state is None else state[place])
            found.append(kept)
        return self.norm(vectors), found


class _Layer(nn.Module):
    """h += attention(norm(h)); h += MLP(norm(h))."""

    def __init__(self, settings: GenerateSettings) -> None:
        super().__init__()
        self.heads, self.dropout, dim = settings.heads, settings.dropout, settings.dim
        self.before, self.between = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.asked = nn.Linear(dim, 3 * dim, bias=False)
        self.told = nn.Linear(dim, dim)
        self.wide, self.narrow = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)
        for last in (self.told, self.narrow):  # so that the sum does not grow with the depth
            nn.init.normal_(last.weight, std=0.02 / (2 * settings.layers) ** 0.5)

    def forward(
        self, vectors: Tensor, turned: Tensor | None, state: tuple[Tensor, Tensor] | None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        texts, length, dim = vectors.shape
        parts = self.asked(self.before(vectors)).view(texts, length, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        if turned is not None:
            query, key = _turned(query, turned), _turned(key, turned)
        if state is not None:
            key, value = torch.cat([state[0], key], 2), torch.cat([state[1], value], 2)
        mask = None
        if state is not None and length > 1:
            mask = torch.ones(length, key.shape[2], dtype=torch.bool, device=key.device)
            mask = mask.tril(key.shape[2] - length)
        seen = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=state is None
        )
        vectors = vectors + self._thinned(
            self.told(seen.transpose(1, 2).reshape(texts, length, dim))
        )
        spread = functional.gelu(self.wide(self.between(vectors)))
        return vectors + self._thinned(self.narrow(spread)), (key, value)

    def _thinned(self, vectors: Tensor) -> Tensor:
        return functional.dropout(vectors, self.dropout, self.training)


def turns(at: Tensor, dim: int) -> Tensor:
    """Cosines and sines of the places `at` [L], float [2, L, dim / 2]."""
    rate = TURNS ** (-torch.arange(0, dim, 2, device=at.device) / dim)
    angle = at.unsqueeze(1) * rate
    return torch.stack([angle.cos(), angle.sin()])


def _turned(vectors: Tensor, turned: Tensor) -> Tensor:
    """Queries or keys [B, H, L, D / H], each pair of numbers turned by its place."""
    cosine, sine = turned.to(vectors.dtype)
    left, right = vectors.chunk(2, 3)
    return torch.cat([left * cosine - right * sine, left * sine + right * cosine], 3)
