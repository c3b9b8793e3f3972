"""Pieces of the search: bags of some texts, ranks, draws, several models as one, time in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rowspace as rs
from rowspace.objectives.labels import Labels
from rowspace.ragged import Ragged
from rowspace.training.autotune_board import Board
from rowspace.training.autotune_budget import seconds_of_budget
from rowspace.training.autotune_final import Sum, model_of, refitted, whole_of
from rowspace.training.autotune_members import alike, finalists
from rowspace.training.autotune_parts import taken, without
from rowspace.training.autotune_space import RATES, Candidate, Space
from rowspace.training.autotune_trial import Look, Trial
from rowspace.training.classify_prepared import prepare
from rowspace.training.classify_settings import Run
from rowspace.training.labelled import TextReading, labelled


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=2, max_size=12), st.data())
def test_bags_of_some_texts(rows, data):
    rows = rows[: len(rows) // 2 * 2]
    bags = Ragged.of(rows)
    index = data.draw(st.lists(st.integers(0, len(rows) // 2 - 1), max_size=5))
    found = taken(bags, np.array(index, np.int64), 2)
    assert [one.tolist() for one in found] == [rows[2 * at + i] for at in index for i in (0, 1)]
    known = np.array([data.draw(st.booleans()) for _ in range(10)])
    kept = [one.tolist() for one in without(bags, known)]
    assert kept == [[row for row in bag if known[row]] for bag in rows]


def trial(number, *looks, features=None, share=1.0):
    objective = Labels(**(features or {}))
    found = Trial(number, Candidate(objective, 5))
    for part, (figure, likelihood) in enumerate(looks):
        found.looks.append(Look(part, share, figure, likelihood, 1.0, 1.0, None))
    return found


def board(*trials, texts=800):
    found = Board(texts)
    found.trials.extend(trials)
    return found


def test_the_likelihood_tells_more_than_a_lucky_figure():
    lucky = trial(0, (0.82, -0.60))
    rest = [trial(n, (0.80 + n / 1000, -0.45 + n / 1000)) for n in range(1, 6)]
    assert board(lucky, *rest).ranked()[0] is rest[-1]
    assert board(lucky, *rest, texts=10**7).ranked()[0] is lucky


def test_more_looks_are_believed_more():
    once = trial(0, (0.84, -0.40))
    often = trial(1, (0.835, -0.402), (0.83, -0.40), (0.83, -0.40))
    weak = [trial(n, (0.80, -0.45), (0.78, -0.46), (0.78, -0.46)) for n in range(2, 6)]
    assert board(once, often, *weak).ranked()[0] is often


def test_a_larger_share_comes_first():
    small, large = trial(0, (0.9, -0.2), share=0.1), trial(1, (0.8, -0.5), share=0.9)
    assert board(small, large).ranked() == [large, small]


def test_figures_that_are_none_are_last():
    bad, good = trial(0, (np.nan, np.nan)), trial(1, (0.5, -0.7))
    assert board(bad, good).ranked() == [good, bad]


def test_which_can_be_one():
    def one(**given):
        return Candidate(Labels(**given), 3)

    assert alike(one(dim=8), one(dim=90, lr=1.0, rule="sgd"))
    assert alike(one(maxn=0), one(words=1, gaps=False))
    assert not alike(one(words=2), one(words=3))
    assert not alike(one(minn=2), one())
    assert not alike(one(min_count=2), one())
    assert not alike(one(loss="ova"), one())


def test_finalists_go_together_pairwise():
    both = {"words": 2}
    found = finalists(board(
        trial(0, (0.9, -0.2), features={**both, "maxn": 0}),
        trial(1, (0.89, -0.21), features={**both, "minn": 2, "maxn": 4}),
        trial(2, (0.88, -0.22), features={**both, "minn": 3, "maxn": 6}),
    ))  # fmt: skip
    assert [one.number for one in found] == [0, 1]


@given(st.integers(0, 2**40), st.booleans())
def test_draws_are_settings_and_fixed_ones_stay(seed, several):
    space = Space({"dim": 7, "maxn": 4}, labels=5, several=several, seed=seed)
    one = space.drawn()
    for _ in range(6):
        assert one.objective.dim == 7 and one.objective.maxn == 4 >= one.objective.minn
        assert one.objective.loss == ("ova" if several else "softmax")
        low, high = RATES[one.objective.rule]
        assert low / 2 <= one.objective.lr <= 2 * high and one.epochs >= 1
        one = space.near(one)
    assert all(one.objective.dim == 7 for one in space.known())


def test_some_draws_start_from_vectors_with_their_dimension():
    space = Space({}, labels=2, several=False, seed=1, start=30)
    drawn = [space.drawn() for _ in range(20)]
    assert {one.started for one in drawn} == {True, False}
    assert {one.objective.dim for one in drawn if one.started} == {30}
    assert all(space.near(one).started == one.started for one in drawn)
    assert Space({}, labels=2, several=False, seed=1).drawn().started is None


def test_draws_depend_on_the_seed_alone():
    one, other = (Space({}, labels=2, several=False, seed=9) for _ in range(2))
    assert [one.drawn() for _ in range(5)] == [other.drawn() for _ in range(5)]


def test_very_many_labels_are_told_by_a_tree():
    assert Space({}, labels=20_000, several=False, seed=0).drawn().objective.loss == "hs"


@pytest.mark.parametrize("loss", ["softmax", "ova", "hs", "ns"])
def test_several_models_as_one_are_their_mean(reviews, loss):
    """The scores before the softmax of the one are the mean of theirs, exactly but for rounding."""
    data = labelled(reviews(120), TextReading())
    first = Labels(dim=6, loss=loss, lr=0.1)
    other = Labels(dim=9, loss=loss, lr=0.05, maxn=0)
    trials = [Trial(0, Candidate(first, 3)), Trial(1, Candidate(other, 2))]
    for one, temperature in zip(trials, (2.0, 0.5), strict=True):
        one.looks.append(Look(0, 1.0, 0.5, -0.5, 1.0, temperature, None))
    more = {"seed": 5, "threads": 1, "freeze": False, "stop": lambda: False}

    def together(some, trainings):
        prepared = prepare(
            data, None, whole_of(some), TextReading(), Run(), start=None, warn=lambda message: None
        )
        return prepared, refitted(prepared, some, trainings=trainings, **more)

    prepared, both = together(trials, 2)
    assert isinstance(both, Sum) and both.trainings == 2 and both.rows.shape[1] == 2
    model = model_of(prepared, both, 1.0)
    texts = [text.decode() for text in data.texts[:40]]
    wanted = 0.0
    for place, (one, temperature) in enumerate(zip(trials, (2.0, 0.5), strict=True)):
        alone, found = together([one], 1)
        # the second training of a run has the second seed
        if place:
            found = refitted(alone, [one], trainings=1, **{**more, "seed": 5 + 104_729})
        heads = found.heads * temperature
        hidden = hidden_of(replace_rows(alone, found.rows), texts)
        wanted = wanted + hidden @ (heads / temperature).T / 2
    got = hidden_of(model.vectors, texts) @ model.head.weights.T
    np.testing.assert_allclose(got[:, : wanted.shape[1]], wanted, rtol=2e-4, atol=2e-5)


def test_members_begin_as_they_did_in_the_search(reviews):
    """A start has a part in those alone that had it."""
    data = labelled(reviews(120), TextReading())
    rows = np.full((1, 6), 9.0, np.float32)
    start = rs.Vectors(rs.Vocabulary.from_counts({"fine": 1}), rows)
    trials = [Trial(n, Candidate(Labels(dim=6, lr=1e-9), 1, bool(n))) for n in range(2)]
    for one in trials:
        one.looks.append(Look(0, 1.0, 0.5, -0.5, 1.0, 1.0, None))
    prepared = prepare(
        data, None, Labels(dim=6), TextReading(), Run(), start=start, warn=lambda message: None
    )
    more = {"seed": 5, "threads": 1, "freeze": False, "stop": lambda: False}
    place = prepared.vocabulary.id("fine")
    scratch, started = (refitted(prepared, [one], trainings=1, **more) for one in trials)
    assert np.ptp(started.rows[place]) < 1e-3 < np.ptp(scratch.rows[place])


def replace_rows(prepared, rows):
    return rs.Vectors(prepared.vocabulary, np.ascontiguousarray(rows))


def hidden_of(vectors, texts):
    from rowspace.vectors.predict import text_vectors

    head = rs.Head(
        rs.Vocabulary.from_counts({b"a": 1, b"b": 1}), np.zeros((2, vectors.dim), "f4"), "softmax"
    )
    return text_vectors(vectors, [text.encode() for text in texts], head)[0]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("2m", 120), ("1h30m", 5400), ("1.5h", 5400), (3, 3), ("7", 7), ("500ms", 0.5),
     ("1m 30s", 90)],
)  # fmt: skip
def test_time_in_words(text, seconds):
    assert seconds_of_budget(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "2 weeks", "-1", 0, True, None, "nan", "1e99", [2]])
def test_time_that_is_none(text):
    with pytest.raises(rs.SettingError):
        seconds_of_budget(text)


def test_candidates_share_features_but_for_how_they_learn():
    one = Candidate(Labels(), 3)
    assert one.features == Candidate(replace(one.objective, dim=99, lr=1.0), 9).features
    assert one.features != Candidate(replace(one.objective, words=3), 3).features
