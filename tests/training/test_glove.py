"""GloVe, whole runs: what is counted is what stands in the text, what is learned is true."""

from __future__ import annotations

import errno
import json
import math
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.kernels.cooccurrence_reference import count, units
from rowspace.training import Interrupted, Settings, crew, glove_count
from rowspace.training.glove import pairs_of
from rowspace.training.glove_pairs import Pairs
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.encode import Encoded
from rowspace.vocabulary.learn import learn

GOLDEN = Path(__file__).parents[1] / "golden" / "glove" / "cooccurrence.json"
SMALL = rs.GloVe(dim=16, window=6, x_max=10)


def sentences(n: int = 1200) -> list[list[str]]:
    """Each sentence draws from one group of five words, with four from any, and a common one: all
    words meet, those of a group more often."""
    rng = np.random.default_rng(0)
    out = []
    for group in rng.integers(0, 12, n):
        words = [f"w{group}_{k}" for k in rng.integers(0, 5, 10)]
        for place in rng.choice(10, 4, replace=False):
            words[place] = f"w{rng.integers(12)}_{rng.integers(5)}"
        words[rng.integers(10)] = f"common{rng.integers(4)}"
        out.append(words)
    return out


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several units an epoch although the corpus is small."""
    monkeypatch.setattr(crew, "UNIT", 256)
    monkeypatch.setattr("rowspace.training.state.UNIT", 256)
    monkeypatch.setattr("rowspace.training.settings.usable_cores", lambda: 4)


def encoded(folder: Path, lines: list[list[str]], min_count: int = 1) -> tuple[Any, Encoded]:
    return learn(lines, building=Building(min_count=min_count), folder=folder / "corpus")


def found(pairs: Pairs) -> dict[tuple[int, int], float]:
    entries = pairs.stretch(0, pairs.size)
    items, counts = entries["items"].tolist(), entries["count"].tolist()
    assert len({(i, j) for i, j in items}) == len(items)
    whole = {(i, j): x for (i, j), x in zip(items, counts, strict=True)}
    return {**whole, **({(j, i): x for (i, j), x in whole.items()} if pairs.both else {})}


@pytest.mark.parametrize("case", range(4))
def test_the_counts_of_stanfords_program(tmp_path: Path, case: int) -> None:
    golden = json.loads(GOLDEN.read_text())
    made = golden["cases"][case]
    lines = [line.split() for line in golden["lines"]]
    vocabulary, text = encoded(tmp_path, lines, golden["min_count"])
    objective = rs.GloVe(
        window=golden["window"], symmetric=made["symmetric"], by_distance=made["by_distance"]
    )
    pairs = pairs_of(
        objective, Settings(), text, len(vocabulary), tmp_path, tell=lambda event: None
    )
    ids = [vocabulary.id(word) for word in golden["words"]]
    wanted = {(ids[i], ids[j]): x for i, j, x in made["pairs"]}
    assert found(pairs) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("window", [1, 6, 40])
def test_memory_and_threads_change_no_bit(tmp_path: Path, symmetric: bool, window: int) -> None:
    """With the least memory the words are written in many runs; the file is the same."""
    vocabulary, text = encoded(tmp_path, sentences())
    objective = rs.GloVe(window=window, symmetric=symmetric)
    files = []
    for number, (memory, threads) in enumerate([(1 << 30, 1), (1 << 20, 4), (1 << 22, 2)]):
        how = Settings(memory=memory, threads=threads, seed=2)
        folder = tmp_path / str(number)
        pairs = pairs_of(objective, how, text, len(vocabulary), folder, tell=lambda event: None)
        files.append(pairs.path.read_bytes())
        assert sorted(path.name for path in folder.iterdir()) == ["pairs.bin", "pairs.json"]
    assert files[0] == files[1] == files[2]
    _, scale = units(window, by_distance=True)
    ids = text.stretch(0, text.entries)
    wanted = count(ids, window, symmetric=symmetric, by_distance=True)
    assert found(pairs) == pytest.approx({k: x / scale for k, x in wanted.items()}, rel=1e-6)


def test_many_runs_are_written_and_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No dense block to speak of, and room for few words."""
    seen: list[int] = []
    whole = glove_count.write_dense
    monkeypatch.setattr(
        "rowspace.training.glove.write_dense",
        lambda counting: (seen.append(len(counting.runs)), whole(counting)),
    )
    vocabulary, text = encoded(tmp_path, sentences())
    room = glove_count.Room(words=300, cells=1, stretch=500, block=64, parts=16)
    monkeypatch.setattr("rowspace.training.glove.Room.of", lambda *given: room)
    pairs = pairs_of(
        SMALL, Settings(threads=3), text, len(vocabulary), tmp_path, tell=lambda event: None
    )
    assert seen[0] > 100
    wanted = count(text.stretch(0, text.entries), 6, symmetric=True, by_distance=True)
    assert found(pairs) == pytest.approx({k: x / 60 for k, x in wanted.items()}, rel=1e-6)


