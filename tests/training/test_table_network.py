"""The network of a table: its gradient against differences, its rows' steps, what it hides."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.corpus.records import records
from rowspace.objectives.columns import Columns
from rowspace.training.one_blas import _libraries, one_thread
from rowspace.training.table_columns import Chosen, sheet_of
from rowspace.training.table_network import Network, lost
from rowspace.vectors.table_columns import Cells, spellings

STILL = {"dropout": 0.0, "input_dropout": 0.0, "unseen": 0.0, "hidden": (5, 4), "dim": 3}


def network(outputs: int, **settings) -> tuple[Network, Cells]:
    table = records(
        {
            "c": ["a", "b", "c", "a", None, "b"] * 4,
            "n": [0.5, 1.0, 7.5, 2.0, np.nan, 4.0] * 4,
            "y": [0, 1] * 12,
        }
    )
    columns = Columns(**{**STILL, **settings})
    chosen = Chosen((), ("n",), (), spellings(None))
    rows = np.arange(len(table))
    sheet = sheet_of(table, rows, columns, chosen, apart=["y"], warn=lambda said: None)
    made = Network(sheet, columns.dims([len(c.levels) for c in sheet.columns]), outputs, columns, 3)
    return made, sheet.cells(table)


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_the_gradient_is_that_of_differences(outputs):
    net, cells = network(outputs)
    random = np.random.default_rng(0)
    n = len(cells.ids)
    y = random.integers(0, outputs, n) if outputs > 1 else random.normal(size=n).astype(np.float32)
    weights = random.uniform(0.5, 2, n).astype(np.float32)
    layers = [(w.astype(np.float64), b.astype(np.float64)) for w, b in net.layers]

    def loss(x, layers):
        for w, b in layers[:-1]:
            x = np.maximum(x @ w + b, 0)
        scores = x @ layers[-1][0] + layers[-1][1]
        if outputs == 1:
            return float((((scores[:, 0] - y) ** 2) / 2 * weights).mean())
        log = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        return float((-log[np.arange(n), y] * weights).mean())

    x = net.inputs(cells)
    kept = net._forward(x.copy())
    found, back = lost(kept[-1][0], y, weights)
    assert found == pytest.approx(loss(x.astype(np.float64), layers), rel=1e-5)
    net._backward(kept, back)
    for layer, (weight, _) in enumerate(layers):
        for at in [(0, 0), (1, 0), (weight.shape[0] - 1, weight.shape[1] - 1)]:
            ends = []
            for step in (1e-5, -1e-5):
                moved = [(w.copy(), b) for w, b in layers]
                moved[layer][0][at] += step
                ends.append(loss(x.astype(np.float64), moved))
            wanted = (ends[0] - ends[1]) / 2e-5
            assert net._gradients[layer][0][at] == pytest.approx(wanted, abs=1e-5, rel=1e-3)
    for case in (0, 5):
        ends = []
        for step in (1e-5, -1e-5):
            moved = x.astype(np.float64)
            moved[case, 1] += step
            ends.append(loss(moved, layers))
        assert net._back[case, 1] == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-6, rel=1e-3)


def test_one_step_is_adamw_on_layers_and_rows():
    net, cells = network(2, weight_decay=0.1)
    some = cells.take(np.array([0, 1]))
    layers, rows = net.state()
    net.step(some, np.array([0, 1]), np.ones(2, np.float32), 0.01)
    gradient = net._gradient
    wanted = (
        layers - 0.01 * 0.1 * layers * net._decays - 0.01 * gradient / (np.abs(gradient) + 1e-8)
    )
    assert np.allclose(net.dense, wanted, atol=1e-6)
    changed = np.flatnonzero((net.tables[0].rows != rows[0]).any(axis=1))
    assert changed.tolist() == sorted(set(some.ids[:, 0].tolist()))


def test_levels_are_hidden_at_the_rate_given_and_missing_ones_never():
    net, cells = network(2, unseen=0.25)
    many = cells.take(np.resize(np.arange(24), 20_000))
    hidden = net._hidden(many.ids)
    known = many.ids >= 2
    assert ((hidden == 0) & known).sum() / known.sum() == pytest.approx(0.25, abs=0.02)
    assert (hidden[~known] == many.ids[~known]).all()


def test_dropout_keeps_the_mean():
    net, _ = network(2)
    mask = net._mask((400, 333), 0.3, 1)
    assert set(np.unique(mask).round(4)) == {0.0, np.float32(1 / 0.7).round(4)}
    assert mask.mean() == pytest.approx(1, abs=0.01)
    assert (mask != net._mask((400, 333), 0.3, 2)).any()


def test_a_state_can_be_gone_back_to():
    net, cells = network(2)
    before = net.state()
    for _ in range(3):
        net.step(cells, np.resize([0, 1], len(cells.ids)), np.ones(len(cells.ids), np.float32), 0.1)
    assert (net.dense != before[0]).any()
    net.restore(before)
    assert (net.dense == before[0]).all()
    assert all((a.rows == b).all() for a, b in zip(net.tables, before[1], strict=True))
    net.tables[0].rows[0] = np.nan
    assert not net.finite


def test_products_take_one_thread_and_give_the_others_back():
    counts = [getattr(library, get)() for library, get, _ in _libraries()]
    with one_thread():
        assert all(getattr(library, get)() == 1 for library, get, _ in _libraries())
    assert [getattr(library, get)() for library, get, _ in _libraries()] == counts
