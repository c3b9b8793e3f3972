"""Memory for tables: aligned to pages, on huge pages where the system has them.

A random row of a large table costs a look in the page tables besides the row itself; with pages
of 2 MiB that look is nearly always at hand (an unaligned table on small pages was two to three
times slower).
"""

from __future__ import annotations

import mmap
from contextlib import suppress
from pathlib import Path

import numpy as np

from rowspace.errors import ResourceError

_HUGE = 1 << 21


def zeros(rows: int, stride: int) -> np.ndarray:
    """A float32 matrix of zeros [rows, stride]; pages are taken when first written.

    Raises ResourceError when the system cannot give so much.
    """
    size = max(1, rows * stride * 4)
    try:
        block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except (OSError, ValueError, OverflowError) as error:
        raise ResourceError(f"no memory for a table of {human(size)}: {error}") from error
    if size >= _HUGE:
        with suppress(OSError, AttributeError):  # another system, or huge pages turned off
            block.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(block, np.float32, rows * stride).reshape(rows, stride)


def available_memory() -> int | None:
    """Bytes this process may still take, None where the system does not say."""
    found = []
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
    with suppress(OSError, ValueError):  # a container's own limit
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text())
        found.append(limit - int((group / "memory.current").read_text()))
    return min(found) if found else None


def human(size: float) -> str:
    """Bytes for people: `1.9 GB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.3g} TB"
