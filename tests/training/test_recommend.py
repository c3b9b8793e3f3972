"""Recommenders: what is learned, kept, judged; determinism; the ways a run can end."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

import rowspace as rs
from rowspace.corpus.interactions import features, interactions
from rowspace.errors import DivergedError, InputError, SettingError
from rowspace.training.interrupt import Interrupted
from rowspace.training.on_pieces import on_pieces
from rowspace.training.recommend import train_recommender
from rowspace.training.recommend_data import bags, encounters, parted, positives, weights
from rowspace.vectors.recommend import Recommender
from rowspace.vocabulary import Vocabulary

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
RATINGS = DATA / "recsys" / "ml-latest-small" / "ratings.csv"
SMALL = {"dim": 8, "epochs": 6, "negative": 8, "threads": 1}


def circles(users: int = 60, seed: int = 0) -> dict[str, list]:
    """Items 0-9 and 10-19 stand in two circles; a user walks along one of them."""
    random = np.random.default_rng(seed)
    rows: dict[str, list] = {"user": [], "item": [], "time": [], "rating": []}
    for user in range(users):
        start, circle = int(random.integers(10)), user % 2
        for step in range(6):
            rows["user"].append(f"u{user}")
            rows["item"].append(f"i{circle * 10 + (start + step) % 10}")
            rows["time"].append(1000 * user + step)
            rows["rating"].append(float(random.integers(1, 6)))
    return rows


def figure(model: rs.Model, name: str = "ndcg@10") -> float:
    return next(one["value"] for one in model.record["scores"] if one["name"] == name)


@pytest.fixture(scope="module")
def model() -> rs.Model:
    return train_recommender(circles(), **{**SMALL, "epochs": 15})


def test_what_comes_next_is_learned(model):
    assert figure(model) > 0.6
    assert [one["name"] for one in model.record["baselines"]] == ["popularity", "item-kNN"]
    assert figure(model) > model.record["baselines"][0]["scores"][0]["value"]
    best = Recommender.of(model).recommend("u0", 1)[0][0]
    seen = [item for user, item in zip(*list(circles().values())[:2], strict=True) if user == "u0"]
    circle, last = divmod(int(seen[-1][1:]), 10)
    assert best == f"i{10 * circle + (last + 1) % 10}"


def test_a_model_says_how_it_was_made(model):
    record = model.record
    assert record["data"]["pairs"] == 360
    assert record["data"]["trained_on"] == 360  # learned again from all
    assert record["validation"] == "each user's last item"
    assert record["memory"]["one_hot"] == 60 * 20
    assert 1 <= record["best_epoch"] <= 15
    assert model.config["objective"]["name"] == "ranking"
    assert model.vectors.counts.sum() == model.parts["users"].vectors.counts.sum() == 360


def test_a_saved_model_recommends_the_same(model, tmp_path):
    rs.save(model, tmp_path / "m")
    one, other = Recommender.of(model), Recommender.of(rs.load(tmp_path / "m"))
    assert one.recommend("u3", 5) == other.recommend("u3", 5)
    assert one.recommend_to(["i1", "i2"], 5) == other.recommend_to(["i1", "i2"], 5)


@pytest.mark.parametrize("loss", ["bpr", "warp", "softmax"])
@pytest.mark.parametrize(("history", "rule", "lr"), [(0, "sgd", 0.3), (3, "adagrad", 0.1)])
def test_every_loss_learns_circles(loss, history, rule, lr):
    lr = lr / 10 if loss == "warp" and rule == "sgd" else lr  # its steps grow with the items
    found = train_recommender(
        circles(), **{**SMALL, "epochs": 12}, loss=loss, history=history, rule=rule, lr=lr,
        patience=20,
    )  # fmt: skip
    assert figure(found) > 1.2 * found.record["baselines"][0]["scores"][0]["value"]
    assert found.record["loss"][-1] < found.record["loss"][0]


@pytest.mark.parametrize("history", [0, 4])
def test_deterministic_runs_have_the_same_bits(history):
    runs = [
        train_recommender(
            circles(), deterministic=True, history=history, **{**SMALL, "threads": threads}
        )
        for threads in (1, 2)
    ]
    for one, other in zip(*(parts_of(run) for run in runs), strict=True):
        np.testing.assert_array_equal(one, other)
    other = train_recommender(circles(), deterministic=True, history=history, seed=1, **SMALL)
    assert not np.array_equal(other.vectors.rows, runs[0].vectors.rows)


def parts_of(model: rs.Model) -> list[np.ndarray]:
    return [model.vectors.rows, model.parts["users"].vectors.rows, *model.arrays.values()]


def test_the_best_epoch_is_kept_and_patience_ends_a_run():
    found = train_recommender(circles(), **{**SMALL, "epochs": 200, "refit": False}, patience=3)
    figures = found.record["valid"]
    assert len(figures) < 200
    assert found.record["best_epoch"] == 1 + int(np.argmax(figures)) == len(figures) - 3
    assert figure(found) == pytest.approx(max(figures), abs=1e-5)
    assert found.record["data"]["trained_on"] == 300


def test_without_a_validation_part_all_epochs_are_run():
    found = train_recommender(circles(), valid="none", **SMALL)
    assert "scores" not in found.record
    assert found.record["best_epoch"] == 6
    assert len(found.record["loss"]) == 6


def test_events_tell_of_every_epoch():
    told: list[dict] = []
    train_recommender(circles(), progress=told.append, **SMALL)
    epochs = [one for one in told if one["type"] == "epoch"]
    assert [one["epoch"] for one in epochs] == list(range(1, len(epochs) + 1))
    assert all(0 <= one["ndcg@10"] <= 1 for one in epochs)
    assert any(one["type"] == "refit" for one in told)


def test_a_pair_named_again_counts_once_at_its_last_time():
    data = {"user": list("aaabb"), "item": list("xyxxy"), "time": [1, 2, 3, 1, 2]}
    pairs = encounters(interactions(data))
    found = [
        [pairs.items.item(int(one)) for one in pairs.bags()[pairs.users.id(user)]] for user in "ab"
    ]
    assert found == [["y", "x"], ["x", "y"]]
    assert pairs.repeated == 1
    assert pairs.items.counts[pairs.items.id("x")] == 3


def test_the_last_by_time_judges_and_without_times_one_drawn():
    data = circles(10)
    pairs = encounters(interactions(data))
    split = parted(pairs, "last", seed=0)
    assert (split.targets.lengths == 1).all()
    assert split.train.times.max() < pairs.times.max()
    shuffled = encounters(interactions({k: v for k, v in data.items() if k != "time"}))
    one, two = (parted(shuffled, "last", seed=seed).targets.ids for seed in (0, 1))
    assert (one != two).any()
    assert len(one) == 10


def test_a_share_is_cut_off_by_time():
    pairs = encounters(interactions(circles(10)))
    split = parted(pairs, 0.25, seed=0)
    assert len(split.targets.ids) == 15
    assert split.train.times.max() < 10_000
    for wrong in (1.5, "tomorrow", True):
        with pytest.raises(SettingError):
            parted(pairs, wrong, seed=0)


def test_low_ratings_are_no_positives_but_known(tmp_path):
    data = circles()
    found = train_recommender(data, min_rating=3, **SMALL)
    high = sum(rating >= 3 for rating in data["rating"])
    assert found.record["data"]["positives"] == high < found.record["data"]["pairs"] == 360
    assert len(found.arrays["seen.items"]) == 360
    with pytest.raises(InputError, match="the highest is 5"):
        train_recommender(data, min_rating=9, **SMALL)
    with pytest.raises(InputError, match="no column of ratings"):
        train_recommender({"user": ["a", "b"], "item": ["x", "y"]}, min_rating=1)


def test_ratings_weigh_by_their_mean():
    data = {"user": list("aabb"), "item": list("xyxy"), "rating": [1, 2, 3, None]}
    pairs = encounters(interactions(data))
    assert weights(pairs, weigh=True).tolist() == [0.5, 1, 1.5, 1]
    assert weights(pairs, weigh=False).tolist() == [1] * 4
    assert len(positives(pairs, 2)) == 2  # a missing rating is none that is high enough
    data["rating"][0] = -1
    with pytest.raises(InputError, match="numbers from 0"):
        weights(encounters(interactions(data)), weigh=True)


def test_features_are_rows_of_those_who_share_them():
    known = Vocabulary.from_counts({"a": 3, "b": 2, "c": 1})
    given = features({"id": list("abc"), "g": ["x|y", "x", None], "h": ["p", "q", "y"]}, "item")
    found = bags(known, given)
    assert list(found.features) == ["g=x"]  # the others are of one alone
    assert [found.rows[at].tolist() for at in range(3)] == [[0, 3], [1, 3], [2]]
    assert found.rows.weights.tolist() == [1, 1, 1, 1, 1]
    assert found.n_rows == 4


def test_items_with_known_features_alone_have_a_vector():
    items = [f"i{at}" for at in range(20)]
    table = {"id": [*items, "new"], "circle": [*["left"] * 10, *["right"] * 10, "right"]}
    found = train_recommender(
        circles(), item_features=table, **{**SMALL, "epochs": 20}, valid="none"
    )
    answers = Recommender.of(found)
    assert "new" in found.vectors
    vector = found.vectors["new"]
    left, right = (found.vectors[[f"i{at + move}" for at in range(10)]].mean(axis=0)
                   for move in (0, 10))  # fmt: skip
    assert vector @ right > vector @ left
    told, bias = answers.item_of({"circle": "right"})
    np.testing.assert_allclose(told, vector, atol=1e-6)
    assert np.isfinite(bias)
    assert {"users", "item-features"} == set(found.parts)


def test_users_with_features_alone_are_recommended_to():
    table = {"id": [f"u{at}" for at in range(60)], "side": ["left", "right"] * 30}
    found = train_recommender(
        circles(), user_features=table, **{**SMALL, "epochs": 20}, history=0, valid="none"
    )
    best = Recommender.of(found).recommend_to([], 8, features={"side": "right"})
    assert sum(int(item[1:]) >= 10 for item, _ in best) >= 7


def test_items_by_the_order_they_come_in():
    found = train_recommender(circles(200), sequences=True, valid="none", **SMALL)
    near = [item for item, _ in Recommender.of(found).similar("i4", 4)]
    assert len(found.parts["sequences"].vectors) == 20
    assert sum(int(item[1:]) < 10 for item in near) == 4
    with pytest.raises(InputError, match="sequences need times"):
        train_recommender(circles(), sequences=True, time="none", valid="none", **SMALL)


def test_a_run_that_diverges_keeps_the_best_before(tmp_path, monkeypatch):
    with pytest.raises(DivergedError, match="in epoch 1") as caught:
        train_recommender(circles(), lr=1e6, output=tmp_path / "none", **SMALL)
    assert "lower --lr" in caught.value.hint
    assert not (tmp_path / "none").exists()
    told: list[float] = []

    def poison(event: dict) -> None:
        if event["type"] == "epoch" and event["epoch"] == 2:
            told.append(event["ndcg@10"])
            poisoned[0]._items.rows[0, 0] = np.nan

    poisoned: list = []
    from rowspace.training import recommend

    made = recommend.RecommenderCourse

    def keep(*given, **more):
        poisoned.append(made(*given, **more))
        return poisoned[-1]

    monkeypatch.setattr(recommend, "RecommenderCourse", keep)
    with pytest.raises(DivergedError, match="the best so far, is in"):
        train_recommender(circles(), output=tmp_path / "m", progress=poison, **SMALL)
    kept = rs.load(tmp_path / "m")
    assert np.isfinite(kept.vectors.matrix).all()
    assert kept.record["best_epoch"] <= 2
    assert len(Recommender.of(kept).recommend("u1", 3)) == 3


def test_a_signal_ends_a_run_with_the_best_so_far(tmp_path):
    def stop(event: dict) -> None:
        if event["type"] == "epoch" and event["epoch"] == 3:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        train_recommender(
            circles(), output=tmp_path / "m", progress=stop, **{**SMALL, "epochs": 100_000},
            patience=100_000,
        )  # fmt: skip
    assert rs.load(tmp_path / "m").record["best_epoch"] <= 3
    with pytest.raises(KeyboardInterrupt):
        train_recommender(circles(), progress=stop, **{**SMALL, "epochs": 100}, patience=100)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"user": ["a", "a"], "item": ["x", "y"]}, "one user alone"),
        ({"user": ["a", "b"], "item": ["x", "x"]}, "one item alone"),
        ({"user": ["a", "b"], "item": ["x", "y"]}, "no user has two items"),
        ({"user": ["a", "a", "b", "b"], "item": list("xyxy")}, "every user met every item"),
        ({"user": [], "item": []}, "no rows"),
    ],
)
def test_data_that_cannot_be_learned_from_is_refused(data, message):
    with pytest.raises((InputError, DivergedError), match=message):
        train_recommender(data, **SMALL, **({"valid": "none"} if "every" in message else {}))


@pytest.mark.parametrize(
    "wrong",
    [{"epochs": 0}, {"patience": 0}, {"threads": 0}, {"seed": -1}, {"refit": 1}, {"dims": 3},
     {"valid": 2.0}, {"min_rating": float("nan")}, {"valid": "sometimes"}],
)  # fmt: skip
def test_settings_are_checked_before_anything_is_learned(wrong):
    with pytest.raises(SettingError):
        train_recommender(circles(4), **wrong)


def test_pieces_are_done_once_each_and_errors_come_out():
    before, done = threading.active_count(), []
    assert on_pieces(lambda a, b, _: done.append((a, b)), 25, 10, [0, 1], watch=lambda: False)
    assert sorted(done) == [(0, 10), (10, 20), (20, 25)]
    looked = threading.Event()

    def look() -> bool:
        looked.set()
        return True

    # The first piece lasts until somebody has looked, who wants no other to be begun.
    assert not on_pieces(lambda a, b, _: looked.wait(), 10**9, 1, [0], watch=look)

    def fail(first: int, last: int, room: int) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        on_pieces(fail, 3, 1, [0, 1], watch=lambda: False)
    assert threading.active_count() <= before


@pytest.mark.slow
@pytest.mark.skipif(not RATINGS.exists(), reason="needs MovieLens (ROWSPACE_DATA)")
def test_movielens_is_ranked_better_than_by_neighbours():
    """Judged by each user's last item but one: the last ones are the benchmark's test part."""
    found = interactions(str(RATINGS))
    order = np.lexsort((np.arange(len(found)), found.times, found.users))
    last = np.append(found.users[order][1:] != found.users[order][:-1], True)
    model = train_recommender(found.take(order[~last]), dim=32, epochs=10, refit=False)
    assert figure(model) > 1.3 * model.record["baselines"][1]["scores"][0]["value"]
    answers = Recommender.of(model)
    assert len(answers.recommend("1", 10)) == 10
