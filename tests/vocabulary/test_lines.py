"""Many texts as one buffer: what comes out is what went in, but for line ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.errors import InputError
from rowspace.vocabulary.items import to_bytes
from rowspace.vocabulary.lines import Lines

TEXT = st.text(st.sampled_from("aé漢\n \udc80\0"), max_size=8)
TEXTS = st.lists(TEXT, max_size=9)


@given(TEXTS, st.data())
def test_texts_of_either_kind_come_back(texts, data):
    expected = [to_bytes(text).replace(b"\n", b" ") for text in texts]
    mixed = [to_bytes(text) if data.draw(st.booleans()) else text for text in texts]
    for given_ in (texts, mixed, [to_bytes(text) for text in texts]):
        lines = Lines.of(given_)
        assert lines.listed() == expected and len(lines) == len(texts)
        assert Lines.of(lines) is lines
        cuts = lines.cuts.tolist()
        assert len(cuts) == len(texts) + 1
        found = [lines.data[a:b].rstrip(b"\n") for a, b in pairwise(cuts)]
        assert found == expected


@given(TEXTS, st.integers(1, 40))
def test_parts_are_all_of_it(texts, size):
    lines = Lines.of(texts)
    parts = list(lines.parts(size))
    assert [one for part in parts for one in part.listed()] == lines.listed()
    assert all(len(part) for part in parts) or not texts
    assert not texts or len(parts) <= max(1, len(lines.data) // size)


@pytest.mark.parametrize("wrong", [[1], ["a", None], ["a", "\ud800"], [b"a", 2]])
def test_what_is_no_text_is_refused(wrong):
    with pytest.raises(InputError):
        Lines.of(wrong)
