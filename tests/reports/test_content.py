"""What a report says is what the model is: counts, lengths, neighbours, curves, scores."""

from __future__ import annotations

import json

import numpy as np
import pytest

import rowspace as rs
from rowspace.errors import InputError, SettingError, VocabularyError
from rowspace.evaluate.labels import judge_labels
from rowspace.vectors import Model, Vectors
from rowspace.vectors.maps import Map, with_map


@pytest.fixture(scope="module")
def content(words):
    return rs.report(words, title="words", points=300).content


def test_it_is_data(content):
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_counts_are_those_of_the_vocabulary(content, words):
    counts, found = np.sort(words.vectors.counts)[::-1], content["tables"][0]["counts"]
    assert found["total"] == counts.sum()
    for rank, count in zip(found["zipf"]["rank"], found["zipf"]["count"], strict=True):
        assert counts[rank - 1] == count
    for n, share in zip(*found["coverage"].values(), strict=True):
        assert share == pytest.approx(counts[:n].sum() / counts.sum(), abs=1e-6)
    half = found["covering"]["50%"]
    assert counts[:half].sum() >= counts.sum() / 2 > counts[: half - 1].sum()
    assert found["slope"] == pytest.approx(-1, abs=0.05)


def test_lengths_are_those_of_the_rows(content, words):
    norms = np.linalg.norm(words.vectors.matrix, axis=1)
    found = content["tables"][0]["norms"]
    assert found["median"] == pytest.approx(np.median(norms), rel=1e-6)
    assert found["most"] == pytest.approx(norms.max(), rel=1e-6)
    assert sum(found["items"]) == len(norms) and found["zero"] == 0


def test_neighbours_are_those_of_the_model(content, words):
    found = content["tables"][0]["neighbours"]
    assert [one["band"] for one in found] == ["frequent"] * 4 + ["middle"] * 4 + ["rare"] * 4
    for one in found:
        near = words.vectors.nearest(one["item"], 8)
        assert [other["item"] for other in one["neighbours"]] == [item for item, _ in near]
        assert one["neighbours"][0]["score"] == pytest.approx(near[0][1], abs=1e-5)
        assert one["count"] == words.vectors.counts[words.vectors.vocabulary.id(one["item"])]


def test_the_mean_cosine_is_that_of_all_pairs(content, words):
    units = words.vectors.unit.astype(np.float64)
    cosines = (units @ units.T)[~np.eye(len(units), dtype=bool)]
    assert content["tables"][0]["shape"]["mean_cosine"] == pytest.approx(cosines.mean(), abs=1e-5)


def test_the_map_is_a_sample_that_says_so(content, words):
    found = content["tables"][0]["map"]
    assert (found["of"], found["shown"], found["method"]) == (600, 300, "pca")
    assert len(found["items"]) == len(found["x"]) == len(found["y"]) == len(found["counts"]) == 300
    assert max(map(abs, found["x"] + found["y"])) == 1
    at = found["items"].index(words.vectors.vocabulary.item(0))
    assert found["counts"][at] == words.vectors.counts[0]


def test_a_map_kept_in_the_model_is_shown(words):
    ids = np.arange(0, 600, 5)
    points = np.random.default_rng(1).standard_normal((120, 2)).astype(np.float32)
    held = with_map(words, Map(ids, points, "umap", 600))
    found = rs.report(held).content["tables"][0]["map"]
    assert (found["method"], found["shown"], found["shares"]) == ("umap", 120, None)
    scale = np.abs(points).max()
    assert found["x"] == pytest.approx((points[:, 0] / scale).tolist(), abs=1e-4)


def test_curves_are_those_of_the_record(content, words):
    curves = {one["name"]: one for one in content["curves"]}
    assert curves["loss"]["values"] == words.record["loss"]
    assert curves["rate"]["values"] == words.record["rate"]


