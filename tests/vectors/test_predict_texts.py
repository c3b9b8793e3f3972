"""What a classifier answers: texts, tables, several blocks, cells beside the text."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import rowspace as rs
from rowspace.corpus.records import records
from rowspace.errors import InputError, SettingError
from rowspace.training.classify import train_classifier
from rowspace.vectors import Model, predict
from rowspace.vectors.questions import asked

TOWNS = {"sun": "Ayr", "rain": "Bath"}


def data(n: int = 200) -> dict[str, list[Any]]:
    random = np.random.default_rng(0)
    label = random.choice(["sun", "rain"], n).tolist()
    texts = [f"{'bright' if one == 'sun' else 'wet'} day {at % 9}" for at, one in enumerate(label)]
    return {"text": texts, "label": label, "town": [TOWNS[one] for one in label]}


@pytest.fixture(scope="module")
def plain() -> Model:
    return train_classifier(data(), epochs=3, baselines=False, deterministic=True)


@pytest.fixture(scope="module")
def with_town() -> Model:
    settings: dict[str, Any] = {"epochs": 5, "baselines": False, "deterministic": True}
    rows = {**data(), "text": ["day"] * 200}
    return train_classifier(rows, columns="town", text="text", **settings)


def test_texts(plain):
    found = plain.predict(["bright", b"wet"], k=-1)
    assert [answer[0][0] for answer in found] == ["sun", "rain"]
    assert all(answer[0][1] >= answer[1][1] for answer in found)
    assert [sum(p for _, p in answer) for answer in found] == pytest.approx([1, 1])
    assert plain.predict(["bright"], threshold=1.01) == [[]]
    assert plain.predict([]) == []
    assert plain.predict(iter(["wet"])) == plain.predict(("wet",))


def test_texts_are_cut_as_in_training(plain):
    assert plain.predict(["BRIGHT!!!"])[0][0][0] == "sun"
    assert plain.predict(["BRIGHT  day"]) == plain.predict(["bright day"])


def test_a_text_of_which_nothing_is_known_has_the_answer_of_an_empty_one(plain):
    assert plain.predict(["qqq"], -1) == plain.predict(["zzz"], -1)
    assert sum(p for _, p in plain.predict([""], -1)[0]) == pytest.approx(1)


def test_many_texts_are_answered_as_one_by_one(plain, monkeypatch):
    texts = [*data()["text"], "", "qqq", "é漢字 wet"] * 3
    whole = plain.predict(texts, 2)
    one_by_one = [plain.predict([text], 2)[0] for text in texts]
    for a, b in zip(whole, one_by_one, strict=True):
        assert [label for label, _ in a] == [label for label, _ in b]
        assert [p for _, p in a] == pytest.approx([p for _, p in b], abs=1e-5)
    monkeypatch.setattr(predict, "BLOCK", 500)
    blocks = plain.predict(texts, 2)
    assert [x[0][0] for x in blocks] == [x[0][0] for x in whole]


@pytest.mark.parametrize("make", [dict, pd.DataFrame, pl.DataFrame, records])
def test_tables_of_every_kind(with_town, make):
    rows = {"town": ["Ayr", "Bath", "Ayr"], "text": ["day"] * 3, "more": [1, 2, 3]}
    found = with_town.predict(make(rows))
    assert [answer[0][0] for answer in found] == ["sun", "rain", "sun"]


def test_lists_of_dictionaries_and_another_column(with_town, plain):
    rows = [{"town": "Ayr", "said": "day"}, {"town": "Bath", "said": "day"}]
    found = with_town.predict(rows, column="said")
    assert [answer[0][0] for answer in found] == ["sun", "rain"]
    assert plain.predict([{"text": "wet"}]) == plain.predict(["wet"])
    assert plain.predict(pd.Series(["wet"])) == plain.predict(["wet"])


def test_missing_and_unseen_cells(with_town):
    found = with_town.predict({"town": [None, "Cork", "Ayr"], "text": ["day"] * 3})
    assert found[0] == found[1] != found[2]


def test_what_cannot_be_asked(plain, with_town):
    with pytest.raises(InputError, match="reads the columns 'town'"):
        with_town.predict(["day"])
    with pytest.raises(InputError, match="wanted a column 'town'"):
        with_town.predict({"text": ["day"]})
    with pytest.raises(InputError, match="wanted a column 'text'"):
        plain.predict({"said": ["day"]})
    with pytest.raises(InputError, match="not one text"):
        plain.predict("wet")
    with pytest.raises(SettingError, match="k must"):
        plain.predict(["a"], k=0)
    with pytest.raises(SettingError, match="threshold"):
        plain.predict(["a"], threshold=float("nan"))
    without = Model(plain.vectors)
    with pytest.raises(InputError, match="no labels") as error:
        without.predict(["a"])
    assert "train classify" in str(error.value)


def test_asked_gives_texts_and_cells(plain, with_town):
    texts, cells = asked(plain, ["a"])
    assert texts == ["a"] and cells is None
    texts, cells = asked(with_town, {"text": ["a", None], "town": ["Ayr", None]})
    assert texts == ["a", ""] and cells is not None and cells.shape == (2, 1)
    assert with_town.vectors.vocabulary.item(int(cells[0, 0])) == "town\tAyr"


def test_one_text_loads_no_compiler_and_no_training(plain, tmp_path):
    rs.save(plain, tmp_path / "m")
    code = "import sys, rowspace as rs; print(rs.load(sys.argv[1]).predict(['wet'])[0][0][0]); "
    code += "print({'numba', 'pandas', 'rowspace.training', 'rowspace.table'} & set(sys.modules))"
    words = [sys.executable, "-c", code, str(tmp_path / "m")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["rain", "set()"], done.stderr
