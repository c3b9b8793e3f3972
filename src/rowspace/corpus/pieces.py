"""`Cutting`: what each byte means for cutting text into pieces, and the cutting itself.

This is the definition, in plain Python; `kernels.cpu_pieces` does the same in compiled code.
"""

from __future__ import annotations

from dataclasses import dataclass

END = b"\xff"
"""The piece that ends a line: a byte that never occurs in UTF-8."""

PART, SPACE, NEWLINE, APOSTROPHE = range(4)
WHITE = b" \t\r\x0b\x0c"


@dataclass(frozen=True, slots=True)
class Cutting:
    """kinds: for each byte PART of a piece, SPACE, NEWLINE, or APOSTROPHE (part of a piece only
    between two bytes that are PART). fold: for each byte what it counts as. 256 bytes each."""

    kinds: bytes
    fold: bytes

    @classmethod
    def at_white_space(cls, *, lower: bool) -> Cutting:
        """Pieces are what stands between ASCII white space."""
        kinds = bytearray(256)
        for byte in WHITE:
            kinds[byte] = SPACE
        kinds[ord("\n")] = NEWLINE
        return cls(bytes(kinds), LOWER if lower else SAME)

    @classmethod
    def at_words(cls, *, lower: bool) -> Cutting:
        """Pieces are letters, digits, underscores, inner apostrophes, and all beyond ASCII."""
        kinds = bytearray([SPACE]) * 256
        for byte in range(256):
            if byte >= 128 or chr(byte).isalnum() or byte == ord("_"):
                kinds[byte] = PART
        kinds[ord("'")] = APOSTROPHE
        kinds[ord("\n")] = NEWLINE
        return cls(bytes(kinds), LOWER if lower else SAME)

    def pieces(self, data: bytes) -> list[bytes]:
        """The pieces of a text in order, END for each newline."""
        table = bytearray(self.fold)
        for byte, kind in enumerate(self.kinds):
            if kind == SPACE:
                table[byte] = ord(" ")
        table[ord("\n")] = END[0]
        data = data.replace(b"\n", b" \n ").translate(bytes(table))
        if self.kinds[ord("'")] == APOSTROPHE and b"'" in data:
            data = b" %b " % data
            data = data.replace(b"''", b"  ").replace(b" '", b"  ").replace(b"' ", b"  ")
        return data.split()


SAME = bytes(range(256))
LOWER = SAME.lower()
