"""Texts with labels in, a model out: what it learns, what it keeps, what it says of itself."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.errors import DivergedError, InputError, SettingError
from rowspace.training.classify import train_classifier
from rowspace.training.interrupt import Stopped
from rowspace.vectors import Model, Vectors
from rowspace.vocabulary import Vocabulary

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
SST = DATA / "sentiment"
QUICK: dict[str, Any] = {"baselines": False, "epochs": 4, "deterministic": True}
GOOD, BAD = ("fine", "lovely", "great"), ("awful", "dull", "poor")


def reviews(n: int = 300, seed: int = 0) -> dict[str, list[Any]]:
    """Four words, one of which says whether it is `pos` or `neg`."""
    random = np.random.default_rng(seed)
    said = random.random(n) < 0.5
    words = [random.choice(GOOD if good else BAD) for good in said]
    rest = random.choice(["the", "film", "was", "a", "plot", "of"], (n, 3))
    texts = [" ".join([*row[:2], word, row[2]]) for word, row in zip(words, rest, strict=True)]
    return {"text": texts, "label": ["pos" if good else "neg" for good in said]}


def trained(data: Any = None, **settings: Any) -> Model:
    return train_classifier(reviews() if data is None else data, **{**QUICK, **settings})


def value(model: Model, name: str = "accuracy") -> float:
    return next(one["value"] for one in model.record["scores"] if one["name"] == name)


def sst(part: str) -> dict[str, list[str]]:
    lines = (SST / f"stsa.binary.{part}").read_text("utf-8").split("\n")[:-1]
    pairs = [line.split(" ", 1) for line in lines]
    return {"label": [one for one, _ in pairs], "text": [text for _, text in pairs]}


def bits(model: Model) -> bytes:
    head = model.head
    assert head is not None
    return np.asarray(model.vectors.rows).tobytes() + np.asarray(head.weights).tobytes()


@pytest.mark.skipif(not SST.is_dir(), reason=f"{SST} is not there (ROWSPACE_DATA)")
def test_sentiment_beside_simpler_ways():
    model = train_classifier(
        sst("train"), valid=sst("dev"), epochs=3, min_grams=2, deterministic=True
    )
    assert value(model) > 0.79 and value(model, "auc") > 0.87
    beside = {one["name"]: one["scores"][0]["value"] for one in model.record["baselines"]}
    assert set(beside) == {"majority", "tf-idf", "random vectors"}
    assert value(model) > beside["tf-idf"] > beside["random vectors"] > 0.52
    memory = model.record["memory"]
    assert memory["embedding"]["numbers_a_text"] == 32
    assert memory["one_hot"]["numbers_a_text"] > 50_000
    assert value(model, "ece") < 0.06


def test_the_record_says_what_was_done():
    model = trained(test=reviews(100, 9), epochs=5)
    record = model.record
    assert record["scored_on"] == "test" and record["scores"][0]["n"] == 100
    assert record["validation_scores"][0]["n"] == 30
    assert record["data"] == {"texts": 270, "labels": 2}
    assert len(record["loss"]) == len(record["valid"]) == 5
    assert record["valid"][record["best_epoch"] - 1] == max(record["valid"])
    assert record["warnings"] == [] and record["determinism"] == "deterministic"
    assert record["bytes"] == 4 * 32 * (len(model.vectors.rows) + 2)
    assert value(model) == 1
    assert model.config["objective"]["name"] == "labels"
    assert model.config["training"]["text"]["label"] == "label"


@pytest.mark.parametrize("loss", ["softmax", "ova", "hs", "ns"])
def test_the_same_bits_at_any_number_of_threads(loss):
    settings = {"loss": loss, "dropout": 0.2, "epochs": 2}
    one = trained(threads=1, **settings)
    assert bits(one) == bits(trained(threads=None, **settings))
    assert bits(one) != bits(trained(seed=1, **settings))
    assert value(one) > 0.9


def test_threads_without_locks_learn_as_well():
    assert value(train_classifier(reviews(600), baselines=False, epochs=4)) > 0.9


@pytest.mark.parametrize("loss", ["softmax", "ova", "hs", "ns"])
def test_a_saved_model_answers_the_same(loss, tmp_path):
    data = reviews()
    model = trained({**data, "label": [f"{one}{at % 3}" for at, one in enumerate(data["label"])]},
                    loss=loss, epochs=2, output=tmp_path / "m")  # fmt: skip
    asked = ["a lovely film", "", "dull", "unheard of"]
    found = model.predict(asked, k=-1)
    assert found == rs.load(tmp_path / "m").predict(asked, k=-1)
    assert all(len(answer) == 6 for answer in found)
    if loss in ("softmax", "hs"):
        assert [sum(p for _, p in answer) for answer in found] == pytest.approx([1] * 4, abs=1e-5)
    assert all(0 <= p <= 1 for answer in found for _, p in answer)
    assert rs.load(tmp_path / "m").record["scores"] == model.record["scores"]


def test_several_labels():
    data = reviews(600)
    labels = [[one, *(["film"] if "film" in text else [])]
              for one, text in zip(data["label"], data["text"], strict=True)]  # fmt: skip
    model = trained({"text": data["text"], "label": labels}, loss="ova", epochs=6)
    assert value(model, "micro-f1") > 0.98
    found = {label for label, _ in model.predict(["a film was lovely"], -1, threshold=0.5)[0]}
    assert found == {"pos", "film"}
    joined = {"text": data["text"], "label": [" ; ".join(row) for row in labels]}
    again = trained(joined, loss="ova", epochs=6, separator=";")
    assert bits(again) == bits(model)
    with pytest.warns(UserWarning, match="ova tells each"):
        trained({"text": data["text"], "label": labels}, epochs=1)


def test_files_of_every_kind_give_the_same_model(tmp_path):
    data = reviews(60)
    pairs = list(zip(data["label"], data["text"], strict=True))
    (tmp_path / "a.txt").write_text("".join(f"__label__{a} {b}\n" for a, b in pairs))
    (tmp_path / "b.csv").write_text("label,text\n" + "".join(f"{a},{b}\n" for a, b in pairs))
    lines = "".join(f'{{"text": "{b}", "label": "{a}"}}\n' for a, b in pairs)
    (tmp_path / "c.jsonl").write_text(lines)
    found = [bits(trained(tmp_path / name, valid=0)) for name in ("a.txt", "b.csv", "c.jsonl")]
    assert found[0] == found[1] == found[2] == bits(trained(data, valid=0))
    halves = [tmp_path / "1.txt", tmp_path / "2.txt"]
    for place, some in zip(halves, (pairs[:30], pairs[30:]), strict=True):
        place.write_text("".join(f"__label__{a} {b}\n" for a, b in some))
    assert bits(trained(halves, valid=0)) == found[0]


def test_weights_and_class_weights_move_the_answer():
    data = {"text": ["x"] * 300, "label": ["a"] * 200 + ["b"] * 100}
    settings = {"valid": 0, "epochs": 20, "maxn": 0}

    def share(model: Model) -> float:
        return dict(model.predict(["x"], -1)[0])["a"]

    assert share(trained(data, **settings)) == pytest.approx(2 / 3, abs=0.08)
    assert share(trained(data, class_weights="balanced", **settings)) == pytest.approx(
        0.5, abs=0.08
    )
    by_name = trained(data, class_weights={"b": 8}, **settings)
    assert share(by_name) == pytest.approx(0.2, abs=0.08)
    heavy = {**data, "w": [1.0] * 200 + [8.0] * 100}
    assert bits(trained(heavy, weights="w", **settings)) == bits(by_name)


def test_columns_beside_the_text():
    random = np.random.default_rng(0)
    label = random.choice(["a", "b"], 400)
    town = np.where(random.random(400) < 0.95, np.where(label == "a", "Ayr", "Bath"), None)
    data = {"text": ["nothing"] * 400, "label": label.tolist(), "town": town.tolist()}
    model = trained(data, columns="town")
    assert value(model) > 0.85 and value(trained(data)) < 0.7
    rows = {"text": ["nothing"] * 3, "town": ["Ayr", "Bath", "Ayr"]}
    assert [answer[0][0] for answer in model.predict(rows)] == ["a", "b", "a"]


def start() -> Vectors:
    """Six words that lie by what they mean, and one the texts have not."""
    rows = np.random.default_rng(0).normal(0, 0.05, (7, 8)).astype(np.float32)
    rows[:3, 0], rows[3:6, 0] = 1, -1
    return Vectors(Vocabulary.from_counts({word: 9 for word in [*GOOD, *BAD, "zzz"]}), rows)


def test_from_vectors():
    few = {"text": ["fine", "awful", "great", "dull"], "label": ["p", "n", "p", "n"]}
    test = {"text": ["lovely", "poor"], "label": ["p", "n"]}
    both = {"text": few["text"] + test["text"], "label": ["p", "n", "p", "n", "p", "n"]}
    model = trained(both, start=start(), freeze=True, maxn=0, words=1, gaps=False, valid=0)
    assert model.vectors.dim == 8 and model.record["start"] == {"known": 6, "of": 8}
    ids = [start().vocabulary.id(word) for word in GOOD]
    kept = np.stack([model.vectors[word] for word in GOOD])
    own = np.asarray(start().rows)[ids]
    lengths = [np.linalg.norm(rows, axis=1, keepdims=True) for rows in (kept, own)]
    assert np.allclose(kept / lengths[0], own / lengths[1], atol=1e-6)
    moved = trained(both, start=start(), maxn=0, words=1, gaps=False, valid=0)
    assert not np.allclose(np.stack([moved.vectors[word] for word in GOOD]), kept)
    with pytest.warns(UserWarning, match="dim is that of the start, 8"):
        trained(both, start=start(), dim=20, valid=0)


def test_of_vectors_to_start_from_those_of_rare_words_are_longer():
    texts = ["fine fine fine great", "awful dull dull", "fine dull", "fine dull"]
    data = {"text": texts, "label": ["p", "n", "p", "n"]}
    model = trained(data, start=start(), freeze=True, maxn=0, words=1, gaps=False, valid=0)
    often, twice, once = (np.linalg.norm(model.vectors[word]) for word in ("fine", "dull", "great"))
    assert 0 < often < twice < once


def test_patience_ends_it():
    model = trained(epochs=50, patience=2)
    best, done = model.record["best_epoch"], len(model.record["valid"])
    assert done < 50 and done == best + 3
    assert len(trained(epochs=9, patience=None).record["valid"]) == 9


def test_the_metric_chooses_the_epoch():
    model = trained(metric="log-likelihood", epochs=5)
    assert model.record["valid"] == sorted(model.record["valid"])[: len(model.record["valid"])]
    assert all(figure < 0 for figure in model.record["valid"])
    with pytest.raises(SettingError, match="no metric"):
        trained(metric="acuracy")


def test_ctrl_c_keeps_the_best_epoch(tmp_path):
    def stop_in(number: int) -> Any:
        def tell(event: dict[str, Any]) -> None:
            if event["type"] == "epoch" and event["epoch"] == number:
                signal.raise_signal(signal.SIGINT)

        return tell

    with pytest.raises(Stopped, match=r"epoch \d, the best so far, is in") as stop:
        trained(output=tmp_path / "m", progress=stop_in(2), epochs=500)
    assert stop.value.signal == signal.SIGINT and isinstance(stop.value, KeyboardInterrupt)
    model = rs.load(tmp_path / "m")
    assert model.record["best_epoch"] in (1, 2) and model.predict(["lovely"])[0][0][0] == "pos"
    with pytest.raises(Stopped) as stop:
        trained(progress=stop_in(1), epochs=500)
    assert stop.value.kept == ""


@pytest.mark.parametrize("valid", [0.1, 0])
def test_a_run_that_is_lost_keeps_the_last_good_epoch(valid, tmp_path, monkeypatch):
    from rowspace.training.classify_course import ClassifyCourse

    whole = ClassifyCourse.stretch

    def stretch(self: ClassifyCourse, first: int, count: int, watch: Any) -> np.ndarray:
        losses = whole(self, first, count, watch)
        if first <= 2 < first + count:
            self.tables.rows[:] = np.nan
        return losses

    monkeypatch.setattr(ClassifyCourse, "stretch", stretch)
    epoch = 3 if valid else r"\d"  # several epochs are gone through together where none is judged
    with pytest.raises(DivergedError, match=rf"in epoch {epoch} .* the model after epoch"):
        trained(output=tmp_path / "m", valid=valid, epochs=5)
    model = rs.load(tmp_path / "m")
    assert (
        model.record["best_epoch"] in (1, 2) and np.isfinite(np.asarray(model.vectors.rows)).all()
    )
    assert model.predict(["lovely"])[0][0][0] == "pos"


def test_a_run_lost_at_once_writes_nothing(tmp_path):
    with pytest.raises(DivergedError, match=r"epoch 1 .* 1e\+06") as lost:
        trained(output=tmp_path / "m", lr=1e6, rule="sgd")
    assert "lr" in lost.value.hint and not (tmp_path / "m").exists()


def test_temperature_makes_probabilities_mean_what_they_say():
    random = np.random.default_rng(0)
    data = reviews(1500)
    flipped = random.random(1500) < 0.25
    other = {"pos": "neg", "neg": "pos"}
    data["label"] = [other[a] if b else a for a, b in zip(data["label"], flipped, strict=True)]
    for loss in ("softmax", "ova", "hs"):
        model = trained(data, loss=loss, epochs=1, lr=0.5, valid=0.3)
        assert model.record["temperature"] != 1
        sure = [answer[0][1] for answer in model.predict(data["text"])]
        assert np.mean(sure) == pytest.approx(0.75, abs=0.07)


def test_many_labels():
    texts = [f"word{at} w{at % 7}" for at in range(900)] * 2
    data = {"text": texts, "label": [text.split()[0][4:] for text in texts]}
    model = trained(data, loss="hs", valid=0, epochs=6, maxn=0, words=1, gaps=False, lr=0.5)
    found = model.predict(texts[:900:30])
    right = [a[0][0] == str(at) for a, at in zip(found, range(0, 900, 30), strict=True)]
    assert np.mean(right) > 0.9


def test_an_objective_or_its_settings():
    assert trained(objective=rs.Labels(dim=8), epochs=1).vectors.dim == 8
    with pytest.raises(SettingError, match="objective"):
        trained(objective=rs.Labels(dim=8), lr=0.1)
    with pytest.raises(SettingError, match="wordz"):
        trained(wordz=2)


def test_decay_holds_rows_small():
    loud, soft = trained(epochs=8), trained(epochs=8, decay=0.5)
    assert np.linalg.norm(soft.vectors.rows) < 0.8 * np.linalg.norm(loud.vectors.rows)
    assert value(soft) > 0.95


def test_labels_never_seen_are_told():
    with pytest.warns(UserWarning, match="1 labels of the validation part"):
        trained(valid={"text": ["fine", "dull"], "label": ["pos", "new"]})
    model = trained(test={"text": ["fine", "dull", "x"], "label": ["pos", "new", "new"]})
    assert model.record["unseen_labels"] == {"new": 2}
    assert value(model) == pytest.approx(1 / 3)


def test_weights_must_be_numbers():
    data = reviews(30)
    for wrong in (-1, float("nan"), "x", float("inf")):
        with pytest.raises(InputError, match="row 3"):
            trained({**data, "w": [1.0] * 3 + [wrong] + [1.0] * 26}, weights="w")
    with pytest.raises(InputError, match="every weight is 0"):
        trained({**data, "w": [0] * 30}, weights="w")
