"""The network that foretells: it looks back only, and is the same asked at once or unit by unit."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rowspace.errors import SettingError  # noqa: E402
from rowspace.networks.generate import GenerateSettings, Generator, turns  # noqa: E402

SIZE = 11
KINDS = {
    "rotary": {"encoder": "transformer", "dim": 16, "heads": 2, "layers": 2, "context": 12},
    "learned": {
        "encoder": "transformer", "dim": 16, "heads": 2, "layers": 1, "context": 12,
        "positions": "learned",
    },
    "lstm": {"encoder": "lstm", "dim": 8, "hidden": 12, "layers": 2},
    "narrow": {"encoder": "lstm", "dim": 12, "hidden": 12, "layers": 1},
}  # fmt: skip


@pytest.fixture(params=KINDS)
def network(request):
    torch.manual_seed(0)
    return Generator(SIZE, GenerateSettings(**KINDS[request.param])).eval()


def some(length=12, texts=3):
    return torch.randint(SIZE, (texts, length), generator=torch.Generator().manual_seed(1))


def test_what_comes_later_changes_nothing_before(network):
    ids = some()
    other = ids.clone()
    other[:, 7] = (other[:, 7] + 1) % SIZE
    logits, changed = network(ids)[0], network(other)[0]
    assert torch.allclose(logits[:, :7], changed[:, :7], atol=1e-6)
    assert not torch.allclose(logits[:, 7:], changed[:, 7:], atol=1e-4)


def test_asked_in_parts_it_says_what_it_says_at_once(network):
    ids = some()
    whole = network(ids)[0]
    state, found = None, []
    for part in ids.split([5, 1, 4, 1, 1], 1):
        logits, state = network(part, state)
        found.append(logits)
    assert torch.allclose(torch.cat(found, 1), whole, atol=1e-5)
    assert torch.allclose(network(ids, last=True)[0], whole[:, -1:], atol=1e-6)


def test_its_loss_is_the_mean_of_its_costs(network):
    ids = some()
    costs = network.costs(ids)
    assert costs.shape == (3, 11)
    assert network.loss(ids)[0].item() == pytest.approx(costs.mean().item(), rel=1e-5)
    logits = network(ids[:, :-1])[0]
    wanted = torch.nn.functional.cross_entropy(logits.transpose(1, 2), ids[:, 1:])
    assert costs.mean().item() == pytest.approx(wanted.item(), rel=1e-5)


def test_an_untrained_network_knows_next_to_nothing(network):
    loss = network.loss(some(texts=30))[0].item()
    assert loss == pytest.approx(torch.tensor(SIZE).log().item(), abs=0.8)


def test_rows_and_output_are_one_table(network):
    wide = [name for name, one in network.named_parameters() if SIZE in one.shape]
    assert wide == ["units.weight"]
    network.train()
    network.loss(some())[0].backward()
    rows = network.units.weight.grad.to_dense()
    assert rows.abs().sum(1).min() > 0  # each row is in each logit
    assert all(one.grad is not None for one in network.parameters())


def test_places_turn_by_how_far_they_are_apart():
    turned = turns(torch.arange(40), 8)
    angle = torch.atan2(turned[1], turned[0])
    assert torch.allclose(angle[1], angle[0] + 10_000 ** (-torch.arange(0, 8, 2) / 8), atol=1e-6)


def test_settings_that_cannot_be():
    for wrong, told in (
        ({"encoder": "rnn"}, "transformer, lstm"),
        ({"encoder": "transformer", "dim": 10, "heads": 4}, "multiple of twice the 4 heads"),
        ({"positions": "sines"}, "rotary, learned"),
        ({"dropout": 1.0}, "below 1"),
        ({"context": 1}, "from 2"),
        ({"layers": 0}, "from 1"),
    ):
        with pytest.raises(SettingError, match=told):
            GenerateSettings(**wrong)
