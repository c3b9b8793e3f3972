"""The text every Python carries: its language reference and its library's docstrings.

The sources are parsed and never imported, so nothing in them runs.
"""

from __future__ import annotations

import ast
import inspect
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from rowspace.errors import InputError

# Folders whose text is about something else, or belongs to somebody else.
PASSED_OVER = {"site-packages", "dist-packages", "test", "tests", "encodings", "__pycache__"}
LARGEST = 2_000_000  # bytes; a longer module is a table of data
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def paragraphs(folder: Path | None = None) -> Iterator[str]:
    """Paragraphs of Python's own documentation, one line each, in a fixed order."""
    library = folder or Path(sysconfig.get_path("stdlib"))
    modules = sorted(library.rglob("*.py"), key=lambda path: path.relative_to(library).as_posix())
    found = False
    for path in modules:
        if PASSED_OVER & set(path.relative_to(library).parts) or path.stat().st_size > LARGEST:
            continue
        for text in texts(path, whole=path.parent.name == "pydoc_data"):
            for paragraph in text.split("\n\n"):
                line = " ".join(paragraph.split())
                if line:
                    found = True
                    yield line
    if not found:
        raise InputError(
            f"no documentation found in {library}",
            hint="this Python came without its library's sources; give rowspace train a text file",
        )


def texts(path: Path, *, whole: bool) -> Iterator[str]:
    """The docstrings of one module; `whole`: every string in it, for the language reference."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError):  # a template, or a file for another version
        return
    for node in ast.walk(tree):
        if whole and isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif not whole and isinstance(node, DOCUMENTED) and (text := docstring(node)):
            yield text


def docstring(node: ast.AST) -> str:
    """The docstring of a module, class or function, or ""."""
    body = getattr(node, "body", [])
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        value = body[0].value.value
        return inspect.cleandoc(value) if isinstance(value, str) else ""
    return ""
