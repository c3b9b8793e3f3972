"""`Embedding` held to torch's, setting by setting, and what it has besides."""

from __future__ import annotations

import copy
import io
from itertools import product

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (the `torch` extra)")

from rowspace import Exact, SettingError, Subwords, Vectors, Vocabulary, nn  # noqa: E402
from rowspace.errors import InputError  # noqa: E402

SHAPES = {
    "none": ((0,), 5, 3),
    "scalar": ((), 5, 3),
    "one row": ((4,), 1, 3),
    "one number": ((7,), 9, 1),
    "wide": ((3, 4), 6, 1023),
    "three axes": ((2, 3, 4), 11, 16),
    "an empty axis": ((3, 0), 5, 2),
}
DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


def pair(rows, dim, seed=0, **settings):
    """Ours and torch's, of the same numbers."""
    torch.manual_seed(seed)
    ours = nn.Embedding(rows, dim, **settings)
    torch.manual_seed(seed)
    theirs = torch.nn.Embedding(rows, dim, **settings)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def learn(layer, ids, seed=1):
    """The output, and a backward of fixed gradients; the dense gradient of the table."""
    out = layer(ids)
    torch.manual_seed(seed)
    out.backward(torch.randn(out.shape).to(out.dtype))
    return out, layer.weight.grad.to_dense()


def exact(one, other):
    return torch.testing.assert_close(one, other, rtol=0, atol=0)


def close(one, other):
    loose = one.dtype in (torch.float16, torch.bfloat16)
    torch.testing.assert_close(one, other, **({"rtol": 0.02, "atol": 0.02} if loose else {}))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("padding", [None, 0, -1])
@pytest.mark.parametrize("sparse", [False, True])
def test_it_is_torchs(shape, padding, sparse):
    size, rows, dim = shape
    ours, theirs = pair(rows, dim, padding_idx=padding, sparse=sparse)
    ids = torch.randint(rows, size)
    (mine, gradient) = learn(ours, ids)
    # torch's own sparse backward stumbles over a single id where there is padding
    (other, wanted) = learn(theirs, ids if ids.dim() else ids.reshape(1))
    exact(mine, other.reshape(mine.shape))
    close(gradient, wanted)
    assert ours.weight.grad.is_sparse is sparse


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("by_frequency", [False, True])
def test_every_kind_of_number(dtype, by_frequency):
    if by_frequency and dtype == torch.float16:
        pytest.skip("torch's own has none of it")
    ours, theirs = pair(6, 5, padding_idx=2, scale_grad_by_freq=by_frequency, dtype=dtype)
    ids = torch.tensor([[0, 2, 5], [5, 5, 1]])
    (mine, gradient), (other, wanted) = learn(ours, ids), learn(theirs, ids)
    exact(mine, other)
    close(gradient, wanted)
    assert gradient.dtype == dtype and isinstance(ours.weight.grad, nn.RowGradient)


def test_all_padding_gives_no_gradient():
    ours, _ = pair(4, 3, padding_idx=1)
    _, gradient = learn(ours, torch.ones(2, 5, dtype=torch.int64))
    exact(gradient, torch.zeros(4, 3))
    assert len(ours.weight.grad.coalesced()[0]) == 0
    ours, _ = pair(4, 3, padding_idx=1, sparse=True)
    learn(ours, torch.ones(2, 5, dtype=torch.int64))
    assert ours.weight.grad._nnz() == 0


def test_a_sparse_gradient_is_torchs_own_and_not_coalesced():
    ours, theirs = pair(8, 3, sparse=True)
    ids = torch.tensor([3, 1, 3])
    learn(ours, ids), learn(theirs, ids)
    mine, wanted = ours.weight.grad, theirs.weight.grad
    assert type(mine) is torch.Tensor and not mine.is_coalesced()
    exact(mine._indices(), wanted._indices())
    exact(mine._values(), wanted._values())
    ours, _ = pair(8, 3, sparse=True, scale_grad_by_freq=True)  # torch has none of it
    learn(ours, ids)
    exact(ours.weight.grad._values()[0] * 2, mine._values()[0])


