"""What share of a text is known, by hand, in every form a text comes in."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from rowspace.corpus import Reading
from rowspace.errors import InputError
from rowspace.evaluate import coverage, reading_of
from rowspace.vectors import Model, Vectors
from rowspace.vocabulary import Exact, Subwords, Vocabulary

TEXT = "The cat saw the dog, the end.\nA cat!\n"


@pytest.fixture
def vectors():
    return Vectors.from_arrays(["the", "cat", "dog"], np.eye(3))


def values(scores):
    return {score.name.partition("/")[2]: score for score in scores}


def test_by_hand(vectors, write):
    found = values(coverage(vectors, write(TEXT, "tale.txt")))
    assert list(found) == ["tokens", "types"]
    assert (found["tokens"].value, found["tokens"].n) == (6 / 9, 9)
    assert (found["types"].value, found["types"].n) == (4 / 7, 7)  # The and the are two
    assert found["types"].extra["missing"] == [["saw", 1], ["end", 1], ["A", 1]]
    assert found["tokens"].low <= found["tokens"].value <= found["tokens"].high


def test_read_as_the_model_was(vectors, write):
    model = Model(vectors, {"training": {"lower": True, "tokenizer": "whitespace"}}, {})
    reading = reading_of(model)
    assert (reading.lower, reading.tokenizer) == (True, "whitespace")
    found = values(coverage(vectors, write(TEXT), reading=reading))
    assert found["tokens"].value == 4 / 9  # "dog," and "cat!" are not known
    assert reading_of(Model(vectors, {"training": "?"}, {})) == Reading(lower=False)
    assert reading_of(Model(vectors, {"training": {"tokenizer": "/gone.json"}}, {})).tokenizer


@pytest.mark.parametrize("compressed", [False, True])
def test_words_and_counts(vectors, tmp_path, compressed):
    content = b"the 10\ncat\t5\nDog 3\nbird 2\n"
    path = tmp_path / ("list.txt.gz" if compressed else "list.txt")
    path.write_bytes(gzip.compress(content) if compressed else content)
    found = values(coverage(vectors, path))
    assert (found["tokens"].value, found["tokens"].n) == (18 / 20, 20)
    assert (found["types"].value, found["types"].n) == (3 / 4, 4)


def test_what_the_policy_answers(write):
    vocabulary = Vocabulary.from_counts({"cats": 3, "dogs": 2}, unseen=Subwords(buckets=50))
    vectors = Vectors.random(vocabulary, 4)
    found = values(coverage(vectors, write("cats birds birds\n")))
    assert found["tokens"].value == 1 / 3
    assert found["tokens-answered"].value == found["types-answered"].value == 1.0
    assert found["types"].extra["policy"] == "subwords"


def test_an_unknown_row_answers_all(write):
    vocabulary = Vocabulary.from_counts(
        {"cat": 3}, unseen=Exact(unknown="<unk>"), reserved=["<unk>"]
    )
    found = values(coverage(Vectors.random(vocabulary, 4), write("cat bird\n")))
    assert (found["types"].value, found["types-answered"].value) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no words"),
        ("\n\n", "holds no words"),
        ("a 0\n", "holds no words"),
        (b"cat d\xffg\n", "line 1, byte 5: wanted UTF-8"),
        ("".join(f"w{at} 1\n" for at in range(30)) + "broken\n", "line 31: expected a word and"),
        ("".join(f"w{at} 1\n" for at in range(30)) + "broken -1\n", "line 31"),
    ],
)
def test_what_cannot_be_read(vectors, write, content, told):
    with pytest.raises(InputError) as caught:
        coverage(vectors, write(content))
    assert told in caught.value.message


def test_a_missing_file(vectors, tmp_path):
    with pytest.raises(InputError):
        coverage(vectors, tmp_path / "none.txt")
