"""The network of a translator: what it is, and that answering sees what training saw."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rowspace import nn  # noqa: E402
from rowspace.errors import SettingError  # noqa: E402
from rowspace.networks.translate import (  # noqa: E402
    TranslateSettings,
    Translator,
    keep,
    places,
)

SMALL = {"dim": 16, "hidden": 24, "layers": 2, "heads": 4, "subwords": 512}
SOURCE = torch.tensor([[5, 6, 7, 2, 0], [8, 9, 2, 0, 0], [5, 6, 7, 8, 2]])
BEFORE = torch.tensor([[1, 20, 30, 40], [1, 50, 60, 70], [1, 21, 31, 41]])


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Translator(90, TranslateSettings(**SMALL)).eval()


def test_one_table_for_all_sides(network):
    shapes = [one.shape for one in network.parameters() if one.shape == (90, 16)]
    assert len(shapes) == 1 and isinstance(network.embedding, nn.Embedding)
    assert network.output.weight is network.embedding.weight
    assert not network.embedding.weight[0].any()


def test_layers_begin_apart(network):
    first, second = (layer.linear1.weight for layer in network.encoder.layers)
    assert not torch.equal(first, second)


def test_decoder_layers_of_their_own():
    settings = TranslateSettings(**SMALL, decoder_layers=1)
    network = Translator(90, settings)
    assert len(network.encoder.layers) == 2 and len(network.decoder.layers) == 1


@pytest.mark.parametrize("ways", [1, 3])
def test_a_step_at_a_time_is_all_at_once(network, ways):
    with torch.no_grad():
        whole = network(SOURCE, BEFORE)
        state = network.begin(SOURCE)
        steps = [network.step(BEFORE[:, at : at + 1].expand(-1, ways), state) for at in range(4)]
    found = torch.stack(steps, 2)
    assert torch.allclose(found, whole[:, None].expand(-1, ways, -1, -1), atol=1e-5)


def test_going_on_with_some(network):
    with torch.no_grad():
        state = network.begin(SOURCE)
        network.step(torch.tensor([[1, 1]] * 3), state)
        network.step(torch.tensor([[20, 50], [50, 20], [21, 20]]), state)
        keep(state, torch.tensor([0, 2]), torch.tensor([0, 0, 5, 4]))
        found = network.step(torch.tensor([[30, 31], [30, 31]]), state)
        for row, sentence, path in ((0, 0, (20, 30)), (1, 0, (20, 31)), (2, 2, (20, 30))):
            alone = network(SOURCE[[sentence]], torch.tensor([[1, *path]]))[0, -1]
            assert torch.allclose(found.flatten(0, 1)[row], alone, atol=1e-5)


def test_what_is_filled_up_changes_nothing(network):
    with torch.no_grad():
        alone = network(SOURCE[1:2, :3], BEFORE[1:2, :2])
        among = network(SOURCE, BEFORE)[1:2, :2]
        longer = network(torch.nn.functional.pad(SOURCE[1:2], (0, 9)), BEFORE[1:2, :2])
    assert torch.allclose(alone, among, atol=1e-5) and torch.allclose(alone, longer, atol=1e-5)


def test_nothing_is_seen_before_its_time(network):
    other = BEFORE.clone()
    other[:, 3] = 77
    with torch.no_grad():
        before, after = network(SOURCE, BEFORE), network(SOURCE, other)
    assert torch.allclose(before[:, :3], after[:, :3], atol=1e-6)
    assert not torch.allclose(before[:, 3], after[:, 3], atol=1e-3)


def test_the_loss_leaves_out_what_is_filled_up(network):
    after = torch.tensor([[20, 30, 40, 2], [50, 2, 0, 0], [21, 31, 2, 0]])
    with torch.no_grad():
        found = network.loss(SOURCE, BEFORE, after, 0.1)
        logits = network.output(network(SOURCE, BEFORE)).flatten(0, 1)
    other = torch.nn.functional.cross_entropy(
        logits, after.flatten(), ignore_index=0, label_smoothing=0.1
    )
    assert torch.allclose(found, other, rtol=1e-5)


def test_every_weight_learns():
    torch.manual_seed(0)
    network = Translator(90, TranslateSettings(**SMALL), nn.Dropout(0.1, "tokens")).train()
    network.loss(SOURCE, BEFORE, BEFORE.roll(-1, 1), 0.1).backward()
    for name, weight in network.named_parameters():
        grad = weight.grad
        assert grad is not None and torch.isfinite(torch.as_tensor(grad)).all(), name
        # What is added to all keys alike changes no attention.
        assert name.endswith("in_proj_bias") or bool((torch.as_tensor(grad) != 0).any()), name


def test_dropout_while_training_only():
    torch.manual_seed(0)
    network = Translator(90, TranslateSettings(**SMALL)).train()
    one, other = network(SOURCE, BEFORE), network(SOURCE, BEFORE)
    assert not torch.equal(one, other)
    network.eval()
    assert torch.equal(network(SOURCE, BEFORE), network(SOURCE, BEFORE))


def test_places():
    found = places(50, 16)
    assert found.shape == (50, 16) and torch.allclose(found[7:9], places(2, 16, 7), atol=1e-6)
    assert len(torch.unique(found, dim=0)) == 50
    assert found[3, 0].item() == pytest.approx(torch.tensor(3.0).sin().item())
    assert found[3, 1].item() == pytest.approx(torch.tensor(3.0).cos().item())


@pytest.mark.parametrize(
    "settings",
    [{"dim": 15}, {"dim": 18, "heads": 4}, {"layers": 0}, {"dropout": 1.0}, {"smoothing": -0.1},
     {"subwords": 100}, {"beam": 0}, {"decoder_layers": 0}, {"length_penalty": float("nan")},
     {"hidden": 1.5}],
)  # fmt: skip
def test_settings_that_cannot_be(settings):
    with pytest.raises(SettingError):
        TranslateSettings(**settings)
