"""A tagger asked about words and about text."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace import files  # noqa: E402
from rowspace.errors import FormatError, InputError  # noqa: E402
from rowspace.networks.tag_answers import Answers  # noqa: E402
from rowspace.networks.tagging import judge_tagger, tagged  # noqa: E402
from rowspace.vectors import Model, Vectors  # noqa: E402


def test_spans_with_places_and_probabilities(places_model):
    text = "\twe went  to Rome "
    [[one], [other]] = tagged(places_model, [text, "they like Lima too"])
    assert (one.text, one.type, one.start, one.end) == ("Rome", "LOC", 13, 17)
    assert (other.text, other.start, other.end) == ("Lima", 10, 14)
    assert 0.5 < one.probability <= 1 and text[one.start : one.end] == one.text
    assert list(tagged(places_model, [])) == []
    assert list(tagged(places_model, ["", "  ", "to"])) == [[], [], []]


def test_answers_do_not_hang_on_their_neighbours(places_model):
    texts = ["Rome", "we went to Lima and to Rome . and then", "to"] * 100
    answers = Answers.of(places_model)
    together = list(answers.spans(texts))
    assert len(together) == len(texts)
    for at in range(3):
        [alone] = answers.spans([texts[at]])
        assert [one[:4] for one in alone] == [one[:4] for one in together[at]]
        assert [one.probability for one in alone] == pytest.approx(
            [one.probability for one in together[at]], abs=1e-4
        )


def test_the_probability_of_a_span_is_that_of_its_chains(places_model):
    answers = Answers.of(places_model)
    words = [["went", "to", "Rome"]]
    [(_, tags, scores, ways)] = list(answers._each(words, 4))
    chance = answers._chance(tags, scores, ways)
    crf = answers.network.crf
    size, total, hits = scores.shape[1], [], []
    for a in range(size):
        for b in range(size):
            for c in range(size):
                pairs = crf.follows[a, b] + crf.follows[b, c] + crf.begins[a] + crf.ends[c]
                own = crf.first[a] + crf.last[c] + crf.between[a, b] + crf.between[b, c]
                value = (own + pairs).item() + scores[0, a] + scores[1, b] + scores[2, c]
                total.append(value)
                if c == tags[2]:
                    hits.append(value)
    wanted = np.exp(np.logaddexp.reduce(hits) - np.logaddexp.reduce(total))
    assert chance(2, 3) == pytest.approx(wanted, rel=1e-3)


def test_plain_tags_answer_for_every_word(speech_model):
    [found] = tagged(speech_model, ["the dog"])
    assert [(one.text, one.type) for one in found] == [("the", "DET"), ("dog", "NOUN")]
    assert all(0 < one.probability <= 1 for one in found)


def test_the_model_is_the_same_from_disk(places_model, tmp_path):
    files.save(places_model, tmp_path / "m")
    opened = files.load(tmp_path / "m")
    text = ["Paul went to Rome"]
    assert list(tagged(opened, text)) == list(tagged(places_model, text))
    assert set(opened.parts) == {"letters", "pieces", "shapes"} and "rome" in opened.vectors
    assert opened.vectors.nearest("rome", 2)


def test_words_are_judged_as_they_were_read(places_model, tmp_path):
    path = tmp_path / "test.conll"
    path.write_text("went O\nto O\nLima B-LOC\n")
    assert judge_tagger(places_model, path)["f1"].value == 1
    path.write_text("went V\nto P\n")
    with pytest.raises(InputError, match="wanted tags of entities"):
        judge_tagger(places_model, path)


def test_another_model_is_refused():
    with pytest.raises(InputError, match="train tag"):
        Answers.of(Model(Vectors.random(["a", "b"], 4)))


@pytest.mark.parametrize("change", ["tags", "hidden", "lower", "words", "array"])
def test_a_model_that_does_not_fit_itself_is_refused(places_model, change):
    config = {**places_model.config, "network": dict(places_model.config["network"])}
    vectors, arrays = places_model.vectors, dict(places_model.arrays)
    if change == "tags":
        config["network"]["tags"] = ["O", "B-LOC"]
    elif change == "hidden":
        config["network"]["hidden"] = 99
    elif change == "lower":
        del config["network"]["lower"]
    elif change == "words":
        vectors = Vectors.random(["a", "<unk>"], 3)
    else:
        arrays.pop("network.crf.between")
    broken = Model(vectors, config, {}, arrays=arrays, parts=dict(places_model.parts))
    with pytest.raises(FormatError):
        Answers.of(broken)
