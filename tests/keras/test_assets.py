"""A vocabulary in a folder of a saved model: whole, or a clear error."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="needs keras and a backend (the `keras` extra)")

from rowspace import Exact, FormatError, Hashed, InputError, Quotient, Subwords, Vocabulary  # noqa: E402
from rowspace.keras import Embedding, assets  # noqa: E402
from rowspace.keras.promise import Promise  # noqa: E402
from rowspace.vocabulary.ngrams import BucketGrams  # noqa: E402

ITEMS = ["king", "queen", "naïve", "", "\udcff"]


@pytest.mark.parametrize(
    "unseen", [Exact(), Exact("<unk>"), Hashed(9), Subwords(buckets=5), Quotient(), BucketGrams(8)]
)
def test_it_comes_back(unseen, tmp_path):
    vocabulary = Vocabulary.of(ITEMS, counts=[5, 4, 3, 2, 1], unseen=unseen)
    assets.save(vocabulary, str(tmp_path))
    back = assets.load(str(tmp_path))
    assert list(back) == list(vocabulary) and back.unseen == unseen
    assert np.array_equal(back.counts, vocabulary.counts)


def test_the_model_holds_no_pickle(tmp_path):
    layer = Embedding.from_vocabulary(Vocabulary.of(ITEMS), 4)
    keras.Sequential([keras.Input((2,), dtype="int32"), layer]).save(tmp_path / "m.keras")
    with zipfile.ZipFile(tmp_path / "m.keras") as archive:
        names = [name for name in archive.namelist() if name.startswith("assets/")]
        assert [name.rpartition("/")[2] for name in names if "." in name] == [assets.FILE]
        assert all(archive.read(name)[:1] != b"\x80" for name in names)


def test_a_missing_file_is_named(tmp_path):
    for folder in (None, str(tmp_path)):
        with pytest.raises(FormatError, match=r"vocabulary.*not in the saved model"):
            assets.load(folder)


@pytest.mark.parametrize("damage", ["cut", "slots", "offsets", "bytes"])
def test_a_damaged_file_is_refused(damage, tmp_path):
    assets.save(Vocabulary.of(["king", "queen"] * 0 + ["a" * 40, "b" * 40]), str(tmp_path))
    path = tmp_path / assets.FILE
    data = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "bytes":
        at = data.index(b"a" * 40)
        data[at] ^= 1
        path.write_bytes(data)
    else:
        from safetensors.numpy import load_file, save_file

        arrays = load_file(path)
        arrays[f"items.{damage}"] = arrays[f"items.{damage}"][::-1].copy() + 1
        save_file(arrays, path, {"vocabulary": '{"size": 2, "unseen": {"name": "exact"}}'})
    with pytest.raises(FormatError):
        assets.load(str(tmp_path))


@pytest.mark.parametrize("told", [None, {}, {"vocabulary": "{"}, {"vocabulary": "[]"}])
def test_a_broken_configuration_is_refused(told, tmp_path):
    from safetensors.numpy import save_file

    save_file(Vocabulary.of(["a"]).arrays(), tmp_path / assets.FILE, told)
    with pytest.raises(FormatError, match="configuration"):
        assets.load(str(tmp_path))


def test_another_vocabulary_than_promised_is_refused(tmp_path):
    layer = Embedding.from_vocabulary(Vocabulary.of(["a", "b"]), 4)
    assets.save(Vocabulary.of(["a", "b", "c"]), str(tmp_path))
    with pytest.raises(FormatError, match="input_dim must be 3"):
        layer.load_assets(str(tmp_path))


@pytest.mark.parametrize(
    "config",
    [None, {}, {"size": 3}, {"size": "3", "unseen": "exact"}, {"size": 3, "unseen": "os.system"}],
)
def test_a_promise_is_plain_data(config):
    with pytest.raises(InputError):
        Promise.read(config)
    told = {"size": 3, "unseen": "hashed"}
    assert Promise.read(told).config() == told and Promise.read(told).bagged
