"""A model of so many bytes at most: what the folder takes, to the byte."""

from __future__ import annotations

import pytest

import rowspace as rs
from rowspace.files.sizes import bytes_of, size_of


@pytest.fixture(scope="module")
def data(reviews):
    return reviews(240)


@pytest.mark.parametrize("limit", [25_000, 60_000, 200_000])
@pytest.mark.parametrize("ensemble", [1, 8])
def test_the_folder_is_no_larger(quietly, data, tmp_path, limit, ensemble):
    model = quietly(
        data, trials=4, model_size=limit, ensemble=ensemble, output=tmp_path / "m", dim=8
    )
    taken = sum(one.stat().st_size for one in (tmp_path / "m").iterdir())
    assert taken <= limit
    if limit == 200_000:
        assert model.vectors.vocabulary.n_rows > 500  # the room is used


def test_bytes_are_those_on_disk(quietly, data, tmp_path):
    model = quietly(data, trials=2)
    rs.save(model, tmp_path / "m")
    taken = sum(one.stat().st_size for one in (tmp_path / "m").iterdir())
    assert abs(bytes_of(model) - taken) <= 64


def test_what_cannot_be_is_told(quietly, data):
    with pytest.raises(rs.SettingError, match="without a word"):
        quietly(data, model_size=900)


@pytest.mark.parametrize(
    ("given", "found"),
    [(5, 5), ("2M", 2_000_000), ("500kB", 500_000), ("1.5 GiB", 3 << 29), ("12", 12)],
)
def test_sizes(given, found):
    assert size_of(given) == found


@pytest.mark.parametrize("given", [0, -1, True, 2.5, "M", "", "1Q", "nan", "-3M", "inf"])
def test_sizes_that_are_none(given):
    with pytest.raises(rs.SettingError):
        size_of(given)
