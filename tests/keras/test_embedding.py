"""Keras's layer with a vocabulary: what it answers, what it learns, how it is saved."""

from __future__ import annotations

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="needs keras and a backend (the `keras` extra)")

import rowspace as rs  # noqa: E402
from rowspace import Exact, Hashed, InputError, Quotient, SettingError, Subwords, Vocabulary  # noqa: E402
from rowspace.keras import Embedding, Lookup  # noqa: E402
from rowspace.vectors import IdRangeError, IdTypeError  # noqa: E402

ITEMS = ["king", "queen", "woman"]
POLICIES = [Exact("<unk>"), Hashed(50), Subwords(buckets=40), Quotient(unknown="<unk>")]
learns = pytest.mark.skipif(keras.backend.backend() == "numpy", reason="numpy does not train")
policies = pytest.mark.parametrize("unseen", POLICIES, ids=lambda one: one.name)
masks = pytest.mark.parametrize("mask_zero", [False, True])


def array(tensor):
    return keras.ops.convert_to_numpy(tensor)


def vectors(unseen=POLICIES[0], dim=4):
    return rs.Vectors.random(Vocabulary.of(ITEMS, unseen=unseen), dim)


def test_it_is_kerass_layer():
    ours, theirs = Embedding(5, 3), keras.layers.Embedding(5, 3)
    theirs.build()
    ours.build()
    ours.set_weights(theirs.get_weights())
    ids = np.array([[0, 4], [2, 2]])
    assert isinstance(ours, keras.layers.Embedding)
    assert np.array_equal(array(ours(ids)), array(theirs(ids)))
    assert set(theirs.get_config()) == set(ours.get_config())
    assert array(ours([[0, 4]])).shape == (1, 2, 3)


@policies
@masks
def test_strings_are_answered_as_vectors_answer(unseen, mask_zero):
    E = vectors(unseen)
    layer = Embedding.from_vectors(E, mask_zero=mask_zero)
    assert not layer.trainable
    assert layer.input_dim == E.vocabulary.n_rows + mask_zero
    for asked in ("kingdom", ["king", "kingdom"], [["king"], ["queen"]], np.array(["woman"])):
        np.testing.assert_allclose(array(layer(asked)), E[asked], atol=1e-6)


@policies
@masks
def test_vectors_come_back(unseen, mask_zero):
    E = vectors(unseen)
    back = Embedding.from_vectors(E, mask_zero=mask_zero).to_vectors()
    assert np.array_equal(back.rows, E.rows) and list(back) == list(E)


@policies
def test_masks(unseen):
    layer = Embedding.from_vectors(vectors(unseen), mask_zero=True)
    ids = layer.ids([["king"], ["queen", "kingdom"]])
    mask = layer.compute_mask(keras.ops.convert_to_tensor(ids))
    assert array(mask).tolist() == [[True, False], [True, True]]
    assert not array(layer(ids))[0, 1].any()
    assert layer.ids([["king", "queen", "king"]], length=2).shape[:2] == (1, 2)
    plain = Embedding.from_vectors(vectors(unseen))
    assert plain.compute_mask(keras.ops.convert_to_tensor(ids)) is None


def test_input_dim_is_the_vocabularys():
    words = Vocabulary.of(ITEMS)
    assert Embedding(None, 4, vocabulary=words).input_dim == 3
    assert Embedding(4, 4, mask_zero=True, vocabulary=words).vocabulary is words
    with pytest.raises(SettingError, match=r"input_dim must be 4, .* and the padding row, not 3"):
        Embedding(3, 4, mask_zero=True, vocabulary=words)
    with pytest.raises(ValueError, match="`input_dim` must be a positive integer"):
        Embedding(None, 4)


@pytest.mark.parametrize("bad", [-1, 4])
def test_bad_ids_are_named_alone_and_inside_a_model(bad):
    layer = Embedding(4, 2)
    model = keras.Sequential([keras.Input((2,), dtype="int32"), layer])
    ids = np.array([[0, bad]], np.int32)
    for look_up in (layer, model):
        with pytest.raises(IdRangeError, match=rf"id {bad} at position \(0, 1\) .* table of 4"):
            look_up(ids)


def test_what_is_no_id_is_refused():
    layer = Embedding.from_vocabulary(Vocabulary.of(ITEMS), 2)
    for bad in (None, [None], [1.5], [float("nan")], [True], ["king", 1], [1, "king"]):
        with pytest.raises(IdTypeError):
            layer(bad)
    with pytest.raises(InputError, match="vocabulary, and layer 'plain' has none"):
        Embedding(4, 2, name="plain")(["king"])


def test_a_sequential_model_that_makes_floats_of_ids_is_stopped():
    layer = Embedding(1000, 2, dtype="mixed_bfloat16")
    with pytest.raises(IdTypeError, match="bfloat16"):
        keras.Sequential([layer])(np.array([[0, 257]]))