def test_words_that_are_asked_for(words):
    item = words.vectors.vocabulary.item(7)
    found = rs.report(words, words=[item]).content["tables"][0]["neighbours"]
    assert [(one["band"], one["item"]) for one in found] == [("asked", item)]
    with pytest.raises(VocabularyError):
        rs.report(words, words=["nowhere"])
    with pytest.raises(InputError, match="list"):
        rs.report(words, words=item)


def test_a_classifier_is_told_with_its_record(classifier):
    model = rs.load(classifier)
    content = rs.report(classifier).content
    assert content["kind"] == "classifier" and content["title"] == "sentiment"
    assert content["scores"] == model.record["scores"]
    assert content["baselines"] == model.record["baselines"]
    assert content["labels"] == model.record["labels"]
    assert sorted(content["confusion"]["names"]) == ["bad", "good"]
    assert np.sum(content["confusion"]["cases"]) == model.record["scores"][0]["n"]
    curves = {one["name"]: one["values"] for one in content["curves"]}
    assert len(curves["loss"]) == len(curves["rate"]) == 6
    assert curves["rate"][0] > curves["rate"][-1] > 0


def test_labels_given_are_judged_on_the_spot(classifier, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text("text,label\nfine film,good\nawful film,bad\ndull story,bad\nlovely end,bad\n")
    content = rs.report(classifier, labels=path).content
    accuracy = next(one for one in content["evaluated"] if one["name"] == "accuracy")
    assert (accuracy["n"], accuracy["file"]) == (4, "some.csv")
    assert np.sum(content["confusion"]["cases"]) == 4


def test_lists_given_are_judged_on_the_spot(words, tmp_path):
    a, b, c = (words.vectors.vocabulary.item(at) for at in (3, 30, 300))
    path = tmp_path / "pairs.txt"
    path.write_text(f"{a}\t{b}\t9\n{a}\t{c}\t2\n{b}\t{c}\t5\nnowhere\t{a}\t1\n")
    content = rs.report(words, similarity=[path]).content
    (score,) = content["evaluated"]
    assert score["value"] == rs.similarity(words.vectors, path).as_json()["value"]
    assert score["coverage"] == 0.75
    assert any("could be answered" in one["message"] for one in content["findings"])


def test_vectors_alone_say_that_little_is_known():
    vectors = Vectors.random(["a", "b", "c", "d"], 3)
    content = rs.report(vectors).content
    assert content["kind"] == "vectors" and content["tables"][0]["counts"] is None
    assert any("Little is known" in one["message"] for one in content["findings"])


def test_no_words_are_left_out_silently():
    with pytest.raises(InputError):
        rs.report(Model(Vectors.random(["a", "b"], 3)), labels="x.csv")
    with pytest.raises(SettingError, match="points"):
        rs.report(Vectors.random(["a", "b"], 3), points=-1)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_tiny_models(size):
    found = rs.report(Vectors.random([f"w{at}" for at in range(size)], 2))
    assert found.content["tables"][0]["items"] == size
    assert "<!doctype html>" in found.html(moving_map=False)


def test_broken_rows_are_told_not_stumbled_over():
    rows = np.ones((40, 4), np.float32) + np.random.default_rng(0).standard_normal((40, 4))
    rows[3], rows[5], rows[6] = np.nan, 0, 0
    found = rs.report(Vectors.from_arrays([f"w{at}" for at in range(40)], rows))
    said = " ".join(one["message"] for one in found.findings)
    assert "not finite: 1" in said and "zeros: 2" in said
    json.dumps(found.content, allow_nan=False)
    assert "<svg" in found.html(moving_map=False)


def test_judged_labels_are_taken_as_they_are(classifier):
    model = rs.load(classifier)
    from rowspace.evaluate.labels import examples

    table = {"text": ["fine end", "poor end"], "label": ["good", "bad"]}
    judged = judge_labels(model, examples(model, table))
    content = rs.report(model, labels=judged).content
    assert [one["n"] for one in content["evaluated"] if one["name"] == "accuracy"] == [2]
