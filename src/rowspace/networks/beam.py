"""The best sentence there is, nearly: several ways are gone on with, and the best ones kept.

Beam search over batches. A sentence is done, and leaves the batch, once it has as many whole
answers as there are ways and none of the ways is better so far. score = log p / length^penalty
(Jean et al. 2015; a penalty of 0 favours short answers). Axes: `B` sentences, `K` ways of each, `V`
subwords.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, final

import torch
from torch import Tensor

from rowspace.corpus.subwords import BEGIN, END, PAD
from rowspace.networks.translate import Translator, keep, short_products

GROWTH, ROOM = 2, 10
"""An answer has at most GROWTH times as many subwords as its source, and ROOM more."""


class Way(NamedTuple):
    """An answer: its score, and its ids without those around it."""

    score: float
    ids: list[int]


@final
@dataclass(slots=True)
class _Ways:
    """sentences int64 [B]: which ones are not done. scores [B, K]: log p of each way. ids int64
    [B, K, T]: the ways so far. room int64 [B]: subwords an answer may have."""

    sentences: Tensor
    scores: Tensor
    ids: Tensor
    room: Tensor
    found: list[list[Way]] = field(default_factory=list)


@torch.inference_mode()
def best(network: Translator, source: Tensor, *, beam: int, penalty: float) -> list[list[int]]:
    """The ids of the best answer to each source int64 [B, S], without those around it.

    The network is in eval mode. A way that runs out of room ends there.
    """
    with short_products(source):
        state = network.begin(source)
        ways = _begun(source, beam)
        last = ways.ids.new_full((len(source), beam), BEGIN)
        while len(ways.sentences):
            scores = _log_chances(network, network.step(last, state), beam)
            last, parents, going = _stepped(ways, *scores, penalty)
            rows = torch.arange(len(going), device=source.device)[:, None] * beam + parents
            keep(state, going.nonzero()[:, 0], rows[going].flatten())
            last = last[going]
    return [max(answers).ids for answers in ways.found]


def _begun(source: Tensor, beam: int) -> _Ways:
    count, device = len(source), source.device
    scores = torch.full((count, beam), -torch.inf, device=device)
    scores[:, 0] = 0.0  # all ways are one at first
    room = (source != PAD).sum(1) * GROWTH + ROOM
    ids = torch.zeros(count, beam, 0, dtype=torch.int64, device=device)
    sentences = torch.arange(count, device=device)
    return _Ways(sentences, scores, ids, room, [[] for _ in range(count)])


def _log_chances(network: Translator, states: Tensor, beam: int) -> tuple[Tensor, Tensor]:
    """log p of the 2K best next subwords of each way, and which they are, [B, K, 2K]."""
    logits = network.output(states).float()
    whole = logits.logsumexp(-1, keepdim=True)
    logits[..., [PAD, BEGIN]] = -torch.inf
    best, which = logits.topk(min(2 * beam, logits.shape[-1] - 2), -1)
    return best - whole, which


def _stepped(
    ways: _Ways, log: Tensor, which: Tensor, penalty: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Each way's best continuations against each other: the last ids of those that go on [B, K],
    the ways they go on from [B, K], and which sentences are not done, bool [B]. `ways` keeps the
    latter."""
    beam, each = ways.scores.shape[1], log.shape[-1]
    scores, place = (ways.scores[..., None] + log).flatten(1).topk(min(2 * beam, beam * each))
    parents, ids = place // each, which.flatten(1).gather(1, place)
    ended = ids == END
    length = ways.ids.shape[2] + 1
    _note(ways, scores[:, :beam].where(ended[:, :beam], -torch.inf), parents, length**penalty)
    kept, at = scores.masked_fill(ended, -torch.inf).topk(beam)
    parents, last = parents.gather(1, at), ids.gather(1, at)
    ways.scores = kept
    behind = ways.ids.gather(1, parents[..., None].expand(-1, -1, length - 1))
    ways.ids = torch.cat([behind, last[..., None]], 2)
    full = length >= ways.room
    if full.any():
        out = kept.where(full[:, None], -torch.inf)
        own = torch.arange(beam, device=kept.device).expand_as(kept)
        _note(ways, out, own, length**penalty)
    going = ~(_done(ways, kept[:, 0] / length**penalty) | full)
    ways.sentences, ways.room = ways.sentences[going], ways.room[going]
    ways.scores, ways.ids = ways.scores[going], ways.ids[going]
    return last, parents, going


def _done(ways: _Ways, hopes: Tensor) -> Tensor:
    """Which sentences need no more steps, bool [B]. hopes [B]: the score of their best way."""
    found = [ways.found[at] for at in ways.sentences.tolist()]
    each = zip(found, hopes.tolist(), strict=True)
    beam = ways.scores.shape[1]
    done = [len(one) >= beam and max(one).score >= hope for one, hope in each]
    return torch.tensor(done, dtype=torch.bool, device=hopes.device)


def _note(ways: _Ways, scores: Tensor, parents: Tensor, divisor: float) -> None:
    """Takes down the ways that are whole answers: those whose score is a number."""
    for row, column in torch.isfinite(scores).nonzero().tolist():
        answer = ways.ids[row, parents[row, column]].tolist()
        score = float(scores[row, column]) / divisor
        ways.found[int(ways.sentences[row])].append(Way(score, answer))
