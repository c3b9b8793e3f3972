"""A recommender asked: users known and new, features, what is hidden, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError, SettingError, VocabularyError
from rowspace.ragged import Ragged
from rowspace.training.recommend import train_recommender
from rowspace.vectors import Model, Vectors
from rowspace.vectors import recommend as module
from rowspace.vectors.recommend import Recommender

U, V, D = 5, 7, 3


def made(*, length: int = 2, **changed) -> Model:
    random = np.random.default_rng(1)
    items = Vectors.from_arrays([f"i{at}" for at in range(V)], random.standard_normal((V, D)))
    users = Vectors.from_arrays([f"u{at}" for at in range(U)], random.standard_normal((U, D)))
    features = Vectors.from_arrays(["g=a", "g=b"], random.standard_normal((2, D)))
    seen = Ragged.of([[0, 1], [2], [], list(range(V)), [6]])
    arrays = {
        "biases": random.standard_normal(V).astype(np.float32),
        "history": random.standard_normal((V if length else 0, D)).astype(np.float32),
        "seen.items": seen.ids,
        "seen.offsets": seen.offsets,
        "mean": random.standard_normal(D).astype(np.float32),
        "own": np.zeros(D, np.float32),
        "item-feature-biases": np.array([0.5, 1.5], np.float32),
        **changed,
    }
    how = {"length": length, "decay": 0.5, "tail": 0.0, "ordered": True}
    parts = {"users": Model(users), "item-features": Model(features)}
    return Model(items, {"kind": "recommender", "history": how}, parts=parts, arrays=arrays)


@pytest.fixture
def answers() -> Recommender:
    return Recommender.of(made())


@pytest.mark.parametrize("numbers", [1, 1 << 20])
def test_the_best_items_not_met_come_first(answers, monkeypatch, numbers):
    monkeypatch.setattr(module, "NUMBERS", numbers)
    scores = answers.users.matrix @ answers.items.matrix.T + answers.biases
    found = answers.recommend([f"u{at}" for at in range(U)], k=4)
    for user, listed in enumerate(found):
        left = [i for i in np.argsort(-scores[user], kind="stable") if i not in answers.seen[user]]
        assert [item for item, _ in listed] == [f"i{at}" for at in left[:4]]
        assert [s for _, s in listed] == pytest.approx(scores[user][left[:4]].tolist(), rel=1e-5)
    assert found[3] == []  # met everything
    assert len(answers.recommend("u3", 4, keep_seen=True)) == 4


def test_there_are_no_more_items_than_there_are(answers):
    assert len(answers.recommend("u2", 100)) == V
    assert len(answers.recommend("u0", 100)) == V - 2


@pytest.mark.parametrize("k", [0, -1, 2.5, True])
def test_k_is_a_whole_number(answers, k):
    with pytest.raises(SettingError):
        answers.recommend("u0", k)


def test_unknown_users_are_told_apart(answers):
    with pytest.raises(VocabularyError, match="'u11' is not among the 5 users") as caught:
        answers.recommend(["u1", "u11"])
    assert caught.value.near
    assert "did you mean" in caught.value.hint and "--items" in caught.value.hint


def test_somebody_new_has_the_mean_of_their_items(answers):
    rows = answers.rows
    expected = answers.mean + (rows[2] * 1 + rows[1] * 0.5) / 1.5
    np.testing.assert_allclose(answers.fold_in(["i0", "i1", "i2"]), expected, rtol=1e-5)
    found = answers.recommend_to(["i0", "i1", "i2"], 10)
    assert {item for item, _ in found} == {"i3", "i4", "i5", "i6"}
    assert len(answers.recommend_to(["i0"], 10, keep_seen=True)) == V


def test_somebody_new_needs_something_known(answers):
    with pytest.raises(VocabularyError, match="'x7'"):
        answers.fold_in(["i1", "x7"])
    with pytest.raises(InputError, match="neither items nor features"):
        answers.fold_in([])
    with pytest.raises(InputError, match="no features of users"):
        answers.fold_in([], {"country": "FI"})


def test_new_items_have_the_mean_of_their_features(answers):
    vector, bias = answers.item_of({"g": "a|b|zzz"})
    np.testing.assert_allclose(vector, answers.features["item-features"].matrix.mean(axis=0))
    assert bias == pytest.approx(1 + float(answers.biases.mean()))
    with pytest.raises(VocabularyError, match="none of these features"):
        answers.item_of({"g": "zzz"})


def test_near_items_are_near(answers):
    assert answers.similar("i1", 3) == answers.items.nearest("i1", 3)


@pytest.mark.parametrize(
    "changed",
    [
        {"biases": np.zeros(3, np.float32)},
        {"history": np.zeros((2, D), np.float32)},
        {"mean": np.zeros(9, np.float32)},
        {"seen.items": np.array([99] * 11)},
        {"seen.items": np.array([-1] * 11)},
        {"seen.offsets": np.array([0, 11])},
        {"item-feature-biases": np.zeros(5, np.float32)},
    ],
)
def test_damaged_models_are_refused(changed):
    with pytest.raises(InputError):
        Recommender.of(made(**changed))


def test_other_models_are_refused():
    with pytest.raises(InputError, match="does not recommend"):
        Recommender.of(Model(Vectors.random(["a", "b"], 3)))
    whole = made()
    without = {name: one for name, one in whole.arrays.items() if name != "biases"}
    bare = Model(whole.vectors, whole.config, parts=whole.parts, arrays=without)
    with pytest.raises(InputError, match="lacks 'biases'"):
        Recommender.of(bare)
    bent = Model(whole.vectors, {"kind": "recommender"}, parts=whole.parts, arrays=whole.arrays)
    with pytest.raises(InputError, match="lacks"):
        Recommender.of(bent)


@pytest.mark.parametrize("history", [0, 5])
def test_folding_in_what_a_user_met_ranks_nearly_as_well_as_they_are_ranked(history):
    """Two tastes; half of a user's items train, the others are to be found."""
    random = np.random.default_rng(3)
    train: dict[str, list] = {"user": [], "item": []}
    hidden = []
    for user in range(120):
        liked = random.permutation(30)[:16] + 30 * (user % 2)
        train["user"] += [f"u{user}"] * 8
        train["item"] += [f"i{item}" for item in liked[:8]]
        hidden.append({f"i{item}" for item in liked[8:]})
    model = train_recommender(
        train, dim=8, epochs=12, valid="none", history=history, threads=1, negative=8
    )
    answers = Recommender.of(model)

    def share(found: list) -> float:
        return float(np.mean([
            len({item for item, _ in one} & wanted) / 8
            for one, wanted in zip(found, hidden, strict=True)
        ]))  # fmt: skip

    bags = [train["item"][at : at + 8] for at in range(0, len(train["item"]), 8)]
    known = share([answers.recommend(f"u{at}", 8) for at in range(120)])
    new = share([answers.recommend_to(bag, 8) for bag in bags])
    assert known > 0.25  # by chance: 8 of 52
    assert new > 0.9 * known
