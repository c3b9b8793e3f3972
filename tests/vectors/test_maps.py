"""Maps: who is on them, where they lie, and that a model keeps them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from rowspace import files
from rowspace.errors import InputError, MissingExtraError, SettingError
from rowspace.vectors import Model, Vectors
from rowspace.vectors.maps import Map, made, pca_map, sample, stored_map, umap_map, with_map
from rowspace.vectors.plane import principal

SIZE, DIM = 3000, 8


def zipf(size: int = SIZE, dim: int = DIM, seed: int = 0) -> Vectors:
    """Vectors whose items are as frequent as words are."""
    rows = np.random.default_rng(seed).normal(size=(size, dim)).astype(np.float32)
    rows *= np.arange(1, dim + 1, dtype=np.float32)
    counts = (1e6 / np.arange(1, size + 1)).astype(np.int64)
    return Vectors.from_arrays([f"w{n}" for n in range(size)], rows, counts=counts)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return zipf()


@pytest.mark.parametrize("n", [1, 2, 7, 100, 999, 2999, SIZE, 10 * SIZE])
def test_a_sample_has_the_size_asked_for(vectors, n):
    ids = sample(vectors, n)
    assert len(ids) == min(n, SIZE) and ids.dtype == np.int64
    assert (np.diff(ids) > 0).all() and ids[0] >= 0 and ids[-1] < SIZE
    assert np.array_equal(ids, sample(vectors, n))


def test_every_band_of_frequency_is_there_with_its_most_frequent_first(vectors):
    ids = sample(vectors, 240)
    bands = np.log2(vectors.counts + 1.0).astype(int)
    for band in np.unique(bands):
        own, members = ids[bands[ids] == band], np.flatnonzero(bands == band)
        assert len(own) >= min(len(members), 240 // len(np.unique(bands)))
        half = (len(own) + 1) // 2
        assert np.isin(members[:half], own).all()
    assert not np.array_equal(ids, sample(vectors, 240, seed=1))


def test_strata_and_a_choice_of_ids(vectors):
    labels = np.arange(SIZE) % 3
    labels[labels == 2] = 1
    ids = sample(vectors, 100, strata=labels)
    assert np.bincount(labels[ids]).tolist() == [50, 50]
    some = np.arange(0, SIZE, 7)
    few = sample(vectors, 50, among=some)
    assert len(few) == 50 and np.isin(few, some).all()
    assert np.array_equal(sample(vectors, SIZE, among=some), some)


def test_without_counts_ranks_make_the_bands(vectors):
    plain = Vectors.from_arrays(list(vectors), vectors.rows)
    ids = sample(plain, 100)
    assert len(ids) == 100 and (ids[:7] == np.arange(7)).all()
    assert (ids > 1500).sum() < 30


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_a_sample_of_nothing_is_refused(vectors, n):
    with pytest.raises(SettingError, match="n must be"):
        sample(vectors, n)


@pytest.mark.parametrize("strata", [np.zeros(3, int), np.zeros(SIZE)])
def test_strata_that_do_not_fit_are_refused(vectors, strata):
    with pytest.raises(InputError, match="strata"):
        sample(vectors, 10, strata=strata)


def test_the_map_lies_as_the_principal_components_do(vectors):
    ids = np.arange(0, SIZE, 3)
    found = pca_map(vectors, ids)
    points, shares = principal(vectors[ids])
    assert found.points == pytest.approx(points, abs=2e-4)
    assert found.shares == pytest.approx(shares, abs=1e-6)
    assert found.of == SIZE and found.method == "pca" and np.array_equal(found.ids, ids)


def test_vectors_that_are_not_finite_are_not_on_the_map():
    rows = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    rows[3, 1], rows[7, 0], rows[9] = np.nan, np.inf, 0
    found = pca_map(Vectors.from_arrays([f"w{n}" for n in range(20)], rows), np.arange(20))
    assert found.ids.tolist() == [n for n in range(20) if n not in (3, 7)]
    assert np.isfinite(found.points).all()
    with pytest.raises(InputError, match="two vectors"):
        pca_map(Vectors.from_arrays(["a", "b"], rows[[3, 7]]), np.arange(2))


def test_one_number_and_equal_vectors_have_a_map():
    one = Vectors.from_arrays(["a", "b"], np.array([[1.0], [3.0]], np.float32))
    found = pca_map(one, np.arange(2))
    assert found.points[:, 1].tolist() == [0, 0] and found.shares == (1, 0)
    same = Vectors.from_arrays(["a", "b", "c"], np.ones((3, 4), np.float32))
    assert np.isfinite(pca_map(same, np.arange(3)).points).all()


def test_an_item_stands_on_a_map_once(vectors):
    with pytest.raises(InputError, match="once"):
        pca_map(vectors, np.array([1, 1, 2]))
    with pytest.raises(InputError, match="two vectors"):
        pca_map(vectors, np.array([], np.int64))


def good(**changed) -> Map:
    fields = {"ids": np.array([0, 2]), "points": np.zeros((2, 2), np.float32)}
    return Map(**{**fields, "method": "pca", "of": 3, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "tsne"},
        {"ids": np.array([2, 0])},
        {"ids": np.array([0, 0])},
        {"ids": np.array([0, 3])},
        {"ids": np.array([-1, 0])},
        {"ids": np.array([0, 2], np.int32)},
        {"points": np.zeros((3, 2), np.float32)},
        {"points": np.zeros((2, 2))},
        {"points": np.full((2, 2), np.nan, np.float32)},
    ],
)
def test_what_is_no_map_is_refused(changed):
    assert len(good()) == 2
    with pytest.raises(InputError):
        good(**changed)


def test_a_part_of_a_map():
    found = good().only(np.array([1, 2]))
    assert found.ids.tolist() == [2] and found.points.shape == (1, 2)


def test_a_model_keeps_its_map(vectors, tmp_path):
    model = Model(vectors, {"window": 5}, {}, arrays={"other": np.ones(2, np.float32)})
    assert stored_map(model) is None
    drawn = made(vectors, "pca", 200)
    files.save(with_map(model, drawn), tmp_path / "m")
    back = files.load(tmp_path / "m")
    found = stored_map(back)
    assert found is not None and found.method == "pca" and found.of == SIZE
    assert np.array_equal(found.ids, drawn.ids) and np.array_equal(found.points, drawn.points)
    assert found.shares == pytest.approx(drawn.shares)
    assert stored_map(back, "umap") is None and stored_map(back, "tsne") is None
    assert back.config == {"window": 5} and "other" in back.arrays
    other = made(vectors, "pca", 50)
    again = stored_map(with_map(back, other), "pca")
    assert again is not None and len(again) == 50


def test_of_two_maps_umap_is_the_one_to_show(vectors):
    drawn = made(vectors, "pca", 20)
    both = with_map(Model(vectors), drawn)
    both = with_map(both, Map(drawn.ids, drawn.points, "umap", SIZE))
    assert stored_map(both).method == "umap" and stored_map(both, "pca").method == "pca"


def test_a_map_of_another_model_is_refused(vectors):
    with pytest.raises(InputError, match="none of a model"):
        with_map(Model(zipf(10)), made(vectors, "pca", 20))


@pytest.mark.parametrize(
    "arrays",
    [
        {"map.pca": np.zeros((2, 3), np.float32), "map.pca.ids": np.array([0, 1])},
        {"map.pca": np.zeros((2, 2), np.float32), "map.pca.ids": np.array([0, SIZE])},
        {"map.umap": np.zeros((2, 2), np.float32), "map.umap.ids": np.array([[0, 1]])},
    ],
)
def test_arrays_that_are_no_map_are_refused(vectors, arrays):
    with pytest.raises(InputError):
        stored_map(Model(vectors, arrays=arrays))


def test_umap_names_its_extra(vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtraError, match="explore"):
        umap_map(vectors, np.arange(50))
    with pytest.raises(SettingError, match="neighbours"):
        umap_map(vectors, np.arange(50), neighbours=1)
    with pytest.raises(SettingError, match="method"):
        made(vectors, "tsne", 5)


@pytest.mark.slow
def test_umap_keeps_groups_together():
    pytest.importorskip("umap")
    random = np.random.default_rng(0)
    centres = random.normal(size=(4, 16)) * 4
    groups = np.repeat(np.arange(4), 60)
    rows = (centres[groups] + random.normal(size=(240, 16))).astype(np.float32)
    blobs = Vectors.from_arrays([f"w{n}" for n in range(240)], rows)
    found = umap_map(blobs, np.arange(240), neighbours=10)
    assert found.method == "umap" and found.shares is None and len(found) == 240
    apart = np.linalg.norm(found.points[:, None] - found.points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (groups[apart.argmin(axis=1)] == groups).mean() > 0.95
    assert np.array_equal(found.points, umap_map(blobs, np.arange(240), neighbours=10).points)
    with pytest.raises(InputError, match="at least 5"):
        umap_map(blobs, np.arange(4))
