"""What lies on disk: models as folders of data, written atomically, opened by memory map.

Files of vectors that other programs wrote are read too.
"""

from rowspace.files.artefact import load_context, save
from rowspace.files.convert import Converted, convert, export
from rowspace.files.describe import describe, verify
from rowspace.files.index_file import load_index, save_index
from rowspace.files.readers import load

__all__ = [
    "Converted",
    "convert",
    "describe",
    "export",
    "load",
    "load_context",
    "load_index",
    "save",
    "save_index",
    "verify",
]
