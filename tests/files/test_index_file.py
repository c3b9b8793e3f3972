"""An index beside a model: it comes back as it was, and never for another model."""

import numpy as np
import pytest

from rowspace import files
from rowspace.errors import FormatError, InputError
from rowspace.files.index_file import INDEX, load_index, save_index
from rowspace.vectors import Model, Vectors
from rowspace.vectors.ann import FaissSearch

pytest.importorskip("faiss")
ITEMS = [f"w{i}" for i in range(1500)]


def matrix(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(1500, 7)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    return files.save(Model(Vectors.from_arrays(ITEMS, matrix())), tmp_path / "model")


def test_comes_back_as_it_was(folder) -> None:
    vectors = files.load(folder).vectors
    assert load_index(folder, vectors) is None
    index = vectors.index(width=9)
    assert save_index(index, folder) == folder / INDEX
    again = load_index(folder, vectors)
    assert again is not None and isinstance(again.search, FaissSearch)
    assert again.search.width == 9
    for one, other in zip(
        index.nearest_ids(list(range(100))), again.nearest_ids(list(range(100))), strict=True
    ):
        assert np.array_equal(one, other)
    files.load(folder)  # the model is none the worse


def test_of_another_save_is_not_used(folder) -> None:
    vectors = files.load(folder).vectors
    save_index(vectors.index(), folder)
    files.save(Model(Vectors.from_arrays(ITEMS, matrix(1))), folder)
    with pytest.warns(UserWarning, match="belongs to another save of model.safetensors"):
        assert load_index(folder, files.load(folder).vectors) is None


def test_refuses_what_does_not_go_together(folder, tmp_path) -> None:
    vectors = files.load(folder).vectors
    with pytest.raises(InputError, match='"ivf" can be stored, not hnsw'):
        save_index(vectors.index("hnsw"), folder)
    with pytest.raises(InputError, match="not exact"):
        save_index(vectors.exact, folder)
    other = Vectors.random(ITEMS, 3)
    with pytest.raises(InputError, match="has 1500 of 7"):
        save_index(other.index(), folder)
    with pytest.raises(InputError, match="does not hold these vectors"):
        load_index(folder, other)
    with pytest.raises(FormatError, match="no such folder"):
        load_index(tmp_path / "nowhere", vectors)
