"""The eighteen traps of embedding layers, one after the other, in layers and optimizers together.

Every figure is worked out here, in NumPy or on paper, from what the trap says must happen.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from copy import deepcopy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (the `torch` extra)")

# ruff: noqa: E402 - what needs torch comes after the skip
from rowspace import Exact, Hashed, Vectors, Vocabulary, nn
from rowspace.nn.grow import add_rows
from rowspace.nn.quantized import QuantizedEmbedding
from rowspace.threads import get_threads, set_threads

R, D = 7, 5
LR = 0.1

# Where a gradient comes from: ours, kept by contributions; torch's sparse one; a dense one.
LAYERS = {
    "ours": lambda **k: nn.Embedding(R, D, **k),
    "ours, sparse": lambda **k: nn.Embedding(R, D, sparse=True, **k),
    "torch's, sparse": lambda **k: torch.nn.Embedding(R, D, sparse=True, **k),
    "torch's, dense": lambda **k: torch.nn.Embedding(R, D, **k),
}
SPARSE = [name for name in LAYERS if name != "torch's, dense"]
RULES = {
    "sgd": lambda p, **k: nn.SGD(p, lr=LR, **k),
    "momentum": lambda p, **k: nn.SGD(p, lr=LR, momentum=0.9, **k),
    "adagrad": lambda p, **k: nn.Adagrad(p, lr=LR, **k),
    "row-wise adagrad": lambda p, **k: nn.RowWiseAdagrad(p, lr=LR, **k),
    "adam": lambda p, **k: nn.Adam(p, lr=LR, **k),
    "adamw": lambda p, **k: nn.AdamW(p, lr=LR, **k),
}
every_layer = pytest.mark.parametrize("layer", LAYERS)
every_sparse = pytest.mark.parametrize("layer", SPARSE)
every_rule = pytest.mark.parametrize("rule", RULES)


def ids(*rows):
    return torch.tensor(rows)


def weights(layer):
    """The numbers of a layer, by themselves."""
    return layer.weight.detach().clone().float().numpy()


def step(layer, optimizer, rows, gradient=None):
    """One step in which the k-th of `rows` has the k-th gradient (ones unless told)."""
    gradient = torch.ones(len(rows), D) if gradient is None else torch.as_tensor(gradient)
    optimizer.zero_grad()
    (layer(torch.tensor(rows)) * gradient).sum().backward()
    optimizer.step()


# 1. Duplicate ids: summed over the batch, then one update.


@every_rule
@every_sparse
def test_trap_1_a_repeated_row_is_summed_and_learns_once(layer, rule):
    repeated, once = LAYERS[layer](), LAYERS[layer]()
    once.load_state_dict(repeated.state_dict())
    values = torch.randn(3, D)
    step(repeated, RULES[rule](repeated.parameters()), [2, 4, 2], values)
    step(
        once,
        RULES[rule](once.parameters()),
        [2, 4],
        torch.stack([values[0] + values[2], values[1]]),
    )
    assert np.allclose(weights(repeated), weights(once), atol=1e-6)


# 2. The square of the sum, not the sum of the squares; by the row, its mean.


@every_layer
def test_trap_2_the_second_moment_is_the_square_of_the_sum(layer):
    g = np.float32([[1, 2, 3, 4, 5], [1, -2, 3, 0, 1]])
    one = LAYERS[layer]()
    before = weights(one)[3]
    step(one, nn.Adagrad(one.parameters(), lr=LR), [3, 3], g)
    total = g.sum(axis=0)
    moved = np.where(total == 0, 0, LR * np.sign(total))  # g / √g² is a sign
    assert np.allclose(before - weights(one)[3], moved, atol=1e-5)


@every_layer
def test_trap_2_by_the_row_it_is_the_mean_of_the_squares(layer):
    g = np.float32([[1, 2, 3, 4, 5], [1, -2, 3, 0, 1]])
    one = LAYERS[layer]()
    before = weights(one)[3]
    step(one, nn.RowWiseAdagrad(one.parameters(), lr=LR), [3, 3], g)
    total = g.sum(axis=0)
    assert np.allclose(before - weights(one)[3], LR * total / np.sqrt((total**2).mean()), atol=1e-5)


def test_trap_2_decay_that_joins_the_gradient_is_in_the_square_too():
    one = LAYERS["ours"]()
    before = weights(one)[3].astype(np.float64)
    step(one, nn.Adagrad(one.parameters(), lr=LR, weight_decay=0.5), [3, 3])
    assert np.allclose(weights(one)[3], before - LR * np.sign(2 + 0.5 * before), atol=1e-5)


# 3. Rows first seen late, and momenta of rows not seen.


@every_sparse
@pytest.mark.parametrize(
    ("untouched", "first"),
    [("skip", 0.1 / np.sqrt(0.001)), ("own-clock", 1.0), ("catch-up", 0.1 / np.sqrt(0.001))],
)
def test_trap_3_the_first_step_of_a_late_row(layer, untouched, first):
    """Zero moments and a bias that is long gone make it 0.1 / √0.001 = 3.2 steps long."""
    one = LAYERS[layer]()
    optimizer = nn.Adam(one.parameters(), lr=1e-4, untouched=untouched)
    for _ in range(2_000):
        step(one, optimizer, [0])
    before = weights(one)[5]
    step(one, optimizer, [5])
    bias = 1.0 if untouched == "own-clock" else np.sqrt(1 - 0.999**2_001)
    assert np.allclose(before - weights(one)[5], 1e-4 * first * bias, rtol=1e-2)


@every_sparse
@pytest.mark.parametrize("untouched", ["skip", "own-clock", "catch-up"])
def test_trap_3_momenta_fade_only_where_that_is_asked_for(layer, untouched):
    one = LAYERS[layer]()
    optimizer = nn.Adam(one.parameters(), lr=LR, untouched=untouched)
    step(one, optimizer, [1])
    first = weights(one)[1]
    for _ in range(9):
        step(one, optimizer, [2])
    assert (weights(one)[1] == first).all()  # no row moves by old momentum
    step(one, optimizer, [1])
    gap, clock = (9, 11) if untouched == "catch-up" else (0, 2 if untouched == "own-clock" else 11)
    m, v = 0.1 * 0.9**gap * 0.9 + 0.1, 0.001 * 0.999**gap * 0.999 + 0.001
    moved = LR * (m / (1 - 0.9**clock)) / (np.sqrt(v / (1 - 0.999**clock)) + 1e-8)
    assert np.allclose(first - weights(one)[1], moved, rtol=1e-4)


# 4. Lazy weight decay: of touched rows only, or made up for.


@every_sparse
def test_trap_4_decay_of_touched_rows_only(layer):
    one = LAYERS[layer]()
    before = weights(one)
    step(one, nn.AdamW(one.parameters(), lr=LR, weight_decay=0.5), [1, 1])
    after = weights(one)
    assert (after[2:] == before[2:]).all() and (after[0] == before[0]).all()
    assert np.allclose(after[1], before[1] * (1 - LR * 0.5) - LR, atol=1e-5)


@every_sparse
@pytest.mark.parametrize("rule", ["sgd", "adamw"])
def test_trap_4_decay_made_up_for_also_when_the_rate_changes(layer, rule):
    """(1 - lr₁ · wd) (1 - lr₂ · wd) …: each missed step with the rate it had."""
    one = LAYERS[layer]()
    optimizer = RULES[rule](one.parameters(), weight_decay=0.5, untouched="catch-up")
    rates = [0.1, 0.4, 0.2, 0.05]
    before = weights(one)
    for rate in rates[:-1]:
        optimizer.param_groups[0]["lr"] = rate
        step(one, optimizer, [0])
    optimizer.param_groups[0]["lr"] = rates[-1]
    step(one, optimizer, [3], torch.zeros(1, D))
    expected = before[3] * np.prod([1 - rate * 0.5 for rate in rates])
    assert np.allclose(weights(one)[3], expected, atol=1e-6)


@every_sparse
def test_trap_4_flush_brings_every_row_up_to_date(layer):
    one = LAYERS[layer]()
    optimizer = nn.AdamW(one.parameters(), lr=LR, weight_decay=0.5, untouched="catch-up")
    before = weights(one)
    for _ in range(4):
        step(one, optimizer, [0])
    optimizer.flush()
    assert np.allclose(weights(one)[1:], before[1:] * (1 - LR * 0.5) ** 4, atol=1e-6)
    flushed = weights(one)
    optimizer.flush()
    assert (weights(one) == flushed).all()


def test_trap_4_what_is_made_up_for_is_not_made_up_for_twice():
    """Saved and loaded between two steps, the clocks go on where they were."""
    one, two = LAYERS["ours"](), LAYERS["ours"]()
    two.load_state_dict(one.state_dict())
    optimizers = [
        nn.AdamW(layer.parameters(), lr=LR, weight_decay=0.5, untouched="catch-up")
        for layer in (one, two)
    ]
    for layer, optimizer in zip((one, two), optimizers, strict=True):
        for row in (1, 2, 2):
            step(layer, optimizer, [row])
    fresh = nn.AdamW(two.parameters(), lr=LR, weight_decay=0.5, untouched="catch-up")
    fresh.load_state_dict(optimizers[1].state_dict())
    step(one, optimizers[0], [1, 3])
    step(two, fresh, [1, 3])
    assert (weights(one) == weights(two)).all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_trap_4_flush_keeps_the_numbers_of_the_table(dtype):
    torch.manual_seed(0)
    one = nn.Embedding(R, D, dtype=dtype)
    optimizer = nn.AdamW(one.parameters(), lr=LR, weight_decay=0.5, untouched="catch-up")
    before = one.weight.detach().double().numpy().copy()
    for _ in range(4):
        optimizer.zero_grad()
        one(ids(0)).sum().backward()
        optimizer.step()
    optimizer.flush()
    expected, near = before[1:] * (1 - LR * 0.5) ** 4, torch.finfo(dtype).eps * 20
    assert np.allclose(one.weight.detach().double().numpy()[1:], expected, rtol=near, atol=0)


# 5. The padding row: it stays, whatever moves the others.


@every_rule
def test_trap_5_the_padding_row_stays_under_every_rule(rule):
    one = nn.Embedding(R, D, padding_idx=2)
    decay = {} if rule in ("adagrad", "row-wise adagrad") else {"weight_decay": 0.5}
    optimizer = RULES[rule](one.parameters(), **decay)
    for _ in range(3):
        step(one, optimizer, [2, 2, 3])
    assert (weights(one)[2] == 0).all()


@every_rule
def test_trap_5_momentum_from_before_does_not_move_it(rule):
    one = nn.Embedding(R, D)
    optimizer = RULES[rule](one.parameters())
    for _ in range(3):
        step(one, optimizer, [2, 3])
    one.padding_idx = 2
    before = weights(one)
    step(one, optimizer, [2, 3])
    assert (weights(one)[2] == before[2]).all() and (weights(one)[3] != before[3]).all()


@every_rule
def test_trap_5_tied_output_weights_do_not_move_it(rule):
    one = nn.Embedding(R, D, padding_idx=2)
    logits = nn.TiedLinear(one)
    optimizer = RULES[rule](one.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(logits(one(ids(0, 1, 2))), ids(1, 2, 3))
        loss.backward()
        optimizer.step()
    assert (weights(one)[2] == 0).all() and (weights(one)[3] != 0).all()


@pytest.mark.parametrize(
    "name", ["uniform", "xavier-uniform", "kaiming-normal", "ones", "orthogonal"]
)
def test_trap_5_any_initialisation_leaves_it_zero(name):
    one = nn.Embedding(R, D, padding_idx=-1, init=name)
    assert (weights(one)[-1] == 0).all() and weights(one)[:-1].any()
    one.reset_parameters()
    assert (weights(one)[-1] == 0).all()


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_trap_5_pretrained_padding_is_kept_and_stays(layer):
    one = layer.from_pretrained(torch.ones(R, D), freeze=False, padding_idx=2)
    optimizer = nn.AdamW(one.parameters(), lr=LR, weight_decay=0.5)
    one(ids([2, 3], [2, 2])).sum().backward()
    optimizer.step()
    assert (weights(one)[2] == 1).all() and (weights(one)[3] != 1).all()


@every_rule
@pytest.mark.parametrize("sparse", [False, True])
def test_trap_5_not_a_number_at_padding_harms_nobody(rule, sparse):
    """Masked attention hands NaN back there: clipping, which measures all rows, does not see it."""
    one = nn.Embedding(R, D, padding_idx=2, sparse=sparse)
    optimizer = RULES[rule](one.parameters())
    (one(ids(2, 3)) * torch.tensor([[torch.nan], [1.0]])).sum().backward()
    if not sparse:  # torch clips no sparse gradients
        assert torch.isclose(
            torch.nn.utils.clip_grad_norm_(one.parameters(), 1.0), torch.tensor(D**0.5)
        )
    optimizer.step()
    assert (weights(one)[2] == 0).all() and np.isfinite(weights(one)).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("rule", ["sgd", "adamw"])
def test_trap_5_decay_made_up_for_leaves_padding_and_frozen_rows(rule, dtype):
    one = nn.Embedding(R, D, padding_idx=2, frozen=[4], dtype=dtype)
    with torch.no_grad():
        one.weight[2] = 1.0
    before = weights(one)
    optimizer = RULES[rule](one.parameters(), weight_decay=0.5, untouched="catch-up")
    for _ in range(3):
        step(one, optimizer, [1, 2, 4])
    optimizer.flush()
    assert (weights(one)[[2, 4]] == before[[2, 4]]).all()
    assert (weights(one)[[0, 1, 3]] != before[[0, 1, 3]]).all()


@every_rule
@pytest.mark.parametrize("sparse", [False, True])
def test_trap_5_a_batch_of_padding_alone_changes_nothing(rule, sparse):
    one = nn.EmbeddingBag(R, D, padding_idx=0, sparse=sparse)
    before = weights(one)
    optimizer = RULES[rule](one.parameters())
    out = one(ids([0, 0], [0, 0]))
    assert (out == 0).all()
    out.sum().backward()
    optimizer.step()
    assert (weights(one) == before).all()


# 6. Pooled means.


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_trap_6_empty_bags_are_zero_and_teach_nothing(mode):
    one = nn.EmbeddingBag(R, D, mode=mode, padding_idx=6)
    out = one(ids(1, 2, 6, 6), ids(0, 0, 2, 4))  # nothing; 1, 2; padding alone; nothing
    assert (out[[0, 2, 3]] == 0).all() and out.isfinite().all()
    out[[0, 2, 3]].sum().backward()
    assert (one.weight.grad.to_dense() == 0).all()


def test_trap_6_a_mean_leaves_padding_out_both_ways():
    one = nn.EmbeddingBag(R, D, mode="mean", padding_idx=0)
    out = one(ids([1, 0, 2, 0]))
    assert torch.allclose(out[0], (one.weight[1] + one.weight[2]) / 2)
    out.sum().backward()
    found = one.weight.grad.to_dense().numpy()
    assert np.allclose(found[[1, 2]], 0.5) and (found[0] == 0).all()


def test_trap_6_a_weighted_mean_divides_by_the_weights():
    one = nn.EmbeddingBag(R, D, mode="mean")
    factors = torch.tensor([[1.0, 3.0], [0.0, 0.0]])
    out = one(ids([1, 2], [3, 4]), per_sample_weights=factors)
    assert torch.allclose(out[0], one.weight[1] * 0.25 + one.weight[2] * 0.75)
    assert (out[1] == 0).all()
    out.sum().backward()
    found = one.weight.grad.to_dense().numpy()
    assert np.allclose(found[[1, 2, 3, 4], 0], [0.25, 0.75, 0, 0])


# 7. max_norm: in the step, never in the forward.


def test_trap_7_looking_up_writes_nothing():
    one = nn.Embedding(R, D, max_norm=1.0)
    with torch.no_grad():
        one.weight[3] = 10.0
    version, before = one.weight._version, weights(one)
    used = one.weight.sum()
    (
        one(ids(3, 3, 1)).sum() + used
    ).backward()  # torch's own says "modified by an inplace operation"
    assert one.weight._version == version and (weights(one) == before).all()


@every_rule
@pytest.mark.parametrize("norm_type", [2.0, 1.0])
def test_trap_7_rows_are_within_it_when_made_loaded_and_after_a_step(rule, norm_type):
    def lengths(layer):
        return np.linalg.norm(weights(layer), norm_type, axis=1)

    one = nn.Embedding(R, D, max_norm=0.5, norm_type=norm_type)
    assert (lengths(one) <= 0.5 + 1e-6).all()
    one.load_state_dict({"weight": torch.full((R, D), 3.0)})
    assert np.allclose(lengths(one), 0.5, atol=1e-5)
    optimizer = RULES[rule](one.parameters())
    step(one, optimizer, [1, 1, 4], -torch.ones(3, D))
    assert (lengths(one) <= 0.5 + 1e-6).all()


# 8. Integer width: a table of more than 2³¹ numbers, and one larger than memory.


def test_trap_8_rows_beyond_two_to_the_31_numbers(tmp_path):
    """A file that holds nothing until it is written: a step takes the batch's rows alone."""
    dim, path = 64, tmp_path / "table"
    rows = 2**31 // dim + 1_000
    table = np.memmap(path, np.float32, "w+", shape=(rows, dim))
    one = nn.Embedding(rows, dim, _weight=torch.from_numpy(table))
    last, wrapped = rows - 1, (rows - 1) - 2**31 // dim
    optimizer = nn.RowWiseAdagrad(one.parameters(), lr=LR)
    for _ in range(2):
        optimizer.zero_grad()
        out = one(ids(last, 5, last))
        assert out.shape == (3, dim)
        out.sum().backward()
        optimizer.step()
    expected = -LR * (1 + 1 / np.sqrt(2))
    assert np.allclose(table[[last, 5]], expected) and not table[[wrapped, 0, last - 1]].any()
    del one, optimizer, out
    table.flush()
    assert path.stat().st_blocks * 512 < 1 << 20
    path.unlink()


