"""`Refusal`: a request that is not answered, and why; how an error of ours becomes one."""

from __future__ import annotations

from typing import Any, final

from rowspace.errors import (
    FormatError,
    IdRangeError,
    InputError,
    MissingExtraError,
    RowspaceError,
    VocabularyError,
)


@final
class Refusal(Exception):
    """The status to answer with, what to say, which field it is about, and what to do about it."""

    def __init__(
        self, status: int, message: str, *, field: str = "", hint: str = "", retry: int = 0
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.field, self.hint = status, message, field, hint
        self.retry = retry
        """Seconds after which to ask again; 0 says nothing."""

    def body(self, request: str) -> dict[str, Any]:
        """The reply: `{"error": {"message", "field"?, "hint"?, "request"}}`."""
        found = {"message": self.message}
        if self.field:
            found["field"] = self.field
        if self.hint:
            found["hint"] = self.hint
        return {"error": {**found, "request": request}}


def refused(error: RowspaceError, field: str = "") -> Refusal:
    """An error that somebody foresaw, as a reply; a fault of the model or the machine says no more
    than that, since its message may name files."""
    if isinstance(error, (VocabularyError, IdRangeError)):
        return Refusal(422, error.message, field=field, hint=error.hint)
    if isinstance(error, InputError):
        return Refusal(422, error.message, field=field)
    if isinstance(error, MissingExtraError):
        return Refusal(501, error.message)
    if isinstance(error, FormatError):
        return Refusal(500, "the model's files are broken")
    return Refusal(500, "the server could not do this")


def unknown_model() -> Refusal:
    """No model of this id, which is not repeated, whatever it was."""
    return Refusal(
        404, "there is no model of this id", field="id", hint="GET api/models lists them"
    )
