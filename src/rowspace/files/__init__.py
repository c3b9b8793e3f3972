"""What lies on disk: models as folders of data, written atomically, opened by memory map."""

from rowspace.files.artefact import load, load_context, save
from rowspace.files.describe import describe, verify

__all__ = ["describe", "load", "load_context", "save", "verify"]
