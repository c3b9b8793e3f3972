"""The demo's text: found without running anything, the same each time."""

from __future__ import annotations

import pytest

from rowspace.cli.documentation import paragraphs
from rowspace.errors import InputError

MODULE = '''"""The first paragraph,
over two lines.

The second."""
raise SystemExit("run!")

class Some:
    """Of a class."""

    def thing(self):
        """Of a method."""
        return "no docstring"

def number():
    1
'''


def test_docstrings_are_read_and_nothing_runs(tmp_path):
    (tmp_path / "b.py").write_text(MODULE)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "broken.py").write_text("def (")
    (tmp_path / "a" / "nul.py").write_bytes(b"\0")
    (tmp_path / "test").mkdir()
    (tmp_path / "test" / "c.py").write_text('"""Not this."""')
    (tmp_path / "pydoc_data").mkdir()
    (tmp_path / "pydoc_data" / "topics.py").write_text("topics = {'if': 'The if statement'}")
    assert list(paragraphs(tmp_path)) == [
        "The first paragraph, over two lines.",
        "The second.",
        "Of a class.",
        "Of a method.",
        "if",
        "The if statement",
    ]


def test_no_sources(tmp_path):
    with pytest.raises(InputError, match="no documentation"):
        list(paragraphs(tmp_path))
