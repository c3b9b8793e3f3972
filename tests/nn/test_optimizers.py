"""The row optimizers: torch's dense ones where every row learns, in an ordinary loop."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace import nn  # noqa: E402
from rowspace.errors import SettingError  # noqa: E402

ROWS, DIM = 12, 17
PAIRS = {
    "sgd": (nn.SGD, torch.optim.SGD, {"lr": 0.1}),
    "momentum": (nn.SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
    "nesterov": (nn.SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "sgd-l2": (nn.SGD, torch.optim.SGD, {"lr": 0.1, "momentum": 0.5, "weight_decay": 0.1}),
    "adagrad": (nn.Adagrad, torch.optim.Adagrad, {"lr": 0.1}),
    "adagrad-l2": (
        nn.Adagrad,
        torch.optim.Adagrad,
        {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.1},
    ),
    "adam": (nn.Adam, torch.optim.Adam, {"lr": 0.1}),
    "adam-l2": (nn.Adam, torch.optim.Adam, {"lr": 0.1, "weight_decay": 0.1, "betas": (0.5, 0.9)}),
    "adamw": (nn.AdamW, torch.optim.AdamW, {"lr": 0.1, "weight_decay": 0.1}),
    "adam-up": (nn.Adam, torch.optim.Adam, {"lr": 0.1, "maximize": True}),
}


def twins(dtype=torch.float32, dim=DIM, **options):
    """Our layer and torch's, with the same numbers."""
    torch.manual_seed(1)
    theirs = torch.nn.Embedding(ROWS, dim, dtype=dtype)
    ours = nn.Embedding(ROWS, dim, dtype=dtype, **options)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def batches(count, every_row=True, seed=0):
    """Ids with repeats, and the factors of a loss."""
    generator = torch.Generator().manual_seed(seed)
    for _ in range(count):
        ids = torch.randint(ROWS, (30,), generator=generator)
        if every_row:
            ids = torch.cat([ids, torch.arange(ROWS)])
        yield ids, torch.randn(len(ids), DIM, generator=generator)


def learn(layer, optimizer, ids, factors):
    optimizer.zero_grad()
    loss = (layer(ids) * factors.to(layer.weight.dtype)).sum()
    loss.backward()
    optimizer.step()
    return loss.item()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("kind", PAIRS)
def test_equals_torchs_dense_one_where_every_row_learns_every_step(kind, dtype):
    ours, theirs = twins(dtype)
    mine, their, settings = PAIRS[kind]
    one, two = mine(ours.parameters(), **settings), their(theirs.parameters(), **settings)
    for ids, factors in batches(12):
        learn(ours, one, ids, factors)
        learn(theirs, two, ids, factors)
        assert isinstance(ours.weight.grad, nn.RowGradient)
        torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("untouched", ["own-clock", "catch-up"])
@pytest.mark.parametrize("kind", ["momentum", "adam", "adamw"])
def test_every_way_with_untouched_rows_is_the_same_where_there_are_none(kind, untouched):
    ours, theirs = twins()
    mine, their, settings = PAIRS[kind]
    one = mine(ours.parameters(), **settings, untouched=untouched)
    two = their(theirs.parameters(), **settings)
    for ids, factors in batches(8):
        learn(ours, one, ids, factors)
        learn(theirs, two, ids, factors)
    torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("kind", PAIRS)
def test_torchs_own_sparse_layer_learns_the_same(kind):
    ours, _ = twins()
    torch.manual_seed(1)
    theirs = torch.nn.Embedding(ROWS, DIM, sparse=True)
    mine, _, settings = PAIRS[kind]
    one, two = mine(ours.parameters(), **settings), mine(theirs.parameters(), **settings)
    for ids, factors in batches(6, every_row=False):
        learn(ours, one, ids, factors)
        learn(theirs, two, ids, factors)
        assert torch.equal(ours.weight.data, theirs.weight.data)


