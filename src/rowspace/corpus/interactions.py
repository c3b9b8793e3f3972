"""Who met what, when and how much: the columns of interactions, and features of users and items.

Rows come in as `Records`; their columns are named or guessed. Axes: `n` rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.corpus.naming import no_column
from rowspace.corpus.records import Records, records
from rowspace.errors import InputError

NAMES = {
    "user": ("user", "userid", "uid", "username", "customer", "customerid", "visitor", "visitorid",
             "reviewer", "reviewerid", "member", "memberid", "session", "sessionid"),
    "item": ("item", "itemid", "iid", "movie", "movieid", "product", "productid", "article",
             "articleid", "book", "bookid", "isbn", "asin", "parentasin", "song", "songid", "track",
             "trackid", "artist", "artistid", "business", "businessid"),
    "rating": ("rating", "ratings", "score", "stars", "overall", "bookrating", "count", "plays"),
    "time": ("time", "timestamp", "datetime", "date", "unixreviewtime", "ts", "createdat"),
}  # fmt: skip
"""Names a column is known by, in lower case and without marks between their words."""
NONE = "none"
"""What says that there is no such column, though one is named like it."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Interactions:
    """`users` and `items`: object arrays of str [n]; `ratings` and `times` float64 [n] or None."""

    users: np.ndarray
    items: np.ndarray
    ratings: np.ndarray | None
    times: np.ndarray | None
    source: str

    def __len__(self) -> int:
        return len(self.users)

    def take(self, index: np.ndarray) -> Interactions:
        """The rows of `index`: ids int64 [m], or bool [n]."""
        ratings = None if self.ratings is None else self.ratings[index]
        times = None if self.times is None else self.times[index]
        return Interactions(self.users[index], self.items[index], ratings, times, self.source)


def interactions(data: Any, **columns: str | None) -> Interactions:
    """The interactions in `data` (what `records` takes, or `Interactions` themselves).

    columns: user, item, rating, time: the name of each, None to guess it, "none" for none. A row
    without a user or an item, a time that is missing where there are others, and what is no number
    are an InputError naming the row. A rating may be missing: NaN.
    """
    if isinstance(data, Interactions):
        return data
    table = records(data)
    found = {what: _column(table, what, columns.get(what)) for what in NAMES}
    users, items = (_required(table, what, found[what]) for what in ("user", "item"))
    ratings = None if found["rating"] is None else table.numbers(found["rating"])
    times = None if found["time"] is None else table.times(found["time"])
    if times is not None and np.isnan(times).all():
        times = None
    if times is not None and np.isnan(times).any():
        row = int(np.isnan(times).argmax())
        raise InputError(
            f"{table.place(row)}: column {found['time']!r}: the time is missing, and others have "
            "one",
            hint="leave such rows out, or do without times: --time none",
        )
    return Interactions(users, items, ratings, times, table.source)


def _column(table: Records, what: str, given: str | None) -> str | None:
    """The column of that meaning; None where there is none. Raises InputError."""
    if given == NONE and what in ("rating", "time"):
        return None
    if given is not None:
        table.column(given)
        return given
    folded = {re.sub(r"[^0-9a-z]", "", name.lower()): name for name in reversed(table.names)}
    for name in NAMES[what]:
        if name in folded:
            return folded[name]
    if what in ("rating", "time"):
        return None
    error = no_column(table.source, what, table.names)
    raise InputError(error.message, hint=f"--{what} COLUMN says which column names the {what}")


def _required(table: Records, what: str, name: str | None) -> np.ndarray:
    """A column that no row may lack. Raises InputError naming the row."""
    cells = table.strings(name or what)
    for row, cell in enumerate(cells):
        if cell is None or not cell:
            raise InputError(f"{table.place(row)}: column {name!r}: the {what} is missing")
    return cells


@final
@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """`names` of users or items, each with its features "column=value", none of them twice."""

    names: list[str]
    values: list[list[str]]
    source: str


def features(data: Any, what: str, *, identity: str | None = None) -> Features:
    """Features of users or items (`what`) from what `records` takes.

    The column `identity` names them: "id", or one of `NAMES`, or the first. Each other column is a
    feature, "column=value"; lists and a|b|c are several. A name that stands there twice has the
    features of all its rows. Raises InputError.
    """
    table = records(data)
    own = _identity(table, what, identity)
    found: dict[str, list[str]] = {}
    cells = _required(table, what, own)
    others = [(name, table.lists(name, "|")) for name in table.names if name != own]
    if not others:
        raise InputError(
            f"{table.source}: wanted features of a {what}, came the column {own!r} alone"
        )
    for row, name in enumerate(cells):
        bag = found.setdefault(name, [])
        bag += [f"{column}={value}" for column, lists in others for value in lists[row]]
    return Features(list(found), [list(dict.fromkeys(bag)) for bag in found.values()], table.source)


def _identity(table: Records, what: str, given: str | None) -> str:
    if given is not None:
        table.column(given)
        return given
    folded = {re.sub(r"[^0-9a-z]", "", name.lower()): name for name in reversed(table.names)}
    for name in ("id", *NAMES[what]):
        if name in folded:
            return folded[name]
    return table.names[0]


def feature_list(given: Mapping[str, Any]) -> list[str]:
    """{"genres": "Comedy|Drama", "year": 1999} as "column=value", as `features` spells them."""
    found = []
    for column, value in given.items():
        several = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        for one in several:
            spell: Callable[[Any], str] = str
            parts = one.split("|") if isinstance(one, str) else [spell(one)]
            found += [f"{column}={part.strip()}" for part in parts if part.strip()]
    return list(dict.fromkeys(found))