def test_arguments_and_state_are_torchs_in_torchs_order():
    given = (10, 4, 3, 1.5, 1.0, True, True, torch.zeros(10, 4), True)
    ours, theirs = nn.Embedding(*given), torch.nn.Embedding(*given)
    for name in ("padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse"):
        assert getattr(ours, name) == getattr(theirs, name)
    assert not ours.weight.requires_grad and isinstance(ours, torch.nn.Embedding)
    assert list(ours.state_dict()) == list(theirs.state_dict()) == ["weight"]
    assert repr(ours) == repr(theirs)
    with pytest.raises(AssertionError, match="within num_embeddings"):
        nn.Embedding(3, 2, padding_idx=3)
    with pytest.raises(AssertionError, match="within num_embeddings"):
        nn.Embedding(3, 2, padding_idx=-4)


def test_it_starts_as_torchs_does():
    torch.manual_seed(3)
    ours = nn.Embedding(50, 7, padding_idx=4)
    torch.manual_seed(3)
    exact(ours.weight.data, torch.nn.Embedding(50, 7, padding_idx=4).weight.data)


def test_a_large_table_lies_on_pages_of_its_own():
    layer = nn.Embedding(1 << 14, 64, init="zeros")
    assert layer.weight.data_ptr() % 4096 == 0
    half = nn.Embedding(1 << 15, 64, dtype=torch.bfloat16, init="ones")
    assert half.weight.data_ptr() % 4096 == 0 and bool((half.weight == 1).all())


@pytest.mark.parametrize(
    "dtype",
    [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int8,
     torch.complex64],
)  # fmt: skip
def test_from_pretrained_takes_any_numbers(dtype):
    table = torch.arange(12).reshape(4, 3).to(dtype)
    ours = nn.Embedding.from_pretrained(table)
    assert ours.weight.data_ptr() == table.data_ptr() and not ours.weight.requires_grad
    exact(ours(torch.tensor([2, 0])), table[[2, 0]])
    if table.is_floating_point():
        assert nn.Embedding.from_pretrained(table, freeze=False).weight.requires_grad


def test_a_frozen_layer_has_no_graph():
    layer = nn.Embedding.from_pretrained(torch.ones(3, 2))
    assert not layer(torch.tensor([0])).requires_grad
    with torch.no_grad():
        assert not nn.Embedding(3, 2)(torch.tensor([0])).requires_grad
    with torch.inference_mode():
        assert nn.Embedding(3, 2)(torch.tensor([0])).is_inference()


def test_ids_lie_in_memory_as_they_like():
    ours, theirs = pair(9, 4)
    ids = torch.randint(9, (5, 8))
    for odd in (ids.T, ids[:, ::3], ids.to(torch.int32), ids.to(torch.int16).T):
        exact(ours(odd), theirs(odd.long()))
    exact(ours(ids.numpy()), theirs(ids))
    exact(ours(ids.numpy().astype(np.uint8)), theirs(ids))
    exact(ours(ids.tolist()), theirs(ids))
    exact(ours(3), theirs(torch.tensor(3)))
    exact(ours([]), theirs(torch.tensor([], dtype=torch.int64)))


def test_a_table_without_rows_in_a_row_is_looked_up_by_torch():
    table = torch.randn(4, 10).T
    layer = nn.Embedding.from_pretrained(table, freeze=False)
    _, gradient = learn(layer, torch.tensor([1, 1, 9]))
    exact(layer(torch.tensor([1, 9])), table[[1, 9]])
    assert gradient[1].any() and not gradient[0].any()


