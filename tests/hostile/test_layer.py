"""Bad input to layers, optimizers, tables and padding: an error that says what, where and what to
do; never a crash, never a hang, never row 0 in the place of something else."""

from __future__ import annotations

import math

import numpy as np
import pytest

import rowspace as rs
from rowspace.errors import InputError, ResourceError, RowspaceError, SettingError

torch = pytest.importorskip("torch", reason="needs torch (the `torch` extra)")

from rowspace import nn  # noqa: E402 - what needs torch comes after the skip

R, D = 7, 4
WORDS = ("cat", "dog", "fox")
NAN, INF = math.nan, math.inf


LAYERS = {
    "embedding": lambda: nn.Embedding(R, D),
    "sparse": lambda: nn.Embedding(R, D, sparse=True),
    "padded": lambda: nn.Embedding(R, D, padding_idx=0),
    "scaled by counts": lambda: nn.Embedding(R, D, scale_grad_by_freq=True),
    "within a norm": lambda: nn.Embedding(R, D, max_norm=1.0),
    "double": lambda: nn.Embedding(R, D, dtype=torch.float64),
    "half": lambda: nn.Embedding(R, D, dtype=torch.float16),
    "bfloat16": lambda: nn.Embedding(R, D, dtype=torch.bfloat16),
    "dropping rows": lambda: nn.Embedding(R, D, dropout=nn.Dropout(0.5, of="rows")),
    "quantized": lambda: nn.QuantizedEmbedding.from_float(nn.Embedding(R, D)),
    "sum": lambda: nn.EmbeddingBag(R, D, mode="sum"),
    "mean": lambda: nn.EmbeddingBag(R, D, mode="mean", padding_idx=0),
    "max": lambda: nn.EmbeddingBag(R, D, mode="max"),
    "max, padded": lambda: nn.EmbeddingBag(R, D, mode="max", padding_idx=1),
    "sparse bag": lambda: nn.EmbeddingBag(R, D, sparse=True),
    "double bag": lambda: nn.EmbeddingBag(R, D, dtype=torch.float64),
    "half bag": lambda: nn.EmbeddingBag(R, D, dtype=torch.float16),
    "quantized bag": lambda: nn.QuantizedEmbeddingBag.from_float(nn.EmbeddingBag(R, D)),
}
every_layer = pytest.mark.parametrize("name", LAYERS)


def refused(call, *kinds, says=""):
    """The error a call raises: one of ours, which says `says`."""
    with pytest.raises(RowspaceError) as caught:
        call()
    assert isinstance(caught.value, kinds or InputError)
    assert says in str(caught.value), str(caught.value)
    return caught.value


# Ids.


@every_layer
@pytest.mark.parametrize("bad", [-1, -R, R, R + 1, 2**31 - 1, 2**31, 2**32, 2**62, -(2**63)])
def test_an_id_outside_is_named_with_its_place_and_the_size(name, bad):
    layer = LAYERS[name]()
    error = refused(
        lambda: layer(torch.tensor([[0, 1, 2], [3, bad, bad]])), IndexError, says=f"id {bad}"
    )
    assert "position (1, 1)" in str(error) and str(R) in str(error) and error.hint


@every_layer
@pytest.mark.parametrize("bad", [-1, R, -(2**31), 2**31 - 1])
def test_the_same_in_32_bits(name, bad):
    layer = LAYERS[name]()
    rows = torch.tensor([[0, bad]], dtype=torch.int32)
    refused(lambda: layer(rows), IndexError, says=f"id {bad}")


@every_layer
def test_the_last_of_many_ids_is_found(name):
    layer, rows = LAYERS[name](), torch.zeros(1_000, 100, dtype=torch.long)
    rows[-1, -1] = R
    refused(lambda: layer(rows), IndexError, says="position (999, 99)")


UNFIT = {
    "floats": torch.tensor([[0.0, 1.0]]),
    "NaN": torch.tensor([[0.0, NAN]]),
    "truths": torch.tensor([[True, False]]),
    "complex": torch.tensor([[0j]]),
    "an array of floats": np.array([[0.0, NAN]]),
    "an array of objects": np.array([[0, None]], object),
    "None": None,
    "a None among ids": [[0, None]],
    "a NaN among ids": [[0, NAN]],
    "a float": 1.5,
    "a set": {0, 1},
    "a dictionary": {"ids": [0]},
    "a function": len,
    "words": [["cat", "dog"]],
    "a word": "cat",
    "words and ids": [["cat", 1]],
    "dates": np.array([["2020-01-01"]], "datetime64[D]"),
}


