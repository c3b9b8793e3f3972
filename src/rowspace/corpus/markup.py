"""WikiExtractor's output: <doc id=… title=…> and </doc> lines around each article."""

from __future__ import annotations

OPENING = b"<doc "
CLOSING = b"</doc>"


def looks_extracted(head: bytes) -> bool:
    """Whether the first line that is not blank opens a WikiExtractor article."""
    first = head.lstrip().split(b"\n", 1)[0]
    return first.startswith(b"<doc id=") and first.rstrip().endswith(b">")


def without_doc_lines(data: bytes) -> bytes:
    """The lines that neither open nor close an article."""
    for mark in (OPENING, CLOSING):
        data = _without_lines(data, mark)
    return data


def _without_lines(data: bytes, mark: bytes) -> bytes:
    # Searching for the mark is a memory scan; looking at every line would not be.
    kept = []
    start = 0
    at = 0 if data.startswith(mark) else data.find(b"\n" + mark) + 1
    while at > 0 or (at == 0 and start == 0 and data.startswith(mark)):
        kept.append(data[start:at])
        end = data.find(b"\n", at)
        if end < 0:
            return b"".join(kept)
        start = end + 1
        at = data.find(b"\n" + mark, end) + 1
    return b"".join([*kept, data[start:]]) if kept else data
