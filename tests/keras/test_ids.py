"""Ids outside the table, and what is no id, are named on every backend."""

from __future__ import annotations

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="needs keras and a backend (the `keras` extra)")

from rowspace import InputError  # noqa: E402
from rowspace.keras.ids import checked, known  # noqa: E402
from rowspace.vectors import IdRangeError, IdTypeError  # noqa: E402

FLOATS_ARE_TENSORS = keras.backend.backend() == "numpy"


def tensor(values, dtype="int32"):
    return keras.ops.convert_to_tensor(np.array(values), dtype)


@pytest.mark.parametrize("make", [list, np.array, tensor])
def test_ids_in_the_table_pass(make):
    ids = checked(make([[0, 4]]), 5)
    assert keras.ops.convert_to_numpy(ids).tolist() == [[0, 4]]


@pytest.mark.parametrize("make", [list, np.array, tensor])
@pytest.mark.parametrize("bad", [5, -1])
def test_an_id_outside_names_value_position_and_size(make, bad):
    with pytest.raises(IdRangeError, match=rf"id {bad} at position \(1, 0\) .* 5 items"):
        checked(make([[0, 1], [bad, 2]]), 5)


@pytest.mark.parametrize("bad", [1.0, 1.5, float("nan"), None, True, "x"])
def test_what_is_no_id_is_named(bad):
    with pytest.raises(IdTypeError, match=r"position 1|position 0"):
        checked([0, bad], 5)


@pytest.mark.skipif(FLOATS_ARE_TENSORS, reason="on this backend arrays are tensors")
def test_an_array_of_floats_is_refused():
    with pytest.raises(IdTypeError, match=r"0\.0"):
        checked(np.array([0.0, 1.0]), 5)


def test_a_model_may_make_floats_of_whole_ids():
    assert checked(tensor([0.0, 3.0], "float32"), 5) is not None
    for bad in (0.5, np.nan, np.inf):
        with pytest.raises(IdTypeError, match=f"{bad} at position 1 is not a whole number"):
            checked(tensor([0.0, bad], "float32"), 5)
    with pytest.raises(IdRangeError, match="id 7 at position 1"):
        checked(tensor([0.0, 7.0], "float32"), 5)


@pytest.mark.parametrize(
    ("kind", "most"), [("float16", 2048), ("bfloat16", 256), ("float32", 1 << 24)]
)
def test_floats_that_run_together_are_refused(kind, most):
    symbolic = keras.KerasTensor((None, 3), kind)
    checked(symbolic, most + 1)
    with pytest.raises(IdTypeError, match=f"came as {kind}.*above {most} run together") as caught:
        checked(symbolic, most + 2)
    assert "keras.Input" in caught.value.hint


def test_padding_of_a_bag_is_let_pass():
    assert checked(tensor([[0, -1]]), 5, padding=-1) is not None
    with pytest.raises(IdRangeError, match="id -2"):
        checked(tensor([[0, -2]]), 5, padding=-1)


def test_strings_inside_a_model_are_told_where_to_go():
    with pytest.raises(InputError, match="strings came") as caught:
        checked(keras.KerasTensor((None,), "string"), 5)
    assert "Lookup" in caught.value.hint


def test_ragged_and_empty_lists():
    assert checked([], 5).shape == (0,)
    with pytest.raises(InputError, match="differ in length"):
        checked([[1], [1, 2]], 5)


def test_a_symbol_has_no_numbers_yet():
    assert known(keras.KerasTensor((2,), "int32")) is None
    assert known(tensor([1, 2])).tolist() == [1, 2]


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="needs the torch backend")
def test_torch_without_numbers():
    import torch

    assert known(torch.empty(2, device="meta")) is None
    seen = []

    def body(x):
        seen.append(known(x) is None)
        return x + 1

    torch.compile(body, backend="eager", fullgraph=True)(torch.ones(2))
    assert seen == [True]


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="needs the jax backend")
def test_jax_without_numbers():
    import jax

    seen = []
    jax.jit(lambda x: seen.append(known(x) is None) or x + 1)(np.ones(2))
    assert seen == [True]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="needs the tensorflow backend")
def test_tensorflow_without_numbers():
    import tensorflow as tf

    seen = []
    tf.function(lambda x: seen.append(known(x) is None) or x + 1)(tf.ones(2))
    assert seen == [True]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="needs the tensorflow backend")
def test_tensorflows_own_kinds_of_tensors():
    import tensorflow as tf

    from rowspace import Vocabulary
    from rowspace.keras import Embedding, Lookup

    words = Vocabulary.of(["a", "b"])
    layer, lookup = Embedding.from_vocabulary(words, 3), Lookup(words)
    assert layer(tf.constant([["a", "b"]])).shape == (1, 2, 3)
    assert lookup(tf.constant(["b"])).numpy().tolist() == [1]
    assert layer(tf.ragged.constant([[0, 1], [1]])).shape == (2, None, 3)
    with pytest.raises(IdRangeError, match="id 7 at position 2"):
        layer(tf.ragged.constant([[0, 1], [7]]))
    data = tf.data.Dataset.from_tensor_slices(["a", "b", "a"]).batch(2)
    assert list(Lookup().adapt(data).vocabulary) == ["<unk>", "a", "b"]
    with pytest.raises(Exception, match="InputError: strings cannot pass"):  # TensorFlow wraps it
        data.map(lookup)
