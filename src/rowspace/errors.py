"""The tree of errors. Each says what was wanted, what came and what to do.

RowspaceError                       exit code 1
├── InputError       (ValueError)   3   a corpus, a table or an argument that cannot be used
│   ├── SettingError                2   a setting out of its range
│   ├── IdTypeError     (TypeError) 3   an id that is no whole number
│   ├── IdRangeError   (IndexError) 3   an id outside the table
│   └── VocabularyError (KeyError)  3   an item that has no row
├── FormatError                     4   a model or vector file that is not what it claims
├── MissingExtraError (ImportError) 2   a feature whose optional package is not installed
├── ResourceError                   5   disk, memory, a lock, a worker that died
└── DivergedError                   6   training left the finite numbers
"""

from __future__ import annotations

from collections.abc import Sequence


class RowspaceError(Exception):
    """Any error rowspace raises on purpose. `hint` is the one thing to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message


class InputError(RowspaceError, ValueError):
    """Input that cannot be used: an empty corpus, broken text, a setting out of range."""

    exit_code = 3


class SettingError(InputError):
    """A setting that cannot be: names the field, the value and the range."""

    exit_code = 2

    @classmethod
    def unless(cls, within: bool, field: str, value: object, wanted: str) -> None:
        """Raise, unless `within`: `dim must be a whole number from 1 to 65536, not 0`."""
        if not within:
            raise cls(f"{field} must be {wanted}, not {value!r:.60}")


class IdTypeError(InputError, TypeError):
    """An id that is no whole number, or a look-up key that is neither item nor id."""


class IdRangeError(InputError, IndexError):
    """An id outside the table."""

    @classmethod
    def at(
        cls, value: object, position: Sequence[int], size: int, *, of: str = "items"
    ) -> IdRangeError:
        """`id 7 at position 2 is outside the table of 5 items`."""
        return cls(
            f"id {value}{place(position)} is outside the table of {size} {of}",
            hint=f"ids run from 0 to {size - 1}" if size else "the table is empty",
        )


def place(position: Sequence[int]) -> str:
    """A position in an array for a message: ` at position 3`, ` at position (1, 0)`, or nothing."""
    if not position:
        return ""
    return f" at position {position[0] if len(position) == 1 else tuple(position)}"


class VocabularyError(InputError, KeyError):
    """An item that is not in the vocabulary; `near` holds known items spelled like it."""

    def __init__(self, message: str, *, near: Sequence[str] = (), hint: str = "") -> None:
        if near and not hint:
            hint = "did you mean " + ", ".join(repr(word) for word in near) + "?"
        super().__init__(message, hint=hint)
        self.near = tuple(near)


class FormatError(RowspaceError):
    """A file that is not what it claims to be: where, what was expected, what was found."""

    exit_code = 4

    def __init__(
        self,
        path: object,
        message: str,
        *,
        offset: int | None = None,
        expected: object = None,
        found: object = None,
        hint: str = "",
    ) -> None:
        where = f"{path}" if offset is None else f"{path} at byte {offset}"
        detail = "" if expected is None else f": expected {expected}, found {found}"
        super().__init__(f"{where}: {message}{detail}", hint=hint)
        self.path, self.offset, self.expected, self.found = path, offset, expected, found


class MissingExtraError(RowspaceError, ImportError):
    """A feature whose optional package is missing; the hint is the line that installs it."""

    exit_code = 2

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs the '{extra}' extra", hint=f'pip install "rowspace[{extra}]"'
        )
        self.extra = extra


class ResourceError(RowspaceError):
    """Disk, memory, permissions, a lock held by another process, a worker that died."""

    exit_code = 5


class DivergedError(RowspaceError):
    """Training left the finite numbers; the last good checkpoint is kept."""

    exit_code = 6
