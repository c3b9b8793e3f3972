"""tune unseen: words held out of one's own data, and the policies judged by them."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from rowspace.corpus import Reading
from rowspace.errors import InputError, SettingError
from rowspace.evaluate.score import Score
from rowspace.training.tune_unseen import tune_unseen
from rowspace.training.tune_unseen_answer import Measured, Tried, chosen_of
from rowspace.training.tune_unseen_judge import Near, pairs_near, shared_neighbours, told_apart
from rowspace.training.tune_unseen_words import part, read_text
from rowspace.vectors import Model, Vectors

STEMS = ("lumera", "tokwin", "brasdo", "fequil")
SETTINGS = {"dim": 16, "epochs": 4, "min_count": 2, "threads": 1}


def family_lines(lines=2500, seed=0):
    """Each line is about one of four things: its words have a stem, the words near them go with
    the stem."""
    random = np.random.default_rng(seed)
    out = []
    for _ in range(lines):
        stem = int(random.integers(4))
        words = [
            f"{STEMS[stem]}{chr(97 + n // 6)}{chr(97 + n % 6)}" for n in random.integers(0, 36, 3)
        ]
        near = [f"near{'abcd'[stem]}{n}" for n in random.integers(0, 15, 5)]
        line = words + near
        random.shuffle(line)
        out.append(line)
    return out


@pytest.fixture(scope="module")
def text():
    return read_text(family_lines(), Reading(), 10**9)


@pytest.fixture(scope="module")
def parted(text):
    return part(text, 25, min_count=2, seed=3)


def test_words_are_held_out_of_what_is_learned_from(text, parted, tmp_path):
    assert len(parted.held) == len(parted.seen) == 25
    assert not set(parted.held) & set(parted.seen)
    assert len(parted.learn) + len(parted.judge) == len(text) == 20_000
    without = np.zeros(len(text.words), bool)
    without[parted.held] = True
    written = parted.learn.write(tmp_path / "text", without).read_bytes()
    there = set(written.split())
    assert there and not there & {text.words[at] for at in parted.held}
    assert {text.words[at] for at in parted.seen} <= there
    assert len(written.splitlines()) == 2000
    judged = np.bincount(parted.judge.ids, minlength=len(text.words))
    assert judged[parted.held].min() >= 3 and parted.counts[parted.held].min() >= 10
    again, other = (part(text, 25, min_count=2, seed=seed) for seed in (3, 4))
    assert again.held.tolist() == parted.held.tolist() != other.held.tolist()


def test_text_is_cut_as_it_would_be_in_training(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("The cat, the DOG.\n\n" + "word " * 1200 + "\n")
    whole = read_text(path, Reading(), 10**9)
    assert whole.words[:3] == [b"the", b"cat", b"dog"]
    assert np.diff(whole.lines).tolist() == [4, 500, 500, 200]
    assert len(read_text([str(path)], Reading(lower=False), 4)) == 4
    assert len(whole.first(4)) == 4 and len(whole.take(np.array([0, 3]))) == 204


def test_pairs_are_of_one_line_and_of_words_that_have_rows(text, parted):
    near = pairs_near(parted, parted.held, min_count=2, seed=1)
    assert not set(near.near) & {text.words[at] for at in parted.held}
    lines = [parted.judge.ids[a:b] for a, b in pairwise(parted.judge.lines.tolist())]
    together = {(a, b) for line in lines for a in line.tolist() for b in line.tolist()}
    number = {word: at for at, word in enumerate(text.words)}
    pairs = zip(near.place.tolist(), near.right.tolist(), strict=True)
    assert all((parted.held[w], number[near.near[c]]) in together for w, c in pairs)
    assert np.bincount(near.place).max() <= 100 and near.wrong.shape == (len(near.place), 20)
    again = pairs_near(parted, parted.held, min_count=2, seed=1)
    assert (again.wrong == near.wrong).all() and again.near == near.near


def test_a_vector_that_knows_nothing_comes_to_one_half():
    context = np.eye(4, dtype=np.float32)
    rows = np.array([[1, 0, 0, 0], [0, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 0]], np.float32)
    words = [b"sure", b"nothing", b"wrong", b"rest"]
    model = Model(Vectors.from_arrays(words, rows), context=context)
    near = Near(
        words, np.array([0, 1, 2]), np.array([0, 0, 1]), np.array([[1, 2], [1, 2], [0, 2]]), 4
    )
    found = told_apart(model, words, near)
    assert found[:3].tolist() == [1, 0.5, 0] and np.isnan(found[3])
    missing = told_apart(model, [b"unheard", b"of", b"these", b"four"], near)
    assert missing[:3].tolist() == [0.5, 0.5, 0.5]


def test_neighbours_are_shared_with_a_run_that_saw_the_word():
    words = [f"w{n}".encode() for n in range(40)]
    rows = np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32)
    one, turned = (Model(Vectors.from_arrays(words, r)) for r in (rows, rows[:, ::-1].copy()))
    other = Model(Vectors.random(words, 8, seed=9))
    assert shared_neighbours(turned, one, words[:5], words[5:]).tolist() == [1] * 5
    assert shared_neighbours(other, one, words[:5], words[5:]).mean() < 0.7


def tried(name, size):
    return Tried(name, "", size, size, 1.0, 1e-6)


def chosen(unseen, seen, ceiling=None, sizes=(10, 5, 40)):
    names = ("unknown row", "hashed", "subwords")
    noise = np.random.default_rng(1).normal(0, 0.02, (3, 200))
    noise -= noise.mean(axis=1, keepdims=True)
    measured = [Measured.of_words(np.array(one)[:, None] + noise) for one in (unseen, seen)]
    some = [tried(*one) for one in zip(names, sizes, strict=True)]
    return chosen_of("text", some, *measured, about={}, seed=0, ceiling=ceiling)


def test_the_best_is_recommended_where_it_is_surely_better():
    found = chosen((0.6, 0.6, 0.8), (0.8, 0.8, 0.8))
    assert found.recommended == "subwords" and "+0.200" in found.reason
    assert "4 times the bytes" in found.reason
    assert found["subwords"].behind.value == 0 and found["hashed"].behind.low > 0.15


def test_among_equals_the_smallest_that_serves_seen_words_is_recommended():
    assert chosen((0.8, 0.8, 0.8), (0.8, 0.8, 0.8)).recommended == "hashed"
    found = chosen((0.8, 0.8, 0.8), (0.8, 0.6, 0.8))
    assert found.recommended == "unknown row"


def test_nothing_is_recommended_for_what_nobody_can_tell():
    found = chosen((0.5, 0.5, 0.5), (0.8, 0.6, 0.8))
    assert found.recommended == "unknown row" and "tells anything" in found.reason
    chance = Score("unseen", 0.5, 200, 1.0, 0.49, 0.51)
    found = chosen((0.6, 0.6, 0.8), (0.8, 0.8, 0.8), ceiling=chance)
    assert found.recommended == "unknown row" and "too little to tell" in found.reason


def test_words_with_parts_are_told_by_their_parts():
    events = []
    found = tune_unseen(family_lines(), held_out=25, progress=events.append, **SETTINGS)
    assert found.kind == "text" and found.recommended == "subwords", found.reason
    assert found["subwords"].unseen.low > 0.75 and found["subwords"].behind.value == 0
    assert abs(found["unknown row"].unseen.value - 0.5) < 0.15
    assert found["unknown row"].tried.option == "--unseen unknown"
    assert found.about["had_they_been_seen"]["value"] > 0.75
    told = json.loads(json.dumps(found.as_json()))
    assert [one["name"] for one in told["policies"]][2] == "subwords"
    assert told["held_out"] == 25 and len(told["examples"]) == 10
    assert {"unknown row", "quotient"} <= {e["name"] for e in events if e["type"] == "variant"}
    again = tune_unseen(family_lines(), held_out=25, **{**SETTINGS, "threads": None})
    assert [one.unseen for one in again.policies] == [one.unseen for one in found.policies]


def labelled_texts(n=500):
    """The label is in the stem of a word that hardly two texts share."""
    random = np.random.default_rng(0)
    side = random.integers(0, 2, n)
    rest = [" ".join(f"word{w}" for w in row) for row in random.integers(0, 60, (n, 4))]
    words = [
        f"{STEMS[s]}{chr(97 + w % 26)}{w}"
        for s, w in zip(side, random.integers(0, 900, n), strict=True)
    ]
    rows = [f"{a} {b}" for a, b in zip(words, rest, strict=True)]
    return {"text": rows, "label": [["yes", "no"][one] for one in side]}


def test_texts_with_labels():
    found = tune_unseen(labelled_texts(), label="label", splits=2, dim=8, epochs=8)
    assert found.kind == "labels" and found.recommended == "subwords", found.reason
    assert found["subwords"].unseen.value > 0.9 > 0.75 > found["unknown row"].unseen.value
    assert found.about["splits"] == 2 and len(found.about["texts_with_unseen_words"]) == 2
    json.dumps(found.as_json())


def test_a_budget_takes_less(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("\n".join(" ".join(line) for line in family_lines(6000)))
    found = tune_unseen(path, budget=0.2, held_out=20, **SETTINGS)
    assert found.about["words"] < 48_000


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"words": 0}, "words must be"), ({"splits": True}, "splits must be"),
        ({"window": 3}, "a setting must be"), ({"tokenizer": "x.json"}, "tokenizer must be"),
        ({"budget": "soon"}, "budget must be"), ({"label": "x", "markup": "none"}, "a setting"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(given, told):
    with pytest.raises(SettingError, match=told):
        tune_unseen([["a", "b"]] * 5, **given)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([], "empty list"), ([[], []], "no token was found"),
        ([["a", "b"]] * 50, "too little text"), ([["a", "b"]], "one line"),
        ([["a b", "c"]] * 5, "white space"), ([["", "c"]] * 5, "white space"),
        (b"text", "came bytes"), (5, "came int"), ("nowhere.txt", "nowhere.txt"),
    ],
)  # fmt: skip
def test_text_that_nothing_can_be_told_of(data, told):
    with pytest.raises(InputError, match=told):
        tune_unseen(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"text": ["a b"] * 40, "label": ["x"] * 40}, "the same label"),
        ({"text": ["a b"] * 40, "label": ["x", "y"] * 20}, "0 hold words"),
        ({"text": ["a", "b", "c"], "label": ["x", "y", "x"]}, "at least 20"),
        ({"text": ["a"] * 9, "label": [None] * 9}, "no row has both"),
    ],
)
def test_labels_that_nothing_can_be_told_of(data, told):
    with pytest.raises(InputError, match=told):
        tune_unseen(data, label="label")
