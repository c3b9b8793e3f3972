"""Test lists as they come: separators, line ends, headers, comments; broken ones name the line."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate.lists import read_pairs, read_questions


@pytest.mark.parametrize(
    "content",
    [
        "a\tb\t1\nc\td\t2.5\n",
        "a b 1\r\nc d 2.5",
        "a b 1\rc d 2.5\r",
        "# note\n\nWord 1\tWord 2\tScore\na\tb\t1\n  \nc\td\t2.5\n",
        "Word 1,Word 2,Human (mean)\na,b,1\nc,d,2.5\n",
        "word1\tword2\tPOS\tscore\tother\na\tb\tN\t1\t9\nc\td\tA\t2.5\t9\n",
        "\ufeffa\tb\t1\t\nc  d  2.5\n",
    ],
)
def test_pairs(write, content):
    pairs = read_pairs(write(content))
    assert (pairs.first, pairs.second) == (["a", "c"], ["b", "d"])
    np.testing.assert_array_equal(pairs.human, [1, 2.5])


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("a b 1\na b\n", "line 2: expected two words and a score, found 'a b'"),
        ("a b 1\nc d x\n", "line 2: the score is not a number: 'x'"),
        ("a b nan\nc d inf\n", "line 2"),
        ("\t\t1\n", "line 1"),
        (b"a b 1\nc \xff 2\n", "line 2: not UTF-8 at byte 2"),
        ("", "no word pairs"),
        ("one two score\n", "no word pairs"),
        ("<html>\n<body>\n", "line 1"),
    ],
)
def test_broken_pairs(write, content, match):
    path = write(content)
    with pytest.raises(InputError, match=match) as caught:
        read_pairs(path)
    assert str(path) in caught.value.message and caught.value.exit_code == 3


def test_questions(write):
    found = read_questions(write(": one\na b c d\na  b\tc e\n# x\n: gram2\r\ne f g h\n"))
    assert found.words == [("a", "b", "c", "d"), ("a", "b", "c", "e"), ("e", "f", "g", "h")]
    assert found.names == ["one", "gram2"] and found.section.tolist() == [0, 0, 1]
    assert read_questions(write("a b c d")).names == ["all"]


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (": x\na b c\n", "line 2: expected four words"),
        (": x\na b c d e\n", "line 2"),
        (": x\n", "no questions"),
        ("", "no questions"),
    ],
)
def test_broken_questions(write, content, match):
    with pytest.raises(InputError, match=match):
        read_questions(write(content))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_pairs(tmp_path / "none")
    with pytest.raises(InputError, match="cannot read"):
        read_questions(tmp_path)


def test_the_real_lists(data):
    counts = {
        "EN-WS-353-ALL.txt": 353,
        "EN-SIMLEX-999.txt": 999,
        "EN-VERB-143.txt": 144,
        "multilingual/simlex-german.txt": 999,
        "multilingual/wordsim353-russian.txt": 350,
    }
    for name, count in counts.items():
        assert len(read_pairs(data / "wordsim" / name).human) == count
    found = read_questions(data / "analogy" / "questions-words.txt")
    grammar = np.array([name.startswith("gram") for name in found.names])[found.section]
    assert (len(found.names), len(found.words), int((~grammar).sum())) == (14, 19544, 8869)