@learns
@policies
@masks
def test_a_model_learns_and_is_saved_whole(unseen, mask_zero, tmp_path):
    words = Vocabulary.of(ITEMS, unseen=unseen)
    layer = Embedding.from_vocabulary(words, 8, mask_zero=mask_zero)
    inputs = keras.Input((2, None) if unseen.name != "exact" else (2,), dtype="int32")
    pooled = keras.layers.GlobalAveragePooling1D()(layer(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(pooled))
    x = layer.ids([["king", "queen"], ["woman", "kingdom"]] * 8)
    y = np.array([[1.0], [-1.0]] * 8)
    before = layer.to_vectors().rows.copy()
    model.compile(keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(x, y, epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.5 * losses[0]
    assert not np.array_equal(layer.to_vectors().rows, before)

    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    other = next(one for one in again.layers if isinstance(one, Embedding))
    assert list(other.vocabulary) == list(words) and other.vocabulary.unseen == unseen
    asked = [["queen", "kingdom"]]
    np.testing.assert_allclose(
        again.predict(other.ids(asked), verbose=0), model.predict(layer.ids(asked), verbose=0)
    )


def test_frozen_vectors_do_not_learn():
    layer = Embedding.from_vectors(vectors())
    assert layer.trainable_weights == []
    assert len(Embedding.from_vectors(vectors(), trainable=True).trainable_weights) == 1


@pytest.mark.parametrize("mode", ["int8", "int4"])
@policies
def test_quantised_rows_answer_nearly_the_same(mode, unseen):
    E = vectors(unseen, dim=16)
    layer = Embedding.from_vectors(E)
    if not hasattr(layer, "quantization_config"):
        pytest.skip("this release of Keras does not quantise so")
    exact = array(layer(["king", "kingdom"]))
    layer.quantize(mode)
    near = array(layer(["king", "kingdom"]))
    assert near.shape == exact.shape and not np.array_equal(near, exact)
    cosine = (near * exact).sum(-1) / np.linalg.norm(near, axis=-1) / np.linalg.norm(exact, axis=-1)
    assert cosine.min() > (0.999 if mode == "int8" else 0.97)
    assert layer.to_vectors().rows.shape == E.rows.shape


def test_quantising_a_users_subclass_is_refused_as_in_keras():
    class Mine(Embedding):
        pass

    layer = Mine(4, 8)
    layer.build()
    with pytest.raises(NotImplementedError):
        layer.quantize("int8")
    layer.quantize("int8", type_check=False)


@learns
def test_lora_is_merged_into_the_vectors():
    E = vectors()
    layer = Embedding.from_vectors(E, trainable=True)
    layer.enable_lora(2)
    assert len(layer.trainable_weights) == 2
    layer.lora_embeddings_b.assign(np.ones((2, 4)))
    delta = array(layer.lora_embeddings_a) @ np.ones((2, 4))
    np.testing.assert_allclose(layer.to_vectors().rows, E.rows + delta, rtol=1e-4, atol=1e-5)


def test_a_copy_waits_for_its_vocabulary():
    layer = Embedding.from_vocabulary(Vocabulary.of(ITEMS, unseen=Hashed(9)), 4)
    copy = Embedding.from_config(layer.get_config())
    assert copy.compute_output_shape((2, 5, 2)) == (2, 5, 4)
    with pytest.raises(InputError, match="has none") as caught:
        copy(["king"])
    assert "layer.vocabulary" in caught.value.hint
    with pytest.raises(InputError, match="wanted a vocabulary of 3 items and policy 'hashed'"):
        copy.vocabulary = Vocabulary.of(list("abcdefghi"))
    copy.vocabulary = layer.vocabulary
    assert array(copy(["king"])).shape == (1, 4)


def test_weights_alone_go_into_another_layer(tmp_path):
    words = Vocabulary.of(ITEMS)
    a = keras.Sequential([keras.Input((2,), dtype="int32"), Embedding.from_vocabulary(words, 4)])
    b = keras.Sequential([keras.Input((2,), dtype="int32"), keras.layers.Embedding(3, 4)])
    a.save_weights(tmp_path / "a.weights.h5")
    b.load_weights(tmp_path / "a.weights.h5")
    assert np.array_equal(array(b.layers[0].embeddings), array(a.layers[0].embeddings))


@learns
def test_regulariser_and_constraint_are_kerass():
    layer = Embedding(4, 2, embeddings_regularizer="l2", embeddings_constraint="non_neg")
    layer.build()
    assert len(layer.losses) == 1
    assert isinstance(layer.embeddings.constraint, keras.constraints.NonNeg)


@learns
def test_strings_by_way_of_a_generator():
    lookup = Lookup(Vocabulary.of(ITEMS, unseen=Exact("<unk>")))
    layer = Embedding.from_vocabulary(lookup.vocabulary, 4)
    model = keras.Sequential([lookup, layer, keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile("sgd", "mse")

    def batches():
        for _ in range(4):
            yield lookup.ids([["king", "queen"], ["zebra", "woman"]]), np.ones((2, 1))

    assert np.isfinite(model.fit(batches(), verbose=0).history["loss"][0])
