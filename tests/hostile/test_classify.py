"""Data that no classifier wishes for: a clear error or a rule, and never a model of no numbers."""

from __future__ import annotations

import contextlib
import json
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import rowspace as rs
from rowspace.errors import DivergedError, InputError, ResourceError, SettingError
from rowspace.table import memory
from rowspace.training.classify import train_classifier
from rowspace.vectors import Model

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
NAUGHTY = DATA / "robustness" / "blns.json"


def trained(data: Any, **settings: Any) -> Model:
    own: dict[str, Any] = {"baselines": False, "epochs": 2, "deterministic": True}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = train_classifier(data, **{**own, **settings})
    assert np.isfinite(np.asarray(model.vectors.rows)).all()
    assert model.head is not None and np.isfinite(np.asarray(model.head.weights)).all()
    return model


def good(**more: Any) -> dict[str, Any]:
    return {"text": ["good film", "bad film", "so so"] * 20, "label": list("pno") * 20, **more}


def test_empty_texts_teach_the_shares_of_the_labels():
    data = {"text": ["", " ", None, "\n"] * 60, "label": ["a", "a", "a", "b"] * 60}
    model = trained(data, valid=0, epochs=20, maxn=0)
    assert "240 texts are empty" in model.record["warnings"][0]
    assert dict(model.predict([""], -1)[0])["a"] == pytest.approx(0.75, abs=0.1)


def test_one_label_only():
    with pytest.raises(InputError, match="only one label, 'x'"):
        trained({"text": ["a", "b"], "label": ["x", "x"]})


@pytest.mark.parametrize("label", [None, float("nan"), "", " "])
def test_rows_without_a_label_are_left_out_and_told(label):
    data = good()
    data["label"][4] = label
    model = trained(data)
    assert model.record["data"]["labels"] == 3
    assert model.record["warnings"][0].startswith("1 rows without a label")


def test_no_row_has_a_label():
    with pytest.raises(InputError, match="no row"):
        trained({"text": ["a", "b"], "label": [None, None]})
    with pytest.raises(InputError, match="no rows"):
        trained({"text": [], "label": []})


def test_columns_that_are_not_there():
    with pytest.raises(InputError, match="'label'; the columns here are 'text'"):
        trained({"text": ["a", "b"]})
    with pytest.raises(InputError, match="did you mean 'txt'"):
        trained(good(), test={"txt": ["a"], "label": ["p"]})
    with pytest.raises(InputError, match="'town'"):
        trained(good(town=["x"] * 60), columns="town", test=good())


def test_a_test_file_with_more_columns_and_in_another_order():
    test = {"more": [1], "label": ["p"], "text": ["good film"]}
    assert trained(good(), test=test).record["scores"][0]["value"] == 1


def test_labels_never_seen_are_misses():
    model = trained(good(), test={"text": ["good", "x"], "label": ["p", "q"]})
    assert model.record["scores"][0]["value"] == 0.5
    assert model.record["unseen_labels"] == {"q": 1}
    model = trained(good(), valid={"text": ["x"], "label": ["q"]})
    assert model.record["scores"][0]["value"] == 0
    assert "never seen" in model.record["warnings"][0]


def test_every_text_a_label_of_its_own():
    data = {"text": [f"w{at}" for at in range(50)], "label": [f"l{at}" for at in range(50)]}
    for loss in ("softmax", "ova", "hs", "ns"):
        assert trained(data, loss=loss).record["scores"][0]["value"] == 0


def test_very_many_labels():
    n = 4000
    data = {"text": [f"w{at}" for at in range(n)], "label": [f"l{at}" for at in range(n)]}
    model = trained(data, loss="hs", epochs=1, maxn=0, words=1, gaps=False)
    assert model.record["data"]["labels"] == 3600
    assert len(model.predict(["w1"], 3)[0]) == 3


def test_labels_and_features_for_which_there_is_no_room(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 1 << 22)
    many = {"text": [f"w{at}" for at in range(2000)], "label": list("ab") * 1000}
    with pytest.raises(ResourceError, match=r"tables would take .* MB"):
        trained(many, dim=3000)  # the rows
    many["label"] = [f"l{at}" for at in range(2000)]
    with pytest.raises(ResourceError, match=r"tables would take .* MB"):
        trained(many, dim=3000, loss="hs")  # the labels already


def test_softmax_of_very_many_labels_says_that_it_is_slow(monkeypatch):
    monkeypatch.setattr("rowspace.training.classify_prepared.MANY", 3)
    assert "--loss hs is faster" in trained(good()).record["warnings"][0]


