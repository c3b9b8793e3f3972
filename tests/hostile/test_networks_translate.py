"""What nobody should give a translator, and what it says."""

from __future__ import annotations

import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytest.importorskip("sacrebleu")

import rowspace as rs  # noqa: E402
from rowspace.corpus.parallel import ParallelReading, parallel  # noqa: E402
from rowspace.corpus.subwords import Subwords, learn_subwords  # noqa: E402
from rowspace.errors import FormatError, InputError, MissingExtraError  # noqa: E402
from rowspace.networks import beam  # noqa: E402
from rowspace.networks.translate_answers import Answers, vocabulary_of  # noqa: E402
from rowspace.networks.translating import train_translator, translated  # noqa: E402

SMALL = {
    "dim": 16, "hidden": 16, "layers": 1, "heads": 2, "subwords": 512, "batch": 600, "threads": 1,
    "epochs": 1, "beam": 2, "baselines": False, "valid": 0, "precision": "float32",
}  # fmt: skip
PAIRS = [(f"the {n} dogs", f"die {n} Hunde") for n in range(40)]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    place = tmp_path_factory.mktemp("translator") / "m"
    train_translator(PAIRS, output=place, **SMALL)
    return rs.load(place)


def two(folder, first, second):
    paths = folder / "a.en", folder / "a.de"
    for path, lines in zip(paths, (first, second), strict=True):
        path.write_bytes(lines if isinstance(lines, bytes) else "".join(lines).encode())
    return [*paths]


@pytest.mark.parametrize(
    ("first", "second", "longer"), [("a\nb\nc\n", "x\ny\n", "a.en"), ("a\n", "x\ny\nz", "a.de")]
)
def test_files_of_different_length(tmp_path, first, second, longer):
    with pytest.raises(InputError) as error:
        parallel(two(tmp_path, first, second))
    line = 3 if longer == "a.en" else 2
    assert f"line {line} of " in error.value.message and longer in error.value.message
    assert "lost or cut in two" in error.value.hint


def test_an_empty_side(tmp_path):
    with pytest.raises(InputError, match="2 of 2 pairs a side is empty"):
        parallel(two(tmp_path, "\n\n", "x\ny\n"))
    with pytest.raises(InputError, match=r"a.en has 0 lines"):
        parallel(two(tmp_path, "", "x\ny\n"))
    with pytest.raises(InputError, match="there is no line"):
        parallel(two(tmp_path, "", ""))


def test_the_same_file_twice_a_folder_three_files_none(tmp_path):
    path = two(tmp_path, "a\n", "x\n")[0]
    for given, told in (
        ([path, path], "the same file"), ([path, tmp_path], "came a folder"),
        ([path] * 3, "came 3"), (tmp_path / "none", "no such file"), ([], "wanted"), (7, "wanted"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=told):
            parallel(given)


def test_lines_without_a_tab_and_columns_that_are_not_there(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("a\tx\nno tab here\n")
    with pytest.raises(InputError, match="line 2: wanted a source and a target with a tab"):
        parallel(path)
    path = tmp_path / "a.csv"
    path.write_text("english,german\na,x\n")
    with pytest.raises(InputError, match="english"):
        parallel(path)
    with pytest.raises(InputError, match="pair 0: wanted"):
        parallel([("a", "b", "c")])
    with pytest.raises(InputError, match="pair 1: wanted"):
        parallel([("a", "b"), ("a", None)])


def test_bytes_that_are_no_text(tmp_path):
    paths = two(tmp_path, b"a\nb\xff\n", "x\ny\n")
    with pytest.raises(InputError, match="line 2, byte 3"):
        parallel(paths)
    assert len(parallel(paths, ParallelReading(encoding_errors="replace"))) == 2


def test_a_sentence_of_100_000_tokens(model, monkeypatch):
    monkeypatch.setattr(beam, "GROWTH", 0)  # what has learned nothing has no end
    monkeypatch.setattr(beam, "ROOM", 3)
    text = "dogs " * 100_000
    [found] = translated(model, [text], beam=1)
    assert isinstance(found, str) and "\n" not in found
    with pytest.raises(InputError, match="every pair has a side with more than 250 subwords"):
        train_translator([(text, "Hunde")], **SMALL)
    heard = []
    train_translator([*PAIRS, (text, "Hunde")], progress=heard.append, **SMALL)
    told = [event["message"] for event in heard if event["type"] == "warning"]
    assert "1 pairs have a side with more than 250" in told[0] and "line 41" in told[0]


@pytest.mark.parametrize(
    "text", ["</s>", "<pad>", "\x00", "\ud800", "🐶" * 5, "\u202e", "a\rb", "\ufeff", "한국어"]
)
def test_odd_lines_are_answered_on_one_line(model, text):
    before, found, after = translated(model, ["the dogs", text, "the dogs"])
    assert before == after and "\n" not in found


def test_one_pair():
    with pytest.raises(InputError, match="cannot be divided"):
        train_translator([("a", "b")], **{**SMALL, "valid": 0.1})
    assert train_translator([("a", "b")], **SMALL).record["best_epoch"] == 1


def test_a_vocabulary_that_does_not_match(model):
    other = Subwords.of(learn_subwords([a + b for a, b in PAIRS[:3]], 512))
    vocabulary = vocabulary_of(other, [])
    rows = np.zeros((len(other), 16), np.float32)
    swapped = rs.Model(rs.Vectors(vocabulary, rows), model.config, {}, arrays=model.arrays)
    assert Answers.of(swapped)  # as many numbers, and nothing tells them apart
    kept = vocabulary_of(Answers.of(model).subwords, [])
    fewer = type(kept).of(list(kept)[:-1], unseen=kept.unseen)
    short = rs.Vectors(fewer, np.zeros((len(fewer), 16), np.float32))
    with pytest.raises(FormatError, match="not of one vocabulary"):
        Answers.of(rs.Model(short, model.config, {}, arrays=model.arrays))
    plain = rs.Vectors(type(kept).of(list(kept)), np.zeros((len(kept), 16), np.float32))
    with pytest.raises(FormatError, match="no tokenizer"):
        Answers.of(rs.Model(plain, model.config, {}, arrays=model.arrays))


@pytest.mark.parametrize(
    "change", [{"dim": 32}, {"layers": 2}, {"heads": 0}, {"longest": "x"}, {"dropout": "much"}]
)
def test_settings_changed_by_hand(model, change):
    config = {**model.config, "network": {**model.config["network"], **change}}
    with pytest.raises(FormatError):
        Answers.of(rs.Model(model.vectors, config, {}, arrays=model.arrays))


def test_an_array_that_is_gone(model):
    arrays = dict(model.arrays)
    arrays.pop(next(iter(arrays)))
    with pytest.raises(FormatError, match="does not fit"):
        Answers.of(rs.Model(model.vectors, model.config, {}, arrays=arrays))


@pytest.mark.parametrize(("library", "extra"), [("sacrebleu", "translate"),
                                                ("tokenizers", "tokenizers")])  # fmt: skip
def test_an_extra_that_is_not_there_is_told_before_training(monkeypatch, library, extra):
    monkeypatch.setitem(sys.modules, library, None)
    heard = []
    with pytest.raises(MissingExtraError) as error:
        train_translator(PAIRS, progress=heard.append, **SMALL)
    assert f"rowspace[{extra}]" in error.value.hint
    assert not any(event["type"] == "progress" for event in heard)
