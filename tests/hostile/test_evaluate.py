"""Lists that are broken or mean harm, and vectors nobody would train: an error or NaN, no crash."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace import evaluate as judge
from rowspace.errors import InputError
from rowspace.evaluate import Comparison, Score
from rowspace.vectors import Vectors

LISTS = {
    "similarity": "a b 1\nb c 2\nc d 3\nd e 4\n",
    "analogies": ": s\na b c d\nb c d e\nc d e f\n",
    "outliers": "g: a b c | d e\nh: d e f | a b\n",
    "categories": "x a\nx b\ny c\ny d\nz e\n",
    "coverage": "a b c d x y z\n",
}
ROWS = {
    "zero": np.zeros((6, 3)),
    "equal": np.ones((6, 3)),
    "nan": np.full((6, 3), np.nan),
    "one nan": np.vstack([np.full(3, np.nan), np.eye(3), -np.eye(3)[:2]]),
    "inf": np.full((6, 3), np.inf),
    "huge": np.random.default_rng(0).standard_normal((6, 3)) * 1e38,
    "tiny": np.random.default_rng(0).standard_normal((6, 3)) * 1e-40,
    "one dimension": np.arange(6.0)[:, None],
}
TRICKS = (
    b"a|b|:|, |,|\t|\n|\r|\0|\xff|\xef\xbb\xbf|#|[|]|'|\"|\\|category,words,outliers\n|1|nan|inf"
    b"|1e999|category,word\n|category,word,is_outlier\n|true|\xe2\x80\xa8|\xed\xa0\x80| "
).split(b"|")


def made(rows: np.ndarray) -> Vectors:
    return Vectors.from_arrays("abcdef", rows)


def every(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list) else [found]


def whole(score: Score) -> None:
    """Figures that hold together."""
    assert score.n >= 0 and 0 <= score.coverage <= 1
    if not math.isnan(score.value):
        assert math.isnan(score.low) or score.low <= score.high
    score.as_json()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(LISTS)),
    st.one_of(st.binary(max_size=80), st.lists(st.sampled_from(TRICKS), max_size=20).map(b"".join)),
    st.sampled_from(("rowspace", "gensim", "hyperwords", "vecto")),
)
def test_any_bytes_are_a_list_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: bytes, protocol: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    rules = {} if kind == "coverage" else {"protocol": protocol}
    told = str(path)
    found: Any = []
    try:
        found = getattr(judge, kind)(made(np.eye(6)), path, **rules)
    except InputError as error:
        told = str(error)
    assert str(path) in told
    for score in every(found):
        whole(score)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("protocol", ["rowspace", "gensim", "hyperwords", "fasttext", "vecto"])
def test_lists_on_vectors_nobody_would_train(
    tmp_path: Path, kind: str, name: str, protocol: str
) -> None:
    path = tmp_path / "list.txt"
    path.write_text(LISTS[kind])
    rules = {} if kind == "coverage" else {"protocol": protocol}
    for score in every(getattr(judge, kind)(made(ROWS[name]), path, **rules)):
        whole(score)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("kind", ["similarity", "analogies", "outliers", "categories"])
@pytest.mark.parametrize("name", ROWS)
def test_such_vectors_against_others(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(LISTS[kind])
    compare = getattr(judge, f"compare_{kind}")
    for a, b in (("zero", name), (name, "one dimension")):
        for one in every(compare(made(ROWS[a]), made(ROWS[b]), path)):
            assert isinstance(one, Comparison)
            assert math.isnan(one.tested.p) or 0 <= one.tested.p <= 1
            one.as_json()


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    "of",
    [judge.hubness, judge.isotropy, judge.frequency_bias, lambda one: judge.stability([one] * 2)],
)
@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("times", [1, 20])
def test_how_such_vectors_lie(of: Callable[[Vectors], list[Score]], name: str, times: int) -> None:
    rows = np.tile(ROWS[name], (times, 1))
    vectors = Vectors.from_arrays([f"w{at}" for at in range(len(rows))], rows)
    for score in of(vectors):
        whole(score)


@pytest.mark.parametrize("of", [judge.hubness, judge.isotropy, judge.frequency_bias])
def test_a_model_of_nothing(of: Callable[[Vectors], list[Score]]) -> None:
    for score in of(Vectors.from_arrays([], np.zeros((0, 4)))):
        assert score.n == 0 and math.isnan(score.value)
