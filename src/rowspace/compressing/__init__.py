"""Models made smaller: fewer bytes a number, fewer numbers, fewer rows; and what that costs."""

from rowspace.compressing.compress import Compressed, compress
from rowspace.compressing.settings import Compression

__all__ = ["Compressed", "Compression", "compress"]
