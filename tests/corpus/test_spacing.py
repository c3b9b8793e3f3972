"""Texts cut into tokens with white space between: a text a text, whatever is in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus.spacing import spaced
from rowspace.errors import SettingError

TEXT = st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")) | st.binary(
    max_size=20
)
MARKS = {"tokenizer": "marks", "lower": True, "normalize": None}


def tokens(texts: list[bytes], **cutting: object) -> list[list[str]]:
    return [text.decode().split() for text in spaced(texts, {**MARKS, **cutting})]


def test_each_tokenizer():
    texts = [b"Don't stop!", b"A  B"]
    assert tokens(texts) == [["don't", "stop", "!"], ["a", "b"]]
    assert tokens(texts, lower=False, tokenizer="words") == [["Don't", "stop"], ["A", "B"]]
    assert tokens(texts, tokenizer="whitespace") == [["don't", "stop!"], ["a", "b"]]
    assert tokens([b"ab c"], tokenizer="characters") == [["a", "b", "c"]]
    assert tokens(["ﬁn".encode()], normalize="NFKC") == [["fin"]]


def test_nothing_to_do():
    assert spaced([b"A  b!"], {}) == [b"A  b!"] and spaced([], MARKS) == []
    assert spaced([], {}) == []


@pytest.mark.parametrize("name", ["marks", "words", "whitespace", "characters"])
@given(texts=st.lists(TEXT, max_size=6))
def test_as_many_texts_come_out_and_each_as_if_alone(name, texts):
    cutting = {**MARKS, "tokenizer": name}
    found = spaced(texts, cutting)
    assert len(found) == len(texts)
    assert [one.split() for one in found] == [spaced([text], cutting)[0].split() for text in texts]
    assert not any(b"\n" in one for one in found)


def test_line_ends_and_broken_bytes():
    found = spaced([b"a\nb\r\nc", b"\xff x \xc3"], MARKS)
    assert found[0].split() == [b"a", b"b", b"c"]
    assert found[1].decode().split() == ["\ufffd", "x", "\ufffd"]


def test_a_tokenizer_there_is_not():
    with pytest.raises(SettingError, match="tokenizer"):
        spaced([b"a"], {"tokenizer": "wrods"})