def test_ids_changed_before_backward_are_noticed_and_after_it_do_no_harm():
    layer, ids = nn.Embedding(5, 2), torch.tensor([1, 2])
    out = layer(ids)
    ids.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()
    out = layer(ids)
    out.sum().backward()
    ids.fill_(0)  # the next batch, in the same memory
    layer(ids).sum().backward()
    assert layer.weight.grad.to_dense().sum(1).tolist() == [4, 0, 2, 2, 0]


def test_max_norm_holds_when_rows_are_made_and_loaded_and_no_forward_writes():
    for p in (1.0, 2.0, 3.5, float("inf")):
        layer = nn.Embedding(30, 8, max_norm=0.7, norm_type=p)
        lengths = torch.linalg.vector_norm(layer.weight.detach(), p, dim=1)
        assert float(lengths.max()) <= 0.7 + 1e-5
        ids = torch.arange(30)
        theirs = torch.nn.Embedding(30, 8, max_norm=0.7, norm_type=p)
        layer.load_state_dict(theirs.state_dict())
        before = layer.weight._version
        close(layer(ids), theirs(ids))  # torch's writes its table here
        close(layer.weight.data, theirs.weight.data)
        assert layer.weight._version == before
    given = torch.full((2, 2), 9.0)
    layer = nn.Embedding.from_pretrained(given, max_norm=1.0)
    close(layer.weight.data, torch.full((2, 2), 0.5**0.5))
    halves = nn.Embedding(20, 8, max_norm=0.5, dtype=torch.float16)
    assert float(halves.weight.float().norm(dim=1).max()) < 0.501


def test_gradients_of_gradients():
    ids = torch.tensor([[0, 2], [2, 3]])
    for settings in ({}, {"padding_idx": 2}, {"scale_grad_by_freq": True}):
        ours, theirs = pair(4, 3, dtype=torch.float64, **settings)

        def penalty(layer):
            (first,) = torch.autograd.grad(layer(ids).pow(3).sum(), layer.weight, create_graph=True)
            first.pow(2).sum().backward()
            return first, layer.weight.grad

        # torch forgets the frequencies the second time
        if "scale_grad_by_freq" not in settings:
            for mine, wanted in zip(penalty(ours), penalty(theirs), strict=True):
                close(mine.to_dense(), wanted)
        else:
            first, second = penalty(ours)
            assert first.requires_grad and second.to_dense().any()
    table = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    layer = nn.Embedding(4, 3, dtype=torch.float64)

    def called(weight):
        return torch.func.functional_call(layer, {"weight": weight}, (ids,))

    assert torch.autograd.gradcheck(called, table)
    assert torch.autograd.gradgradcheck(called, table)


def test_transforms_of_functions_see_torchs_operators():
    layer, ids = nn.Embedding(5, 3), torch.tensor([1, 4, 1])
    weight = {"weight": layer.weight.detach()}

    def loss(parameters, ids):
        return torch.func.functional_call(layer, parameters, (ids,)).pow(2).sum()

    gradient = torch.func.grad(loss)(weight, ids)["weight"]
    loss({"weight": layer.weight}, ids).backward()
    close(gradient, layer.weight.grad.to_dense())
    batches = torch.stack([ids, ids.flip(0)])
    each = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(weight, batches)["weight"]
    close(each[1], gradient)
    tangent = torch.ones(5, 3)
    _, moved = torch.func.jvp(lambda w: loss({"weight": w}, ids), (weight["weight"],), (tangent,))
    close(moved, (gradient * tangent).sum())
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(layer.weight.detach(), tangent)
        out = torch.func.functional_call(layer, {"weight": dual}, (ids,))
        exact(torch.autograd.forward_ad.unpack_dual(out).tangent, torch.ones(3, 3))


