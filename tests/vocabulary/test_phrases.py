"""Phrases: counted and joined as word2phrase and gensim do it, kept and opened again."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.errors import FormatError, InputError, SettingError
from rowspace.vocabulary import Exact
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.joined import PHRASES, learn_joined
from rowspace.vocabulary.joining import Joining
from rowspace.vocabulary.phrases import Phrases

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
LEE = DATA / "corpora" / "lee_background.cor.gz"
GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "phrases" / "gensim.json").read_text())
SENTENCES = st.lists(st.lists(st.sampled_from(list("abcd")), max_size=12), max_size=30)
TOWNS = ["new york is big", "to new york", "new york", "york", "a new town", "is a town"] * 3


def towns() -> list[list[str]]:
    return [line.split() for line in TOWNS]


def word2phrase(sentences: list[list[str]], min_count: int, threshold: float) -> list[list[str]]:
    """The loop of word2phrase.c, as it is written there."""
    words = Counter(word for one in sentences for word in one)
    pairs = Counter(pair for one in sentences for pair in pairwise(one))
    total, out = words.total(), []
    for one in sentences:
        written: list[str] = []
        last, pa = "", 0
        for word in one:
            pb, score = words[word], 0.0
            pab = pairs[last, word]
            if min(pa, pb, pab) >= min_count:
                score = (pab - min_count) / pa / pb * total
            if score > threshold:
                written[-1] += "_" + word
                pb = 0
            else:
                written.append(word)
            last, pa = word, pb
        out.append(written)
    return out


@settings(deadline=None, max_examples=60)
@given(SENTENCES.filter(any), st.integers(1, 3), st.floats(0.2, 4))
def test_a_pass_is_word2phrases(sentences: list[list[str]], least: int, threshold: float) -> None:
    phrases = Phrases.learn(sentences, min_count=least, threshold=threshold)
    assert [phrases.join(one) for one in sentences] == word2phrase(sentences, least, threshold)


@pytest.mark.skipif(not LEE.exists(), reason=f"{LEE} is not there (ROWSPACE_DATA)")
@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: f"{case['scoring']}")
def test_phrases_and_scores_are_gensims(case: dict[str, Any]) -> None:
    with gzip.open(LEE, "rt", encoding="utf-8") as file:
        lines = [line.lower().split() for line in file]
    # gensim's own score has the words and pairs it keeps where word2phrase has all words read.
    factor = case["words"] / case["vocabulary"] if case["scoring"] == "default" else 1.0
    phrases = Phrases.learn(
        lines,
        scoring="npmi" if case["scoring"] == "npmi" else "counts",
        threshold=case["threshold"] * factor,
        connectors="english" if case["connectors"] else (),
    )
    wanted = {name: score * factor for name, score in case["scores"].items()}
    assert phrases.scores() == pytest.approx(wanted, rel=1e-12)
    assert phrases.join(lines[7]) == case["line 7"]


def test_connectors_stand_inside_and_never_at_an_end() -> None:
    text = [["bank", "of", "the", "south", "of"], ["of", "bank", "of", "the", "south"]] * 5
    phrases = Phrases.learn(text, min_count=2, threshold=0.0, connectors=("of", "the"))
    assert list(phrases.scores()) == ["bank_of_the_south"]
    assert phrases.join(text[1]) == ["of", "bank_of_the_south"]
    assert phrases.join(["bank", "of"]) == ["bank", "of"]


def test_a_second_pass_joins_what_the_first_has_joined() -> None:
    text = [["new", "york", "city", f"x{k}"] for k in range(12)]
    phrases = Phrases.learn(text, passes=2, min_count=2, threshold=0.5)
    assert [list(one) for one in phrases.passes] == [
        [("new", "york"), ("york", "city")],
        [("new_york", "city")],
    ]
    assert phrases.join(text[0]) == ["new_york_city", "x0"]


def test_a_joined_word_that_was_there_already_is_that_word(tmp_path: Path) -> None:
    text = [["new", "york"], ["new_york"]] * 4
    vocabulary, encoded = learn_joined(
        text,
        Joining(min_count=2, threshold=0.0),
        building=Building(min_count=1),
        folder=tmp_path,
    )
    assert list(vocabulary) == ["new_york"]
    assert vocabulary.counts.tolist() == [8]
    assert encoded.stretch(0, encoded.entries).tolist() == [0, -1] * 8


@pytest.mark.parametrize("unknown", [None, "<unk>"])
def test_the_ids_are_those_of_the_joined_text(tmp_path: Path, unknown: str | None) -> None:
    joining, building = Joining(min_count=3, threshold=1.0), Building(2, unseen=Exact(unknown))
    vocabulary, encoded = learn_joined(towns(), joining, building=building, folder=tmp_path)
    phrases = Phrases.load(tmp_path / PHRASES)
    assert "new_york" in vocabulary
    ids: list[int] = []
    other = -1 if unknown is None else vocabulary.find(unknown)
    for line in towns():
        found = [vocabulary.find(word) for word in phrases.join(line)]
        kept = [id if id >= 0 else other for id in found if id >= 0 or unknown is not None]
        ids += [*kept, -1] if kept else []
    assert encoded.stretch(0, encoded.entries).tolist() == ids
    assert encoded.tokens == sum(id >= 0 for id in ids)
    assert encoded.seen == sum(map(len, towns()))
    counts = Counter(word for line in towns() for word in phrases.join(line))
    own = [word for word in vocabulary if word != unknown]
    assert [counts[word] for word in own] == [
        int(vocabulary.counts[vocabulary.find(word)]) for word in own
    ]


def test_phrases_learned_elsewhere_join_without_learning(tmp_path: Path) -> None:
    phrases = Phrases.learn(towns(), min_count=3, threshold=1.0)
    text = [["in", "new", "york"], ["york", "new"]]
    vocabulary, _ = learn_joined(text, phrases, building=Building(min_count=1), folder=tmp_path)
    assert set(vocabulary) == {"in", "new_york", "york", "new"}


def test_any_number_of_threads_and_little_memory(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    text = [[f"w{id}" for id in rng.integers(0, 60, 40)] for _ in range(400)]
    text += [["rare", "pair"]] * 300
    told: list[dict[str, Any]] = []
    small = Phrases.learn(text, memory=1 << 17, threshold=10.0, progress=told.append)
    assert any("did not fit" in one.get("message", "") for one in told)
    whole = Phrases.learn(text, threshold=10.0)
    assert "rare_pair" in small.scores()
    assert small.scores().keys() <= whole.scores().keys()
    found = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        learn_joined(
            text, Joining(threshold=10.0, memory=1 << 17),
            building=Building(processes=processes), folder=folder,
        )  # fmt: skip
        found.append((folder / PHRASES).read_bytes())
    assert found[0] == found[1]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.text(max_size=4), min_size=2, max_size=2), max_size=5), st.data())
def test_what_is_kept_comes_back(pairs: list[list[str]], data: st.DataObject) -> None:
    good = [tuple(pair) for pair in pairs if all(_storable(word) for word in pair)]
    phrases = Phrases((dict.fromkeys(good, 1.5), {("\udc80", "x"): 2.0}), Joining(connectors="a,b"))
    for back in (
        Phrases.from_bytes(phrases.to_bytes()),
        Phrases.from_array(phrases.to_array()),
    ):
        assert back.passes == phrases.passes
        assert back.joining == phrases.joining


def _storable(word: str) -> bool:
    try:
        word.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"{}", b'{"format": "rowspace phrases", "version": 2}',
        b'{"format": "rowspace phrases", "version": 1}',
        b'{"format": "rowspace phrases", "version": 1, "joining": {}, "passes": [[["a", 1]]]}',
        b'{"format": "rowspace phrases", "version": 1, "joining": {}, "passes": [[["a", 2, 1]]]}',
        b'{"format": "rowspace phrases", "version": 1, "joining": {"passes": 0}, "passes": []}',
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_said_to_be_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "p.json").write_bytes(raw)
    with pytest.raises(FormatError, match=r"p\.json"):
        Phrases.load(tmp_path / "p.json")


@pytest.mark.parametrize(
    "wrong",
    [
        {"passes": 0}, {"passes": True}, {"scoring": "pmi"}, {"threshold": float("nan")},
        {"min_count": 0}, {"delimiter": ""}, {"memory": 10}, {"connectors": [1]}, {"speed": 1},
    ],
)  # fmt: skip
def test_settings_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        Phrases.learn(towns(), **wrong)


def test_a_text_is_cut_first() -> None:
    with pytest.raises(InputError, match="tokens"):
        Phrases((), Joining()).join("new york")
