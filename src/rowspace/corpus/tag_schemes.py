"""How tags of words say where entities begin and end: IOB1, IOB2, BIOES; and spans out of any.

    IOB2     B-PER I-PER O      every entity begins with B
    IOB1     I-PER I-PER O      B only where an entity follows another of its type at once
    BIOES    B-PER E-PER O      its last word has E, one of a single word S (BILOU: L and U; M: I)

"plain" tags (parts of speech) are no spans: each word's tag stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

OUTSIDE = "O"
SCHEMES = ("iob1", "iob2", "bioes", "plain")
ALIKE = {"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S", "W": "S", "M": "I"}
"""What the first letters of tags mean."""

Breach: TypeAlias = tuple[int, str]
"""The place of a word, and what is wrong with its tag."""


class Span(NamedTuple):
    """Words `start` to `end`, which is not among them, and the type of what they name."""

    start: int
    end: int
    type: str


def parted(tag: str) -> tuple[str, str]:
    """`B-PER` is ("B", "PER"), `O` is ("O", ""). A tag that is neither is ("", "")."""
    if tag == OUTSIDE:
        return OUTSIDE, ""
    mark, hyphen, type = tag.partition("-")
    return (ALIKE[mark], type) if hyphen and type and mark in ALIKE else ("", "")


def spans_of(tags: Sequence[str]) -> list[Span]:
    """The entities of a sentence, counted as conlleval counts them, in whatever scheme.

    What breaks its scheme is no error: an entity begins where a tag cannot go on with the one
    before, and ends before a tag that cannot belong to it. Tags of no scheme are outside.
    """
    found: list[Span] = []
    start, before, of = -1, OUTSIDE, ""
    for at, tag in enumerate(tags):
        mark, type = parted(tag)
        mark = mark or OUTSIDE
        ends = mark in ("B", "S", OUTSIDE) or before in ("E", "S") or type != of
        if start >= 0 and ends:
            found.append(Span(start, at, of))
            start = -1
        if mark != OUTSIDE and start < 0:
            start = at
        before, of = mark, type
    if start >= 0:
        found.append(Span(start, len(tags), of))
    return found


def spans_of_words(tags: Sequence[str]) -> list[Span]:
    """Each word of a sentence as a span of its tag."""
    return [Span(at, at + 1, tag) for at, tag in enumerate(tags)]


def tags_of(spans: Iterable[Span], length: int, scheme: str) -> list[str]:
    """The tags of a sentence of so many words, in "iob2" or "bioes". Spans do not overlap."""
    tags = [OUTSIDE] * length
    for start, end, type in spans:
        tags[start:end] = [f"I-{type}"] * (end - start)
        tags[start] = f"B-{type}"
        if scheme == "bioes":
            tags[end - 1] = f"{'S' if end - start == 1 else 'E'}-{type}"
    return tags


def scheme_of(sentences: Iterable[Sequence[str]]) -> str:
    """The scheme that tags look written in: one of `SCHEMES`; "iob2" where IOB1 fits as well.

    Spans are what has an O and mostly tags such as B-PER; there, broken tags do not count.
    """
    tags: set[str] = set()
    after = fresh = 0
    for sentence in sentences:
        tags.update(sentence)
        after += sum(1 for _ in breaches(sentence, "iob1"))
        fresh += sum(1 for _ in breaches(sentence, "iob2"))
    if tags == {OUTSIDE}:
        return "iob2"
    marks = {parted(tag)[0] for tag in tags}
    spans = sum(1 for tag in tags if parted(tag)[1])
    if spans * 2 <= len(tags - {OUTSIDE}) or (OUTSIDE not in tags and "S" not in marks):
        return "plain"
    if marks & {"E", "S"}:
        return "bioes"
    return "iob1" if after < fresh else "iob2"


def breaches(tags: Sequence[str], scheme: str) -> Iterator[Breach]:
    """What breaks the scheme in a sentence, first to last."""
    before, of = OUTSIDE, ""
    for at, tag in enumerate([*tags, OUTSIDE] if scheme == "bioes" else tags):
        mark, type = parted(tag)
        if not mark:
            yield at, f"the tag {tag!r:.40} is neither O nor such as B-PER"
        elif wrong := _wrong(scheme, before, of, mark, type):
            last = at == len(tags)
            yield (at - 1, "the sentence ends within an entity") if last else (at, wrong)
        before, of = mark or OUTSIDE, type


def _wrong(scheme: str, before: str, of: str, mark: str, type: str) -> str:
    """Why a tag cannot stand behind another, or ""."""
    tag = f"{mark}-{type}" if type else mark
    last = f"{before}-{of}" if of else before
    inside = before in ("B", "I")
    if scheme == "iob1":
        stray = mark == "B" and not (of == type and before != OUTSIDE)
        return f"{tag} stands behind {last}, where no entity of its type ends" if stray else ""
    if mark in ("I", "E") and not (inside and of == type):
        return f"{tag} stands behind {last}, where no entity of its type is open"
    if scheme == "bioes" and inside and mark not in ("I", "E"):
        return f"{tag} stands behind {last}, whose entity has not ended"
    return ""
