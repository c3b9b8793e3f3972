"""The loop of the networks."""

from __future__ import annotations

import os
import signal

import pytest

torch = pytest.importorskip("torch")

from rowspace.errors import DivergedError, InputError  # noqa: E402
from rowspace.networks import keeping  # noqa: E402
from rowspace.networks.course import averaged, copied, fit  # noqa: E402
from rowspace.networks.device import device_of, settled  # noqa: E402
from rowspace.networks.keeping import kept_run  # noqa: E402
from rowspace.networks.settings import ENDLESS, Run  # noqa: E402


def trained(make, run, *, tell=None, output=None, resume=False, **given):
    told = []
    with settled(run, device_of(run.device)):
        task = make(seed=run.seed, **given)
        with kept_run(output, {"lr": run.lr}, resume=resume, tell=told.append) as keeper:
            outcome = fit(task, run, tell or told.append, keeper=keeper)
    return task, outcome, told


def same(a, b):
    return all(torch.equal(one, b[name]) for name, one in a.items())


def test_learns_and_says_so(parity):
    task, outcome, told = trained(parity, Run(epochs=40, lr=0.01, threads=1))
    assert outcome.best["accuracy"] > 0.95
    assert task.judge() == pytest.approx(outcome.best)
    epochs = [event for event in told if event["type"] == "epoch"]
    assert [event["epoch"] for event in epochs] == list(range(1, 41))
    assert epochs[-1]["loss"] < epochs[0]["loss"] / 3
    assert set(outcome.shares) == {"embedding", "forward", "backward", "optimizer", "rows"}
    assert min(outcome.shares.values()) > 0 and not task.network.training


def test_the_best_epoch_is_kept(parity):
    """A rate that ruins what was learned: what is kept is from before."""
    run = Run(epochs=60, lr=0.03, schedule="constant", threads=1, weight_decay=0.5)
    task, outcome, _ = trained(parity, run)
    figures = [one["accuracy"] for one in outcome.figures]
    assert outcome.best["accuracy"] == max(figures) == figures[outcome.best_epoch - 1]
    assert task.judge()["accuracy"] == max(figures)


def test_same_seed_same_bits(parity):
    run = Run(epochs=3, seed=5, deterministic=True)
    one, two = trained(parity, run)[0], trained(parity, run)[0]
    assert same(copied(one.network), copied(two.network))
    other = trained(parity, Run(epochs=3, seed=6, deterministic=True))[0]
    assert not same(copied(one.network), copied(other.network))


def test_threads_and_randomness_are_as_before(parity):
    torch.manual_seed(3)
    threads, chance = torch.get_num_threads(), torch.get_rng_state()
    trained(parity, Run(epochs=1, threads=1, deterministic=True))
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), chance)
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd", "adagrad"])
@pytest.mark.parametrize("average", [0, 3])
def test_a_resumed_run_is_the_uninterrupted_one(parity, tmp_path, monkeypatch, optimizer, average):
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    run = Run(
        epochs=6, lr=0.01, optimizer=optimizer, schedule="cosine", warmup=0.1, average=average,
        row_optimizer="adagrad", threads=1,
    )  # fmt: skip
    whole, _, _ = trained(parity, run)

    def stop(event):
        if event["type"] == "epoch" and event["epoch"] == 3:
            os.kill(os.getpid(), signal.SIGINT)

    place = tmp_path / "model"
    _, first, _ = trained(parity, run, tell=stop, output=place)
    assert first.stopped == signal.SIGINT and (tmp_path / "model.run").is_dir()
    task, second, told = trained(parity, run, output=place, resume=True)
    assert told[0]["type"] == "resumed" and task.seen[0] > 0
    assert len(second.figures) == 6
    assert same(copied(whole.network), copied(task.network))


def test_another_run_is_not_gone_on_with(parity, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "EVERY", 0.0)

    def stop(event):
        if event["type"] == "epoch":
            os.kill(os.getpid(), signal.SIGINT)

    place = tmp_path / "model"
    trained(parity, Run(epochs=6, threads=1), tell=stop, output=place)
    trained(parity, Run(epochs=6, threads=1), tell=stop, output=place, resume=True)
    with pytest.raises(InputError, match="other settings or data: lr"):
        trained(parity, Run(epochs=6, lr=0.1, threads=1), output=place, resume=True)


def test_what_diverges_stops_and_keeps_the_last_good(parity):
    task, outcome, _ = trained(parity, Run(epochs=5, lr=0.01, threads=1), poison=2)
    assert isinstance(outcome.lost, DivergedError) and "epoch 3" in str(outcome.lost)
    assert outcome.best_epoch in (1, 2)
    assert all(torch.isfinite(one).all() for one in copied(task.network).values())
    assert task.judge() == pytest.approx(outcome.best)


def test_patience(parity):
    run = Run(epochs=50, lr=1e-9, patience=2, threads=1)
    assert len(trained(parity, run)[1].figures) < 10


def test_a_budget_ends_it_by_time(parity, monkeypatch):
    clock = iter(range(10**9))
    from rowspace.networks import course

    monkeypatch.setattr(course.time, "monotonic", lambda: next(clock) / 50)
    run = Run(epochs=ENDLESS, budget=60.0, lr=0.01, threads=1)
    _, outcome, told = trained(parity, run)
    rates = [event["lr"] for event in told if event["type"] == "progress"]
    assert 60 <= outcome.seconds < 65
    assert rates[-1] < rates[0] / 5 and all("epochs" not in event for event in told)


def test_an_average_is_taken_where_it_is_better(parity):
    run = Run(epochs=30, lr=0.02, schedule="constant", average=10, threads=1)
    task, outcome, _ = trained(parity, run)
    assert task.judge()["accuracy"] >= max(one["accuracy"] for one in outcome.figures)
    one, two = {"x": torch.tensor([1.0, 3.0])}, {"x": torch.tensor([3.0, 5.0])}
    assert averaged([one, two])["x"].tolist() == [2.0, 4.0]


def test_without_a_validation_part_the_last_epoch_is_kept(parity):
    _, outcome, _ = trained(parity, Run(epochs=4, threads=1), judged=False)
    assert outcome.best_epoch == 4 and outcome.best == {}


def test_frozen_rows_thaw_after_the_warm_up(parity):
    for tune, moved in (("frozen", False), ("after-warm-up", True)):
        run = Run(epochs=5, lr=0.01, tune=tune, threads=1)
        with settled(run, device_of("cpu")):
            task = parity()
            layer = task.network["rows"]
            layer.frozen_rows = torch.ones(24, dtype=torch.uint8)
            before = layer.weight.detach().clone()
            fit(task, run, lambda event: None)
        assert (not torch.equal(layer.weight, before)) == moved
