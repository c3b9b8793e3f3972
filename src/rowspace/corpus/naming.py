"""Names in messages: of the file, of the columns there are, of the one that was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

from rowspace.errors import InputError

SHOWN = 20
"""Columns that a message names at most."""


def no_column(source: str, name: object, there: Sequence[str], *, hint: str = "") -> InputError:
    """The error that names the columns there are, and those spelled like the one asked for."""
    shown = ", ".join(repr(one) for one in there[:SHOWN])
    more = f" and {len(there) - SHOWN} more" if len(there) > SHOWN else ""
    near = get_close_matches(str(name), there, n=3)
    folded = [one for one in there if one.lower().strip() == str(name).lower().strip()]
    spelled = list(dict.fromkeys([*folded, *near]))[:3]
    return InputError(
        f"{source}: wanted a column {name!r:.80}; the columns here are {shown or 'none'}{more}",
        hint="did you mean " + ", ".join(map(repr, spelled)) + "?" if spelled else hint,
    )


def require_columns(
    source: str, wanted: Sequence[str], there: Sequence[str], *, hint: str = ""
) -> None:
    """Raises InputError for the first of `wanted` that is not there."""
    known = set(there)
    for name in wanted:
        if name not in known:
            raise no_column(source, name, there, hint=hint)


def require_distinct(source: str, names: Sequence[str], *, hint: str = "") -> None:
    """Raises InputError where two columns have one name."""
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InputError(
            f"{source}: wanted columns of different names, came {twice[0]!r:.60} "
            f"{Counter(names)[twice[0]]} times",
            hint=hint,
        )


@contextmanager
def as_of(source: str) -> Iterator[None]:
    """An InputError on the way begins with the file it is about."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{source}: {error.message}", hint=error.hint) from None