@every_layer
@pytest.mark.parametrize("kind", UNFIT)
def test_what_is_no_id_is_refused(name, kind):
    refused(lambda: LAYERS[name]()(UNFIT[kind]), InputError)


@every_layer
@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (0, 0)])
def test_nothing_at_all_gives_nothing(name, shape):
    layer = LAYERS[name]()
    rows = torch.zeros(shape, dtype=torch.long)
    bag = isinstance(layer, torch.nn.EmbeddingBag) or "bag" in name
    if bag and len(shape) == 1:
        assert layer(rows, torch.zeros(2, dtype=torch.long)).shape == (2, D)
    else:
        out = layer(rows)
        assert out.shape == ((shape[0], D) if bag else (*shape, D))
        assert (out == 0).all()


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_a_table_without_rows(layer):
    one = layer(0, D)
    assert one(torch.zeros(0, 2, dtype=torch.long)).shape[0] == 0
    refused(lambda: one(torch.zeros(1, 1, dtype=torch.long)), IndexError, says="id 0")


# Bags.

OFFSETS = {
    "beginning late": [1, 2],
    "negative": [0, -1],
    "decreasing": [0, 3, 1],
    "beyond the ids": [0, 9],
    "far beyond": [0, 2**62],
    "of floats": [0.0, 1.0],
    "in two axes": [[0, 1]],
    "none": [],
}


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("kind", OFFSETS)
def test_offsets_that_cannot_be(kind, last, mode):
    one = nn.EmbeddingBag(R, D, mode=mode, include_last_offset=last)
    refused(lambda: one(torch.tensor([1, 2, 3, 4]), torch.tensor(OFFSETS[kind])), InputError)


@pytest.mark.parametrize("padding", [None, 6])
@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_ids_after_the_last_offset_are_in_no_bag(mode, padding):
    one = nn.EmbeddingBag(R, D, mode=mode, padding_idx=padding, include_last_offset=True)
    out = one(torch.tensor([0, 1, 2, 3]), torch.tensor([0, 3, 3]))
    assert torch.allclose(out[:1], one(torch.tensor([[0, 1, 2]]))) and (out[1] == 0).all()
    out.sum().backward()
    assert (one.weight.grad.to_dense()[3] == 0).all()


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_without_borders_or_with_two_kinds(mode):
    one = nn.EmbeddingBag(R, D, mode=mode)
    refused(lambda: one(torch.tensor([1, 2])), says="offsets")
    refused(lambda: one(torch.tensor([[1, 2]]), torch.tensor([0])), says="offsets")
    refused(lambda: one(torch.tensor(1)))
    refused(lambda: one(torch.zeros(2, 2, 2, dtype=torch.long)))


@pytest.mark.parametrize(
    "factors",
    [
        torch.ones(3),
        torch.ones(2, 2),
        torch.ones(4, dtype=torch.long),
        torch.ones(4, dtype=torch.complex64),
        "heavy",
        [1.0, None],
    ],
)
def test_weights_that_do_not_fit(factors):
    one = nn.EmbeddingBag(R, D, mode="sum")
    rows, offsets = torch.tensor([1, 2, 3, 4]), torch.tensor([0, 2])
    refused(lambda: one(rows, offsets, factors))


# Words.


def test_words_that_have_no_row():
    words = rs.Vocabulary.of(WORDS)
    for one, given in (
        (nn.Embedding.from_vocabulary(words, D), ["cat", "cow"]),
        (nn.EmbeddingBag.from_vocabulary(words, D), [["cat"], ["dog", "cow"]]),
    ):
        error = refused(lambda one=one, given=given: one(given), rs.VocabularyError, says="'cow'")
        assert "position" in str(error) and error.hint
        for bad in ([["cat", None]], [["cat", NAN]], [["cat", 1]], [[b"cat", 1.0]], [object()]):
            refused(lambda one=one, bad=bad: one(bad))


