"""`EmbeddingBag` held to torch's, setting by setting, and what it has besides."""

from __future__ import annotations

import copy
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="needs torch (the `torch` extra)")

from rowspace import Ragged, SettingError, Subwords, Vectors, Vocabulary, nn  # noqa: E402

R = 7
MODES = ("sum", "mean", "max")


def pair(dim=5, seed=0, rows=R, **settings):
    """Ours and torch's, of the same numbers; torch's is not sparse where it cannot be."""
    torch.manual_seed(seed)
    ours = nn.EmbeddingBag(rows, dim, **settings)
    if settings.get("mode") == "max":
        settings["sparse"] = False
    theirs = torch.nn.EmbeddingBag(rows, dim, **settings)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def learn(layer, *given, seed=1):
    """The output of a forward, the table's gradient and that of the weights, dense."""
    weights = next((one for one in given if one is not None and one.is_floating_point()), None)
    out = layer(*given)
    torch.manual_seed(seed)
    out.backward(torch.randn(out.shape).to(out.dtype))
    of_weights = None if weights is None else weights.grad
    return out, layer.weight.grad.to_dense(), of_weights


def close(one, other):
    if one is None or other is None:
        assert one is other
        return
    loose = one.dtype in (torch.float16, torch.bfloat16)
    bounds = {"rtol": 0.03, "atol": 0.03} if loose else {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(one, other, **bounds)


def compare(ours, theirs, *given):
    copies = [
        None if one is None else one.detach().clone().requires_grad_(one.requires_grad)
        for one in given
    ]
    for mine, wanted in zip(learn(ours, *given), learn(theirs, *copies), strict=True):
        close(mine, wanted)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_it_is_torchs(data):
    mode = data.draw(st.sampled_from(MODES))
    lengths = data.draw(st.lists(st.integers(0, 6), max_size=6))
    last, size = data.draw(st.booleans()) or not lengths, sum(lengths)
    ours, theirs = pair(
        data.draw(st.sampled_from([1, 3, 16, 33])),
        mode=mode,
        padding_idx=data.draw(st.sampled_from([None, 0, 3, -1])),
        sparse=data.draw(st.booleans()),
        include_last_offset=last,
    )
    if mode == "max" and not size:
        return  # torch's own has none of it
    ids = torch.tensor(data.draw(st.lists(st.integers(0, R - 1), min_size=size, max_size=size)))
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    offsets = torch.from_numpy(ends if last else ends[:-1])
    weights = None
    if mode == "sum" and data.draw(st.booleans()):
        weights = torch.randn(size, requires_grad=True)
    compare(ours, theirs, ids.long(), offsets, weights)


@pytest.mark.parametrize("mode", ["sum", "mean"])
@pytest.mark.parametrize("sparse", [False, True])
def test_gradients_scaled_by_frequency(mode, sparse):
    """torch's own takes the counts of other rows where bags are pooled: the sum over the count,
    as its page says, is worked out here."""
    ours, theirs = pair(mode=mode, padding_idx=2)
    ours.scale_grad_by_freq, ours.sparse = True, sparse
    ids, offsets = torch.tensor([0, 0, 1, 5, 5, 5, 2, 6]), torch.tensor([0, 3])
    counts = torch.bincount(ids, minlength=R).clamp(min=1).unsqueeze(1)
    close(learn(ours, ids, offsets)[1], learn(theirs, ids, offsets)[1] / counts)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("padding", [None, 2])
@pytest.mark.parametrize("shape", [(3, 4), (1, 1), (4, 1), (2, 30)])
@pytest.mark.parametrize("dim", [1, 8, 1023])
def test_ids_in_two_axes(mode, padding, shape, dim):
    compare(*pair(dim, mode=mode, padding_idx=padding), torch.randint(R, shape))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_every_kind_of_number(mode, dtype):
    ours, theirs = pair(mode=mode, dtype=dtype, padding_idx=1)
    ids, offsets = torch.tensor([1, 1, 0, 3, 3, 6]), torch.tensor([0, 2, 2, 5])
    compare(ours, theirs, ids, offsets)
    if mode == "sum":
        ours, theirs = pair(mode=mode, dtype=dtype)
        compare(ours, theirs, ids, offsets, torch.rand(6).to(dtype).requires_grad_())


def test_a_table_of_one_row_and_bags_of_nothing():
    for mode in MODES:
        compare(*pair(3, rows=1, mode=mode), torch.zeros(2, 2, dtype=torch.int64))
        layer = nn.EmbeddingBag(R, 3, mode=mode)
        none = torch.zeros(0, dtype=torch.int64)
        out = layer(none, torch.zeros(3, dtype=torch.int64))
        assert out.tolist() == [[0.0] * 3] * 3
        out.sum().backward()
        assert not layer.weight.grad.to_dense().any()
        assert layer(none, none).shape == (0, 3)
        assert layer(torch.zeros(2, 0, dtype=torch.int64)).tolist() == [[0.0] * 3] * 2
        pads = nn.EmbeddingBag(R, 3, mode=mode, padding_idx=4)
        assert not pads(torch.full((2, 3), 4)).any()
        pads(torch.full((2, 3), 4)).sum().backward()
        assert not pads.weight.grad.to_dense().any()


def test_pooled_gradients_hold_the_bags_alone():
    for mode in ("sum", "mean"):
        layer = nn.EmbeddingBag(1000, 6, mode=mode)
        layer(torch.randint(1000, (4, 50))).sum().backward()
        (part,) = layer.weight.grad.parts
        assert part.values.shape == (4, 6) and part.ids.shape == (200,)
        assert part.offsets.tolist() == [0, 50, 100, 150, 200]


def test_max_takes_sparse_and_the_first_of_equals():
    layer = nn.EmbeddingBag(3, 2, mode="max", sparse=True, init="ones")
    layer(torch.tensor([[2, 0, 1]])).sum().backward()
    gradient = layer.weight.grad
    assert gradient.layout == torch.sparse_coo
    assert gradient.to_dense().tolist() == [[0, 0], [0, 0], [1, 1]]


def weighted_mean(table, ids, weights, padding=None):
    """Worked out row by row."""
    out = []
    for bag, shares in zip(ids, weights, strict=True):
        kept = [(i, w) for i, w in zip(bag, shares, strict=True) if int(i) != padding]
        total = sum(w for _, w in kept)
        rows = [table[i] * w for i, w in kept]
        out.append(sum(rows) / total if kept and total.item() else table[0] * 0)
    return torch.stack(out)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("padding", [None, 2])
@pytest.mark.parametrize("by_torch", [False, True])
def test_a_weighted_mean_divides_by_the_weights(dtype, padding, by_torch):
    layer = nn.EmbeddingBag(R, 4, mode="mean", dtype=dtype, padding_idx=padding)
    ids = torch.tensor([[0, 2, 3], [5, 5, 1], [2, 2, 2], [4, 6, 2]])
    numbers = [[0.5, 1, 2], [1, -3, 4], [1, 1, 1], [1, -1, 0]]  # the last come to nothing
    weights, copied = (torch.tensor(numbers, dtype=dtype, requires_grad=True) for _ in range(2))
    table = layer.weight.detach().clone().requires_grad_()
    wanted = weighted_mean(table, ids, copied, padding)
    called = torch.compile(layer, backend="aot_eager") if by_torch else layer
    out = called(ids, None, weights)
    close(out, wanted)
    ahead = torch.randn_like(out)
    out.backward(ahead)
    wanted.backward(ahead)
    gradient = table.grad
    if padding is not None:
        gradient[padding] = 0
    close(layer.weight.grad.to_dense(), gradient)
    close(weights.grad, copied.grad)


def test_weights_learn_where_the_table_does_not():
    layer = nn.EmbeddingBag.from_pretrained(torch.randn(R, 3), mode="sum")
    ids = torch.tensor([[0, 1], [2, 2]])
    weights = torch.rand(2, 2, requires_grad=True)
    layer(ids, per_sample_weights=weights).sum().backward()
    close(weights.grad, layer.weight[ids].sum(-1))
    assert layer.weight.grad is None
    large = torch.randint(R, (3, 40_000))  # several blocks
    weights = torch.rand(3, 40_000, requires_grad=True)
    layer(large, per_sample_weights=weights).sum().backward()
    close(weights.grad, layer.weight[large].sum(-1))


def test_bags_in_other_clothes():
    ours, theirs = pair(mode="sum")
    ids, offsets = torch.tensor([3, 1, 1, 6, 0]), torch.tensor([0, 3, 3])
    weights = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0])
    wanted = theirs(ids, offsets)
    ragged = Ragged(ids.numpy().astype(np.int32), np.array([0, 3, 3, 5]))
    close(ours(ragged), wanted)
    close(ours([[3, 1, 1], [], [6, 0]]), wanted)
    close(ours([np.array([3, 1, 1]), np.array([], np.int64), torch.tensor([6, 0])]), wanted)
    close(ours(ids.numpy(), offsets.numpy()), wanted)
    close(ours(ids.tolist(), offsets.tolist()), wanted)
    close(ours(ids.to(torch.int32), offsets), wanted)
    weighted = Ragged(ragged.ids, ragged.offsets, weights.numpy())
    close(ours(weighted), theirs(ids, offsets, weights))
    close(ours(ragged, per_sample_weights=weights), theirs(ids, offsets, weights))
    jagged = torch.nested.nested_tensor_from_jagged(ids, torch.tensor([0, 3, 3, 5]))
    close(ours(jagged), theirs(jagged))
    square = torch.randint(R, (3, 4))
    close(ours(square.numpy()), theirs(square))
    close(ours(square.T), theirs(square.T.contiguous()))
    assert ours([]).shape == (0, 5)