def test_compiled_and_exported_it_says_the_same():
    model = torch.nn.Sequential(nn.Embedding(7, 4, padding_idx=1), torch.nn.Linear(4, 2))
    ids = torch.tensor([[1, 2, 6], [6, 0, 2]])
    model(ids).sum().backward()
    wanted = [p.grad.to_dense() for p in model.parameters()]
    model.zero_grad()
    compiled = torch.compile(model, backend="aot_eager")
    out = compiled(ids)
    close(out, model(ids))
    out.sum().backward()
    for one, other in zip(model.parameters(), wanted, strict=True):
        close(one.grad.to_dense(), other)
    exported = torch.export.export(model, (ids,)).module()
    close(exported(ids), model(ids))


def test_frozen_rows_stay_frozen_when_torchs_operators_are_seen():
    layer = nn.Embedding(4, 2, frozen=[1])
    ids = torch.tensor([0, 1, 1, 3])
    torch.compile(layer, backend="aot_eager")(ids).sum().backward()
    assert layer.weight.grad.sum(1).tolist() == [2, 0, 0, 2]


def test_moved_cast_copied_and_shared():
    layer = nn.Embedding(6, 4, frozen=[2], dropout=0.5, scale="sqrt-dim")
    ids = torch.tensor([1, 5])
    layer(ids).sum().backward()
    twin = copy.deepcopy(layer)
    exact(twin.weight.data, layer.weight.data)
    assert twin.weight is not layer.weight and twin.dropout == layer.dropout
    half = copy.deepcopy(layer).half().eval()
    assert half.weight.dtype == torch.float16
    exact(half(ids), layer.weight.detach().half()[ids] * 2)
    assert layer.double().eval()(ids).dtype == torch.float64
    assert nn.Embedding(6, 4).share_memory().weight.is_shared()
    assert nn.Embedding(6, 4, device="meta")(ids.to("meta")).shape == (2, 4)


def test_a_whole_layer_travels_through_a_file():
    words = Vocabulary.of(["the", "cat", "sat"], unseen=Subwords(buckets=50))
    layer = nn.Embedding.from_vocabulary(words, 4, frozen=["cat"]).eval()
    wanted = layer(["the", "unseen"])
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    again = torch.load(file, weights_only=False)
    exact(again(["the", "unseen"]), wanted)
    exact(again.frozen_rows, layer.frozen_rows)


@pytest.mark.parametrize(
    "policy", [Exact("<unk>"), Subwords(buckets=100)], ids=lambda p: type(p).__name__
)
def test_a_vocabulary_travels_with_the_state(policy):
    words = Vocabulary.of(["the", "cat", "sat"], unseen=policy)
    layer = nn.Embedding.from_vocabulary(words, 6)
    model = torch.nn.Sequential(layer)
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    state = torch.load(file, weights_only=True)
    assert list(state) == ["0.weight", "0.vocabulary"]
    bare = torch.nn.Sequential(nn.Embedding(words.n_rows, 6))
    assert not bare.load_state_dict(state).missing_keys
    exact(bare(["cat", "dog"]), layer(["cat", "dog"]))
    assert list(bare[0].vocabulary) == list(words)
    plain = torch.nn.Sequential(torch.nn.Embedding(words.n_rows, 6))
    model.load_state_dict(plain.state_dict())  # torch's own has none: ours stays
    assert layer.vocabulary is words
    with pytest.raises(InputError, match="needs"):
        torch.nn.Sequential(nn.Embedding(2, 6)).load_state_dict(state, strict=False)
    state["0.vocabulary"] = state["0.vocabulary"][:40]
    with pytest.raises(InputError, match="cannot be read"):
        bare.load_state_dict(state)