@pytest.mark.parametrize("kind", PAIRS)
def test_rows_that_no_batch_names_stay_as_they_are(kind):
    ours, _ = twins()
    before = ours.weight.data.clone()
    mine, _, settings = PAIRS[kind]
    optimizer = mine(ours.parameters(), **settings)
    for _ in range(3):
        learn(ours, optimizer, torch.tensor([1, 4, 4]), torch.ones(3, DIM))
    still = [row for row in range(ROWS) if row not in (1, 4)]
    assert torch.equal(ours.weight.data[still], before[still])
    assert not torch.equal(ours.weight.data[1], before[1])


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("untouched", ["skip", "own-clock", "catch-up"])
def test_kernels_and_torchs_operators_agree(kind, untouched, monkeypatch):
    mine, _, settings = PAIRS[kind]
    if mine is not nn.Adagrad:
        settings = {**settings, "untouched": untouched}
    found = []
    for numbers in ((torch.float32,), ()):
        monkeypatch.setattr("rowspace.nn.row_optimizer.NUMBERS", numbers)
        layer, _ = twins(padding_idx=2, max_norm=3.0)
        optimizer = mine(layer.parameters(), **settings)
        for ids, factors in batches(7, every_row=False):
            learn(layer, optimizer, ids[:9], factors[:9])
        optimizer.flush()
        found.append(layer.weight.data)
    torch.testing.assert_close(*found, rtol=2e-5, atol=2e-5)


def test_row_wise_adagrad_is_its_formula():
    layer, _ = twins()
    optimizer = nn.RowWiseAdagrad(layer.parameters(), lr=0.1, eps=1e-3)
    weight, total = layer.weight.data.numpy().copy(), np.zeros((ROWS, 1))
    for ids, factors in batches(5, every_row=False):
        learn(layer, optimizer, ids, factors)
        g = np.zeros((ROWS, DIM))
        np.add.at(g, ids.numpy(), factors.numpy())
        total += (g * g).mean(1, keepdims=True)
        touched = np.isin(np.arange(ROWS), ids)
        weight[touched] -= (0.1 * g / (np.sqrt(total) + 1e-3))[touched]
    np.testing.assert_allclose(layer.weight.data.numpy(), weight, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RowWiseAdagrad", "Adam", "AdamW"])
def test_a_network_learns_its_dense_and_its_row_parameters(name):
    torch.manual_seed(0)
    emb = nn.EmbeddingBag(50, 8, mode="mean")
    network = torch.nn.Sequential(emb, torch.nn.ReLU(), torch.nn.Linear(8, 2))
    optimizer = getattr(nn, name)(network.parameters(), lr=0.05 if name != "SGD" else 5.0)
    ids = torch.randint(50, (64, 5))
    labels = (ids % 2).sum(1).gt(2).long()
    first = last = None
    for _ in range(60):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(ids), labels)
        loss.backward()
        optimizer.step()
        first, last = loss.item() if first is None else first, loss.item()
    assert last < first / 2


def test_dense_parameters_learn_exactly_as_with_torch():
    torch.manual_seed(0)
    one = torch.nn.Linear(5, 3)
    two = copy.deepcopy(one)
    ours, theirs = nn.AdamW(one.parameters(), lr=0.1), torch.optim.AdamW(two.parameters(), lr=0.1)
    for _ in range(4):
        x = torch.randn(7, 5)
        for layer, optimizer in ((one, ours), (two, theirs)):
            optimizer.zero_grad()
            layer(x).square().sum().backward()
            optimizer.step()
    assert torch.equal(one.weight, two.weight)
    assert torch.equal(one.bias, two.bias)


@pytest.mark.parametrize("kind", PAIRS)
def test_a_stopped_run_goes_on_from_its_states(kind, tmp_path):
    mine, _, settings = PAIRS[kind]
    if mine is not nn.Adagrad:
        settings = {**settings, "untouched": "catch-up"}
    through, halved = twins()[0], twins()[0]
    one, two = mine(through.parameters(), **settings), mine(halved.parameters(), **settings)
    for ids, factors in batches(3, every_row=False):
        learn(through, one, ids[:5], factors[:5])
        learn(halved, two, ids[:5], factors[:5])
    torch.save({"layer": halved.state_dict(), "optimizer": two.state_dict()}, tmp_path / "run")
    saved = torch.load(tmp_path / "run", weights_only=True)
    again = twins()[0]
    three = mine(again.parameters(), **settings)
    again.load_state_dict(saved["layer"])
    three.load_state_dict(saved["optimizer"])
    for ids, factors in batches(3, every_row=False, seed=9):
        learn(through, one, ids[:5], factors[:5])
        learn(again, three, ids[:5], factors[:5])
    one.flush()
    three.flush()
    assert torch.equal(through.weight, again.weight)


