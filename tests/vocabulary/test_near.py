"""Near spellings: right, few and quick."""

from rowspace.vocabulary import Items, near, to_bytes, to_text
from rowspace.vocabulary.near import near_spellings


def test_finds_what_was_meant() -> None:
    words = ["their", "there", "king", "kings", "queen", "naïve", "Москва", "x" * 500]
    items = Items.of([to_bytes(word) for word in words])
    assert near_spellings(items, "thier")[0] == "their"
    assert near_spellings(items, "kingss") == ["kings", "king"]
    assert near_spellings(items, "naive") == ["naïve"]
    assert near_spellings(items, "Москве") == ["Москва"]
    assert near_spellings(items, "zzzzzz") == []
    assert near_spellings(items, "") == near_spellings(items, "x" * 5000) == []
    assert near_spellings(Items.of([]), "king") == []


def test_few_of_a_large_vocabulary_are_looked_at_one_by_one(monkeypatch) -> None:
    items, asked = Items.of([b"word%d" % i for i in range(300_000)]), []
    monkeypatch.setattr(near, "to_text", lambda item: asked.append(item) or to_text(item))
    assert len(near_spellings(items, "wordd77")) == 3
    assert 3 <= len(asked) <= near.SHORTLIST


def test_offsets_of_a_damaged_file_point_anywhere():
    items = Items.of([b"king", b"queen", b"kin"])
    for at in range(4):
        for wrong in (-5, 2**59, 2**63 - 1):
            offsets = items.offsets.copy()
            offsets[at] = wrong
            if 0 < at < 3:
                near_spellings(Items(items.bytes, offsets, items.slots), "kind")