def test_text_of_any_kind_is_answered_or_refused(tmp_path):
    """Odd code points, long words, half characters: they have the row of the unknown."""
    words = rs.Vocabulary.of(WORDS, unseen=rs.Exact(unknown="<unk>"))
    one = nn.EmbeddingBag.from_vocabulary(words, D)
    odd = ["", "\0", "\U0010ffff", "a" * 100_000, "\u202etac", "é" * 999, "\ud800"]
    for word in odd:
        try:
            assert torch.equal(one([[word]])[0], one.weight[3])
        except InputError as error:
            assert repr(word)[:20] in str(error)  # noqa: PT017 - one of the two


# Making a layer.

MADE_WRONGLY = {
    "rows below 0": lambda: nn.Embedding(-1, D),
    "rows in parts": lambda: nn.Embedding(1.5, D),
    "rows in words": lambda: nn.Embedding("many", D),
    "dim below 0": lambda: nn.Embedding(R, -1),
    "dim in parts": lambda: nn.Embedding(R, 2.5),
    "dim NaN": lambda: nn.Embedding(R, NAN),
    "padding in parts": lambda: nn.Embedding(R, D, padding_idx=1.5),
    "padding that is no item": lambda: nn.Embedding(R, D, padding_idx="<pad>"),
    "max_norm below 0": lambda: nn.Embedding(R, D, max_norm=-1.0),
    "max_norm NaN": lambda: nn.Embedding(R, D, max_norm=NAN),
    "norm_type 0": lambda: nn.Embedding(R, D, max_norm=1.0, norm_type=0),
    "weights of another shape": lambda: nn.Embedding(R, D, _weight=torch.zeros(R, D + 1)),
    "no such start": lambda: nn.Embedding(R, D, init="norml"),
    "no such scale": lambda: nn.Embedding(R, D, scale="sqrt"),
    "no such option": lambda: nn.Embedding(R, D, dropuot=0.5),
    "dropout of all": lambda: nn.Embedding(R, D, dropout=1.0),
    "dropout of NaN": lambda: nn.Embedding(R, D, dropout=NAN),
    "no such dropout": lambda: nn.Dropout(0.5, of="row"),
    "frozen rows outside": lambda: nn.Embedding(R, D, frozen=[0, R]),
    "frozen rows below 0": lambda: nn.Embedding(R, D, frozen=[-1]),
    "frozen in parts": lambda: nn.Embedding(R, D, frozen=[0.5]),
    "a mask of another length": lambda: nn.Embedding(R, D, frozen=torch.ones(R + 1, dtype=bool)),
    "frozen words, none known": lambda: nn.Embedding(R, D, frozen=["cat"]),
    "a vocabulary of another size": lambda: nn.Embedding(R, D, vocabulary=rs.Vocabulary.of(WORDS)),
    "a list as a vocabulary": lambda: nn.Embedding.from_vocabulary(list(WORDS), D),
    "a list as vectors": lambda: nn.Embedding.from_vectors([[1.0, 2.0]]),
    "a mode that is none": lambda: nn.EmbeddingBag(R, D, mode="median"),
    "logits of no layer": lambda: nn.TiedLinear(torch.nn.ReLU()),
}


@pytest.mark.parametrize("kind", MADE_WRONGLY)
def test_a_layer_that_cannot_be(kind):
    """torch's own checks say AssertionError or ValueError; what it has none for is ours to say."""
    with pytest.raises((InputError, ValueError, TypeError, AssertionError)) as caught:
        MADE_WRONGLY[kind]()
    assert len(str(caught.value)) > 10


@pytest.mark.parametrize("padding", [R, -R - 1, 2**40])
@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_padding_outside_the_table(layer, padding):
    with pytest.raises((AssertionError, InputError), match=r"[Pp]adding_idx"):
        layer(R, D, padding_idx=padding)


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
@pytest.mark.parametrize(("rows", "dim"), [(2**40, 64), (2**31, 2**20), (2**62, 4), (2**70, 1)])
def test_a_table_that_does_not_fit_is_not_begun(layer, rows, dim):
    refused(lambda: layer(rows, dim), ResourceError, InputError)


# Loading.


@pytest.mark.parametrize(
    "weight", [torch.zeros(R + 1, D), torch.zeros(R, D + 1), torch.zeros(0), torch.tensor(1.0)]
)
def test_weights_of_another_shape_are_not_loaded(weight):
    one = nn.Embedding(R, D)
    before = one.weight.detach().clone()
    with pytest.raises(RuntimeError, match="size mismatch"):
        one.load_state_dict({"weight": weight})
    assert torch.equal(one.weight, before)


