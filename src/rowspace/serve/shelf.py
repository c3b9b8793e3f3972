"""`Shelf`: the models that are served, by id; opened at the start, and opened anew when asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import TypeAlias, final

from rowspace import files
from rowspace.errors import InputError, RowspaceError
from rowspace.serve.columns import Table
from rowspace.serve.served import Served
from rowspace.vectors import Model

Source: TypeAlias = str | Path | Model
Sources: TypeAlias = Mapping[str, Source] | Iterable[Source]
Group: TypeAlias = list[Served]
"""What one source holds: a model, or the parts of one that has no vectors of its own."""
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9._-]+")


@final
class Shelf:
    """Nothing but `models` is ever asked for by a request, and only by these ids.

    `stale`: what became of the sources that could not be opened anew, by name; the models opened
    before go on answering. Raises RowspaceError for a source that cannot be served at the start.
    """

    def __init__(self, sources: Sources, columns: Table = ({}, {})) -> None:
        if isinstance(sources, Mapping):
            self._sources = list(sources.items())
        else:
            self._sources = [(_name(source), source) for source in sources]
        if not self._sources:
            raise InputError("there is no model to serve", hint="name one or more")
        self._columns, self._lock = columns, Lock()
        self._groups = [self._opened(*one) for one in self._sources]
        self.models = _by_id(self._groups)
        self.stale: dict[str, str] = {}

    def reload(self) -> bool:
        """Opens every source anew; the new ones answer once each has been tried out. Whether all
        went well."""
        with self._lock:
            groups, stale = [], {}
            for one, before in zip(self._sources, self._groups, strict=True):
                try:
                    groups.append(self._opened(*one))
                except (RowspaceError, OSError, MemoryError) as error:
                    groups.append(before)
                    stale[one[0]] = str(error)
            self._groups, self.stale = groups, stale
            self.models = _by_id(groups)
            return not stale

    def _opened(self, name: str, source: Source) -> Group:
        model = source if isinstance(source, Model) else files.load(source)
        every = {name: model} if model.has_vectors else {}
        if not every:
            every = {f"{name}/{p}": one for p, one in model.parts.items() if one.has_vectors}
        if not every:
            raise InputError(f"{name}: there are no vectors in this model")
        group = [Served(name, one, self._columns) for name, one in every.items()]
        for served in group:
            served.try_out()
        return group


def _name(source: Source) -> str:
    if isinstance(source, Model):
        return "model"
    path = Path(source)
    return path.name or path.resolve().name


def _by_id(groups: Iterable[Group]) -> dict[str, Served]:
    """Each by its name, as far as an address holds it, with -2, -3, … where it is taken."""
    found: dict[str, Served] = {}
    for served in (one for group in groups for one in group):
        id = plain = _NOT_IN_AN_ID.sub("-", served.name)[:100].strip(".-") or "model"
        number = 1
        while id in found:
            number += 1
            id = f"{plain}-{number}"
        served.id = id
        found[id] = served
    return found
