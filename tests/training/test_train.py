"""Whole runs on a made language whose neighbours are known."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import rowspace as rs
from rowspace.training import Interrupted, crew
from rowspace.training import settings as settings_module
from rowspace.training.course import Course

GROUPS, EACH = 20, 5


def sentences(n: int = 3000, seed: int = 0) -> list[list[str]]:
    """Each sentence draws from one group of five words, with a few from everywhere."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(n):
        group = rng.integers(GROUPS)
        words = [f"w{group}_{k}" for k in rng.integers(0, EACH, 12)]
        words[rng.integers(12)] = f"common{rng.integers(4)}"
        out.append(words)
    return out


def corpus(folder: Path, n: int = 3000) -> Path:
    path = folder / "corpus.txt"
    path.write_text("\n".join(" ".join(words) for words in sentences(n)) + "\n")
    return path


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several units an epoch although the corpus is small."""
    monkeypatch.setattr(crew, "UNIT", 2048)
    monkeypatch.setattr("rowspace.training.state.UNIT", 2048)
    monkeypatch.setattr(settings_module, "usable_cores", lambda: 4)


def neighbours_right(vectors: rs.Vectors) -> float:
    """Share of a word's four nearest that are of its own group."""
    hits = [
        near.split("_")[0] == f"w{group}"
        for group in range(GROUPS)
        for near, _ in vectors.nearest(f"w{group}_0", 4)
    ]
    return float(np.mean(hits))


@pytest.mark.parametrize(
    "unseen",
    [
        rs.Exact(),
        rs.Exact(unknown="<unk>"),
        rs.Subwords(minn=3, maxn=4, buckets=500),
        rs.Hashed(buckets=400, hashes=2),
        rs.Quotient(buckets=64),
    ],
    ids=lambda policy: policy.name,
)
@pytest.mark.parametrize("kind", [rs.SkipGram, rs.CBOW])
def test_every_objective_learns_with_every_policy(kind: type, unseen: object) -> None:
    model = rs.train(kind(dim=24, lr=0.1, sample=0), sentences(), epochs=12, unseen=unseen)
    losses = model.record["loss"]
    assert losses[-1] < 0.9 * losses[0]
    wanted = 0.3 if isinstance(unseen, rs.Quotient) else 0.8  # chance is 0.04
    assert neighbours_right(model.vectors) > wanted


def test_model_folder_from_a_file(tmp_path: Path) -> None:
    target = tmp_path / "model"
    events: list[dict] = []
    model = rs.train(
        rs.SkipGram(dim=16), corpus(tmp_path), output=target, epochs=2, progress=events.append
    )
    again = rs.load(target)
    assert (again.vectors.rows == model.vectors.rows).all()
    assert (again.context == model.context).all()
    assert again.config["objective"]["dim"] == 16
    assert not (tmp_path / "model.run").exists()
    kinds = [event["type"] for event in events]
    assert kinds.count("epoch") == 2 and "progress" in kinds and "scan" in kinds
    last = [event for event in events if event["type"] == "progress"][-1]
    assert last["fraction"] == 1 and last["words"] == 2 * model.record["data"]["kept"]
    assert 0 < last["loss"] < 6 * np.log(2) and last["eta"] == 0


def test_loss_is_the_true_mean_of_the_epoch() -> None:
    """At a learning rate of nought nothing moves: each of six outputs costs ln 2."""
    model = rs.train(rs.SkipGram(dim=8, lr=0, min_lr=0), sentences(500), epochs=1)
    assert model.record["loss"][0] == pytest.approx(6 * np.log(2), rel=1e-3)
    model = rs.train(rs.CBOW(dim=8, lr=0, min_lr=0), sentences(500), epochs=1)
    assert model.record["loss"][0] == pytest.approx(6 * np.log(2), rel=1e-3)


@pytest.mark.parametrize("unseen", ["exact", "subwords"])
def test_deterministic_at_any_thread_count(unseen: str) -> None:
    policy = rs.Subwords(buckets=1000) if unseen == "subwords" else rs.Exact()
    first, second, third = (
        rs.train(
            rs.SkipGram(dim=16),
            sentences(),
            epochs=2,
            seed=3,
            threads=threads,
            deterministic=True,
            unseen=policy,
        )
        for threads in (1, 2, 4)
    )
    assert (first.vectors.rows == second.vectors.rows).all()
    assert (first.vectors.rows == third.vectors.rows).all()
    assert (first.context == third.context).all()
    assert first.record["loss"] == second.record["loss"]


def test_another_seed_is_another_run() -> None:
    first, second = (
        rs.train(rs.SkipGram(dim=8), sentences(300), epochs=1, seed=seed, deterministic=True)
        for seed in (1, 2)
    )
    assert (first.vectors.rows != second.vectors.rows).any()


def test_fast_threads_learn_what_one_thread_learns() -> None:
    one, four = (
        rs.train(rs.SkipGram(dim=24, lr=0.1), sentences(), epochs=10, threads=threads)
        for threads in (1, 4)
    )
    assert neighbours_right(four.vectors) > neighbours_right(one.vectors) - 0.1
    assert four.record["words"] == one.record["words"]


