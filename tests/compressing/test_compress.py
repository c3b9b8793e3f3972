"""Models made smaller: what is promised of sizes, items, n-grams and answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rowspace as rs
from rowspace import files
from rowspace.compressing import Compression
from rowspace.compressing.buckets import Buckets
from rowspace.errors import InputError, SettingError
from rowspace.files.sizes import bytes_of
from rowspace.vectors.int8 import Int8Rows
from rowspace.vectors.joined import JoinedRows
from rowspace.vectors.quantized import QuantizedRows
from rowspace.vectors.ranked import RankedRows
from rowspace.vocabulary.features import Features
from rowspace.vocabulary.grams import Grams
from rowspace.vocabulary.kept_grams import KeptGrams

SIZE, DIM = 400, 8
ITEMS = [f"{stem}{end}" for stem in "abcdefghijklmnopqrst" for end in range(100, 120)]
DRAW = np.random.default_rng(0)


def plain() -> rs.Model:
    counts = np.arange(SIZE, 0, -1)
    rows = DRAW.normal(size=(SIZE, DIM)).astype(np.float32) * np.linspace(2, 0.3, DIM)
    vocabulary = rs.Vocabulary.of(ITEMS, counts=counts)
    record = {"scores": [{"name": "old"}], "data": "some"}
    return rs.Model(rs.Vectors(vocabulary, rows.astype(np.float32)), {"a": 1}, record)


def subwords(buckets: int = 3000, unseen: rs.Subwords | Grams | None = None) -> rs.Model:
    policy = unseen or rs.Subwords(3, 4, buckets)
    vocabulary = rs.Vocabulary.of(ITEMS, counts=np.arange(SIZE, 0, -1), unseen=policy)
    rows = DRAW.normal(size=(vocabulary.n_rows, DIM)).astype(np.float32)
    return rs.Model(rs.Vectors(vocabulary, rows))


def size_on_disk(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.iterdir())


@pytest.mark.parametrize("kind", ["float16", "int8", "pq"])
def test_kinds(tmp_path: Path, kind: str) -> None:
    model = plain()
    done = rs.compress(model, tmp_path / "m", kind=kind)
    assert size_on_disk(tmp_path / "m") == done.bytes
    assert done.bytes < done.before or kind == "pq"  # centroids take more than so few rows save
    back = rs.load(tmp_path / "m")
    rows = back.vectors.rows
    assert {"float16": np.ndarray, "int8": Int8Rows, "pq": QuantizedRows}[kind] is type(rows)
    assert len(back.vectors) == SIZE and back.config == {"a": 1} and back.context is None
    names = {score.name: score for score in done.scores}
    assert names["cosine"].value > 0.97 and 0.5 < names["neighbours kept"].value <= 1
    assert back.record["compressed"]["kind"] == kind and back.record["data"] == "some"
    assert [score["name"] for score in back.record["scores"]] == [one.name for one in done.scores]
    assert "neighbours kept" in (tmp_path / "m" / "README.md").read_text("utf-8")


def test_codes_with_finer_rows(tmp_path: Path) -> None:
    model = plain()
    done = rs.compress(model, tmp_path / "m", kind="pq", rerank="float32")
    back = rs.load(tmp_path / "m").vectors
    assert isinstance(back.rows, RankedRows)
    found, wanted = back.nearest("a100", 5), model.vectors.nearest("a100", 5)
    assert [item for item, _ in found] == [item for item, _ in wanted]
    assert done.chosen["rerank"] == "float32"


def test_fewer_items_by_count_and_by_name() -> None:
    model = plain()
    order = np.random.default_rng(1).permutation(SIZE)
    counts = np.empty(SIZE, np.int64)
    counts[order] = np.arange(SIZE)
    mixed = rs.Vectors(rs.Vocabulary.of(ITEMS, counts=counts), model.vectors.rows)
    done = rs.compress(rs.Model(mixed), items=10)
    best = sorted(order[-10:].tolist())
    assert list(done.model.vectors) == [ITEMS[at] for at in best]
    assert np.array_equal(done.model.vectors[ITEMS[best[0]]], mixed[ITEMS[best[0]]])
    named = rs.compress(model, words=["c101", "nothing", "a100"], kind="int8")
    assert list(named.model.vectors) == ["a100", "c101"] and named.missing == 1


def test_principal_axes_keep_the_most() -> None:
    model = plain()
    done = rs.compress(model, dim=5)
    rows = np.asarray(model.vectors.rows)
    kept = np.linalg.svd(rows, compute_uv=False)[:5]
    assert done.model.vectors.dim == 5
    assert np.isclose(done.chosen["kept"], (kept**2).sum() / (rows**2).sum())
    assert np.isclose((np.asarray(done.model.vectors.rows) ** 2).sum(), (kept**2).sum(), rtol=1e-4)
    assert {score.name for score in done.scores} == {"neighbours kept", "similarity"}
    with pytest.raises(SettingError, match="dim"):
        rs.compress(model, dim=9)


def test_as_many_axes_as_there_are_change_no_cosine() -> None:
    model = plain()
    done = rs.compress(model, dim=DIM)
    assert np.allclose(
        done.model.vectors.nearest_ids(np.arange(9), 5)[1],
        model.vectors.nearest_ids(np.arange(9), 5)[1],
        atol=1e-5,
    )


@pytest.mark.parametrize(
    "unseen", [None, Grams(3, 4, 1, 3000), rs.Subwords(2, 3, 40)], ids=["subwords", "grams", "few"]
)
def test_n_grams_left_out(tmp_path: Path, unseen: rs.Subwords | Grams | None) -> None:
    model = subwords(unseen=unseen)
    vectors = model.vectors
    used = len(Buckets.of(vectors))
    whole = rs.compress(model, tmp_path / "whole", ngrams=10_000)
    policy = whole.model.vectors.vocabulary.unseen
    assert isinstance(policy, KeptGrams) and len(policy.kept) == used == whole.chosen["ngrams"]
    back = rs.load(tmp_path / "whole").vectors
    for word in ("a100", "t119"):
        assert np.allclose(back[word], vectors[word], atol=1e-6)
    for word in ("a1000", "b10", "zz110"):  # the mean of those in use: the same direction
        bag = vectors.vocabulary.bag(word)
        uses = set(vectors.vocabulary.bags().ids.tolist())
        rows = [vectors.rows[row] for row in bag if row in uses]
        assert np.allclose(back[word], np.mean(rows, axis=0), atol=1e-6)
    some = rs.compress(model, ngrams=used // 2, kind="pq")
    rows = some.model.vectors.rows
    assert isinstance(rows, JoinedRows) and len(rows.parts[1]) == used // 2
    none = rs.compress(model, ngrams=0).model.vectors
    with pytest.raises(rs.VocabularyError):
        none["a1000"]
    again = rs.compress(some.model, ngrams=used // 4).model.vectors
    assert len(again.rows) == SIZE + used // 4


def test_the_n_grams_that_stay_are_those_that_move_most() -> None:
    vectors = subwords().vectors
    buckets = Buckets.of(vectors)
    ids = vectors.vocabulary.bags().ids
    uses = np.bincount(ids, minlength=len(vectors.rows))
    moved = np.linalg.norm(np.asarray(vectors.rows), axis=1) * np.sqrt(uses)
    assert np.all(np.diff(moved[buckets.rows]) <= 1e-6)
    assert set(buckets.rows.tolist()) == set(ids[ids >= SIZE].tolist())


@settings(max_examples=25, deadline=None)
@given(st.integers(12_000, 60_000), st.booleans())
def test_a_size_is_kept(tmp_path_factory: pytest.TempPathFactory, limit: int, many: bool) -> None:
    model = subwords() if many else plain()
    folder = tmp_path_factory.mktemp("m") / "m"
    done = rs.compress(model, folder, size=limit, measure=limit % 2 == 0)
    assert size_on_disk(folder) == done.bytes <= limit
    assert done.why and rs.load(folder).vectors.nearest("a100", 1)


def test_more_room_never_keeps_less() -> None:
    model = subwords()
    before = (0, 0)
    for limit in (14_000, 20_000, 30_000, 60_000, 200_000):
        done = rs.compress(model, size=limit, measure=False)
        now = (done.chosen["items"], done.chosen["ngrams"])
        assert now >= before and done.bytes <= limit
        before = now
    assert done.why == "rows as float32, n-grams' as float32: the finest that holds everything"


@pytest.mark.parametrize("model", [plain(), subwords()], ids=["plain", "subwords"])
def test_a_size_too_small_tells_the_smallest(model: rs.Model) -> None:
    with pytest.raises(SettingError, match="at least") as caught:
        rs.compress(model, size=2000)
    smallest = int(str(caught.value).split("at least ")[1].split(" bytes")[0].replace(",", ""))
    done = rs.compress(model, size=smallest)
    assert done.bytes <= smallest and done.chosen["items"] >= 1
    with pytest.raises(SettingError, match="at least"):
        rs.compress(model, size=smallest - 1)


def test_a_kind_and_a_size() -> None:
    done = rs.compress(plain(), size=20_000, kind="int8")
    assert isinstance(done.model.vectors.rows, Int8Rows) and done.chosen["items"] < SIZE
    assert "most frequent" in done.why


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "int4"},
        {"size": "big"},
        {"size": 0},
        {"items": 0},
        {"ngrams": -1},
        {"dim": True},
        {"rerank": "int8"},
        {"kind": "pq", "rerank": "pq"},
        {"words": "one"},
    ],
)
def test_settings_that_cannot_be(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        Compression(**wrong)  # type: ignore[arg-type]


def test_what_has_no_n_grams() -> None:
    with pytest.raises(InputError, match="no n-grams"):
        rs.compress(plain(), ngrams=3)


def test_parts_take_a_kind_alone(tmp_path: Path) -> None:
    model = rs.Model(None, parts={"users": plain()}, arrays={"bias": np.ones(3)})
    done = rs.compress(model, tmp_path / "m", kind="int8")
    assert isinstance(done.model.parts["users"].vectors.rows, Int8Rows)
    assert np.array_equal(rs.load(tmp_path / "m").arrays["bias"], np.ones(3))
    with pytest.raises(InputError, match="parts"):
        rs.compress(model, items=3)


def test_a_row_that_is_not_finite_is_named() -> None:
    rows = np.ones((SIZE, DIM), np.float32)
    rows[7, 1] = np.nan
    model = rs.Model(rs.Vectors(rs.Vocabulary.of(ITEMS), rows))
    with pytest.raises(InputError, match="row 7"):
        rs.compress(model, kind="int8")


def test_bytes_are_those_of_the_folder(tmp_path: Path) -> None:
    model = plain()
    rs.save(model, tmp_path / "m")
    assert bytes_of(model) == size_on_disk(tmp_path / "m")
    assert files.verify(tmp_path / "m")


@pytest.fixture(scope="module")
def classifier() -> tuple[rs.Model, list[str], list[str]]:
    draw = np.random.default_rng(4)
    words = {"good": ["fine", "splendid", "lovely"], "bad": ["awful", "dreadful", "poor"]}
    texts, labels = [], []
    for _ in range(400):
        label = ["good", "bad"][int(draw.integers(2))]
        some = [
            str(draw.choice(words[label])),
            *map(str, draw.choice(["it", "was", "a", "day"], 3)),
        ]
        texts.append(" ".join(some))
        labels.append(label)
    data = {"text": texts, "label": labels}
    model = rs.train_classifier(data, dim=8, epochs=3, seed=1, baselines=False)
    return model, texts, labels


@pytest.mark.parametrize(
    "settings", [{"kind": "int8"}, {"ngrams": 10}, {"dim": 4}, {"kind": "pq", "ngrams": 300}]
)
def test_a_classifier_still_answers(classifier, tmp_path: Path, settings) -> None:
    model, texts, labels = classifier
    done = rs.compress(model, tmp_path / "m", **settings)
    back = rs.load(tmp_path / "m")
    assert isinstance(back.vectors.vocabulary.unseen, Features)
    answers = [found[0][0] for found in back.predict(texts)]
    assert np.mean([a == b for a, b in zip(answers, labels, strict=True)]) > 0.9
    assert size_on_disk(tmp_path / "m") == done.bytes


def test_a_classifier_of_a_size(classifier, tmp_path: Path) -> None:
    model, texts, labels = classifier
    with pytest.raises(SettingError, match="at least") as caught:
        rs.compress(model, size=3000)
    smallest = int(str(caught.value).split("at least ")[1].split(" bytes")[0].replace(",", ""))
    for limit in (smallest, smallest + 3000, smallest + 50_000):
        done = rs.compress(model, tmp_path / str(limit), size=limit, measure=False)
        assert size_on_disk(tmp_path / str(limit)) <= limit
        assert len(done.model.vectors) == len(model.vectors)
        answers = [found[0][0] for found in rs.load(tmp_path / str(limit)).predict(texts)]
        assert np.mean([a == b for a, b in zip(answers, labels, strict=True)]) > 0.9


def test_few_rows_are_int8_where_centroids_would_take_most() -> None:
    done = rs.compress(plain(), size=10_000, measure=False)
    assert isinstance(done.model.vectors.rows, Int8Rows) and 1 < done.chosen["items"] < SIZE
