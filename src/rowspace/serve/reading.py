"""Strict JSON into a request: what does not fit is refused, and the field named."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from rowspace.serve.limits import DEPTH, ITEM_BYTES
from rowspace.serve.refusal import Refusal
from rowspace.serve.shapes import Asked

T = TypeVar("T", bound=Asked)
LARGEST = 3.4e38
"""Of float32, about."""
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_AT = re.compile(r"^(?P<message>.*?)(?: - at `(?P<field>.*)`)?$", re.DOTALL)


def read(raw: bytes, kind: type[T]) -> T:
    """The request in a body. Raises Refusal 422 with the field's path."""
    if deeper(raw, DEPTH):
        raise Refusal(422, f"brackets lie deeper than {DEPTH}", field="$")
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=float)
    except UnicodeDecodeError as error:
        message = f"the request is not UTF-8: byte {error.start}"
        raise Refusal(422, message, field="$") from None
    except json.JSONDecodeError as error:
        message = f"this is no JSON: {error.msg}, at character {error.pos}"
        raise Refusal(422, message, field="$") from None
    except (ValueError, RecursionError):  # a number of thousands of digits
        raise Refusal(422, "this is no JSON that can be read", field="$") from None
    return _checked(value, kind)


def read_query(pairs: Iterable[tuple[str, str]], kind: type[T]) -> T:
    """The request in the part of an address behind "?". Raises Refusal 422."""
    return _checked(_unique(list(pairs)), kind, strict=False)


def _checked(value: Any, kind: type[T], *, strict: bool = True) -> T:
    try:
        found = msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        parts = _AT.match(str(error))
        message, field = (parts["message"], parts["field"]) if parts else (str(error), None)
        raise _unfit(message.replace("`", ""), field or "$") from None
    for name in found.__struct_fields__:
        fault = _fault(getattr(found, name))
        if fault:
            place, message = fault
            raise Refusal(422, message, field=f"$.{name}{place}")
    return found


def _unfit(message: str, field: str) -> Refusal:
    """msgspec's words; a field that is missing or not known is named in the path."""
    named = re.search(r"(?:unknown|required) field (\S+)$", message)
    return Refusal(422, message, field=f"{field}.{named[1]}" if named else field)


def _fault(value: Any) -> tuple[str, str] | None:
    """What types do not say, and where: numbers are finite, texts short enough in bytes and without
    half characters."""
    if isinstance(value, str):
        return _fault_of_text(value)
    if isinstance(value, float):
        fits = math.isfinite(value) and abs(value) <= LARGEST
        return None if fits else ("", "a number that is not finite in 32 bits")
    if isinstance(value, (list, tuple)):
        for at, one in enumerate(value):
            fault = None if type(one) is int else _fault(one)
            if fault:
                return f"[{at}]{fault[0]}", fault[1]
    return None


def _fault_of_text(text: str) -> tuple[str, str] | None:
    if len(text) <= ITEM_BYTES and text.isascii():
        return None
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return "", "the text holds half a character"
    return None if size <= ITEM_BYTES else ("", f"the text is longer than {ITEM_BYTES} bytes")


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise Refusal(422, "the field stands there twice", field=f"$.{twice:.100}")
    return found


def deeper(raw: bytes, most: int) -> bool:
    """Whether brackets lie deeper than `most`; brackets without partners count as deep."""
    if raw.count(b"[") + raw.count(b"{") <= most:
        return False
    brackets = _STRINGS.sub(b"", raw).translate(None, _NO_BRACKETS)
    for _ in range(most):
        if not brackets:
            return False
        brackets = _without_innermost(brackets)
    return bool(brackets)


def _without_innermost(brackets: bytes) -> bytes:
    """One layer of closed brackets taken away, with all that lie side by side in it."""
    return _INNERMOST.sub(b"", brackets)


_INNERMOST = re.compile(rb"(?:\[\]|\{\})+")
