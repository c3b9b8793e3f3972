"""Who met what: columns by name and by guess, times, features."""

from __future__ import annotations

import math

import pytest

from rowspace.corpus.interactions import feature_list, features, interactions
from rowspace.errors import InputError

ROWS = {"user": ["a", "b"], "item": ["x", "y"]}


@pytest.mark.parametrize(
    ("user", "item"),
    [("userId", "movieId"), ("user_id", "item_id"), ("User", "ISBN"), ("reviewerID", "asin")],
)
def test_common_names_are_guessed(user, item):
    found = interactions({"Rating": ["1", "2"], item: ["x", "y"], user: ["a", "b"]})
    assert (found.users.tolist(), found.items.tolist()) == (["a", "b"], ["x", "y"])
    assert found.ratings.tolist() == [1, 2]
    assert found.times is None


def test_columns_can_be_named_and_left_out():
    data = {"who": [1, 2], "what": [7, 8], "rating": [1, 2], "timestamp": [5, 6], "when": [9, 8]}
    found = interactions(data, user="who", item="what", rating="none", time="when")
    assert found.users.tolist() == ["1", "2"]
    assert found.ratings is None
    assert found.times.tolist() == [9, 8]


def test_dates_are_times():
    found = interactions({**ROWS, "date": ["2024-05-01", "2024-05-02T12:00Z"]})
    assert found.times[1] - found.times[0] == 1.5 * 86400


def test_a_column_that_cannot_be_guessed_is_asked_for():
    with pytest.raises(InputError, match="wanted a column 'item'") as caught:
        interactions({"user": ["a"], "thing": ["x"]})
    assert "--item COLUMN" in caught.value.hint
    with pytest.raises(InputError, match="'usr'"):
        interactions(ROWS, user="usr")


@pytest.mark.parametrize("hole", [None, ""])
def test_rows_without_user_or_item_are_named(hole):
    with pytest.raises(InputError, match=r"row 1.*the item is missing"):
        interactions({"user": ["a", "b"], "item": ["x", hole]})


def test_a_missing_rating_may_be_a_missing_time_not():
    found = interactions({**ROWS, "rating": ["nan", "4"]})
    assert math.isnan(found.ratings[0])
    with pytest.raises(InputError, match=r"row 0.*the time is missing") as caught:
        interactions({**ROWS, "time": [None, 4.0]})
    assert "--time none" in caught.value.hint
    assert interactions({**ROWS, "time": ["", "NA"]}).times is None


@pytest.mark.parametrize("column", ["rating", "time"])
def test_what_is_no_number_is_named(column):
    with pytest.raises(InputError, match=f"{column}.*'many'"):
        interactions({**ROWS, column: ["many", "4"]})


def test_features_are_cut_and_spelled(tmp_path):
    path = tmp_path / "movies.csv"
    path.write_text("movieId,title,genres\n1,Heat,Crime|Drama\n2,Up,\n1,Heat,Drama\n")
    found = features(str(path), "item")
    assert found.names == ["1", "2"]
    assert found.values == [["title=Heat", "genres=Crime", "genres=Drama"], ["title=Up"]]
    jsonl = tmp_path / "users.jsonl"
    jsonl.write_text('{"id": "a", "tags": ["x", "y"]}\n{"id": "b", "tags": []}\n')
    assert features(str(jsonl), "user").values == [["tags=x", "tags=y"], []]


def test_features_need_a_column_besides_the_name():
    with pytest.raises(InputError, match="came the column 'id' alone"):
        features({"id": ["a"]}, "user")


def test_features_of_somebody_new_are_spelled_as_in_a_file():
    given = {"genres": "Crime|Drama", "year": 1995, "tags": ["a", "b"]}
    assert feature_list(given) == [
        "genres=Crime", "genres=Drama", "year=1995", "tags=a", "tags=b"
    ]  # fmt: skip