def test_states_of_torchs_dense_adam_go_on_here():
    ours, theirs = twins()
    dense = torch.optim.Adam(theirs.parameters(), lr=0.1)
    both = list(batches(6))
    for ids, factors in both[:3]:
        learn(theirs, dense, ids, factors)
    ours.load_state_dict(theirs.state_dict())
    rows = nn.Adam(ours.parameters(), lr=0.1)
    rows.load_state_dict(dense.state_dict())
    for ids, factors in both[3:]:
        learn(theirs, dense, ids, factors)
        learn(ours, rows, ids, factors)
    torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=2e-5, atol=2e-5)


def test_groups_and_schedulers_reach_the_rows():
    ours, theirs = twins()
    one = nn.SGD([{"params": ours.parameters(), "lr": 0.5}], lr=9.0)
    two = torch.optim.SGD(theirs.parameters(), lr=0.5)
    plans = [torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.1) for optimizer in (one, two)]
    for ids, factors in batches(6):
        learn(ours, one, ids, factors)
        learn(theirs, two, ids, factors)
        for plan in plans:
            plan.step()
    torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("clip", ["norm", "value"])
def test_gradients_are_clipped_as_dense_ones_are(clip):
    ours, theirs = twins()
    one, two = nn.Adam(ours.parameters(), lr=0.1), torch.optim.Adam(theirs.parameters(), lr=0.1)
    for ids, factors in batches(4):
        for layer, optimizer in ((ours, one), (theirs, two)):
            optimizer.zero_grad()
            (layer(ids) * factors).sum().backward()
            if clip == "norm":
                torch.nn.utils.clip_grad_norm_(layer.parameters(), 0.5)
            else:
                torch.nn.utils.clip_grad_value_(layer.parameters(), 0.3)
            optimizer.step()
    torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=2e-5, atol=2e-5)


def test_accumulated_gradients_are_one_step():
    ours, theirs = twins()
    one, two = nn.Adam(ours.parameters(), lr=0.1), torch.optim.Adam(theirs.parameters(), lr=0.1)
    for _ in range(3):
        for layer, optimizer in ((ours, one), (theirs, two)):
            optimizer.zero_grad()
            for ids, factors in batches(3):
                (layer(ids) * factors).sum().backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=2e-5, atol=2e-5)


def test_the_scaler_of_mixed_precision_is_obeyed():
    ours, theirs = twins()
    one, two = nn.SGD(ours.parameters(), lr=0.1), torch.optim.SGD(theirs.parameters(), lr=0.1)
    scalers = [torch.amp.GradScaler("cpu", init_scale=1024.0) for _ in range(2)]
    for step, (ids, factors) in enumerate(batches(4)):
        factors = factors * float("inf") if step == 2 else factors
        for layer, optimizer, scaler in ((ours, one, scalers[0]), (theirs, two, scalers[1])):
            optimizer.zero_grad()
            scaler.scale((layer(ids) * factors).sum()).backward()
            scaler.step(optimizer)
            scaler.update()
    assert scalers[0].get_scale() == scalers[1].get_scale() == 512
    torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RowWiseAdagrad", "Adam", "AdamW"])
def test_the_padding_row_never_moves(name):
    layer, _ = twins(padding_idx=3)
    with torch.no_grad():
        layer.weight[3] = 5
    settings = {} if name == "RowWiseAdagrad" else {"weight_decay": 0.1}
    optimizer = getattr(nn, name)(layer.parameters(), lr=0.1, **settings)
    for ids, _ in batches(3):
        optimizer.zero_grad()
        hidden = layer(ids)
        (hidden @ layer.weight.T).logsumexp(1).sum().backward()  # tied: the gradient is dense too
        optimizer.step()
    assert torch.equal(layer.weight[3], torch.full((DIM,), 5.0))
    assert not torch.equal(layer.weight[4], twins()[1].weight[4])