# 9. Determinism: the same bits at any number of threads, in any run.


@pytest.fixture
def threads():
    before = get_threads()
    yield set_threads
    set_threads(before)


@every_rule
@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_trap_9_threads_do_not_show(rule, mode, threads):
    generator = torch.Generator().manual_seed(1)
    table = torch.randn(500, 33, generator=generator)
    rows = (torch.rand(4_000, 25, generator=generator) ** 4 * 500).long()
    found = []
    for count in (1, 2, 5):
        threads(count)
        one = nn.EmbeddingBag.from_pretrained(table.clone(), freeze=False, mode=mode)
        optimizer = RULES[rule](one.parameters())
        for _ in range(2):
            optimizer.zero_grad()
            out = one(rows)
            (out * torch.arange(33) / len(rows)).sum().backward()
            optimizer.step()
        found.append((out.detach().numpy().tobytes(), one.weight.detach().numpy().tobytes()))
    assert found[0] == found[1] == found[2]


RUN = """
import torch
from rowspace import nn
torch.manual_seed(3)
one = nn.Embedding(50, 9, dropout=nn.Dropout(0.3, of="rows")).to(torch.bfloat16)
optimizer = nn.AdamW(one.parameters(), lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    one(torch.randint(50, (40, 3))).float().square().sum().backward()
    optimizer.step()
print(one.weight.detach().float().numpy().tobytes().hex())
"""


