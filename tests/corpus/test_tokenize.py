"""Text becomes tokens."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus import END, Reading, tokenizer
from rowspace.corpus.tokenize import WORD, lowered
from rowspace.errors import FormatError, InputError


def cut(text: str, name: str = "words", **reading: object) -> list[str]:
    return tokenizer(Reading(tokenizer=name, **reading)).tokens(text)


def test_words() -> None:
    text = "Don't 'tis the dogs' ''x'' naïve l’été — «foo» x_1 ❤️ می‌خواهم 3.5 O'Neil's a''b"
    assert cut(text) == [
        "don't", "tis", "the", "dogs", "x", "naïve", "l’été", "foo", "x_1", "می\u200cخواهم",
        "3", "5", "o'neil's", "a", "b",
    ]  # fmt: skip
    assert cut("ÀB Straße", lower=False) == ["ÀB", "Straße"]
    assert cut("ΟΔΟΣ ΣΑΣ'Α") == ["οδος", "σασ'α"]  # a final sigma, and one that is not


def test_normalisation() -> None:
    assert cut("e\u0301t\u0301") == ["e\u0301t\u0301"]
    assert cut("e\u0301", normalize="NFC") == ["é"]
    assert cut("ﬁn ①", normalize="NFKC") == ["fin", "1"]


ALPHABET = st.sampled_from([*"aB1_'’ \n.-\t", "é", "Σ", "漢", "\u0301", "\u200d", "🙂", "\u00a0"])


@given(st.text(ALPHABET, max_size=80), st.booleans())
def test_words_by_bytes_are_those_of_the_expression(text: str, lower: bool) -> None:
    """However a block is cut first, the words are what the expression finds in the text."""
    wanted = [word.lower() if lower else word for word in WORD.findall(text)]
    assert cut(text, lower=lower) == wanted
    padded = text + " x" * 400  # mostly ASCII: the other way through
    assert cut(padded, lower=lower) == wanted + ["x"] * 400


@given(st.text(max_size=80))
def test_whitespace_is_that_of_bytes(text: str) -> None:
    wanted = [token.decode() for token in text.encode("utf-8", "replace").split()]
    assert cut(text, "whitespace", lower=False) == wanted
    assert cut(text, "whitespace") == [token.lower() for token in wanted]


def test_whitespace_equals_the_peers_on_ascii_and_keeps_the_rest() -> None:
    assert cut("a\tb  c\x0bd\x0ce\rf", "whitespace") == list("abcdef")
    assert cut("a\u00a0b\u0085c\u2028d\u3000e", "whitespace") == ["a\u00a0b\u0085c\u2028d\u3000e"]


def test_characters_are_what_people_see() -> None:
    assert cut("aé e\u0301👩‍👩‍👧\u00a0🇩🇪\n\tB", "characters") == [
        "a", "é", "e\u0301", "👩‍👩‍👧", "🇩🇪", "b",
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_characters_lose_nothing_but_white_space(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    wanted = [one for one in regex.findall(r"\X", text) if not one.isspace()]
    kept = "".join("".join(wanted).split())
    assert "".join("".join(cut(text, "characters", lower=False)).split()) == kept


@pytest.mark.parametrize("name", ["words", "whitespace", "characters"])
def test_one_end_for_each_newline(name: str) -> None:
    for text in ("", "\n", "a\n\nb c\n", "漢字\n\n字\n", "é\n"):
        cutter = tokenizer(Reading(tokenizer=name))
        pieces = cutter.cutting.pieces(cutter.prepare(text.encode()))
        assert pieces.count(END) == text.count("\n")


@pytest.fixture
def trained(tmp_path: Path) -> str:
    tokenizers = pytest.importorskip("tokenizers")
    vocab = {"[UNK]": 0, "[CLS]": 1, "un": 2, "##known": 3, "cat": 4, "Cat": 5, "a b": 6}
    library = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocab, unk_token="[UNK]"))
    library.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    library.add_tokens(["a b"])
    library.enable_truncation(2)
    library.enable_padding(length=9)
    path = tmp_path / "tokenizer.json"
    library.save(str(path))
    return str(path)


def test_a_trained_tokenizer(trained: str) -> None:
    # Its own rules: case is kept; nothing is cut short or filled up; a token may hold a space.
    assert cut("unknown Cat cat a b dog", trained) == [
        "un", "##known", "Cat", "cat", "a b", "[UNK]",
    ]  # fmt: skip


def test_a_tokenizer_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    for content in ("{", json.dumps({"a": 1}), json.dumps({"model": {"type": "Nope"}}), "\xff"):
        path.write_text(content, encoding="latin-1")
        with pytest.raises(FormatError, match=r"tokenizer\.json"):
            tokenizer(Reading(tokenizer=str(path)))
    with pytest.raises(InputError, match="cannot be read"):
        tokenizer(Reading(tokenizer=str(tmp_path / "none.json")))
    with pytest.raises(InputError, match="words, whitespace, marks, characters"):
        tokenizer(Reading(tokenizer="word"))


@pytest.mark.parametrize(
    "wrong", [{"normalize": "NFX"}, {"encoding_errors": "ignore"}, {"markup": "html"}]
)
def test_a_reading_knows_its_values(wrong: dict[str, str]) -> None:
    with pytest.raises(InputError, match=next(iter(wrong))):
        Reading(**wrong)


def test_normalised_text_is_normal() -> None:
    for token in cut("Å ﬃ e\u0301", normalize="NFKC"):
        assert unicodedata.is_normalized("NFKC", token)


def test_marks_stand_alone_and_inner_apostrophes_stay() -> None:
    assert cut("Great movie!! :)", "marks") == ["great", "movie", "!", "!", ":", ")"]
    assert cut("Don't, 'tis l’été' x_1 3.5", "marks") == [
        "don't", ",", "'", "tis", "l’été", "'", "x_1", "3", ".", "5",
    ]  # fmt: skip
    assert cut("ÀB—Straße", "marks", lower=False) == ["ÀB", "—", "Straße"]
    assert cut("e\u0301!", "marks", normalize="NFC") == ["é", "!"]


@given(st.text(ALPHABET, max_size=80), st.booleans())
def test_marks_lose_nothing_but_white_space(text: str, lower: bool) -> None:
    found = "".join(cut(text, "marks", lower=lower))
    wanted = "".join(text.encode("utf-8", "replace").decode().split(None))
    wanted = wanted.lower() if lower else wanted
    assert found.replace("\u00a0", "").replace("ς", "σ") == wanted.replace("ς", "σ")


@given(st.lists(st.text(ALPHABET.filter(lambda c: c != "\n"), max_size=20), max_size=5))
@pytest.mark.parametrize("name", ["marks", "words", "whitespace", "characters"])
def test_lines_stay_lines(name: str, lines: list[str]) -> None:
    """`spaced` cuts many texts at once, each as it would be cut alone."""
    made = tokenizer(Reading(tokenizer=name))
    block = "\n".join(["x", *lines, "x"]).encode("utf-8", "replace")
    found = [line.decode().split(" ") for line in made.spaced(block).split(b"\n")]
    assert len(found) == len(lines) + 2
    for line, tokens in zip(lines, found[1:-1], strict=True):
        kept = [t for t in " ".join(tokens).encode().split() if t]
        assert [t.decode() for t in kept] == made.tokens(line)


@given(st.lists(st.sampled_from(["Word ", "ÉCOLE ", "aΣ ", "ΟΔΟΣ ", "İ", "ǅ", "\u00a0", "ß"])))
def test_lower_case_is_that_of_the_whole_text(pieces: list[str]) -> None:
    text = "Much that is ASCII, so that runs are lowered alone. " * 3 + "".join(pieces)
    assert lowered(text.encode()).decode() == text.lower()
