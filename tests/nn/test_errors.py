"""Bad input to layers: the error names the value, where it stands, the table's size and what to do,
before any row is touched."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (the `torch` extra)")

from rowspace import InputError, Ragged, ResourceError, SettingError, Vocabulary, nn  # noqa: E402
from rowspace.vectors.keys import IdRangeError, IdTypeError  # noqa: E402

DEVICES = [
    "cpu",
    pytest.param(
        "cuda",
        marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here"),
    ),
]
R = 5


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    ("ids", "value", "where"),
    [
        ([[0, 1], [2, 5]], "5", "(1, 1)"),
        ([[0, 1], [-1, 9]], "-1", "(1, 0)"),
        ([4, 2**40], str(2**40), "1"),
        ([-(2**63)], str(-(2**63)), "0"),
    ],
)
def test_an_id_outside_the_table(device, ids, value, where):
    layer, bag = nn.Embedding(R, 2, device=device), nn.EmbeddingBag(R, 2, device=device)
    given = torch.tensor(ids, device=device)
    with pytest.raises(IndexError) as caught:
        layer(given)
    assert isinstance(caught.value, IdRangeError)
    assert f"id {value} at position {where} is outside the table of 5 rows" in str(caught.value)
    assert "ids run from 0 to 4" in str(caught.value)
    with pytest.raises(IdRangeError, match=f"id {value} at position"):
        bag(torch.atleast_2d(given))
    with pytest.raises(IdRangeError, match=f"id {value} at position"):
        bag(given.flatten(), torch.tensor([0, 1], device=device))
    assert layer(torch.tensor([4], device=device)).shape == (1, 2)  # the device is alive


def test_single_ids_and_lists_outside_the_table():
    layer, bag = nn.Embedding(R, 2), nn.EmbeddingBag(R, 2)
    for wrong in (torch.tensor(5), 5, [5], np.array([1, 5]), [[1, 2], [3, 5]]):
        with pytest.raises(IdRangeError, match="id 5"):
            layer(wrong)
    with pytest.raises(IdRangeError, match="in bag 2: id -1 at position 1"):
        bag([[1, 2], [], [0, -1]])
    with pytest.raises(IdRangeError, match="id 7 at position 1"):
        bag(Ragged(np.array([1, 7]), np.array([0, 2])))
    with pytest.raises(IdRangeError, match="the table is empty"):
        nn.Embedding(0, 2)(torch.tensor([0]))
    with pytest.raises(IdRangeError, match="outside"):
        nn.Embedding(R, 2, dtype=torch.float64)(torch.tensor([5]))


@pytest.mark.parametrize(
    "wrong",
    [
        torch.tensor([1.5, 2.0]),
        torch.tensor([[float("nan")]]),
        torch.tensor([True, False]),
        torch.tensor([], dtype=torch.float32),
        torch.tensor([1j]),
        np.array([1.0]),
        np.array([np.nan]),
        np.array([True]),
        [1.5],
        [0, None],
        [[1, 2], [True, 0]],
        None,
        1.0,
        object(),
        {"a": 1},
    ],
    ids=lambda w: f"{type(w).__name__} {w!r:.30}".replace("\n", " "),
)
def test_what_is_no_id(wrong):
    with pytest.raises(TypeError) as caught:
        nn.Embedding(R, 2)(wrong)
    assert isinstance(caught.value, IdTypeError)
    assert "table of 5" in str(caught.value)


def test_irregular_lists_and_words_without_a_vocabulary():
    layer = nn.Embedding(R, 2)
    with pytest.raises(InputError, match="differ in length"):
        layer([[1, 2], [3]])
    with pytest.raises(SettingError, match="without a vocabulary"):
        layer(["one"])
    with pytest.raises(InputError, match="needs 3 rows"):
        nn.Embedding(2, 2, vocabulary=Vocabulary.of(["a", "b", "c"]))


def bag(**settings):
    return nn.EmbeddingBag(R, 2, mode="sum", **settings)


@pytest.mark.parametrize(
    ("offsets", "message"),
    [
        ([1, 2], "first offset must be 0, not 1"),
        ([0, 3, 2], "offset 2 at position 2 is below the one before, 3"),
        ([0, 9], "offset 9 at position 1 lies beyond the 4 ids"),
        ([], "first offset must be 0"),
        ([-1], "first offset must be 0, not -1"),
    ],
)
@pytest.mark.parametrize("kind", [torch.int64, torch.int32])
def test_offsets_that_cannot_be(offsets, message, kind):
    ids = torch.tensor([0, 1, 2, 3])
    with pytest.raises(InputError, match=message):
        bag()(ids, torch.tensor(offsets, dtype=kind))


def test_offsets_of_a_wrong_kind_or_place():
    ids = torch.tensor([0, 1, 2, 3])
    with pytest.raises(IdTypeError, match="offsets must be whole numbers, not float32"):
        bag()(ids, torch.tensor([0.0]))
    with pytest.raises(InputError, match="one axis"):
        bag()(ids, torch.tensor([[0]]))
    with pytest.raises(InputError, match="need offsets"):
        bag()(ids)
    with pytest.raises(InputError, match="take no offsets"):
        bag()(ids.view(2, 2), torch.tensor([0]))
    with pytest.raises(InputError, match="one axis or two"):
        bag()(ids.view(2, 2, 1))
    with pytest.raises(InputError, match="one axis or two"):
        bag()(torch.tensor(1))
    with pytest.raises(InputError, match="at least one number"):
        bag(include_last_offset=True)(ids, torch.tensor([], dtype=torch.int64))
    with pytest.raises(InputError, match="lies beyond"):
        bag(include_last_offset=True)(ids, torch.tensor([0, 5]))


def test_weights_that_do_not_fit():
    ids = torch.tensor([[0, 1], [2, 3]])
    with pytest.raises(ValueError, match="shape of the ids"):
        bag()(ids, per_sample_weights=torch.ones(2))
    with pytest.raises(InputError, match="must be floats"):
        bag()(ids, per_sample_weights=torch.ones(2, 2, dtype=torch.int64))
    with pytest.raises(SettingError, match="no meaning for mode='max'"):
        nn.EmbeddingBag(R, 2, mode="max")(ids, per_sample_weights=torch.ones(2, 2))
    words = nn.EmbeddingBag.from_vocabulary(Vocabulary.of(["a"]), 2)
    with pytest.raises(InputError, match="2 items need as many weights"):
        words([["a", "a"]], per_sample_weights=torch.ones(3))


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_a_table_that_memory_cannot_hold(layer):
    with pytest.raises(ResourceError) as caught:
        layer(2**31 + 8, 1 << 12)
    assert "2,147,483,656 rows of 4096 numbers takes 35.2 TB" in str(caught.value)
    assert layer(2**31 + 8, 1 << 12, device="meta").weight.shape[0] == 2**31 + 8
    with pytest.raises(ResourceError):
        layer(2**62, 2**20)


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
@pytest.mark.parametrize(
    "sizes", [(-1, 4), (4, -1), (1.5, 4), (4, None), (True, 4)], ids=lambda s: f"{s}"
)
def test_sizes_that_cannot_be(layer, sizes):
    with pytest.raises(SettingError, match="must be a whole number"):
        layer(*sizes)


def test_more_than_2_31_numbers_are_looked_up_where_they_are():
    rows, dim = 2**31 // 64 + 1000, 64
    try:
        layer = nn.Embedding(
            rows, dim, _weight=torch.empty(1, 1, dtype=torch.float16).expand(rows, dim)
        )
    except ResourceError as error:  # pragma: no cover
        pytest.skip(str(error))
    assert layer(torch.tensor([rows - 1])).shape == (1, dim)
    with pytest.raises(IdRangeError):
        layer(torch.tensor([rows]))