# Optimizers.

RULES = ("SGD", "Adagrad", "RowWiseAdagrad", "Adam", "AdamW")
every_rule = pytest.mark.parametrize("rule", RULES)
BAD_NUMBERS = [-1.0, NAN, INF, "fast", None, 1j, [0.1]]


def weight():
    return [torch.nn.Parameter(torch.zeros(R, D))]


@every_rule
@pytest.mark.parametrize("setting", ["lr", "weight_decay", "eps", "momentum"])
@pytest.mark.parametrize("bad", BAD_NUMBERS)
def test_settings_that_cannot_be(rule, setting, bad):
    """torch's own checks say ValueError; what they let pass, the first step refuses."""
    one = nn.Embedding(R, D)
    before = one.weight.detach().clone()
    with pytest.raises((ValueError, TypeError)) as caught:
        optimizer = getattr(nn, rule)(one.parameters(), **{"lr": 0.1, setting: bad})
        one(torch.tensor([1])).sum().backward()
        optimizer.step()
    assert len(str(caught.value)) > 10
    assert torch.equal(one.weight, before)


@every_rule
@pytest.mark.parametrize("betas", [(1.0, 0.9), (0.9, 1.0), (-0.1, 0.9), (NAN, 0.9), (0.9,), 0.9])
def test_betas_that_cannot_be(rule, betas):
    with pytest.raises((ValueError, TypeError, IndexError), match=r"beta|unpack|subscript|index"):
        optimizer = getattr(nn, rule)(weight(), lr=0.1, betas=betas)
        optimizer.param_groups[0]["params"][0].grad = sparse_gradient([1], torch.ones(1, D))
        optimizer.step()


@pytest.mark.parametrize("rule", ["SGD", "Adam", "AdamW"])
def test_no_such_way_with_untouched_rows(rule):
    error = refused(lambda: getattr(nn, rule)(weight(), lr=0.1, untouched="ignore"), SettingError)
    assert all(way in str(error) for way in ("skip", "catch-up"))


@every_rule
@pytest.mark.parametrize("params", [[], None, [1.0], ["weight"], torch.zeros(2)])
def test_nothing_to_learn(rule, params):
    with pytest.raises((ValueError, TypeError)):
        getattr(nn, rule)(params, lr=0.1)


@every_rule
@pytest.mark.parametrize("bad", [-1.0, NAN, "fast"])
def test_a_rate_that_went_wrong_on_the_way(rule, bad):
    """A scheduler can set anything: the step refuses, and no row has moved."""
    one = nn.Embedding(R, D)
    optimizer = getattr(nn, rule)(one.parameters(), lr=0.1)
    optimizer.param_groups[0]["lr"] = bad
    before = one.weight.detach().clone()
    one(torch.tensor([1, 2])).sum().backward()
    with pytest.raises(ValueError, match=r"lr must be|convert string"):
        optimizer.step()
    assert torch.equal(one.weight, before)


def sparse_gradient(rows, values):
    return torch.sparse_coo_tensor(
        torch.tensor([rows]), torch.as_tensor(values), (R, D), check_invariants=False
    )


@every_rule
@pytest.mark.parametrize("bad", [-1, R, 2**31, 2**60])
def test_a_sparse_gradient_of_rows_outside(rule, bad):
    """torch checks such tensors only if asked to: a step must not write outside the table."""
    one = torch.nn.Embedding(R, D, sparse=True)
    optimizer = getattr(nn, rule)(one.parameters(), lr=0.1)
    one.weight.grad = sparse_gradient([1, bad], torch.ones(2, D))
    before = one.weight.detach().clone()
    refused(optimizer.step, IndexError, says=str(bad))
    assert torch.equal(one.weight, before)


@every_rule
def test_a_sparse_gradient_without_rows_changes_nothing(rule):
    one = torch.nn.Embedding(R, D, sparse=True)
    optimizer = getattr(nn, rule)(one.parameters(), lr=0.1)
    one.weight.grad = sparse_gradient([], torch.ones(0, D))
    before = one.weight.detach().clone()
    optimizer.step()
    assert torch.equal(one.weight, before)


