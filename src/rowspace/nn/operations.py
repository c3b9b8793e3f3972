"""What torch's operations do to a gradient of rows, most without making it dense.

A gradient is what has a `content`. An operation that is not in the table at the end is given dense
copies; the gradients it writes, or of which it makes a view, become dense for good, so that what
is written there is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from rowspace.nn.content import Content
from rowspace.nn.contributions import Part, Traits

aten = torch.ops.aten
Handler: TypeAlias = Callable[..., Any]


def operate(func: Any, args: Any, kwargs: Any) -> Any:
    """The operation `func`, of which one argument or more is a gradient of rows."""
    handler = _HANDLERS.get(func)
    if handler is not None:
        done = handler(*args, **kwargs)
        if done is not NotImplemented:
            return done
    return _densely(func, args, kwargs)


def _content(value: Any) -> Content | None:
    found = getattr(value, "content", None)
    return found if isinstance(found, Content) else None


def _is_number(factor: Any) -> bool:
    if isinstance(factor, Tensor):
        return factor.dim() == 0 and not factor.is_complex()
    return not isinstance(factor, complex)


def _spreads(factor: Any, content: Content) -> bool:
    """Whether a factor is a dense tensor whose product with the gradient has its shape and type."""
    if _content(factor) is not None or not isinstance(factor, Tensor) or not 1 <= factor.dim() <= 2:
        return False
    sides = zip(reversed(factor.shape), reversed(content.shape), strict=False)
    fits = factor.layout == torch.strided and all(one in (1, other) for one, other in sides)
    return fits and torch.promote_types(factor.dtype, content.dtype) == content.dtype


def _joins(content: Content, other: Any, alpha: Any) -> bool:
    """Add `other` to the content, if it is a gradient of the same shape."""
    if not isinstance(other, Tensor) or other.shape != content.shape or other.is_complex():
        return False
    theirs = _content(other)
    if theirs is None and other.layout == torch.strided:
        content.add_dense(other, alpha)
        return True
    if theirs is None and other.layout == torch.sparse_coo and other.sparse_dim() == 1:
        part = Part(other._indices()[0], None, None, other._values())
        theirs = Content([part], Traits(), content.shape, content.dtype, content.device)
    if theirs is not None:
        content.add(theirs, alpha)
    return theirs is not None


def _add(one: Any, other: Any, *, alpha: Any = 1) -> Any:
    if (content := _content(one)) is not None:
        content, maker = content.copy(), one
    else:
        content, maker, other = other.content.copy(), other, one
        if alpha != 1:
            content.change(lambda t: t.mul_(alpha))
            alpha = 1
    return maker.around(content) if _joins(content, other, alpha) else NotImplemented


def _add_(one: Any, other: Any, *, alpha: Any = 1) -> Any:
    if (content := _content(one)) is not None:
        return one if _joins(content, other, alpha) else NotImplemented
    if one.shape != other.shape or one.layout != torch.strided:
        return NotImplemented
    if other.content.dense is not None:
        one.add_(other.content.dense, alpha=alpha)
    return other.content.put_into(one, alpha)


def _mul_(one: Any, factor: Any) -> Any:
    content = _content(one)
    if content is not None and _is_number(factor):
        content.change(lambda t: t.mul_(factor))
    elif content is not None and _spreads(factor, content):
        content.multiply_rows(factor)
    else:
        return NotImplemented
    return one


def _mul(one: Any, factor: Any) -> Any:
    if _content(one) is None:
        one, factor = factor, one
    return _mul_(_clone(one), factor)


def _div_(one: Any, divisor: Any) -> Any:
    content = _content(one)
    if content is None or not _is_number(divisor):
        return NotImplemented
    content.change(lambda t: t.div_(divisor))
    return one


def _neg_(one: Any) -> Any:
    one.content.change(Tensor.neg_)
    return one


def _clamp_(one: Any, low: Any = None, high: Any = None) -> Any:
    one.content.clamp(low, high)
    return one


def _clamp_max_(one: Any, high: Any) -> Any:
    return _clamp_(one, None, high)


def _zero_(one: Any) -> Any:
    one.content.clear()
    return one


def _alias(one: Any) -> Any:
    return one.around(one.content)


def _clone(one: Any, *, memory_format: Any = None) -> Any:
    return one.around(one.content.copy())


def _copy_(one: Any, other: Any, non_blocking: bool = False) -> Any:
    mine, theirs = _content(one), _content(other)
    if mine is None or theirs is None or mine.shape != theirs.shape:
        return NotImplemented
    if mine is not theirs:
        mine.clear()
        mine.traits = theirs.traits
        mine.add(theirs)
    return one


def _to_copy(one: Any, **to: Any) -> Any:
    if to.get("layout") not in (None, torch.strided):
        return NotImplemented
    dtype, device = to.get("dtype") or one.dtype, to.get("device") or one.device
    return (
        one.around(one.content.cast(dtype, device)) if dtype.is_floating_point else NotImplemented
    )


def _empty(one: Any, size: Any, stride: Any, **to: Any) -> Any:
    if tuple(size) != tuple(one.shape) or to.get("dtype") not in (None, one.dtype):
        return NotImplemented
    return one.around(Content([], one.traits, one.shape, one.dtype, one.device))


def _norm(one: Any, p: Any = 2, dim: Any = None, keep: bool = False, **to: Any) -> Any:
    plain = dim is None and not keep and not to
    return one.content.norm(float(p)) if plain else NotImplemented


def _unscale(gradients: Sequence[Tensor], found: Tensor, factor: Tensor) -> None:
    """Look for what is not finite and multiply by `factor`, as `GradScaler` asks."""
    for one in gradients:
        content = _content(one)
        traits = Traits() if content is None else content.traits
        if content is not None and (traits.padding_idx is not None or traits.frozen is not None):
            content.sums()  # what came back for rows that do not learn is left out
        for values in [one] if content is None else content.values():
            torch._amp_foreach_non_finite_check_and_unscale_([values], found, factor)


def _fresh(handler: Handler) -> Handler:
    """An operation as its twin in place does it, on a copy."""
    return lambda one, *args: handler(_clone(one), *args) if _content(one) else NotImplemented


def _each(operation: Any) -> Handler:
    """An operation on a list of tensors, one by one."""

    def handler(tensors: Sequence[Tensor], *args: Any) -> Any:
        done = [operation(one, *args) for one in tensors]
        return None if operation._schema.is_mutable else done

    return handler


def _densely(func: Any, args: Any, kwargs: Any) -> Any:
    """The operation on dense copies, or on what is dense from now on."""
    places = {one.name: one for one in func._schema.arguments}
    ours: dict[int, Any] = {}

    def alias(value: Any) -> Any:
        content = _content(value)
        if content is None:
            return value
        dense = content.become_dense()
        ours[id(dense)] = value
        return dense

    def copied(value: Any) -> Any:
        content = _content(value)
        return value if content is None else content.whole()

    def made(name: str, value: Any) -> Any:
        return tree_map(alias if places[name].alias_info is not None else copied, value)

    given = [made(name, value) for name, value in zip(places, args, strict=False)]
    done = func(*given, **{name: made(name, value) for name, value in kwargs.items()})
    return ours.get(id(done), done)


_HANDLERS: dict[Any, Handler] = {
    aten.detach.default: _alias,
    aten.alias.default: _alias,
    aten.clone.default: _clone,
    aten.copy_.default: _copy_,
    aten._to_copy.default: _to_copy,
    aten.new_empty_strided.default: _empty,
    aten.zero_.default: _zero_,
    aten.add.Tensor: _add,
    aten.add_.Tensor: _add_,
    aten.mul.Tensor: _mul,
    aten.mul_.Tensor: _mul_,
    aten.div.Tensor: _fresh(_div_),
    aten.div_.Tensor: _div_,
    aten.neg.default: _fresh(_neg_),
    aten.neg_.default: _neg_,
    aten.clamp.default: _fresh(_clamp_),
    aten.clamp_.default: _clamp_,
    aten.clamp_min.default: _fresh(_clamp_),
    aten.clamp_min_.default: _clamp_,
    aten.clamp_max.default: _fresh(_clamp_max_),
    aten.clamp_max_.default: _clamp_max_,
    aten.linalg_vector_norm.default: _norm,
    aten.norm.Scalar: _norm,
    aten._amp_foreach_non_finite_check_and_unscale_.default: _unscale,
    aten._foreach_norm.Scalar: _each(aten.linalg_vector_norm.default),
    aten._foreach_mul_.Scalar: _each(aten.mul_.Tensor),
    aten._foreach_mul_.Tensor: _each(aten.mul_.Tensor),
    aten._foreach_clamp_min_.Scalar: _each(aten.clamp_min_.default),
    aten._foreach_clamp_max_.Scalar: _each(aten.clamp_max_.default),
    aten._foreach_zero_.default: _each(aten.zero_.default),
}