def test_labels_times_texts_too_many_for_simpler_ways(monkeypatch):
    monkeypatch.setattr("rowspace.training.classify_baselines.MOST_ANSWERS", 3)
    assert trained(good(), baselines=True).record["baselines"] == []


@pytest.mark.parametrize("rule", ["sgd", "adagrad"])
@pytest.mark.parametrize("loss", ["softmax", "ova", "hs", "ns"])
def test_a_learning_rate_of_a_million(rule, loss, tmp_path):
    with contextlib.suppress(DivergedError):  # or it learned something all the same
        trained(good(), lr=1e6, rule=rule, loss=loss, output=tmp_path / "m")
    if (tmp_path / "m").exists():
        assert np.isfinite(np.asarray(rs.load(tmp_path / "m").vectors.rows)).all()


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -1, "fast"])
def test_settings_that_are_no_numbers(wrong):
    for name in ("lr", "dropout", "decay"):
        with pytest.raises(SettingError, match=name):
            trained(good(), **{name: wrong})


def test_weights_that_overflow():
    with pytest.raises(DivergedError):
        trained(good(w=[1e30] * 60), weights="w")


def test_mixed_types():
    data = {"text": ["a b", 3, None, 4.5, True] * 20, "label": [1, "a", 2.0, None, True] * 20}
    model = trained(data)
    assert sorted(model.head.names) == ["1", "2", "True", "a"]  # type: ignore[union-attr]
    frame = pd.DataFrame({"text": ["a", np.nan, "c"] * 10, "label": [1.0, 2.0, np.nan] * 10})
    assert sorted(trained(frame).head.names) == ["1", "2"]  # type: ignore[union-attr]


@pytest.mark.skipif(not NAUGHTY.exists(), reason=f"{NAUGHTY} is not there (ROWSPACE_DATA)")
@pytest.mark.parametrize("tokenizer", ["marks", "words", "characters"])
def test_naughty_texts_and_labels(tokenizer, tmp_path):
    texts = json.loads(NAUGHTY.read_text("utf-8"))
    labels = ["a" if at % 2 else "b" for at in range(len(texts))]
    data = {"text": texts, "label": labels}
    model = trained(data, valid=0, epochs=15, tokenizer=tokenizer, output=tmp_path / "m")
    found = rs.load(tmp_path / "m").predict(texts, -1)
    assert found == model.predict(texts, -1)
    assert all(sum(p for _, p in answer) == pytest.approx(1, abs=1e-5) for answer in found)
    right = [answer[0][0] == label for answer, label in zip(found, labels, strict=True)]
    assert np.mean(right) > 0.8
    named = trained({"text": labels, "label": texts}, valid=0, tokenizer=tokenizer)
    assert set(named.head.names) == {one for one in texts if one.strip()}  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["</s> x", "<s>", "a\0b", "w" * 300_000, "w " * 20_000])
def test_odd_texts(text):
    model = trained({"text": [text, "b", "c"] * 4, "label": list("pno") * 4}, valid=0)
    assert len(model.predict([text])[0]) == 1


def test_half_a_character():
    model = trained(
        {"text": ["\ud800 x", "b", "c"] * 4, "label": ["p", "\ud800", "o"] * 4}, valid=0
    )
    assert sorted(model.head.names) == ["?", "o", "p"]  # type: ignore[union-attr]
    with pytest.raises(InputError, match="half a surrogate"):
        model.predict(["\ud800 x"])


def test_bytes_that_are_not_utf8(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"__label__a caf\xe9\n__label__b x\n" * 5)
    with pytest.raises(InputError, match=r"line 1.*UTF-8"):
        trained(tmp_path / "a.txt")
    (tmp_path / "b.csv").write_bytes(b"label,text\n" + b"a,caf\xe9\nb,x\n" * 5)
    with pytest.raises(InputError, match="UTF-8"):
        trained(tmp_path / "b.csv")


def test_a_label_without_a_name(tmp_path):
    (tmp_path / "a.txt").write_text("__label__a x\n__label__ y\n")
    with pytest.raises(InputError, match="line 2"):
        trained(tmp_path / "a.txt")


def test_a_start_of_numbers_that_are_not(tmp_path):
    from rowspace.vectors import Vectors
    from rowspace.vocabulary import Vocabulary

    rows = np.ones((2, 4), np.float32)
    rows[0, 0] = np.nan
    start = Vectors(Vocabulary.from_counts({"good": 2, "bad": 1}), rows)
    with pytest.raises((InputError, DivergedError)):
        trained(good(), start=start, output=tmp_path / "m")
    assert not (tmp_path / "m").exists()
    nothing = Vectors(Vocabulary.from_counts({"zzz": 1}), rows[1:])
    assert trained(good(), start=nothing, freeze=True).record["start"]["known"] == 0
