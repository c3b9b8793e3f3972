"""The loss over all rows of a tied output, without ever holding a logit for each of them.

    l = log Σᵥ exp(hᵀEᵥ)                       N logits of V rows would be N · V numbers
    loss = mean over N of (1 - s) · (l - hᵀE_y) + s · (l - hᵀĒ)        Ē: the mean row

Cross-entropy with label smoothing s (Szegedy et al. 2016): of a truth that gives 1 - s to the right
row y and s / V to each. The gradients are known as soon as the logits are, so they are worked out
at once, some hundred states at a time, while these lie in the cache. What smoothing adds to a
gradient is one row for all, and a product less. Axes: `N` states, `D` dimensions, `V` rows.
"""

from __future__ import annotations

from typing import Any, final

import torch
from torch import Tensor

from rowspace.nn import TiedLinear

AT_ONCE = 512
"""States whose logits are held together."""
TINY = 1e-38


def tied_loss(hidden: Tensor, output: TiedLinear, gold: Tensor, smoothing: float = 0.0) -> Tensor:
    """The mean loss of states [N, D] whose right rows are `gold` int64 [N]; of no dimension.

    `output` is a tied layer without bias. Under autocast the products are in its precision; sums
    are in float32 either way.
    """
    kind = hidden.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else hidden.dtype
    with torch.autocast(kind, enabled=False):
        scaled = hidden if output.scale == 1 else hidden * output.scale
        loss: Tensor = _TiedLoss.apply(  # type: ignore[no-untyped-call]
            scaled, output.weight, gold, smoothing, dtype
        )
    return loss


@final
class _TiedLoss(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, gold: Tensor, smoothing: float, dtype: torch.dtype
    ) -> Tensor:
        states, rows = hidden.detach().to(dtype), weight.detach().to(dtype)
        mean, total = weight.detach().float().mean(0), states.float().sum(0)
        learns = hidden.requires_grad or weight.requires_grad
        to_states = torch.empty_like(states) if learns else None
        to_rows = torch.zeros_like(weight, dtype=torch.float32) if learns else None
        loss = -smoothing * (total @ mean)
        for start in range(0, len(states), AT_ONCE):
            some, right = states[start : start + AT_ONCE], gold[start : start + AT_ONCE, None]
            logits = some @ rows.T
            own = logits.gather(1, right).float()
            chances = torch.softmax(logits, 1)
            log = chances.gather(1, right).float().clamp_min_(TINY).log_()
            loss += (smoothing * own - log).sum()
            if to_states is not None and to_rows is not None:
                certain = torch.full_like(right, smoothing - 1, dtype=chances.dtype)
                chances.scatter_add_(1, right, certain)
                torch.mm(chances, rows, out=to_states[start : start + AT_ONCE])
                to_rows += chances.T @ some
        n = max(1, len(states))
        if to_states is not None and to_rows is not None:
            to_rows -= smoothing / len(rows) * total
            ctx.save_for_backward((to_states.float() - smoothing * mean) / n, to_rows / n)
            ctx.kinds = hidden.dtype, weight.dtype
        return loss / n

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        to_states, to_rows = ctx.saved_tensors
        first, second = ctx.kinds
        grad = grads[0]
        return (to_states * grad).to(first), (to_rows * grad).to(second), None, None, None