@every_rule
@pytest.mark.parametrize("bad", [NAN, INF])
@pytest.mark.parametrize("sparse", [False, True])
def test_a_gradient_that_is_no_number_stays_in_its_row(rule, bad, sparse):
    one = nn.Embedding(R, D, sparse=sparse)
    optimizer = getattr(nn, rule)(one.parameters(), lr=0.1)
    (one(torch.tensor([1, 2])) * torch.tensor([[bad], [1.0]])).sum().backward()
    optimizer.step()
    assert one.weight[[0, 2, 3, 4, 5, 6]].isfinite().all()


@every_rule
def test_state_of_another_table_is_not_loaded(rule):
    """A longer table takes the state of a shorter one: it may have grown. No other way about."""
    made = [nn.Embedding(rows, D) for rows in (R + 5, R)]
    options = {"momentum": 0.9} if rule == "SGD" else {}
    optimizers = [getattr(nn, rule)(one.parameters(), lr=0.1, **options) for one in made]
    for one, optimizer in zip(made, optimizers, strict=True):
        one(torch.tensor([1, 6])).sum().backward()
        optimizer.step()
    state = optimizers[0].state_dict()
    try:
        optimizers[1].load_state_dict(state)
    except InputError:
        return
    made[1](torch.tensor([R - 1])).sum().backward()
    refused(optimizers[1].step, InputError)


@every_rule
def test_a_gradient_of_the_table_there_was_before(rule):
    one = nn.Embedding(R, D)
    optimizer = getattr(nn, rule)(one.parameters(), lr=0.1)
    one(torch.tensor([R - 1])).sum().backward()
    one.weight.data = one.weight.data[:2].clone()
    before = one.weight.detach().clone()
    refused(optimizer.step, says=f"[{R}, {D}]")
    assert torch.equal(one.weight, before)


# Tables.

GRADIENTS = {
    "of another width": np.ones((2, D + 1), np.float32),
    "of another number": np.ones((3, D), np.float32),
    "flat": np.ones(2 * D, np.float32),
    "of words": np.full((2, D), "x"),
    "complex": np.ones((2, D), np.complex64),
    "None": None,
}


def table():
    return rs.Table.uniform(R, D, rs.SGD(lr=0.1), seed=1, bound=0.5)


@pytest.mark.parametrize("kind", GRADIENTS)
def test_a_gradient_that_does_not_fit_the_ids(kind):
    one = table()
    before = one.rows.copy()
    refused(lambda: one.step(np.array([1, 2]), GRADIENTS[kind]))
    assert (one.rows == before).all()


@pytest.mark.parametrize(
    "ids",
    [[-1, 0], [0, R], [2**31, 0], [0.5, 1], [NAN, 0], [None, 0], ["a", "b"], "ab", None, 1.0],
)
def test_a_table_learns_no_row_that_is_not_there(ids):
    one = table()
    before = one.data.copy()
    refused(lambda: one.step(ids, np.ones((2, D), np.float32)))
    assert (one.data == before).all()


def test_a_table_that_is_given_nothing_stays():
    one = table()
    before = one.rows.copy()
    one.step(np.zeros(0, np.int64), np.zeros((0, D), np.float32))
    assert (one.rows == before).all()


def test_a_table_too_large_for_any_memory():
    refused(lambda: rs.Table(2**50, 64), ResourceError, InputError)


# Padding.


@pytest.mark.parametrize(
    "sequences",
    [None, 5, "text", b"bytes", [1, 2], [[1], 2], [[1], None], [["a"]], [[NAN]], [[1, [2]]]],
)
def test_sequences_that_cannot_be_padded(sequences):
    refused(lambda: rs.pad_sequences(sequences))


@pytest.mark.parametrize(
    "settings",
    [
        {"maxlen": -1},
        {"maxlen": 1.5},
        {"maxlen": "3"},
        {"padding": "left"},
        {"truncating": "middle"},
        {"dtype": "whole"},
        {"value": "<pad>"},
    ],
)
def test_settings_of_padding_that_cannot_be(settings):
    refused(lambda: rs.pad_sequences([[1, 2], [3]], **settings), SettingError)


def test_padding_longer_than_any_memory():
    with pytest.raises((ResourceError, InputError, MemoryError)):
        rs.pad_sequences([[1], [2]], maxlen=2**55)
