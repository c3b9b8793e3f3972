"""⑮ A page and a JSON interface for trained vectors: `rowspace serve`, or `app` in a server of
one's own. Needs the extra `explore`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from rowspace.errors import MissingExtraError

if TYPE_CHECKING:
    from rowspace.serve.guard import App
    from rowspace.serve.limits import Limits
    from rowspace.serve.shelf import Sources

__all__ = ["app"]


def app(
    models: Sources,
    *,
    token: str | None = None,
    hosts: tuple[str, ...] = (),
    origins: tuple[str, ...] = (),
    columns: str | Path | None = None,
    limits: Limits | None = None,
) -> App:
    """An ASGI application that answers with `models`: paths or `Model`s, or a mapping of names.

    token: what clients must show (`Authorization: Bearer …`); without one it answers only under
    names of this machine (localhost, 127.0.0.1, ::1) and `hosts`. origins: pages of other
    addresses that may ask. columns: a file whose first column names items, for colours. limits:
    `serve.limits.Limits`. Raises RowspaceError for a model that cannot be served, and
    MissingExtraError without the extra `explore`.
    """
    require()
    from rowspace.serve.application import Service
    from rowspace.serve.columns import read_columns
    from rowspace.serve.guard import Access
    from rowspace.serve.limits import Limits
    from rowspace.serve.shelf import Shelf

    access = Access(hosts=hosts, token=token, origins=origins)
    table = ({}, {}) if columns is None else read_columns(columns)
    return Service(Shelf(models, table), access, limits or Limits()).guard


def require() -> None:
    """Raises MissingExtraError unless what the server needs is installed."""
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise MissingExtraError("rowspace serve", "explore")