class _Stop(Exception):
    pass


def test_resumed_equals_uninterrupted(tmp_path: Path) -> None:
    """Stopped in the middle of an epoch by SIGINT, gone on with, the same bits."""
    path, objective = corpus(tmp_path), rs.SkipGram(dim=16)
    how = {"epochs": 3, "deterministic": True, "seed": 5, "threads": 2}
    whole = rs.train(objective, path, output=tmp_path / "whole", **how)
    stops = 0

    def interrupt(event: dict) -> None:
        nonlocal stops
        if event["type"] == "progress" and event["fraction"] > 0.3 and not stops:
            stops += 1
            os.kill(os.getpid(), signal.SIGINT)

    def slow_progress(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rowspace.training.course.REPORT", 0.0)
        monkeypatch.setattr("rowspace.training.course.GLANCE", 0.001)

    with pytest.MonkeyPatch.context() as patch:
        slow_progress(patch)
        with pytest.raises(Interrupted) as caught:
            rs.train(objective, path, output=tmp_path / "cut", progress=interrupt, **how)
    assert caught.value.signal == signal.SIGINT
    assert list((tmp_path / "cut.run").glob("step-*"))
    events: list[dict] = []
    resumed = rs.train(
        objective, path, output=tmp_path / "cut", resume=True, progress=events.append, **how
    )
    assert any(event["type"] == "resumed" for event in events)
    assert (resumed.vectors.rows == whole.vectors.rows).all()
    assert (resumed.context == whole.context).all()
    assert resumed.record["loss"] == pytest.approx(whole.record["loss"])
    assert not (tmp_path / "cut.run").exists()


_KILLED = """
import sys, rowspace as rs
from rowspace.training import course, crew, state
crew.UNIT = state.UNIT = 2048
course.GLANCE = 0.001
def halt(event):
    if event["type"] == "checkpoint":
        print("checkpoint", flush=True)
        sys.stdin.read()
if __name__ == "__main__":
    rs.train(rs.SkipGram(dim=16, sample=0), sys.argv[1], output=sys.argv[2], epochs=20, seed=5,
             deterministic=True, checkpoint_every=1e-9, progress=halt)
"""


def started(script: Path, *words: object) -> subprocess.Popen[bytes]:
    """A run that has written a checkpoint, and waits."""
    script.write_text(_KILLED)
    pipe = subprocess.PIPE
    command = [sys.executable, str(script), *map(str, words)]
    child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)
    assert child.stdout is not None and child.stdout.readline() == b"checkpoint\n"
    return child


def test_case_2_killed_mid_epoch_and_resumed(tmp_path: Path) -> None:
    """kill -9 after a checkpoint; --resume gives the bits of a run never touched."""
    path, target = corpus(tmp_path, 1500), tmp_path / "model"
    with started(tmp_path / "run.py", path, target) as child:
        child.kill()
    assert not target.exists()
    how = {"epochs": 20, "seed": 5, "deterministic": True}
    resumed = rs.train(rs.SkipGram(dim=16, sample=0), path, output=target, resume=True, **how)
    whole = rs.train(rs.SkipGram(dim=16, sample=0), path, **how)
    assert (resumed.vectors.rows == whole.vectors.rows).all()


def test_case_7_sigterm_checkpoints(tmp_path: Path) -> None:
    with started(tmp_path / "run.py", corpus(tmp_path), tmp_path / "model") as child:
        child.send_signal(signal.SIGTERM)
        error = child.communicate()[1]  # it goes on, and hears of it
    assert b"Interrupted" in error
    assert list((tmp_path / "model.run").glob("step-*"))


def test_case_30_a_learning_rate_of_a_million(tmp_path: Path) -> None:
    target = tmp_path / "model"
    with pytest.raises(rs.DivergedError, match="learning rate") as caught:
        rs.train(rs.SkipGram(dim=16, lr=1e6), corpus(tmp_path), output=target, epochs=20)
    assert "--lr" in caught.value.hint and caught.value.exit_code == 6
    assert not target.exists() and not (tmp_path / "model.run").exists()


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"dim": 0}, "dim"),
        ({"dim": 10**9}, "dim"),
        ({"window": -1}, "window"),
        ({"negative": 0}, "negative"),
        ({"sample": 2}, "sample"),
        ({"lr": -1.0}, "lr"),
        ({"lr": float("nan")}, "lr"),
    ],
)
def test_case_31_objective_out_of_range(how: dict, field: str) -> None:
    with pytest.raises(rs.SettingError, match=field) as caught:
        rs.SkipGram(**how)
    assert str(how[field]) in caught.value.message and caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("how", "field"),
    [({"epochs": 0}, "epochs"), ({"threads": 10**6}, "threads"), ({"seed": -1}, "seed")],
)
def test_case_31_setting_out_of_range(how: dict, field: str) -> None:
    with pytest.raises(rs.SettingError, match=field):
        rs.train(rs.SkipGram(), sentences(10), **how)


