"""`CRF`: a chain of tags, each judged together with the one before it (Lafferty et al. 2001).

score(t) = b[t₁] + Σᵢ e[i, tᵢ] + Σᵢ A[tᵢ₋₁, tᵢ] + c[t_L], and p(t) = exp(score(t)) / Z. Z comes from
the forward algorithm, the best chain from Viterbi's. Ours, because no library that is kept does it:
pytorch-crf's last release is of 2019, TorchCRF's of 2020. Axes: `B` sentences, `L` words, `T` tags.
"""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

NEVER = -1e4
"""The score of what must not be."""
LEAST = 1e-30


@final
class CRF(nn.Module):
    """begins, ends, follows: bool [T], [T], [T, T]: tags that may stand first, last, and behind
    another (rows: the one before). They bind the answers, not the learning: a chain that breaks
    the rules costs what it scores, so that its score falls."""

    begins: Tensor
    ends: Tensor
    follows: Tensor

    def __init__(self, begins: Tensor, ends: Tensor, follows: Tensor) -> None:
        super().__init__()
        size = len(begins)
        self.first = nn.Parameter(torch.zeros(size))
        self.last = nn.Parameter(torch.zeros(size))
        self.between = nn.Parameter(torch.zeros(size, size))
        for name, rule in (("begins", begins), ("ends", ends), ("follows", follows)):
            self.register_buffer(name, (~rule).float() * NEVER, persistent=False)

    def loss(self, scores: Tensor, tags: Tensor, there: Tensor) -> Tensor:
        """−log p(tags), its sum over the batch, scalar. scores float [B, L, T], tags int64 [B, L],
        there bool [B, L]: words that are no padding, which stands behind them."""
        scores = scores.float()
        own = scores.gather(2, tags.unsqueeze(2)).squeeze(2) * there
        steps = self.between[tags[:, :-1], tags[:, 1:]] * there[:, 1:]
        final = tags.gather(1, there.sum(1, keepdim=True) - 1).squeeze(1)
        chain = own.sum(1) + steps.sum(1) + self.first[tags[:, 0]] + self.last[final]
        alpha, step = self.first + scores[:, 0], self.between.exp()
        here = there.unsqueeze(2).unbind(1)
        for at, score in enumerate(scores.unbind(1)[1:], 1):
            alpha = torch.where(here[at], through(alpha, step) + score, alpha)
        return (torch.logsumexp(alpha + self.last, 1) - chain).sum()

    def best(self, scores: Tensor, there: Tensor) -> Tensor:
        """The likeliest chain that keeps the rules, int64 [B, L]; padding repeats the last tag."""
        scores, moves = scores.float(), self.between + self.follows
        best = self.first + self.begins + scores[:, 0]
        length, size = scores.shape[1], scores.shape[2]
        stay = torch.arange(size, device=scores.device).expand(len(scores), size)
        back = []
        for at in range(1, length):
            reached, came = (best.unsqueeze(2) + moves).max(1)
            here = there[:, at, None]
            best = torch.where(here, reached + scores[:, at], best)
            back.append(torch.where(here, came, stay))
        tag = (best + self.last + self.ends).argmax(1)
        chain = [tag]
        for came in reversed(back):
            tag = came.gather(1, tag.unsqueeze(1)).squeeze(1)
            chain.append(tag)
        return torch.stack(chain[::-1], 1)

    def ways(self, scores: Tensor, there: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """log Σ exp(score) of the chains that keep the rules: up to each tag of each word, that
        word's score included, and from each on, without it, float [B, L, T]; and of all, [B]."""
        scores, step = scores.float(), (self.between + self.follows).exp()
        here = there.unsqueeze(2).unbind(1)
        before = [self.first + self.begins + scores[:, 0]]
        for at in range(1, scores.shape[1]):
            reached = through(before[-1], step) + scores[:, at]
            before.append(torch.where(here[at], reached, before[-1]))
        after = [(self.last + self.ends).expand_as(before[0])]
        for at in range(scores.shape[1] - 1, 0, -1):
            reached = through(after[-1] + scores[:, at], step.T)
            after.append(torch.where(here[at], reached, after[-1]))
        whole = torch.logsumexp(before[-1] + self.last + self.ends, 1)
        return torch.stack(before, 1), torch.stack(after[::-1], 1), whole


def through(alpha: Tensor, step: Tensor) -> Tensor:
    """log Σᵢ exp(alpha[:, i]) · step[i, j], float [B, T]: one step of a chain."""
    highest = alpha.detach().max(1, keepdim=True).values
    return ((alpha - highest).exp() @ step).clamp_min(LEAST).log() + highest
