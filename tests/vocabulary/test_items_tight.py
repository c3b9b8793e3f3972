"""Items in few slots find themselves as before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rowspace.vocabulary.items import Items, tight_slots, tightened


@given(st.sets(st.binary(max_size=4), max_size=300))
def test_every_item_finds_itself_in_fewer_slots(some: set[bytes]) -> None:
    items = Items.of(sorted(some))
    small = tightened(items)
    small.check()
    assert len(small.slots) <= len(items.slots) and small.tokens() == items.tokens()
    assert 4 * len(small) <= 3 * tight_slots(len(small)) and len(small) < len(small.slots)
    assert small.find(b"not there") == -1