def test_ids_beyond_the_last_offset_are_in_no_bag():
    layer = nn.EmbeddingBag(R, 2, mode="sum", include_last_offset=True, init="ones")
    out = layer(torch.tensor([1, 2, 3, 4]), torch.tensor([0, 1, 3]))
    assert out.tolist() == [[1, 1], [2, 2]]
    out.sum().backward()
    assert layer.weight.grad.to_dense()[:, 0].tolist() == [0, 1, 1, 1, 0, 0, 0]


def test_arguments_and_state_are_torchs_in_torchs_order():
    given_ = (10, 4, 1.5, 1.0, True, "sum", True, torch.zeros(10, 4), True, 3)
    ours, theirs = nn.EmbeddingBag(*given_), torch.nn.EmbeddingBag(*given_)
    names = ("padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse", "mode",
             "include_last_offset")  # fmt: skip
    for name in names:
        assert getattr(ours, name) == getattr(theirs, name)
    assert list(ours.state_dict()) == ["weight"] and isinstance(ours, torch.nn.EmbeddingBag)
    assert repr(ours) == repr(theirs)
    assert nn.EmbeddingBag(3, 2).mode == "mean"
    made = nn.EmbeddingBag.from_pretrained(torch.eye(3), mode="max", padding_idx=-1)
    assert not made.weight.requires_grad and made.padding_idx == 2
    for wrong in ({"mode": "median"}, {"mode": "max", "scale_grad_by_freq": True}):
        with pytest.raises(SettingError):
            nn.EmbeddingBag(3, 2, **wrong)
    with pytest.raises(AssertionError, match="within num_embeddings"):
        nn.EmbeddingBag(3, 2, padding_idx=3)


