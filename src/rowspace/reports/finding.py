"""A finding: something a reader should know before trusting the figures."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

Finding: TypeAlias = dict[str, Any]


def finding(level: Literal["warning", "note"], about: str, message: str, hint: str = "") -> Finding:
    """One: a "warning" where something is likely wrong, a "note" to bear in mind; `hint` is what to
    do about it, or ""."""
    return {"level": level, "about": about, "message": message, "hint": hint}
