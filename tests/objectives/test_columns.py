"""Settings of tables: the rule of dimensions, batches and epochs by rows, what is refused."""

from __future__ import annotations

import pytest

from rowspace.errors import SettingError
from rowspace.objectives.columns import Columns, rule


@pytest.mark.parametrize(
    ("levels", "dim"), [(1, 2), (2, 3), (9, 6), (16, 8), (42, 13), (1000, 50), (10**7, 50)]
)
def test_the_rule_of_dimensions(levels, dim):
    assert rule(levels) == dim
    assert Columns().dims([levels]) == [dim]


def test_dimensions_by_number_and_by_multiple():
    assert Columns(dim=7).dims([2, 100], 2.0) == [7, 7]
    assert Columns(dim="7").dim == 7
    assert Columns(dim="search").dims([16, 1], 0.5) == [4, 1]


@pytest.mark.parametrize(
    ("rows", "batch"), [(3, 3), (900, 64), (10_000, 128), (30_000, 256), (10**6, 1024)]
)
def test_batches_by_rows(rows, batch):
    assert Columns().batch_of(rows) == batch
    assert Columns(batch=2).batch_of(rows) == 2


def test_few_rows_get_more_epochs():
    assert Columns().epochs_of(30_000) == 10
    assert 10 < Columns().epochs_of(900) <= 60
    assert Columns(epochs=3).epochs_of(900) == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dim", 0), ("dim", "many"), ("dim", True), ("hidden", "128,x"), ("hidden", (0,)),
        ("hidden", [4] * 17), ("knots", 1), ("values", -1), ("min_count", 0), ("dropout", 1.0),
        ("unseen", -0.1), ("input_dropout", float("nan")), ("lr", float("inf")), ("lr", "fast"),
        ("weight_decay", -1), ("epochs", 0), ("batch", 0), ("patience", 1.5), ("max_levels", 0),
        ("class_weights", "a=b"), ("class_weights", {"a": 0}), ("class_weights", "=1"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(field, value):
    with pytest.raises(SettingError, match=field):
        Columns(**{field: value})


def test_hidden_and_class_weights_as_text():
    made = Columns(hidden="64, 32", class_weights="yes=2, a=b=1")
    assert made.hidden == (64, 32)
    assert made.class_weights == {"yes": 2.0, "a=b": 1.0}
    assert Columns(hidden="").hidden == ()
    assert Columns(**{k: v for k, v in made.config().items() if k != "name"}) == made
