"""`kernel` and `exact`: how every compiled function of rowspace is compiled, and where its code
is kept.

Compiled code is cached between processes in a folder that belongs to the user alone, named after
the kernels' own source, so that no edit or upgrade can meet stale code. A cache that cannot be
trusted or read is left alone and the code is compiled afresh.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import caching

F = TypeVar("F", bound=Callable[..., Any])

# nnan and ninf are left out on purpose: they would remove the checks that see a run diverge.
FASTMATH = {"contract", "reassoc", "nsz", "arcp"}
# What reading a damaged cache file can raise.
_DAMAGE = (
    OSError, EOFError, ValueError, LookupError, AttributeError, ImportError, TypeError,
    caching.pickle.PickleError,  # type: ignore[attr-defined]
)  # fmt: skip


def _source_digest() -> str:
    digest = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_folder() -> Path:
    """The folder compiled kernels are kept in: `$XDG_CACHE_HOME/rowspace/kernels/<digest>`."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "rowspace" / "kernels" / _source_digest()


def _trusted(folder: Path) -> str:
    """Why `folder` cannot be used, or '' when it can (made if it was missing)."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
    except (OSError, RuntimeError) as error:
        return str(error)
    if hasattr(os, "getuid") and status.st_uid != os.getuid():
        return "it belongs to another user"
    if status.st_mode & 0o022:
        return "others may write to it"
    return "" if os.access(folder, os.W_OK | os.X_OK) else "it cannot be written to"


def _choose_folder() -> Path:
    folder = cache_folder()
    reason = _trusted(folder)
    if not reason:
        return folder
    warnings.warn(f"compiled kernels are not kept between runs: {folder}: {reason}", stacklevel=3)
    private = tempfile.mkdtemp(prefix="rowspace-")
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    return Path(private)


class _Cache(caching.FunctionCache):
    """Numba's cache, for which a damaged file is a missing file."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except _DAMAGE:
            return self._forget()

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except _DAMAGE:
            self._forget()

    def _forget(self) -> None:
        warnings.warn("a damaged kernel cache was set aside; compiling again", stacklevel=4)
        try:
            self.flush()
        except OSError:
            self.disable()


_folder = _choose_folder()


def cold() -> bool:
    """Whether nothing has been compiled for this machine and version yet."""
    return next(_folder.rglob("*.nbc"), None) is None


def kernel(function: F) -> F:
    """Compile `function` at its first call: no GIL, cached, IEEE rules for NaN kept."""
    return _compiled(function, FASTMATH)


def exact(function: F) -> F:
    """`kernel` without fast-math: every operation on floats is done and rounded as written."""
    return _compiled(function, set())


def inlined(function: F) -> F:
    """`kernel` for a part of a kernel: it becomes part of whoever calls it. A call with many arrays
    would pass some hundred numbers over the stack."""
    return _compiled(function, FASTMATH, forceinline=True)


def _compiled(function: F, fastmath: set[str], **options: Any) -> F:
    compiled: Any = numba.njit(nogil=True, fastmath=fastmath, error_model="numpy", **options)(
        function
    )
    config: Any = numba.config
    if not config.DISABLE_JIT:
        before, config.CACHE_DIR = config.CACHE_DIR, str(_folder)
        try:
            compiled._cache = _Cache(compiled.py_func)
        finally:
            config.CACHE_DIR = before
    return cast(F, compiled)
