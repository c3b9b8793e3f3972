"""The preprocessing layer: strings to ids, ids to items, adapting, saving."""

from __future__ import annotations

import copy

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="needs keras and a backend (the `keras` extra)")

from rowspace import Exact, Hashed, InputError, SettingError, Vocabulary, VocabularyError  # noqa: E402
from rowspace.keras import Lookup  # noqa: E402

TEXTS = ["the cat sat", "The cat ran!", "a dog"]


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def test_strings_become_a_tensor_of_ids():
    lookup = Lookup(Vocabulary.of(["a", "b"], unseen=Exact("<unk>")))
    ids = lookup([["a", "b"], ["c", "a"]])
    assert keras.ops.is_tensor(ids) and keras.backend.standardize_dtype(ids.dtype) == "int32"
    assert array(ids).tolist() == [[0, 1], [2, 0]]
    assert lookup.ids(["b"]).tolist() == [1] and lookup.n_rows == 3
    with pytest.raises(VocabularyError, match="'c'"):
        Lookup(Vocabulary.of(["a", "b"]))(["c"])


def test_adapt_takes_a_vocabulary_from_texts():
    lookup = Lookup(tokenizer="words", mask_zero=True, length=4).adapt(TEXTS)
    assert list(lookup.vocabulary)[:3] == ["<unk>", "cat", "the"]
    ids = lookup(["The cat, the bird", "dog"])
    assert array(ids).tolist() == [[3, 2, 3, 1], [5, 0, 0, 0]]
    assert lookup.items(ids)[1] == ["dog", "", "", ""]
    assert lookup.items(ids)[0] == ["the", "cat", "the", "<unk>"]


def test_adapt_takes_batches_and_bounds():
    batches = (np.array(TEXTS[n : n + 2]) for n in (0, 2))
    lookup = Lookup(tokenizer="whitespace", lower=False).adapt(batches, min_count=2, max_size=2)
    assert list(lookup.vocabulary) == ["<unk>", "cat"]
    hashed = Lookup().adapt(["a", "b"], unseen=Hashed(7))
    assert hashed.ids(["a", "zebra"]).shape == (2, 2)
    with pytest.raises(InputError, match="rows have no items"):
        hashed.items([0])


def test_ids_pass_through_a_model():
    lookup = Lookup(Vocabulary.of(["a", "b"]))
    model = keras.Sequential([lookup])
    assert array(model(np.array([[0, 1]], np.int32))).tolist() == [[0, 1]]


def test_it_travels_in_a_model(tmp_path):
    lookup = Lookup(tokenizer="words", length=3, mask_zero=True).adapt(TEXTS)
    model = keras.Sequential([keras.Input((3,), dtype="int32"), lookup])
    model.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras").layers[0]
    assert again.get_config() == lookup.get_config()
    assert np.array_equal(again.ids(TEXTS), lookup.ids(TEXTS))
    assert np.array_equal(again.vocabulary.counts, lookup.vocabulary.counts)


def test_a_copy_has_its_vocabulary():
    lookup = Lookup(tokenizer="words", mask_zero=True).adapt(TEXTS)
    assert np.array_equal(copy.deepcopy(lookup).ids(TEXTS), lookup.ids(TEXTS))


def test_strings_do_not_go_through_a_model():
    with pytest.raises(InputError, match="strings cannot pass") as caught:
        Lookup(Vocabulary.of(["a"]))(keras.KerasTensor((None,), "string"))
    assert "model.fit(lookup(strings)" in caught.value.hint


def test_without_a_vocabulary():
    with pytest.raises(InputError, match="has no vocabulary yet") as caught:
        Lookup()(["a"])
    assert "adapt" in caught.value.hint


@pytest.mark.parametrize(
    "options", [{"tokenizer": "wrods"}, {"length": 0}, {"length": True}, {"length": 2.0}]
)
def test_settings_out_of_range(options):
    with pytest.raises(SettingError, match=next(iter(options))):
        Lookup(**options)