@pytest.mark.parametrize("mode", MODES)
def test_gradients_of_gradients(mode):
    layer = nn.EmbeddingBag(4, 3, mode=mode, dtype=torch.float64)
    ids, offsets = torch.tensor([0, 1, 1, 3]), torch.tensor([0, 3, 3])
    table = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
    weights = torch.rand(4, dtype=torch.float64, requires_grad=True) + 0.5
    inputs = (table,) if mode == "max" else (table, weights.detach().requires_grad_())

    def called(table, weights=None):
        return torch.func.functional_call(layer, {"weight": table}, (ids, offsets, weights))

    assert torch.autograd.gradcheck(called, inputs)
    assert torch.autograd.gradgradcheck(called, inputs)


def test_double_backward_leaves_padding_and_frozen_rows_alone():
    layer = nn.EmbeddingBag(5, 2, mode="sum", padding_idx=1, frozen=[2], scale_grad_by_freq=True)
    ids = torch.tensor([[1, 2, 3, 3]])
    weights = torch.ones(1, 4, requires_grad=True)
    out = layer(ids, per_sample_weights=weights).sum()
    table, shares = torch.autograd.grad(out, (layer.weight, weights), create_graph=True)
    assert table[:, 0].tolist() == [0, 0, 0, 1, 0] and shares[0, 0] == 0