def test_vectors_in_and_out():
    vectors = Vectors.random(["a", "b", "c"], 5, unseen=Subwords(buckets=20))
    layer = nn.Embedding.from_vectors(vectors)
    assert not layer.weight.requires_grad
    close(layer(["a", "zebra"]), torch.from_numpy(vectors[["a", "zebra"]]))
    close(layer("a"), torch.from_numpy(vectors["a"]))
    assert layer([["a", "b"], ["c", "a"]]).shape == (2, 2, 5)
    tuned = nn.Embedding.from_vectors(vectors, freeze=False, scale="sqrt-dim")
    tuned(["zebra", "a"]).sum().backward()
    assert tuned.weight.grad.to_dense().any()
    with torch.no_grad():
        tuned.weight += 1
    again = tuned.to_vectors()
    assert list(again) == ["a", "b", "c"] and not np.shares_memory(again.rows, vectors.rows)
    assert np.array_equal(again.rows, vectors.rows + 1)
    assert np.array_equal(layer.to_vectors().rows, vectors.rows)
    halves = Vectors.from_arrays(["a"], np.ones((1, 2), np.float16))
    assert nn.Embedding.from_vectors(halves).to_vectors().rows.dtype == np.float16
    wide = nn.Embedding.from_vectors(halves).to(torch.bfloat16).to_vectors()
    assert wide.rows.dtype == np.float32
    with pytest.raises(SettingError, match="without a vocabulary"):
        nn.Embedding(3, 2).to_vectors()


def test_items_that_differ_in_number_are_padded():
    words = Vocabulary.from_counts({"a": 3, "b": 2}, reserved=["<pad>"])
    layer = nn.Embedding.from_vocabulary(words, 3, padding_idx="<pad>")
    assert layer.padding_idx == 0
    out = layer([["a"], ["b", "a"]])
    exact(out, layer(torch.tensor([[1, 0], [2, 1]])))


def test_frozen_rows_get_no_gradient_however_they_are_named():
    words = Vocabulary.of(["a", "b", "c"])
    masks = ([1], np.array([1]), torch.tensor([1]), ["b"], [False, True, False],
             np.array([False, True, False]))  # fmt: skip
    for frozen, sparse in product(masks, (False, True)):
        layer = nn.Embedding(3, 2, vocabulary=words, frozen=frozen, sparse=sparse)
        assert layer.frozen_rows.tolist() == [0, 1, 0]
        layer(torch.tensor([0, 1, 1, 2])).sum().backward()
        assert layer.weight.grad.to_dense()[:, 0].tolist() == [1, 0, 1]
    state = layer.state_dict()
    assert "frozen_rows" in state
    fresh = nn.Embedding(3, 2)
    fresh.load_state_dict(state)
    exact(fresh.frozen_rows, layer.frozen_rows)
    layer.load_state_dict(torch.nn.Embedding(3, 2).state_dict())
    assert layer.frozen_rows.tolist() == [0, 1, 0]


def test_options_by_keyword_or_together():
    options = nn.Options(init="ones", scale="sqrt-dim")
    layer = nn.Embedding(3, 4, options=options, init="zeros")
    assert not layer(torch.tensor([1])).any()
    layer = nn.Embedding(3, 4, options=options)
    assert layer(torch.tensor([1])).tolist() == [[2.0] * 4]
    layer(torch.tensor([1])).sum().backward()
    assert layer.weight.grad.to_dense()[1].tolist() == [2.0] * 4
    for wrong in ({"scale": "log"}, {"init": "random"}, {"dropout": 2.0}, {"colour": "red"},
                  {"vocabulary": ["a"]}, {"frozen": ["a"]}, {"frozen": [True]}):  # fmt: skip
        with pytest.raises(SettingError):
            nn.Embedding(3, 4, **wrong)


@pytest.mark.parametrize("of", ["elements", "features", "rows", "tokens"])
def test_dropout_is_of_training_alone(of):
    layer = nn.Embedding(20, 8, init="ones", dropout=nn.Dropout(0.5, of))
    ids = torch.arange(20).repeat(2).view(2, 20)
    out = layer(ids)
    assert set(out.unique().tolist()) == {0.0, 2.0}
    if of == "rows":
        exact(out[0], out[1])
    out.sum().backward()
    close(layer.weight.grad.to_dense(), out.detach().sum(0))
    exact(layer.eval()(ids), torch.ones(2, 20, 8))
