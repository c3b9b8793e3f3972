"""The CRF against every chain there is, written out."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

torch = pytest.importorskip("torch")

from rowspace.networks.crf import CRF  # noqa: E402

LENGTHS = [4, 3, 1]


@pytest.fixture
def made():
    """A CRF of three tags with rules, scores [3, 4, 3], which words are there, tags."""
    torch.manual_seed(0)
    begins, ends = torch.tensor([True, True, False]), torch.tensor([True, False, True])
    follows = torch.tensor([[True, True, False], [False, True, True], [True, False, True]])
    crf = CRF(begins, ends, follows)
    with torch.no_grad():
        for weight in crf.parameters():
            weight.normal_()
    there = torch.arange(4) < torch.tensor(LENGTHS)[:, None]
    return crf, torch.randn(3, 4, 3) * 2, there, torch.randint(0, 3, (3, 4))


def score(crf, scores, tags):
    """One chain, term by term."""
    total = crf.first[tags[0]] + crf.last[tags[-1]]
    total = total + sum(scores[at, tag] for at, tag in enumerate(tags))
    return total + sum(crf.between[a, b] for a, b in pairwise(tags))


def allowed(crf, tags):
    pairs = pairwise(tags)
    ok = crf.begins[tags[0]] == 0 and crf.ends[tags[-1]] == 0
    return bool(ok and all(crf.follows[a, b] == 0 for a, b in pairs))


def chains(length):
    return list(product(range(3), repeat=length))


def test_the_loss_is_that_of_all_chains(made):
    crf, scores, there, tags = made
    wanted = 0
    for row, length in enumerate(LENGTHS):
        every = torch.stack([score(crf, scores[row], one) for one in chains(length)])
        own = score(crf, scores[row], tags[row, :length].tolist())
        wanted = wanted + torch.logsumexp(every, 0) - own
    assert crf.loss(scores, tags, there).item() == pytest.approx(wanted.item(), rel=1e-5)


def test_its_gradient_is_that_of_the_plain_sum(made):
    crf, scores, there, tags = made
    scores.requires_grad_()
    crf.loss(scores, tags, there).backward()
    found = scores.grad.clone()
    assert (found[~there] == 0).all()
    scores.grad = None
    total = 0
    for row, length in enumerate(LENGTHS):
        every = torch.stack([score(crf, scores[row], one) for one in chains(length)])
        total = total + torch.logsumexp(every, 0)
        total = total - score(crf, scores[row], tags[row, :length].tolist())
    total.backward()
    torch.testing.assert_close(found, scores.grad, rtol=1e-4, atol=1e-5)


def test_the_best_chain_keeps_the_rules(made):
    crf, scores, there, _ = made
    found = crf.best(scores, there)
    for row, length in enumerate(LENGTHS):
        kept = [one for one in chains(length) if allowed(crf, one)]
        wanted = max(kept, key=lambda one: score(crf, scores[row], one).item())
        assert tuple(found[row, :length].tolist()) == wanted


def test_ways_give_the_probability_of_each_tag(made):
    crf, scores, there, _ = made
    before, after, whole = crf.ways(scores, there)
    for row, length in enumerate(LENGTHS):
        kept = [one for one in chains(length) if allowed(crf, one)]
        each = torch.stack([score(crf, scores[row], one) for one in kept])
        assert whole[row].item() == pytest.approx(torch.logsumexp(each, 0).item(), rel=1e-4)
        share = torch.softmax(each, 0)
        for at in range(length):
            for tag in range(3):
                wanted = sum(p.item() for one, p in zip(kept, share, strict=True) if one[at] == tag)
                p = torch.exp(before[row, at, tag] + after[row, at, tag] - whole[row])
                assert p.item() == pytest.approx(wanted, abs=1e-5)


def test_what_is_padding_changes_nothing(made):
    crf, scores, there, tags = made
    other = torch.where(there[:, :, None], scores, torch.full_like(scores, 50.0))
    assert crf.loss(scores, tags, there) == crf.loss(other, tags, there)
    same = crf.best(scores, there)[there] == crf.best(other, there)[there]
    assert same.all()


@pytest.mark.parametrize("size", [1e-3, 1e3, 3e4])
def test_scores_of_any_size_stay_finite(made, size):
    crf, scores, there, tags = made
    scores = (scores * size).requires_grad_()
    loss = crf.loss(scores, tags, there)
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(scores.grad).all()
    assert all(torch.isfinite(one.grad).all() for one in crf.parameters())