def test_pairs_that_are_there_are_not_counted_again(tmp_path: Path) -> None:
    vocabulary, text = encoded(tmp_path, sentences(50))
    events: list[dict] = []

    def pairs(seed: int = 0) -> Pairs:
        how = Settings(seed=seed)
        return pairs_of(SMALL, how, text, len(vocabulary), tmp_path, tell=events.append)

    first = pairs()
    done = len(events)
    assert pairs() == first and len(events) == done
    first.path.write_bytes(first.path.read_bytes()[:-1])
    assert pairs() == first and len(events) > done
    with first.path.open("rb") as file:
        before = file.read()
    pairs(seed=1)
    assert first.path.read_bytes() != before  # another order


def test_a_full_disk_while_counting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, n: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(glove_count._Writing, "take", full)
    with pytest.raises(rs.ResourceError, match="no space left"):
        rs.train(SMALL, sentences(100), output=tmp_path / "m", epochs=1, min_count=1)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_while_merging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.fsync

    def full(handle: int) -> None:
        if os.readlink(f"/proc/self/fd/{handle}").endswith("pairs.bin"):
            raise OSError(errno.ENOSPC, "no space")
        whole(handle)

    monkeypatch.setattr("rowspace.training.glove_merge.os.fsync", full)
    with pytest.raises(rs.ResourceError, match=r"no space left.*pairs\.bin"):
        rs.train(SMALL, sentences(100), output=tmp_path / "m", epochs=1, min_count=1)
    assert not list(tmp_path.iterdir())


def test_interrupted_while_counting(tmp_path: Path) -> None:
    def stop(event: dict) -> None:
        if event["type"] == "count":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rs.train(SMALL, sentences(), output=tmp_path / "m", progress=stop)
    assert not list(tmp_path.iterdir())


def neighbours_right(vectors: rs.Vectors) -> float:
    hits = [
        near.split("_")[0] == f"w{group}"
        for group in range(12)
        for near, _ in vectors.nearest(f"w{group}_0", 4)
    ]
    return float(np.mean(hits))


@pytest.mark.parametrize("how", [{}, {"symmetric": False}, {"by_distance": False}])
def test_it_learns(how: dict[str, Any]) -> None:
    events: list[dict] = []
    objective = rs.GloVe(dim=16, window=6, x_max=10, **how)
    model = rs.train(objective, sentences(), epochs=40, progress=events.append)
    losses = model.record["loss"]
    assert losses[-1] < 0.3 * losses[0]
    assert neighbours_right(model.vectors) > 0.9  # chance is 0.06
    assert model.config["objective"]["name"] == "glove" and model.context is None
    progress = [event for event in events if event["type"] == "progress"]
    assert progress[-1]["counted"] == "pairs" and progress[-1]["fraction"] == 1
    assert {event["lr"] for event in progress} == {0.05}  # a rate that stays


