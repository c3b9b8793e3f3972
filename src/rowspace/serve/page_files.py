"""The files of the page: those that lay in its folder when this was imported, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).with_name("page")
INDEX = "index.html"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FILES: Mapping[str, tuple[Path, str]] = MappingProxyType(
    {path.name: (path, KINDS[path.suffix]) for path in FOLDER.iterdir() if path.suffix in KINDS}
    if FOLDER.is_dir()
    else {}
)
"""Name to file and media type; a request names one of these, never a path."""


def read_file(name: str) -> tuple[bytes, str] | None:
    """The content of a file and its media type; None for a name that is none of theirs."""
    if name not in FILES:
        return None
    path, kind = FILES[name]
    return path.read_bytes(), kind
