"""Files of words and tags, as corpora have them."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus.conll import TagReading, tagged
from rowspace.errors import InputError, SettingError

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[2] / "../shared/data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs the data sets (ROWSPACE_DATA)")


@pytest.fixture
def file(tmp_path):
    def written(text, name="data.conll"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def test_words_tags_lines_and_scheme(file):
    found = tagged(file("Paul B-PER\nSmith I-PER\nsleeps O\n\nRome B-LOC\n"))
    assert found.words == [["Paul", "Smith", "sleeps"], ["Rome"]]
    assert found.tags == [["B-PER", "I-PER", "O"], ["B-LOC"]]
    assert [line for _, line in found.lines] == [1, 5]
    assert (found.scheme, found.spans, found.tokens, len(found)) == ("iob2", True, 4, 2)
    some = found.take([1])
    assert some.words == [["Rome"]] and some.scheme == "iob2"


@pytest.mark.parametrize(
    "between", ["\n", "\t\n", " \t \n", "\r\n", "\n\n \n", "\xa0\n", "\u3000\n"]
)
def test_separators_are_blank_or_white_space(file, between):
    found = tagged(file(f"Rome\tB-LOC\n{between}is\tO\nold\tO\n"))
    assert found.words == [["Rome"], ["is", "old"]]


def test_documents_begin_anew(file):
    found = tagged(file("-DOCSTART- -X- O\nRome N B-LOC\nis V O\n-DOCSTART- -X- O\n\nold J O\n"))
    assert found.words == [["Rome", "is"], ["old"]] and found.tags[0] == ["B-LOC", "O"]


def test_tabs_keep_spaces_inside_words(file):
    found = tagged(file("New York\tB-LOC\nis\tO\n"))
    assert found.words == [["New York", "is"]]
    assert tagged(file("10\u00a0000 O\nRome B-LOC\n")).words == [["10\u00a0000", "Rome"]]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_scheme_becomes_iob2(file, ends):
    for tags in ("I-PER I-PER B-PER O", "B-PER I-PER B-PER O", "B-PER E-PER S-PER O"):
        text = "".join(f"w{at} {tag}{ends}" for at, tag in enumerate(tags.split()))
        assert tagged(file(text)).tags == [["B-PER", "I-PER", "B-PER", "O"]]


def test_columns_are_chosen(file):
    path = file("1 Rome N x B-LOC\n2 is V y O\n")
    chosen = tagged(path, TagReading(word_column=2, tag_column=3))
    assert chosen.words == [["Rome", "is"]] and chosen.tags == [["N", "V"]]
    assert chosen.scheme == "plain" and not chosen.spans
    assert tagged(path, TagReading(word_column=2)).tags == [["B-LOC", "O"]]
    assert tagged(path, TagReading(word_column=-4, tag_column=-3)).tags == [["N", "V"]]


def test_conllu_is_told_by_its_lines(file):
    rows = ["# text = vámonos al mar", "1-2\tvámonos\t_\t_\t_\t_\t_\t_\t_\t_",
            "1\tvamos\tir\tVERB\t_\t_\t0\troot\t_\t_", "2\tnos\tnos\tPRON\t_\t_\t1\tobj\t_\t_",
            "2.1\tx\tx\tX\t_\t_\t1\tobj\t_\t_"]  # fmt: skip
    found = tagged(file("\n".join(rows) + "\n"))
    assert found.words == [["vamos", "nos"]] and found.tags == [["VERB", "PRON"]]


def test_words_with_slashes_a_sentence_a_line(file):
    found = tagged(file("The/at dog/nn\n\n\tand/or/cc 1/2/cd ./.\n"))
    assert found.words == [["The", "dog"], ["and/or", "1/2", "."]]
    assert found.tags[1] == ["cc", "cd", "."] and found.scheme == "plain"
    assert [line for _, line in found.lines] == [1, 3]


def test_compressed_and_several_files(tmp_path, file):
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"is O\n"))
    found = tagged([file("Rome B-LOC", "a.conll"), tmp_path / "b.gz"])
    assert found.words == [["Rome"], ["is"]]
    assert found.lines == [(str(tmp_path / "a.conll"), 1), (str(tmp_path / "b.gz"), 1)]


def test_latin_1(file):
    path = file("Coruña B-LOC\n".encode("latin-1"))
    assert tagged(path, TagReading(encoding="latin-1")).words == [["Coruña"]]
    with pytest.raises(InputError, match="line 1") as caught:
        tagged(path)
    assert "--encoding latin-1" in caught.value.hint
    assert tagged(path, TagReading(encoding_errors="replace")).words == [["Coru\ufffda"]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Rome B-LOC\nis\n", "line 2: wanted at least 2 columns"),
        ("Rome N B-LOC\n\nis O\n", "line 3: wanted 3 columns, as in line 1, came 2"),
        ("Rome\tB-LOC\n\tO\n", "line 2: wanted at least 2 columns"),
        ("Rome B-LOC\nis O\nPaul I-PER\n", "line 3: wanted tags in IOB2"),
        ("a O\nRome LOC\nb B-PER\nc I-PER\nd I-LOC\n", "line 2: wanted tags in IOB"),
        ("a S-LOC\nb B-PER\n\nc O\n", "line 2: .* the sentence ends within an entity"),
        ("", "there is no word with a tag"),
        ("\n \n\t\n", "there is no word with a tag"),
        ("The/at dog/nn\nno slash/nn\n", "line 2: wanted word/tag, came 'no'"),
    ],
)
def test_what_is_broken_is_told_with_its_line(file, text, told):
    with pytest.raises(InputError, match=told) as caught:
        tagged(file(text))
    assert caught.value.hint


def test_lenient_takes_what_conlleval_takes(file):
    path = file("Rome B-LOC\nis O\nPaul I-PER\nSmith I-PER\n")
    found = tagged(path, TagReading(lenient=True))
    assert found.tags == [["B-LOC", "O", "B-PER", "I-PER"]]


def test_a_sentence_that_is_too_long(file):
    path = file("a O\n\n" + "word O\n" * 11)
    with pytest.raises(InputError, match="line 3: a sentence of 11 words; at most 10") as caught:
        tagged(path, TagReading(longest=10))
    assert "--longest" in caught.value.hint
    assert len(tagged(path, TagReading(longest=11))) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"scheme": "iob3"}, {"format": "xml"}, {"encoding": "utf-16"}, {"longest": 0},
     {"tag_column": 0}, {"word_column": "2"}, {"lenient": "yes"}, {"encoding_errors": "drop"}],
)  # fmt: skip
def test_settings_that_cannot_be(wrong):
    with pytest.raises(SettingError, match=next(iter(wrong))):
        TagReading(**wrong)


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=5)


@given(st.lists(st.lists(st.tuples(WORDS, st.sampled_from(["O", "S-x"])), min_size=1, max_size=4),
                min_size=1, max_size=4))  # fmt: skip
def test_what_is_written_is_read(tmp_path_factory, sentences):
    words = [[word for word, _ in one if not word.startswith("#")] for one in sentences]
    text = "\n".join(
        "".join(f"{word}\t{tag}\n" for word, tag in one if not word.startswith("#"))
        for one in sentences
    )
    path = tmp_path_factory.mktemp("read") / "data"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    if not any(words):
        return
    assert tagged(path).words == [one for one in words if one]


@needs_data
def test_wnut_has_separators_of_a_lone_tab():
    found = tagged(DATA / "ner" / "wnut17" / "wnut17train.conll")
    assert (len(found), found.tokens, found.scheme) == (3394, 62730, "iob2")