def test_the_result_is_the_sum_of_both_tables_or_the_first() -> None:
    how: dict[str, Any] = {"epochs": 2, "seed": 3, "deterministic": True}
    ends: list[rs.EpochEnd] = []
    both = rs.train(SMALL, sentences(200), callbacks=[ends.append], **how)
    one = rs.train(rs.GloVe(dim=16, window=6, x_max=10, vectors="words"), sentences(200), **how)
    tables = ends[-1].state.tables
    words, context = tables.inputs.rows[:, :16], tables.outputs.rows[:, :16]
    assert (both.vectors.rows == words + context).all()
    assert (one.vectors.rows == words).all()
    assert (ends[-1].vectors().rows == both.vectors.rows).all()
    assert (tables.inputs.rows[:, 17] == 1).all() and (tables.outputs.rows[:, 16] == 1).all()


def test_the_loss_at_the_start_is_that_of_the_paper(tmp_path: Path) -> None:
    """At a rate of nought: the mean of f(X) (w·w̃ + b + b̃ - log X)² / 2 over all pairs."""
    ends: list[rs.EpochEnd] = []
    objective = rs.GloVe(dim=4, window=3, x_max=5, alpha=0.5, lr=0)
    lines = sentences(100)
    model = rs.train(objective, lines, epochs=1, min_count=1, callbacks=[ends.append])
    tables, text = ends[0].state.tables, encoded(tmp_path, lines)[1]
    counts = count(text.stretch(0, text.entries), 3, symmetric=True, by_distance=True)
    losses = []
    for (i, j), x in counts.items():
        x /= 6
        wrong = float(tables.inputs.rows[i] @ tables.outputs.rows[j]) - math.log(x)
        losses.append(0.5 * min(1, (x / 5) ** 0.5) * wrong**2)
    assert model.record["loss"][0] == pytest.approx(np.mean(losses), rel=1e-4)


def test_deterministic_at_any_thread_count_and_memory() -> None:
    rows = [
        rs.train(SMALL, sentences(300), epochs=2, seed=1, deterministic=True, **how).vectors.rows
        for how in ({"threads": 1}, {"threads": 4}, {"threads": 2, "memory": 1 << 20})
    ]
    assert (rows[0] == rows[1]).all() and (rows[0] == rows[2]).all()


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
def test_interrupted_and_resumed_is_the_run_untouched(tmp_path: Path, schedule: str) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(map(" ".join, sentences(400))) + "\n")
    objective = rs.GloVe(dim=16, window=6, x_max=10, min_lr=0.001)
    how: dict[str, Any] = {"epochs": 5, "deterministic": True, "seed": 5, "schedule": schedule}
    whole = rs.train(objective, path, output=tmp_path / "whole", **how)
    stops = 0

    def interrupt(event: dict) -> None:
        nonlocal stops
        if event["type"] == "progress" and event["fraction"] > 0.3 and not stops:
            stops += 1
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rowspace.training.course.REPORT", 0.0)
        patch.setattr("rowspace.training.course.GLANCE", 0.001)
        with pytest.raises(Interrupted):
            rs.train(objective, path, output=tmp_path / "cut", progress=interrupt, **how)
    events: list[dict] = []
    again = rs.train(
        objective, path, output=tmp_path / "cut", resume=True, progress=events.append, **how
    )
    assert not any(event["type"] == "count" for event in events)  # they were there
    assert (again.vectors.rows == whole.vectors.rows).all()
    assert again.record["loss"] == pytest.approx(whole.record["loss"])
    assert not (tmp_path / "cut.run").exists()


