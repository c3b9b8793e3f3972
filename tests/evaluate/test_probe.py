"""Probes: what vectors are worth to a task beside one-hot words, on the same parts of the texts."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.probe import parts_of, probe
from rowspace.evaluate.probe_data import given_texts, task_of
from rowspace.evaluate.probe_interval import Judgement, estimates, share_explained, share_right
from rowspace.vectors import Model, TextVectors, Vectors

WORDS = [f"w{n}" for n in range(240)]
SIDE = np.arange(240) % 2


@pytest.fixture(scope="module")
def clusters():
    """Words of two kinds, which lie apart."""
    rows = np.random.default_rng(0).standard_normal((240, 8)).astype(np.float32)
    rows[:, 0] += 3 * SIDE
    return Vectors.from_arrays(WORDS, rows, counts=np.arange(240, 0, -1))


@pytest.fixture(scope="module")
def items():
    return {"word": WORDS, "kind": [["even", "odd"][side] for side in SIDE]}


def drawn_texts(n=300, seed=1):
    """Texts of six words, most of their own kind."""
    random = np.random.default_rng(seed)
    side = random.integers(0, 2, n)
    own = random.random((n, 6)) < 0.8
    words = 2 * random.integers(0, 120, (n, 6)) + np.where(own, side[:, None], 1 - side[:, None])
    texts = [" ".join(WORDS[at] for at in row) for row in words]
    return {"text": texts, "label": [["even", "odd"][one] for one in side]}


def test_single_words_that_training_never_saw(clusters, items):
    found = probe(clusters, items, text="word", target="kind", seeds=3)
    assert found.metric == "accuracy" and found.about["parts"] == [154, 38, 48]
    by = {score.extra["system"]: score for score in found.scores}
    assert list(by) == ["vectors", "one-hot", "random vectors", "majority"]
    assert by["vectors"].value > 0.85 and by["vectors"].coverage == 1
    # A word that was never seen is nothing to one-hot.
    assert by["one-hot"].value == pytest.approx(by["majority"].value, abs=0.02)
    gain = found.gain("one-hot")
    assert gain.low > 0.2 and gain.low <= gain.value <= gain.high
    value = by["vectors"].value - by["one-hot"].value
    assert gain.value == pytest.approx(value)
    assert found.answer.startswith(f"vectors is worth +{100 * value:.1f} points of accuracy over")
    assert "Random vectors" not in found.answer


def test_words_alone_say_it_better(clusters):
    random = Vectors.random(WORDS, 4, seed=5)
    found = probe(random, drawn_texts(), seeds=2, against={"clusters": clusters})
    assert [one.extra["over"] for one in found.gains][:2] == ["clusters", "one-hot"]
    assert found.gain("one-hot").high < 0 and "one-hot is better here" in found.answer
    assert found.gain("clusters").high < 0 and "clusters is better here" in found.answer
    assert "They do not tell more than the majority does." in found.answer


def test_the_same_every_time(clusters):
    texts = drawn_texts(100)
    one, two = (probe(clusters, texts, seeds=2, seed=7) for _ in range(2))
    assert one.scores == two.scores and one.gains == two.gains
    other = probe(clusters, texts, seeds=2, seed=8)
    assert other.scores != one.scores


def test_numbers(clusters):
    matrix = clusters.matrix
    data = {"text": WORDS, "label": matrix @ np.arange(8.0)}
    found = probe(clusters, data, seeds=2)
    assert found.metric == "r2" and found.about["labels"] is None
    by = {score.extra["system"]: score.value for score in found.scores}
    assert by["vectors"] > 0.99 and by["mean"] < 0.05 and by["one-hot"] < 0.05
    assert "of R² over one-hot" in found.answer


def test_whole_numbers_of_few_kinds_are_labels(clusters):
    data = {"text": WORDS, "label": SIDE + 1}
    assert probe(clusters, data, seeds=1).about["labels"] == 2
    assert probe(clusters, data, seeds=1, kind="numbers").metric == "r2"
    years = {"text": WORDS, "label": np.arange(240)}
    assert probe(clusters, years, seeds=1).metric == "r2"


def test_several_labels(clusters):
    texts = drawn_texts(200)
    texts["label"] = [
        [label, "long"] if len(text) % 2 else [label]
        for label, text in zip(texts["label"], texts["text"], strict=True)
    ]
    found = probe(clusters, texts, seeds=2)
    assert found.metric == "micro-f1" and found.about["labels"] == 3
    assert found.scores[0].value > 0.7


def test_a_file_that_judges(clusters, tmp_path):
    for name, seed in (("train.csv", 1), ("test.csv", 2)):
        made = drawn_texts(150, seed)
        rows = [f"{a},{b}" for a, b in zip(made["text"], made["label"], strict=True)]
        (tmp_path / name).write_text("\n".join(["text,label", *rows, "w1,never"][: 152 - seed % 2]))
    found = probe(clusters, tmp_path / "train.csv", test=tmp_path / "test.csv", seeds=2)
    assert found.about["parts"] == [120, 30, 151] and found.about["labels"] == 3
    assert found.scores[0].n == 151 and found.scores[0].value > 0.8
    lines = tmp_path / "lines.txt"
    made = drawn_texts(100)
    pairs = zip(made["text"], made["label"], strict=True)
    lines.write_text("".join(f"__label__{b} {a}\n" for a, b in pairs))
    assert probe(clusters, lines, seeds=1).about["texts"] == 100


def test_equal_texts_stay_together():
    texts = [f"t{n % 40}" for n in range(200)]
    task = task_of(given_texts({"text": texts, "label": [f"{n % 2}" for n in range(200)]}), None)
    parts = parts_of(task, 3)
    sets = [{texts[at] for at in part} for part in (parts.learn, parts.choose, parts.judge)]
    assert not sets[0] & sets[1] and not (sets[0] | sets[1]) & sets[2]
    assert sum(map(len, sets)) == 40 and len(sets[2]) == 8


def test_text_is_cut_so_that_words_are_known(items):
    """Vectors of a file do not say how text was cut."""
    rows = np.eye(3, dtype=np.float32)
    lower = Vectors.from_arrays(["good", "bad", "film"], rows)
    texts = ["Good film!", "Bad film."] * 20
    texts = [f"{text} x{n}" for n, text in enumerate(texts)]
    data = {"text": texts, "label": ["+", "-"] * 20}
    assert probe(lower, data, seeds=1).scores[0].value == 1
    as_is = Vectors.from_arrays(["Good", "Bad", "film!", "film."], np.eye(4, dtype=np.float32))
    assert probe(as_is, data, seeds=1).scores[0].value == 1
    cutting = {"tokenizer": "marks", "lower": True, "normalize": None}
    marks = Model(
        Vectors.from_arrays(["!", "."], np.eye(2, dtype=np.float32)), {"cutting": cutting}
    )
    assert probe(marks, data, seeds=1).scores[0].coverage == 1
    names = [f"{name} City" for name in "ABCDEFGHIJKL"]
    spaced = Vectors.from_arrays(names, np.eye(12, dtype=np.float32))
    places = {"text": names * 3, "label": ["e", "w"] * 18}
    assert probe(spaced, places, seeds=1).scores[0].coverage == 1


def test_a_way_of_means_of_ones_own(clusters):
    texts = drawn_texts(100)
    own = TextVectors.of(clusters)
    assert probe(own, texts, seeds=1).scores == probe(clusters, texts, seeds=1).scores


def test_json(clusters, items):
    found = probe(clusters, items, text="word", target="kind", seeds=1, name="mine")
    told = json.loads(json.dumps(found.as_json()))
    assert told["answer"] == found.answer and told["splits"] == 1
    assert {one["way"] for one in told["chosen"]["mine"]} == {"mean"}
    with pytest.raises(SettingError, match="seeds"):
        probe(clusters, items, text="word", target="kind", seeds=0)
    with pytest.raises(InputError, match="word"):
        probe(clusters, items, text="words", target="kind")


def test_intervals_of_one_split_are_those_of_a_share():
    right = np.random.default_rng(0).random((2, 1000)) < [[0.8], [0.7]]
    columns = np.stack([right, np.ones((2, 1000))], axis=-1)
    (first, second), (gap,) = estimates([Judgement(np.arange(1000), columns)], 1000, seed=1)
    assert first.value == right[0].mean() and gap.value == pytest.approx(
        right[0].mean() - right[1].mean()
    )
    wide = 2 * 1.96 * np.sqrt(first.value * (1 - first.value) / 1000)
    assert first.high - first.low == pytest.approx(wide, rel=0.1)
    both = 2 * 1.96 * (right[0] * 1.0 - right[1]).std() / np.sqrt(1000)
    assert gap.high - gap.low == pytest.approx(both, rel=0.1)
    assert second.low < second.value < second.high


def test_differences_are_paired_and_splits_count():
    same = np.random.default_rng(0).random(400) < 0.6
    columns = np.stack([np.stack([same, np.ones(400)], axis=1)] * 2)
    _, (gap,) = estimates([Judgement(np.arange(400), columns)] * 3, 400, seed=1)
    assert (gap.value, gap.low, gap.high) == (0, 0, 0)
    far = [np.where(np.arange(400) < cut, 1.0, 0.0) for cut in (100, 200, 300)]
    parts = [
        Judgement(np.arange(400), np.stack([np.stack([one, np.ones(400)], axis=1)])) for one in far
    ]
    (together,), _ = estimates(parts, 400, seed=1)
    (alone,), _ = estimates(parts[1:2], 400, seed=1)
    assert together.value == 0.5 == alone.value
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_columns_of_figures():
    truth = np.array([[True, False], [True, True]])
    told = np.array([[0.9, 0.6], [0.1, 0.7]])
    assert share_right(truth, told).tolist() == [[2, 3], [2, 3]]
    y, p = np.array([1.0, 2, 4]), np.array([1.5, 2, 3])
    parts = [Judgement(np.arange(3), share_explained(y, p)[None])]
    (r2,), _ = estimates(parts, 3, seed=0)
    assert r2.value == pytest.approx(1 - ((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def test_the_same_as_scikit_learn_on_the_same_parts(clusters):
    linear = pytest.importorskip("sklearn.linear_model")
    given = drawn_texts(200)
    found = probe(clusters, given, seeds=1, seed=5)
    task = task_of(given_texts(given), None)
    parts = parts_of(task, 5)
    way = found.about["chosen"]["vectors"][0]
    weights = {"mean": np.ones(240)}.get(way["way"])
    if weights is None:
        share = clusters.counts / clusters.counts.sum()
        weights = 1e-3 / (1e-3 + share)
    x = np.stack([
        np.mean([weights[clusters.vocabulary.id(w)] * clusters[w] for w in text.split()], axis=0)
        for text in task.texts
    ])  # fmt: skip
    learn = x[parts.learn]
    x = (x - learn.mean(axis=0)) / learn.std(axis=0)
    model = linear.LogisticRegression(C=way["c"], tol=1e-8, max_iter=5000)
    model.fit(x[parts.learn], task.truth[parts.learn])
    score = model.score(x[parts.judge], task.truth[parts.judge])
    assert found.scores[0].value == pytest.approx(score)
