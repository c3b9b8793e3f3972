"""Rows added to a trained layer: new items, without starting over.

The `Parameter` stays the same object, so optimizers that hold it go on. Axes: `R` rows before,
`n` new ones, `D` dimensions, `V` items.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn

from rowspace.errors import InputError, SettingError
from rowspace.nn.init import NAMES, initialise
from rowspace.nn.memory import new_weight
from rowspace.vocabulary import Items, Quotient, Vocabulary, to_bytes

Optimizers: TypeAlias = "torch.optim.Optimizer | Sequence[torch.optim.Optimizer]"
Tied: TypeAlias = "nn.Module | Sequence[nn.Module]"
Init: TypeAlias = "str | np.ndarray | Tensor"

# Numbers of a block of the table while they are float64, and rows a covariance is learnt from.
BLOCK = 1 << 21
SAMPLE = 1 << 18
CHECKED = 1000


def add_rows(
    layer: Any,
    n: int,
    *,
    init: Init = "mean",
    at: int | None = None,
    optimizer: Optimizers = (),
    tied: Tied = (),
    generator: torch.Generator | None = None,
) -> range:
    """Gives `layer` n more rows, before row `at` or (None) at the end; their ids.

    layer: ours or torch's, of floats. init: "mean" of the old rows (the padding row left out);
    "mean-and-covariance", drawn from the normal distribution that has theirs (Hewitt 2021); a name
    of `rowspace.nn.init`; or the rows themselves, [n, D]. optimizer: those that hold the weight:
    whatever they keep for each row gets n rows too, zero, as for a row that was never touched
    (ours do so by themselves for rows at the end). tied: `TiedLinear`s with a bias, which gets
    zeros in the same place. A gradient that waits for its step is dropped.

    Raises SettingError for a wrong `n`, `at` or `init`, InputError for rows of another shape.
    """
    weight = _weight_of(layer)
    rows = len(weight)
    whole = isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 0
    SettingError.unless(whole, "n", n, "a whole number from 0")
    at = rows if at is None else at
    SettingError.unless(0 <= at <= rows, "at", at, f"a row from 0 to {rows}")
    with torch.no_grad():
        fresh = _new_rows(layer, int(n), init, generator)
        optimizers = _several(optimizer)
        _widen(weight, at, fresh, optimizers)
        for head in _several(tied):
            if getattr(head, "bias", None) is not None:
                _widen(head.bias, at, head.bias.new_zeros(len(fresh)), optimizers)
        for name, buffer in list(layer._buffers.items()):  # such as the mask of frozen rows
            if buffer is not None and buffer.dim() and len(buffer) == rows:
                layer._buffers[name] = inserted(buffer, at, _zeros_like(buffer, len(fresh)))
    layer.num_embeddings = rows + len(fresh)
    if layer.padding_idx is not None and layer.padding_idx >= at:
        layer.padding_idx += len(fresh)
    return range(at, at + len(fresh))


def add_items(
    layer: Any,
    items: Iterable[str | bytes],
    *,
    init: Init = "mean",
    optimizer: Optimizers = (),
    tied: Tied = (),
    generator: torch.Generator | None = None,
) -> np.ndarray:
    """Makes `items` known to the layer's vocabulary, with rows; their ids, int64 [N].

    The ids of old items stay as they are, and known ones among `items` keep theirs. Under policies
    with buckets the new rows come before those, so give the optimizer and what is tied; under
    hashed ones there are no new rows. The other arguments are those of `add_rows`; `init` as rows
    is [new items, D].

    Raises SettingError without a vocabulary, InputError where the policy would move old rows.
    """
    vocabulary = getattr(layer, "vocabulary", None)
    if not isinstance(vocabulary, Vocabulary):
        raise SettingError(
            "items are added to a layer that has a vocabulary",
            hint="add_rows adds rows to one that has none",
        )
    asked = [to_bytes(item) for item in items]
    grown = grown_vocabulary(vocabulary, asked)
    n = grown.n_rows - vocabulary.n_rows
    if n:
        at = _end_of_items(vocabulary)
        add_rows(layer, n, init=init, at=at, optimizer=optimizer, tied=tied, generator=generator)
    layer.vocabulary = grown
    return grown.ids(asked)


def grown_vocabulary(vocabulary: Vocabulary, items: Sequence[bytes]) -> Vocabulary:
    """The same vocabulary with those of `items` that it does not know after its own, uncounted.

    Raises InputError where old items would have other rows than before, but for the buckets,
    which move up together.
    """
    known = vocabulary.ids(items) >= 0
    fresh = list(dict.fromkeys(item for item, old in zip(items, known, strict=True) if not old))
    tokens = Items.of([*vocabulary.items.tokens(), *fresh])
    counts = np.concatenate([vocabulary.counts, np.zeros(len(fresh), np.int64)])
    grown = replace(vocabulary, items=tokens, counts=counts)
    n, at, size = grown.n_rows - vocabulary.n_rows, _end_of_items(vocabulary), len(vocabulary)
    some = np.unique(np.linspace(0, size - 1, CHECKED).astype(np.int64)) if size else np.arange(0)
    before = vocabulary.unseen.known_bags(vocabulary.items, some).ids
    after = grown.unseen.known_bags(grown.items, some).ids
    if not np.array_equal(np.where(before >= at, before + n, before), after):
        raise InputError(
            f"under {vocabulary.unseen!r:.60} new items would take the rows of old ones",
            hint="Quotient(buckets=) with a number keeps its rows; so do the other policies",
        )
    return grown


def inserted(tensor: Tensor, at: int, more: Tensor) -> Tensor:
    """`tensor` [R, ...] with the rows `more` before row `at`; a new tensor."""
    shape = (len(tensor) + len(more), *tensor.shape[1:])
    if tensor.is_sparse:
        flat = tensor.coalesce()
        ids = flat.indices().clone()
        ids[0] += (ids[0] >= at) * len(more)
        return torch.sparse_coo_tensor(
            ids, flat.values(), shape, is_coalesced=True, check_invariants=False
        )
    if tensor.dim() == 2:
        out = new_weight(shape[0], shape[1], tensor.device, tensor.dtype)
    else:
        out = torch.empty(shape, dtype=tensor.dtype, device=tensor.device)
    return torch.cat([tensor[:at], more.to(tensor), tensor[at:]], out=out)


def put_in_place(parameter: Tensor, data: Tensor) -> None:
    """Lets `parameter` hold `data` of another shape; its gradient is dropped."""
    parameter.grad = None
    # A graph that is still about keeps the shape it saw; only another type makes torch forget it.
    other = torch.float32 if parameter.dtype == torch.float64 else torch.float64
    parameter.data = torch.empty(0, dtype=other, device=parameter.device)
    parameter.data = data


def _widen(
    parameter: Tensor, at: int, more: Tensor, optimizers: Sequence[torch.optim.Optimizer]
) -> None:
    """Rows for a parameter and for whatever the optimizers keep for each of its rows."""
    size = len(parameter)
    for optimizer in optimizers:
        state = optimizer.state.get(parameter, {})
        for name, kept in state.items():
            by_row = isinstance(kept, Tensor) and kept.dim() and len(kept) == size
            if by_row and name != "shrunk":  # ours, one number a step
                fresh = _zeros_like(kept, len(more)) + _start(optimizer, parameter, name)
                state[name] = inserted(kept, at, fresh)
    put_in_place(parameter, inserted(parameter.detach(), at, more))


def _start(optimizer: torch.optim.Optimizer, parameter: Tensor, name: str) -> float:
    """What an optimizer would have kept as `name` for a row it has never seen."""
    groups = optimizer.param_groups
    group = next(one for one in groups if any(p is parameter for p in one["params"]))
    if name == "sum":  # Adagrad's
        return float(group.get("initial_accumulator_value", 0))
    if name == "clock" and group.get("untouched") == "catch-up":  # the last step it is even with
        return float(optimizer.state[parameter]["step"])
    return 0.0


def _zeros_like(tensor: Tensor, n: int) -> Tensor:
    return torch.zeros((n, *tensor.shape[1:]), dtype=tensor.dtype, device=tensor.device)


def _new_rows(layer: Any, n: int, init: Init, generator: torch.Generator | None) -> Tensor:
    weight = layer.weight.detach()
    rows, dim = weight.shape
    if isinstance(init, str):
        fresh = torch.empty((n, dim), dtype=weight.dtype, device=weight.device)
        if init in ("mean", "mean-and-covariance"):
            mean, spread = _moments(weight, layer.padding_idx, init != "mean")
            fresh.copy_(mean if spread is None else mean + _normal(fresh, generator) @ spread)
        elif init in NAMES:
            initialise(fresh, init, generator=generator, rows=rows + n)
        else:
            names = ", ".join(("mean", "mean-and-covariance", *NAMES))
            raise SettingError(f"init must be rows or one of {names}, not {init!r:.60}")
    else:
        fresh = torch.as_tensor(init).to(weight)
        if fresh.shape != (n, dim):
            raise InputError(f"new rows must be {[n, dim]}, not {list(fresh.shape)}")
    longest = getattr(layer, "max_norm", None)
    return fresh if longest is None else fresh.renorm(layer.norm_type, 0, longest)


def _moments(weight: Tensor, padding: int | None, spread: bool) -> tuple[Tensor, Tensor | None]:
    """The mean float64 [D] of the rows but the padding one, and C with CᵀC = their covariance."""
    dim = weight.shape[1]
    step = max(1, BLOCK // max(1, dim))
    total = torch.zeros(dim, dtype=torch.float64, device=weight.device)
    for block in torch.split(weight, step):
        total += block.double().sum(0)
    count = len(weight)
    if padding is not None and count:
        total, count = total - weight[padding].double(), count - 1
    mean = total / max(1, count)
    if not spread:
        return mean, None
    places = np.unique(np.linspace(0, max(0, len(weight) - 1), SAMPLE).astype(np.int64))
    places = places[(places < len(weight)) & (places != padding)]
    apart = weight[torch.from_numpy(places).to(weight.device)].double() - mean
    values, axes = torch.linalg.eigh(apart.T @ apart / max(1, len(places)))
    return mean, values.clamp(min=0).sqrt().unsqueeze(1) * axes.T


def _normal(like: Tensor, generator: torch.Generator | None) -> Tensor:
    device = like.device if generator is None else generator.device
    drawn = torch.randn(like.shape, dtype=torch.float64, generator=generator, device=device)
    return drawn.to(like.device)


def _weight_of(layer: Any) -> nn.Parameter:
    weight = getattr(layer, "weight", None)
    if isinstance(weight, nn.Parameter) and weight.dim() == 2 and weight.is_floating_point():
        return weight
    raise SettingError(f"rows are added to an embedding layer of floats, not to {layer!r:.80}")


def _end_of_items(vocabulary: Vocabulary) -> int:
    """The row before which those of new items come."""
    policy, size = vocabulary.unseen, len(vocabulary)
    if isinstance(policy, Quotient) and policy.buckets is not None:
        return policy.n_rows(size) - policy.buckets
    return min(size, vocabulary.n_rows)


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]