def in_another_process(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def in_this_process(code):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(code, {})
    return said.getvalue()


def test_trap_9_runs_do_not_differ():
    assert in_this_process(RUN) == in_another_process(RUN, OMP_NUM_THREADS="1")


# 10. Mixed precision: small updates do not vanish.

HALVES = [torch.float16, torch.bfloat16]


@pytest.mark.parametrize("dtype", HALVES)
def test_trap_10_small_updates_do_not_vanish_on_average(dtype):
    """Steps of a hundredth of the way to the next half: rounded to the nearest, none moves."""
    gap = torch.finfo(dtype).eps
    one = nn.Embedding(400, 32, dtype=dtype, _weight=torch.full((400, 32), 1.5, dtype=dtype))
    optimizer = nn.SGD(one.parameters(), lr=gap / 100)
    for _ in range(50):
        optimizer.zero_grad()
        one(torch.arange(400)).float().sum().backward()
        optimizer.step()
    moved = 1.5 - weights(one).astype(np.float64)
    # Binomial: 12,800 numbers, a chance of 1 / 100 to move by one gap, 50 times.
    error = gap * np.sqrt(50 * 0.01 * 0.99 / moved.size)
    assert abs(moved.mean() - 50 * gap / 100) < 6 * error


@pytest.mark.parametrize("dtype", HALVES)
def test_trap_10_no_two_rows_have_the_same_chances(dtype):
    """Nor has a row those its neighbour had a step before."""
    rows, dim = 60, 64
    one = nn.Embedding(rows, dim, dtype=dtype, _weight=torch.full((rows, dim), 1.5, dtype=dtype))
    optimizer = nn.SGD(one.parameters(), lr=torch.finfo(dtype).eps / 2)
    seen = set()
    for _ in range(8):
        with torch.no_grad():
            one.weight.fill_(1.5)
        optimizer.zero_grad()
        one(torch.arange(rows)).float().sum().backward()
        optimizer.step()
        seen |= {row.tobytes() for row in weights(one) != 1.5}
    assert len(seen) == 8 * rows


@every_rule
@pytest.mark.parametrize("dtype", HALVES)
def test_trap_10_chance_is_repeated_by_seed(dtype, rule):
    start = torch.randn(R, D).to(dtype)

    def trained(seed):
        one = nn.Embedding(R, D, _weight=start.clone())
        optimizer = RULES[rule](one.parameters(), seed=seed)
        for _ in range(20):
            step(one, optimizer, [1, 2, 1], torch.full((3, D), 0.01, dtype=dtype))
        return weights(one)

    assert (trained(4) == trained(4)).all()
    assert (trained(4) != trained(5)).any()


@pytest.mark.parametrize("dtype", HALVES)
def test_trap_10_sums_of_halves_are_not_of_half_precision(dtype):
    """4,097 ones: float16 stops counting at 2,048, bfloat16 at 256."""
    one = nn.EmbeddingBag(2, 3, mode="sum", _weight=torch.ones(2, 3, dtype=dtype))
    assert (one(torch.ones(1, 4_096, dtype=torch.long)) == 4_096).all()
    optimizer = nn.SGD(one.parameters(), lr=2.0**-12)
    one(torch.zeros(4_096, 1, dtype=torch.long)).float().sum().backward()
    optimizer.step()
    assert (one.weight[0] == 0).all() and (one.weight[1] == 1).all()


@pytest.mark.parametrize("row", [1, 2])
@pytest.mark.parametrize("sparse", [False, True])
def test_trap_10_the_scaler_leaves_a_step_out_for_what_is_infinite(sparse, row):
    """As with torch, what comes back for the padding row (2) does not count."""
    one = nn.Embedding(R, D, padding_idx=2, sparse=sparse)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    optimizer = nn.SGD(one.parameters(), lr=LR)
    before = weights(one)
    gradient = torch.tensor([[1.0], [torch.inf]])
    scaler.scale((one(ids(3, row)) * gradient).sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    assert scaler.get_scale() == (2.0 if row == 1 else 4.0)
    assert np.allclose((before - weights(one))[3], 0 if row == 1 else LR, atol=1e-6)


# 11. Two backwards, one update; a layer used twice.


@every_rule
@every_layer
def test_trap_11_accumulated_gradients_are_one_update(layer, rule):
    one, two = LAYERS[layer](), LAYERS[layer]()
    two.load_state_dict(one.state_dict())
    values = torch.randn(4, D)
    step(one, RULES[rule](one.parameters()), [1, 2, 2, 3], values)
    optimizer = RULES[rule](two.parameters())
    (two(ids(1, 2)) * values[:2]).sum().backward()
    (two(ids(2, 3)) * values[2:]).sum().backward()
    optimizer.step()
    assert np.allclose(weights(one), weights(two), atol=1e-6)


@every_rule
@every_layer
def test_trap_11_a_layer_used_twice_in_one_forward(layer, rule):
    one, two = LAYERS[layer](), LAYERS[layer]()
    two.load_state_dict(one.state_dict())
    step(one, RULES[rule](one.parameters()), [1, 2, 2, 3])
    optimizer = RULES[rule](two.parameters())
    (two(ids(1, 2)).sum() + two(ids(2, 3)).sum()).backward()
    optimizer.step()
    assert np.allclose(weights(one), weights(two), atol=1e-6)


def test_trap_11_a_recomputed_forward_learns_once():
    from torch.utils.checkpoint import checkpoint

    one, two = LAYERS["ours"](), LAYERS["ours"]()
    two.load_state_dict(one.state_dict())
    step(one, nn.Adagrad(one.parameters(), lr=LR), [1, 2, 2])
    optimizer = nn.Adagrad(two.parameters(), lr=LR)
    checkpoint(two, ids(1, 2, 2), use_reentrant=False).sum().backward()
    optimizer.step()
    assert np.allclose(weights(one), weights(two))


@every_sparse
def test_trap_11_a_scheduler_reaches_the_step(layer):
    one = LAYERS[layer]()
    optimizer = nn.SGD(one.parameters(), lr=LR)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    moved = []
    for _ in range(3):
        before = weights(one)[1, 0]
        step(one, optimizer, [1])
        scheduler.step()
        moved.append(before - weights(one)[1, 0])
    assert np.allclose(moved, [LR, LR / 2, LR / 4], atol=1e-6)


# 12. Four dropouts.


@pytest.mark.parametrize("of", ["elements", "features", "rows", "tokens"])
def test_trap_12_what_is_dropped_and_what_is_kept(of):
    torch.manual_seed(0)
    one = nn.Embedding(400, 90, dropout=nn.Dropout(0.5, of=of), init="ones")
    rows = torch.arange(400).repeat(6, 1)
    out = one(rows).detach().numpy()
    assert set(np.unique(out)) == {0.0, 2.0} and 0.8 < out.mean() < 1.2
    same_row = (out == out[:1]).all()
    whole_rows = (out.min(axis=2) == out.max(axis=2)).all()
    whole_columns = (out == out[:, :1]).all()
    assert (same_row, whole_rows, whole_columns) == {
        "elements": (False, False, False),
        "features": (False, False, True),
        "rows": (True, True, False),
        "tokens": (False, True, False),
    }[of]
    one.eval()
    assert (one(rows) == 1).all()


@every_rule
@pytest.mark.parametrize("of", ["rows", "tokens"])
def test_trap_12_a_dropped_row_learns_nothing(of, rule):
    torch.manual_seed(0)
    one = nn.Embedding(100, D, dropout=nn.Dropout(0.5, of=of), init="ones")
    optimizer = RULES[rule](one.parameters())
    out = one(torch.arange(100))
    kept = out.detach().numpy().any(axis=1)
    out.sum().backward()
    dense = one.weight.grad.to_dense().numpy()
    assert (dense[~kept] == 0).all() and (dense[kept] == 2).all()
    optimizer.step()
    if rule not in ("adamw",):
        assert (weights(one)[~kept] == 1).all()
    assert (weights(one)[kept] != 1).all()


# 13. Tied output weights: a dense gradient joins the sparse one.


@every_rule
@pytest.mark.parametrize("sparse", [False, True])
def test_trap_13_tied_weights_learn_as_torch_has_it(rule, sparse):
    torch.manual_seed(0)
    ours, theirs = nn.Embedding(R, D, sparse=sparse), torch.nn.Embedding(R, D)
    ours.load_state_dict(theirs.state_dict())
    logits = nn.TiedLinear(ours)
    rows, targets = ids(1, 2, 2), ids(2, 3, 4)
    optimizers = [RULES[rule](layer.parameters()) for layer in (ours, theirs)]
    for _ in range(3):
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy
        loss(logits(ours(rows)), targets).backward()
        loss(theirs(rows) @ theirs.weight.T, targets).backward()
        for optimizer in optimizers:
            optimizer.step()
    assert np.allclose(weights(ours), weights(theirs), atol=1e-5)


def test_trap_13_scaling_by_the_root_of_dim():
    one = nn.Embedding(R, D, scale="sqrt-dim")
    assert torch.allclose(one(ids(3)), one.weight[3] * D**0.5)
    one(ids(3)).sum().backward()
    assert np.allclose(one.weight.grad.to_dense()[3], D**0.5)


# 14. Hashed ids: the same everywhere; nothing bad becomes row 0.

HASHED = """
import torch
from rowspace import Hashed, Vocabulary, nn
words = Vocabulary.of([], unseen=Hashed(1_000, hashes=2))
torch.manual_seed(0)
one = nn.Embedding.from_vocabulary(words, 4)
print(words.rows(["déjà vu", "x", ""]).ids.tolist(), one(["déjà vu", "x"]).tolist())
"""


def test_trap_14_hashed_rows_are_the_same_in_every_process():
    assert in_this_process(HASHED) == in_another_process(HASHED, PYTHONHASHSEED="77")
    assert Vocabulary.of([], unseen=Hashed(1_000, hashes=2)).rows(["x"]).ids.tolist() == X_ROWS


X_ROWS = [628, 950]  # worked out once, written down for ever


@pytest.mark.parametrize("bad", [-1, R, 2**31, 2**40])
@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_trap_14_a_bad_id_is_no_other_row(layer, bad):
    one = layer(R, D)
    before = weights(one)
    with pytest.raises(IndexError, match=rf"{bad}.*position.*{R}"):
        one(torch.tensor([[0, 1], [bad, 2]]))
    assert (weights(one) == before).all()


def test_trap_14_an_unseen_word_is_no_other_row():
    one = nn.Embedding.from_vocabulary(Vocabulary.of(["cat", "dog"]), D)
    with pytest.raises(KeyError, match="cot"):
        one(["cat", "cot"])
    known = nn.Embedding.from_vocabulary(Vocabulary.of(["cat"], unseen=Exact(unknown="<unk>")), D)
    assert torch.equal(known(["cot"])[0], known.weight[1])


# 15. Rows added: what was learned, and the state of learning, stay.


@pytest.mark.parametrize("rule", ["momentum", "adagrad", "row-wise adagrad", "adam", "adamw"])
def test_trap_15_growing_keeps_rows_and_their_state(rule):
    small, large = nn.Embedding(R, D), nn.Embedding(R, D)
    large.load_state_dict(small.state_dict())
    one, other = RULES[rule](small.parameters()), RULES[rule](large.parameters())
    for _ in range(3):
        step(small, one, [1, 2])
        step(large, other, [1, 2])
    assert add_rows(large, 3, optimizer=other) == range(R, R + 3)
    assert large.weight.shape == (R + 3, D) and large.num_embeddings == R + 3
    assert np.isfinite(weights(large)).all()
    step(small, one, [1, 3])
    step(large, other, [1, 3, R + 2])
    assert (weights(small) == weights(large)[:R]).all()


@every_rule
def test_trap_15_a_copied_optimizer_goes_on_alike(rule):
    one = nn.Embedding(R, D, padding_idx=2)
    optimizer = RULES[rule](one.parameters(), seed=3)
    step(one, optimizer, [1, 2])
    layer, copied = deepcopy((one, optimizer))
    step(one, optimizer, [1, 2, 4])
    step(layer, copied, [1, 2, 4])
    assert (weights(one) == weights(layer)).all() and copied.seed == 3


# 16. Where eps stands, and what starts from what: the formulas, in NumPy.

EPS = 0.25  # so large that its place cannot be missed
G = np.float64([[1, -2, 0.5, 3, 0], [0.25, 1, -1, 2, 1], [-1, 0, 2, 1, 3]])


def followed(layer, optimizer):
    """A row's numbers before and after each of three steps, float64 [4, D]."""
    found = [weights(layer)[3].astype(np.float64)]
    for g in G:
        step(layer, optimizer, [3, 1], np.float32([g, g]))
        found.append(weights(layer)[3].astype(np.float64))
    return np.array(found)


@every_layer
@pytest.mark.parametrize("initial", [0.0, 0.1])
def test_trap_16_adagrad(layer, initial):
    one = LAYERS[layer]()
    optimizer = nn.Adagrad(one.parameters(), lr=LR, eps=EPS, initial_accumulator_value=initial)
    found = followed(one, optimizer)
    s, w = initial, found[0]
    for t, g in enumerate(G):
        s = s + g**2
        w = w - LR * g / (np.sqrt(s) + EPS)
        assert np.allclose(found[t + 1], w, atol=1e-6)


@every_layer
def test_trap_16_row_wise_adagrad(layer):
    one = LAYERS[layer]()
    found = followed(one, nn.RowWiseAdagrad(one.parameters(), lr=LR, eps=EPS))
    s, w = 0.0, found[0]
    for t, g in enumerate(G):
        s = s + (g**2).mean()
        w = w - LR * g / (np.sqrt(s) + EPS)
        assert np.allclose(found[t + 1], w, atol=1e-6)


def adams(w):
    m = v = 0.0
    for t, g in enumerate(G, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - LR * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + EPS)
        yield t, w


@every_layer
def test_trap_16_adam_divides_by_the_corrected_root_plus_eps(layer):
    """As torch's Adam: eps is added after the correction. Its SparseAdam adds it before."""
    one = LAYERS[layer]()
    found = followed(one, nn.Adam(one.parameters(), lr=LR, eps=EPS))
    for t, w in adams(found[0]):
        assert np.allclose(found[t], w, atol=1e-6)


def test_trap_16_sparse_adam_of_torch_differs_by_its_eps_alone():
    one, other = LAYERS["torch's, sparse"](), LAYERS["torch's, sparse"]()
    other.load_state_dict(one.state_dict())
    theirs = followed(one, torch.optim.SparseAdam(one.parameters(), lr=LR, eps=EPS))
    w = theirs[0]
    m = v = 0.0
    for t, g in enumerate(G, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - LR * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + EPS)
        assert np.allclose(theirs[t], w, atol=1e-6)
    ours = followed(other, nn.Adam(other.parameters(), lr=LR, eps=EPS))
    assert not np.allclose(ours[1:], theirs[1:], atol=1e-3)


def test_trap_16_defaults_are_torchs():
    weight = [torch.nn.Parameter(torch.zeros(1, 1))]
    for name in ("SGD", "Adagrad", "Adam", "AdamW"):
        ours = getattr(nn, name)(weight).defaults
        theirs = getattr(torch.optim, name)(weight).defaults
        assert {k: ours[k] for k in ours.keys() & theirs.keys()} == {
            k: theirs[k] for k in ours.keys() & theirs.keys()
        }
        assert "lr" in ours and "weight_decay" in ours


# 17. scale_grad_by_freq: by the counts of the batch, sparse or not.


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_trap_17_gradients_divided_by_the_counts_of_the_batch(layer, sparse):
    one = layer(R, D, scale_grad_by_freq=True, sparse=sparse)
    one(ids([1, 1, 1], [2, 1, 3])).sum().backward()
    share = 1 if layer is nn.Embedding else 1 / 3  # a mean's
    assert np.allclose(one.weight.grad.to_dense()[[1, 2, 3, 4], 0], [share, share, share, 0])
    one.zero_grad()
    one(ids([1, 4])).sum().backward()  # another batch, other counts
    share = 1 if layer is nn.Embedding else 1 / 2
    assert np.allclose(one.weight.grad.to_dense()[[1, 4], 0], share)


# 18. What an id means: the same for every kind of look-up.


@pytest.mark.parametrize("bad", [-1, -R, R])
@pytest.mark.parametrize(
    "made",
    [
        lambda: nn.Embedding(R, D),
        lambda: nn.Embedding(R, D, sparse=True),
        lambda: nn.Embedding(R, D, padding_idx=0, scale_grad_by_freq=True),
        lambda: nn.Embedding(R, D, dtype=torch.float64),
        lambda: nn.Embedding(R, D, dtype=torch.bfloat16),
        lambda: nn.EmbeddingBag(R, D, mode="max"),
        lambda: QuantizedEmbedding.from_float(nn.Embedding(R, D)),
        lambda: Vectors.random([str(i) for i in range(R)], D).__getitem__,
    ],
)
def test_trap_18_nothing_wraps_around_and_nothing_is_nan(made, bad):
    look_up = made()
    rows = [[0, 1], [R - 1, bad]]
    with pytest.raises(IndexError, match=f"id {bad} "):
        look_up(np.array(rows) if not isinstance(look_up, torch.nn.Module) else torch.tensor(rows))


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
def test_trap_18_every_way_of_giving_ids_means_the_same(dtype):
    words = Vocabulary.of([f"w{i}" for i in range(R)])
    one = nn.Embedding.from_vocabulary(words, D)
    rows = [[3, 1], [0, 6]]
    expected = weights(one)[rows]
    for given in (torch.tensor(rows, dtype=dtype), np.array(rows), [["w3", "w1"], ["w0", "w6"]]):
        assert (one(given).detach().numpy() == expected).all()
    assert (one.to_vectors()[rows] == expected).all()
    assert one(torch.tensor(3, dtype=dtype)).shape == (D,)
    assert one("w3").shape == (D,)
    assert one(torch.zeros(0, 4, dtype=dtype)).shape == (0, 4, D)


def test_trap_18_a_copy_is_a_copy():
    one = nn.Embedding(R, D)
    other = deepcopy(one)
    step(other, nn.SGD(other.parameters(), lr=LR), [1])
    assert (weights(one)[1] != weights(other)[1]).all()