@pytest.mark.parametrize("mode", MODES)
def test_compiled_exported_and_transformed_it_says_the_same(mode):
    layer = nn.EmbeddingBag(R, 4, mode=mode, padding_idx=1, frozen=[2])
    twin = copy.deepcopy(layer)
    ids, offsets = torch.tensor([1, 2, 6, 6, 0]), torch.tensor([0, 2])
    compiled = torch.compile(twin, backend="aot_eager")
    for given_ in ((ids, offsets), (torch.tensor([[1, 2], [6, 6]]),)):
        layer.zero_grad(), twin.zero_grad()
        close(compiled(*given_), layer(*given_))
        layer(*given_).sum().backward()
        compiled(*given_).sum().backward()
        close(twin.weight.grad, layer.weight.grad.to_dense())
    square = torch.tensor([[1, 2], [6, 6]])
    close(torch.export.export(layer, (square,)).module()(square), layer(square))

    def loss(weight):
        return torch.func.functional_call(layer, {"weight": weight}, (square,)).sum()

    close(torch.func.grad(loss)(layer.weight.detach()), layer.weight.grad.to_dense())


@pytest.mark.parametrize(
    ("mode", "of"), list(product(MODES, ["elements", "features", "rows", "tokens"]))
)
def test_dropout_is_of_training_alone(mode, of):
    layer = nn.EmbeddingBag(50, 64, mode=mode, init="ones", dropout=nn.Dropout(0.5, of))
    ids = torch.arange(400).view(40, 10) % 50
    torch.manual_seed(0)
    out = layer(ids)
    scale = 10 if mode == "sum" else 1
    if mode == "max" and of in ("rows", "tokens"):
        assert bool((out == 1).all())
    else:
        mean, spread = out.detach().mean(), out.detach().std()
        assert 0.7 * scale < mean < 1.3 * scale and spread > 0
    out.sum().backward()
    close(layer.weight.grad.to_dense().sum(), out.sum().detach())
    if of == "rows":  # a row that was dropped does not learn
        assert 0 < int((layer.weight.grad.to_dense().sum(1) == 0).sum()) < 50 or mode == "max"
    assert bool((layer.eval()(ids) == scale).all())


def test_items_in_bags():
    words = Vocabulary.of(["a", "b", "c"])
    layer = nn.EmbeddingBag.from_vocabulary(words, 4, mode="mean")
    close(layer([["a", "c"], [], ["b"]]), layer([[0, 2], [], [1]]))
    close(layer(["a", "c", "b"], [0, 2, 2]), layer([[0, 2], [], [1]]))
    weights = torch.tensor([1.0, 3.0, 2.0], requires_grad=True)
    out = layer([["a", "c"], ["b"]], per_sample_weights=weights)
    close(out[0], (layer.weight[0] + 3 * layer.weight[2]) / 4)
    vectors = Vectors.random(["a", "b"], 4, unseen=Subwords(buckets=30))
    frozen = nn.EmbeddingBag.from_vectors(vectors, mode="sum")
    assert not frozen.weight.requires_grad
    wanted = torch.from_numpy(np.stack([vectors["a"] + vectors["zebra"], vectors["b"]]))
    close(frozen([["a", "zebra"], ["b"]]), wanted)
    mean = nn.EmbeddingBag.from_vectors(vectors, freeze=False)
    close(mean([["a", "zebra"], ["b"]]).detach()[0], wanted[0] / 2)
    mean([["a", "zebra"], ["b"]]).sum().backward()
    assert mean.weight.grad.to_dense().any()
    assert list(mean.to_vectors()) == ["a", "b"]
    with pytest.raises(SettingError, match="max"):
        nn.EmbeddingBag.from_vectors(vectors, mode="max")([["zebra"]])


def test_scaled_by_the_root_of_the_dimensions():
    layer = nn.EmbeddingBag(3, 16, init="ones", scale="sqrt-dim")
    assert layer(torch.tensor([[0, 1]])).tolist() == [[4.0] * 16]