def test_tied_weights_learn_as_with_torch():
    ours, theirs = twins()
    one, two = nn.Adam(ours.parameters(), lr=0.01), torch.optim.Adam(theirs.parameters(), lr=0.01)
    for ids, _ in batches(4, every_row=False):
        for layer, optimizer in ((ours, one), (theirs, two)):
            optimizer.zero_grad()
            (layer(ids) @ layer.weight.T).logsumexp(1).sum().backward()
            optimizer.step()
    torch.testing.assert_close(ours.weight.data, theirs.weight.data, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_small_steps_of_halves_do_not_vanish(dtype):
    layer = nn.Embedding(4, 64, dtype=dtype)
    torch.nn.init.ones_(layer.weight)
    optimizer = nn.SGD(layer.parameters(), lr=1e-4)
    for _ in range(1000):
        optimizer.zero_grad()
        layer(torch.tensor([1, 2])).sum().backward()
        optimizer.step()
    moved = 1 - layer.weight.float()[1:3].mean().item()
    assert moved == pytest.approx(0.1, rel=0.05)
    assert (layer.weight[0] == 1).all()


def test_the_rounding_of_halves_repeats_by_its_seed():
    def run(seed):
        layer, _ = twins(torch.bfloat16)
        optimizer = nn.SGD(layer.parameters(), lr=1e-3, seed=seed)
        for ids, factors in batches(3):
            learn(layer, optimizer, ids, factors)
        return layer.weight.data

    assert torch.equal(run(5), run(5))
    assert not torch.equal(run(5), run(6))


def test_rows_added_to_a_layer_go_on_learning():
    layer, _ = twins()
    optimizer = nn.Adam(layer.parameters(), lr=0.1, untouched="own-clock")
    learn(layer, optimizer, torch.arange(ROWS), torch.ones(ROWS, DIM))
    before = optimizer.state[layer.weight]["exp_avg"].clone()
    layer.add_rows(3)
    learn(layer, optimizer, torch.tensor([ROWS + 2]), torch.ones(1, DIM))
    after = optimizer.state[layer.weight]["exp_avg"]
    assert torch.equal(after[:ROWS], before)
    assert after[ROWS + 2].abs().sum() > 0
    assert after[ROWS].abs().sum() == 0


def test_states_may_lie_in_files(tmp_path):
    layer, other = twins()[0], twins()[0]
    one = nn.Adam(layer.parameters(), lr=0.1, folder=tmp_path)
    two = nn.Adam(other.parameters(), lr=0.1)
    for ids, factors in batches(3, every_row=False):
        learn(layer, one, ids, factors)
        learn(other, two, ids, factors)
    assert torch.equal(layer.weight, other.weight)
    assert (tmp_path / "0" / "exp_avg.rows").stat().st_size == ROWS * DIM * 4


def test_settings_that_rows_have_no_rule_for_are_refused():
    layer, _ = twins()
    optimizer = nn.Adam(layer.parameters(), amsgrad=True)
    layer(torch.tensor([1])).sum().backward()
    with pytest.raises(SettingError, match="amsgrad"):
        optimizer.step()
    with pytest.raises(SettingError, match="untouched"):
        nn.Adam(layer.parameters(), untouched="never")
    linear = torch.nn.Linear(2, 2)
    linear(torch.ones(1, 2)).sum().backward()
    nn.Adam(linear.parameters(), amsgrad=True).step()


def test_hooks_are_called_once_and_a_closure_gives_its_loss():
    layer, _ = twins()
    linear = torch.nn.Linear(DIM, 1)
    torch.optim.Adam(linear.parameters())  # torch wraps its own step when one is made
    optimizer = nn.Adam([*layer.parameters(), *linear.parameters()])
    called = []
    optimizer.register_step_post_hook(lambda *_: called.append(1))

    def closure():
        optimizer.zero_grad()
        loss = linear(layer(torch.tensor([1, 2]))).sum()
        loss.backward()
        return loss

    assert torch.is_tensor(optimizer.step(closure))
    assert called == [1]


def test_only_rows_that_learn_are_held_to_any_norm():
    layer, _ = twins(padding_idx=2, frozen=[5], max_norm=1.5, norm_type=1.0)
    with torch.no_grad():
        layer.weight.fill_(1.0)
    optimizer = nn.SGD(layer.parameters(), lr=1e-3)
    learn(layer, optimizer, torch.tensor([1, 2, 5]), torch.ones(3, DIM))
    lengths = layer.weight.detach().abs().sum(1)
    assert lengths[1] <= 1.5001
    assert lengths[2] == lengths[5] == DIM