def test_case_31_tables_that_cannot_fit_are_refused_with_their_size() -> None:
    huge = rs.Subwords(buckets=2**32)
    with pytest.raises(rs.ResourceError, match="TB"):
        rs.train(rs.SkipGram(dim=65536), sentences(10), unseen=huge)


def test_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(rs.SettingError) as caught:
        rs.train(rs.SkipGram(), sentences(10), epoch=3)
    assert "epochs" in caught.value.hint


def test_case_30_the_checkpoints_of_a_run_that_diverged_are_kept(tmp_path: Path) -> None:
    """The rate is spoilt in the second epoch, after a checkpoint."""
    target = tmp_path / "model"
    with pytest.MonkeyPatch.context() as patch:
        rate = Course.rate_at
        patch.setattr(Course, "rate_at", lambda c, u: 1e6 if c.state.losses else rate(c, u))
        patch.setattr(Course, "due", property(lambda c: len(c.state.losses) == 1))
        with pytest.raises(rs.DivergedError):
            rs.train(rs.SkipGram(dim=16), corpus(tmp_path), output=target, epochs=60)
    assert list((tmp_path / "model.run").glob("step-*"))
    model = rs.train(rs.SkipGram(dim=16), corpus(tmp_path), output=target, epochs=60, resume=True)
    assert len(model.record["loss"]) == 60 and np.isfinite(model.vectors.rows).all()


def test_case_35_a_changed_corpus_is_refused(tmp_path: Path) -> None:
    path = corpus(tmp_path)
    target = tmp_path / "model"

    def stop(event: dict) -> None:
        if event["type"] == "epoch":
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        rs.train(rs.SkipGram(dim=8), path, output=target, epochs=3, progress=stop)
    path.write_text(path.read_text().replace("w1_1", "w1_2", 1))
    with pytest.raises(rs.InputError, match="not the one"):
        rs.train(rs.SkipGram(dim=8), path, output=target, epochs=3, resume=True)
    with pytest.raises(rs.InputError, match="epochs was 3, is 4"):
        rs.train(rs.SkipGram(dim=8), path, output=target, epochs=4, resume=True)
    model = rs.train(
        rs.SkipGram(dim=8), path, output=target, epochs=3, resume=True, allow_changed=True
    )
    assert len(model.record["loss"]) == 3


def test_case_37_the_clock_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still or runs backwards: no division by zero, a sane ETA."""
    ticks = itertools.cycle([100.0, 90.0, 90.0, 90.0])
    monkeypatch.setattr("rowspace.training.course.time.monotonic", lambda: next(ticks))
    events: list[dict] = []
    rs.train(rs.SkipGram(dim=8), sentences(300), epochs=2, progress=events.append)
    for event in events:
        if event["type"] == "progress":
            assert event["eta"] >= 0 and np.isfinite(event["words_per_second"])


def test_callbacks_see_a_true_loss_and_can_stop() -> None:
    seen: list[tuple[int, float, float]] = []

    def watch(end: rs.EpochEnd) -> bool:
        seen.append((end.epoch, end.loss, neighbours_right(end.vectors())))
        return end.epoch == 3

    model = rs.train(rs.SkipGram(dim=16, lr=0.1), sentences(), epochs=9, callbacks=[watch])
    assert [epoch for epoch, _, _ in seen] == [1, 2, 3]
    assert len(model.record["loss"]) == 3 and seen[2][1] < seen[0][1]


def test_training_in_a_thread_leaves_signals_alone() -> None:
    before, models = signal.getsignal(signal.SIGINT), []
    thread = threading.Thread(
        target=lambda: models.append(rs.train(rs.SkipGram(dim=8), sentences(200), epochs=1))
    )
    thread.start()
    thread.join()
    assert len(models) == 1 and signal.getsignal(signal.SIGINT) is before


def test_reserved_items_come_first_and_are_never_noise(tmp_path: Path) -> None:
    target = tmp_path / "model"
    rs.train(
        rs.SkipGram(dim=8), corpus(tmp_path), output=target, epochs=1, reserved="<pad>,<s>",
        unseen=rs.Exact(unknown="<unk>"),
    )  # fmt: skip
    vectors = rs.load(target).vectors
    assert list(vectors)[:3] == ["<pad>", "<s>", "<unk>"] and vectors.counts[0] == 0
    start = rs.Table.uniform(len(vectors), 8, seed=0, bound=0.5 / 8)
    assert (vectors["<pad>"] == start.rows[0]).all()  # no text, no change


def test_one_item_is_refused() -> None:
    with pytest.raises(rs.InputError, match="only one item"):
        rs.train(rs.SkipGram(), [["a"] * 50])


def test_speed_does_not_wait_for_the_watcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that waited for its next look would not end today."""
    monkeypatch.setattr("rowspace.training.course.GLANCE", 1e5)
    model = rs.train(rs.SkipGram(dim=8), sentences(50), epochs=1)
    assert len(model.record["loss"]) == 1
