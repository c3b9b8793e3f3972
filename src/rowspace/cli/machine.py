"""What this machine offers: facts for `rowspace doctor`, each found without changing anything."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

NEEDED = ("numpy", "numba", "llvmlite", "safetensors", "click", "rich", "msgspec", "regex")
EXTRAS = {
    "tokenizers": "tokenizers",
    "arrow": "pyarrow",
    "ann": "faiss",
    "zstd": "zstandard",
}
PACKAGE_OF = {"faiss": "faiss-cpu"}
THREAD_LIMITS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact. `status`: ok · note (something is missing or slower) · bad (it will not work)."""

    name: str
    value: str
    status: str = "ok"
    hint: str = ""


def findings() -> Iterator[Finding]:
    """Everything, in the order it is shown."""
    yield Finding("python", f"{platform.python_version()} ({sys.executable})")
    yield Finding("platform", platform.platform())
    yield from packages()
    yield from extras()
    yield cores()
    yield memory()
    yield huge_pages()
    yield disk("free here", Path.cwd())
    yield disk("free for temporary files", Path(tempfile.gettempdir()))
    yield kernel_cache()
    yield blas()


def packages() -> Iterator[Finding]:
    """rowspace and what it cannot do without."""
    for name in ("rowspace", *NEEDED):
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            yield Finding(name, "missing", "bad", f"pip install {name}")


def extras() -> Iterator[Finding]:
    """What may be there and need not."""
    for extra, module in EXTRAS.items():
        if importlib.util.find_spec(module) is None:
            hint = f'pip install "rowspace[{extra}]"'
            yield Finding(f"extra {extra}", "not installed", "note", hint)
        else:
            package = PACKAGE_OF.get(module, module)
            yield Finding(f"extra {extra}", f"{package} {version(package)}")


def cores() -> Finding:
    """Cores this process may use, which may be fewer than the machine has."""
    usable, all_cores = len(os.sched_getaffinity(0)), os.cpu_count() or 1
    quota = cpu_quota()
    value = f"{usable} usable of {all_cores}"
    if quota is not None and quota < usable:
        return Finding(
            "cores", f"{value}, held to {quota:g}", "note", f"--threads {max(1, int(quota))}"
        )
    return Finding("cores", value)


def cpu_quota() -> float | None:
    """The container's limit in cores, or None."""
    words = first_line("/sys/fs/cgroup/cpu.max").split()
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit():
        return int(words[0]) / int(words[1])
    return None


def memory() -> Finding:
    """Memory that may be had now, under the container's limit if there is one."""
    lines = Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else []
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if len(line.split()) > 1}
    total, free = kib.get("MemTotal", 0) * 1024, kib.get("MemAvailable", 0) * 1024
    limit = first_line("/sys/fs/cgroup/memory.max")
    if limit.isdigit() and int(limit) < total:
        used = first_line("/sys/fs/cgroup/memory.current")
        total = int(limit)
        free = min(free, total - int(used)) if used.isdigit() else free
    if not total:
        return Finding("memory", "unknown", "note")
    return Finding("memory", f"{gigabytes(free)} free of {gigabytes(total)}")


def huge_pages() -> Finding:
    """Whether large tables can lie on huge pages, which look-ups at random gain from."""
    line = first_line("/sys/kernel/mm/transparent_hugepage/enabled")
    chosen = line[line.find("[") + 1 : line.find("]")] if "[" in line else ""
    if chosen in ("always", "madvise"):
        return Finding("huge pages", chosen)
    return Finding("huge pages", chosen or "unknown", "note", "look-ups in large tables are slower")


def disk(name: str, folder: Path) -> Finding:
    """Free space where a folder lies."""
    free = shutil.disk_usage(folder).free
    tight = free < 1 << 30
    return Finding(
        name,
        f"{gigabytes(free)} ({folder})",
        "note" if tight else "ok",
        "a model of 1 M words x 100 numbers needs about 2 GB while it trains" if tight else "",
    )


def kernel_cache() -> Finding:
    """Where compiled kernels are kept, and whether they can be."""
    try:
        from rowspace.kernels.jit import cache_folder
    except ImportError as error:  # a compiler that is there and does not work
        return Finding("kernels", f"cannot be compiled: {error}", "bad", "pip install -U numba")
    folder = cache_folder()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK | os.X_OK) or nearest.stat().st_uid != os.getuid():
        hint = "kernels are compiled again at every start; set XDG_CACHE_HOME to a folder of yours"
        return Finding("kernel cache", f"{folder} cannot be used", "note", hint)
    return Finding("kernel cache", str(folder))


def blas() -> Finding:
    """The library behind matrix products, and the limits set on its threads."""
    import numpy as np

    found = np.show_config(mode="dicts")
    built = found.get("Build Dependencies", {}).get("blas", {}) if isinstance(found, dict) else {}
    limits = [f"{name}={os.environ[name]}" for name in THREAD_LIMITS if name in os.environ]
    value = f"{built.get('name', 'unknown')} {built.get('version', '')}".strip()
    return Finding("BLAS", f"{value}, {', '.join(limits) if limits else 'threads not limited'}")


def first_line(path: str) -> str:
    """The first line of a file of the kernel's, "" where there is none."""
    try:
        return Path(path).read_text().partition("\n")[0].strip()
    except OSError:
        return ""


def gigabytes(count: int) -> str:
    """Bytes as GB."""
    return f"{count / 1e9:.1f} GB"
