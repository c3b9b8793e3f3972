"""`Block`: a few megabytes of text that end where a line ends, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rowspace.corpus.markup import without_doc_lines
from rowspace.corpus.reading import Reading
from rowspace.errors import InputError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes of one source. Only U+000A ends a line: U+2028, U+0085 and a lone CR do not.

    data: as read (after decompression); `cleaned` makes it valid UTF-8.
    source: the file, as a person would name it. line: number of its first line, from 1.
    offset: bytes of (decompressed) text before it. doc_lines: drop WikiExtractor's lines.
    A block that does not end in a newline is continued by the next one.
    """

    data: bytes
    source: str
    line: int = 1
    offset: int = 0
    doc_lines: bool = False

    @property
    def text(self) -> str:
        """The text; raises InputError where it is not UTF-8."""
        return cleaned(self, Reading())[0].data.decode()


def cleaned(block: Block, reading: Reading) -> tuple[Block, int]:
    """The block as valid UTF-8 without mark-up lines or CR LF, and the bad sequences met."""
    data, bad = valid_utf8(block, reading.encoding_errors)
    if block.doc_lines:
        data = without_doc_lines(data)
    if b"\r" in data and b"\r\n" in data:  # one byte is looked for much faster than two
        data = data.replace(b"\r\n", b"\n")
    return (block if data is block.data else replace(block, data=data)), bad


def valid_utf8(block: Block, errors: str) -> tuple[bytes, int]:
    """Bytes that decode as UTF-8, and how many bad sequences were replaced or left out.

    Raises InputError naming file, line, byte and remedy when `errors` is "strict".
    """
    data = block.data
    if data.isascii():
        return data, 0
    try:
        data.decode()
    except UnicodeDecodeError as error:
        if errors == "strict":
            raise _not_utf8(block, error.start) from None
    else:
        return data, 0
    text = data.decode(errors="replace")
    bad = text.count(REPLACEMENT) - data.count(REPLACEMENT.encode())
    if errors == "skip":
        text = data.decode(errors="ignore")
    return text.encode(), bad


def _not_utf8(block: Block, start: int) -> InputError:
    line = block.line + block.data.count(b"\n", 0, start)
    return InputError(
        f"{block.source}: line {line}, byte {block.offset + start}: "
        f"wanted UTF-8 text, came byte 0x{block.data[start]:02x}",
        hint="convert the file (iconv -f latin1 -t utf-8), "
        "or choose --encoding-errors replace or skip",
    )