def test_pairs_lost_between_two_runs_are_counted_again(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(map(" ".join, sentences(200))) + "\n")
    how: dict[str, Any] = {"epochs": 3, "deterministic": True}

    def stop(event: dict) -> None:
        if event["type"] == "epoch":
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        rs.train(SMALL, path, output=tmp_path / "m", progress=stop, **how)
    (tmp_path / "m.run" / "pairs" / "pairs.bin").unlink()
    again = rs.train(SMALL, path, output=tmp_path / "m", resume=True, **how)
    assert (again.vectors.rows == rs.train(SMALL, path, **how).vectors.rows).all()


def test_a_learning_rate_of_a_million(tmp_path: Path) -> None:
    with pytest.raises(rs.DivergedError, match=r"pairs at a learning rate.*a pair") as caught:
        rs.train(rs.GloVe(dim=16, lr=1e6), sentences(), output=tmp_path / "m", epochs=9)
    assert "0.05 is usual" in caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "lines", [[["a"]] * 20, [["a"], ["b"]] * 20], ids=["one word", "sentences of one word"]
)
def test_a_text_without_pairs(lines: list[list[str]]) -> None:
    with pytest.raises(rs.InputError, match=r"only one item|one word"):
        rs.train(SMALL, lines, epochs=1)


def test_a_text_of_one_word_again_and_again_beside_another() -> None:
    """Sentences longer than a stretch, a pair counted a hundred thousand times over."""
    lines = [["a"] * 20_000, ["b", "a"] * 6]
    model = rs.train(rs.GloVe(dim=4, window=50), lines, epochs=2, memory=1 << 20)
    assert np.isfinite(model.vectors.rows).all()


def test_a_window_beyond_every_sentence() -> None:
    model = rs.train(rs.GloVe(dim=4, window=1000), [["a", "b", "c"]] * 10, epochs=1)
    assert len(model.vectors) == 3


@pytest.mark.parametrize("policy", [rs.Subwords(buckets=50), rs.Hashed(buckets=9), rs.Quotient()])
def test_words_that_share_rows_are_refused(policy: Any) -> None:
    with pytest.raises(rs.SettingError, match="one row a word"):
        rs.train(SMALL, sentences(10), unseen=policy)


def test_an_unknown_row_learns_like_a_word() -> None:
    lines = [*sentences(100), ["once", "common1"], ["never", "common1"]]
    model = rs.train(SMALL, lines, epochs=1, unseen=rs.Exact(unknown="<unk>"))
    assert "<unk>" in model.vectors and np.isfinite(model.vectors.rows).all()


def test_vectors_to_start_from_are_refused_and_its_own_start_others(tmp_path: Path) -> None:
    model = rs.train(SMALL, sentences(100), epochs=1)
    with pytest.raises(rs.SettingError, match="cannot start from vectors"):
        rs.train(SMALL, sentences(100), start=model, epochs=1)
    later = rs.train(None, sentences(100), start=model, epochs=1)
    assert later.config["objective"]["name"] == "skipgram" and later.vectors.dim == 16


def test_the_card_and_the_folder(tmp_path: Path) -> None:
    rs.train(SMALL, sentences(100), output=tmp_path / "m", epochs=1)
    card = (tmp_path / "m" / "README.md").read_text()
    assert "glove" in card and "x\\_max" in card
    assert rs.load(tmp_path / "m").vectors.dim == 16


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ({"x_max": 0}, "x_max"), ({"alpha": -1}, "alpha"), ({"clip": 0}, "clip"),
        ({"vectors": "both"}, "vectors"), ({"symmetric": 1}, "symmetric"),
        ({"window": 0}, "window"), ({"min_lr": 1}, "min_lr"), ({"lr": float("nan")}, "lr"),
    ],
)  # fmt: skip
def test_settings_out_of_range(how: dict[str, Any], named: str) -> None:
    with pytest.raises(rs.SettingError, match=named):
        rs.GloVe(**how)


def test_memory_out_of_range() -> None:
    with pytest.raises(rs.SettingError, match="memory"):
        rs.train(SMALL, sentences(10), memory=1000)
