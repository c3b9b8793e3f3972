"""Schedules by name as torch's schedulers: any optimizer, its groups, and back from a state."""

from __future__ import annotations

import io
from typing import Any

import pytest

import rowspace as rs
from rowspace.table.schedules import SCHEDULES, Plateau
from rowspace.table.schedules import schedule as named

torch = pytest.importorskip("torch")

from torch.optim.lr_scheduler import LambdaLR, LRScheduler  # noqa: E402

from rowspace import nn  # noqa: E402

OPTIMIZERS = ["SGD", "Adam", "AdamW", "Adagrad", "RMSprop", "SparseAdam"]
BY_PROGRESS = [name for name, kind in SCHEDULES.items() if not kind.by_loss]
BY_LOSS = [name for name, kind in SCHEDULES.items() if kind.by_loss]
LOSSES = [5.0, 4.0, 4.5, 4.4, 4.6, 3.0, float("nan"), 2.0, 2.5]


def optimizer_of(kind: str = "SGD", groups: bool = True) -> Any:
    parameters = [torch.nn.Parameter(torch.ones(2)) for _ in range(2)]
    given = [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.01}]
    return getattr(torch.optim, kind)(given if groups else parameters, lr=0.1)


def rates(optimizer: Any) -> list[float]:
    return [float(group["lr"]) for group in optimizer.param_groups]


def step(optimizer: Any) -> None:
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            sparse = isinstance(optimizer, torch.optim.SparseAdam)
            parameter.grad = torch.ones(2).to_sparse() if sparse else torch.ones(2)
    optimizer.step()


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("name", BY_PROGRESS)
def test_every_step_of_every_group(name: str, kind: str) -> None:
    optimizer = optimizer_of(kind)
    scheduler = nn.schedule(optimizer, name, steps=20, warmup=0.2, floor=0.1)
    assert isinstance(scheduler, LambdaLR)
    chosen = named(name, warmup=0.2)
    for at in range(25):
        share = chosen.rate(at, 20, high=1.0, low=0.1)
        assert rates(optimizer) == pytest.approx([0.1 * share, 0.01 * share])
        step(optimizer)
        scheduler.step()


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("name", BY_LOSS)
def test_every_loss_and_every_group(name: str, kind: str) -> None:
    optimizer, chosen = optimizer_of(kind), named(name)
    scheduler = nn.schedule(optimizer, name, floor=0.3)
    assert isinstance(scheduler, LRScheduler) and rates(optimizer) == [0.1, 0.01]
    for at, loss in enumerate(LOSSES):
        step(optimizer)
        scheduler.step(torch.tensor(loss) if at % 2 else loss)
        share = max(0.3, chosen.watch(LOSSES[: at + 1]).scale)
        assert rates(optimizer) == pytest.approx([0.1 * share, 0.01 * share])
        assert scheduler.get_last_lr() == pytest.approx(rates(optimizer))
    assert rates(optimizer)[0] < 0.1


def test_a_warm_up_before_a_plateau() -> None:
    optimizer = optimizer_of(groups=False)
    scheduler = nn.schedule(optimizer, Plateau(patience=0), steps=10, warmup=0.4)
    seen = [rates(optimizer)[0]]
    for loss in (5.0, 4.0, 3.0, 2.0, 1.0, 1.0):
        step(optimizer)
        scheduler.step(loss)
        seen.append(rates(optimizer)[0])
    assert seen == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.05])


def test_a_learning_rate_that_is_a_tensor() -> None:
    parameter = torch.nn.Parameter(torch.ones(2))
    for name, told in (("linear", ()), ("bold", (1.0,))):
        optimizer = torch.optim.Adam([parameter], lr=torch.tensor(0.5), capturable=False)
        scheduler = nn.schedule(optimizer, name, steps=4)
        step(optimizer)
        scheduler.step(*told)
        held = optimizer.param_groups[0]["lr"]
        assert isinstance(held, torch.Tensor)
        assert float(held) == pytest.approx(0.375 if name == "linear" else 0.5)


def _run(how: dict, losses: list[float], state: Any = None) -> tuple[list[list[float]], Any]:
    """The rates after each loss, and the state of both; gone on with from `state`."""
    optimizer = optimizer_of("Adam")
    scheduler = nn.schedule(optimizer, **how)
    if state is not None:
        optimizer.load_state_dict(state["optimizer"])
        scheduler.load_state_dict(state["scheduler"])
    seen = []
    for loss in losses:
        step(optimizer)
        scheduler.step(*((loss,) if SCHEDULES[how["name"]].by_loss else ()))
        seen.append(rates(optimizer))
    return seen, {"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}


@pytest.mark.parametrize("name", SCHEDULES)
def test_gone_on_with_from_its_state(name: str) -> None:
    how = {"name": name, "steps": 12, "warmup": 0.25, "floor": 0.01}
    whole, _ = _run(how, LOSSES)
    first, state = _run(how, LOSSES[:4])
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    kept = torch.load(file, weights_only=True)  # plain data alone
    rest, _ = _run(how, LOSSES[4:], kept)
    assert first + rest == whole


def test_another_schedules_state_is_refused() -> None:
    state = nn.schedule(optimizer_of(), "plateau").state_dict()
    for how in ({"name": "bold"}, {"name": "plateau", "patience": 7}):
        with pytest.raises(rs.InputError, match="'plateau'"):
            nn.schedule(optimizer_of(), **how).load_state_dict(state)


def test_a_loss_must_be_told() -> None:
    scheduler = nn.schedule(optimizer_of(), "plateau")
    with pytest.raises(rs.InputError, match="goes by the loss"):
        scheduler.step()


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"name": "cosin", "steps": 5}, "did you mean cosine?"),
        ({"name": "cosine"}, "needs the number of steps"),
        ({"name": "constant", "warmup": 0.1}, "needs the number of steps"),
        ({"name": "plateau", "warmup": 0.1}, "needs the number of steps"),
        ({"name": "linear", "steps": 0}, "steps must be"),
        ({"name": "linear", "steps": 2.5}, "steps must be"),
        ({"name": "linear", "steps": 5, "warmup": 1}, "warmup must be"),
        ({"name": "linear", "steps": 5, "floor": 1.5}, "floor must be"),
        ({"name": "linear", "steps": 5, "floor": float("nan")}, "floor must be"),
        ({"name": "plateau", "patiense": 5}, "did you mean patience?"),
        ({"name": "linear", "steps": 5, "factor": 0.1}, "linear has no setting called 'factor'"),
    ],
)
def test_what_cannot_be_is_refused(how: dict, told: str) -> None:
    with pytest.raises(rs.SettingError) as caught:
        nn.schedule(optimizer_of(), **how)
    assert told in str(caught.value)


def test_the_name_stays_the_function() -> None:
    """A module of the same name would take its place once it is imported."""
    for _ in range(2):
        assert callable(nn.schedule)
    nn.schedule(optimizer_of(), "constant")
