"""Words, tags and models of a tagger as nobody should give them: an error that says so."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from rowspace import files  # noqa: E402
from rowspace.corpus.conll import Tagged, TagReading, tagged  # noqa: E402
from rowspace.errors import DivergedError, InputError, RowspaceError  # noqa: E402
from rowspace.networks.tag_answers import Answers  # noqa: E402
from rowspace.networks.tagging import train_tagger  # noqa: E402

SMALL = {"dim": 4, "letter_dim": 3, "filters": 4, "piece_dim": 4, "shape_dim": 3, "hidden": 4,
         "batch": 4, "threads": 1, "epochs": 1}  # fmt: skip
PIECES = st.sampled_from(
    [b"Rome", b"O", b"B-LOC", b"I-LOC", b"E-LOC", b"B-", b"-", b" ", b"\t", b"\n", b"\n\n", b"\r\n",
     b"/", b"a/b", b"-DOCSTART-", b"#", b"\xff", b"\x00", b"\xe2\x80\xa8", b"\xc2\xa0", b"1"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(tmp_path_factory, pieces):
    path = tmp_path_factory.mktemp("bytes") / "data"
    path.write_bytes(b"".join(pieces))
    for lenient in (False, True):
        with contextlib.suppress(InputError):
            found = tagged(path, TagReading(lenient=lenient))
            assert all(len(a) == len(b) > 0 for a, b in zip(found.words, found.tags, strict=True))
            assert all(word and tag for one in zip(found.words, found.tags, strict=True)
                       for word, tag in zip(*one, strict=True))  # fmt: skip


def data(words, tags, scheme="iob2"):
    return Tagged(words, tags, [("here", 1)] * len(words), scheme, "here")


NASTY = ["\x00", "\u202e", "\U0001f600", "a" * 5000, "ﷺ", "Ǆ", "ẞ", "\u0301", "<unk>", "<pad>", "0"]


def test_nasty_words_are_learned_and_answered():
    words = [[word, "is", word] for word in NASTY] * 2
    tags = [["B-X", "O", "O"]] * len(words)
    model = train_tagger(data(words, tags), **SMALL)
    assert np.isfinite(model.vectors.matrix).all()
    answers = Answers.of(model)
    for found in answers.spans([*NASTY, " ".join(NASTY), "x " * 3000]):
        assert all(0 <= one.probability <= 1 for one in found)


@pytest.mark.slow
def test_a_text_of_a_hundred_thousand_words_is_answered():
    model = train_tagger(data([["a", "b"]] * 8, [["B-X", "O"]] * 8), **SMALL)
    [found] = Answers.of(model).spans(["a b " * 50_000])
    assert len(found) <= 100_000


def test_a_sentence_of_a_hundred_thousand_words_is_refused_with_its_line(tmp_path):
    path = tmp_path / "long.conll"
    path.write_text("a O\nb B-X\n\n" + "word O\n" * 100_000)
    with pytest.raises(InputError, match=r"line 4: a sentence of 100,000 words") as caught:
        tagged(path)
    assert "blank lines" in caught.value.hint and "--longest" in caught.value.hint


def test_tags_that_no_training_met_are_misses():
    train, other = data([["a", "b"]] * 8, [["B-X", "O"]] * 8), data([["a"]], [["B-Y"]])
    model = train_tagger(train, valid=other, test=other, **SMALL)
    assert model.record["scores"][0]["value"] == 0


@pytest.mark.parametrize("lr", [1e8, 1e30])
def test_training_that_runs_away_never_reaches_a_model(tmp_path, lr):
    settings = {**SMALL, "epochs": 12, "lr": lr, "clip": 0}
    given = data([["a", "b", "c"]] * 20, [["B-X", "O", "O"]] * 20)
    with contextlib.suppress(DivergedError):
        train_tagger(given, output=tmp_path / "m", **settings)
    if (tmp_path / "m").exists():
        model = files.load(tmp_path / "m")
        assert np.isfinite(model.vectors.matrix).all()
        assert all(np.isfinite(one).all() for one in model.arrays.values())


@given(st.lists(st.lists(st.sampled_from(["O", "B-X", "I-X", "B-Y", "N"]), min_size=1, max_size=5),
                min_size=1, max_size=5), st.sampled_from(["iob2", "plain"]))  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_any_tags_train_or_are_refused(tags, scheme):
    words = [[f"w{at}" for at, _ in enumerate(one)] for one in tags]
    with contextlib.suppress(RowspaceError):
        model = train_tagger(data(words, tags, scheme), valid=0, **SMALL)
        assert all(np.isfinite(one).all() for one in model.arrays.values())


WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from rowspace.cli import main
sys.argv = ["rowspace", "train", "tag", sys.argv[1], "-o", sys.argv[2]]
main()
"""


def test_without_torch_the_line_that_installs_it_is_told(tmp_path):
    path = tmp_path / "train.conll"
    path.write_text("Rome B-LOC\nis O\n\nold O\n")
    words = [sys.executable, "-c", WITHOUT_TORCH, str(path), str(tmp_path / "m")]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert 'pip install "rowspace[torch]"' in done.stderr
