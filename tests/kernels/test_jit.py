"""Where compiled code is kept, and what becomes of a cache that cannot be trusted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import numpy as np, warnings
warnings.simplefilter("always")
from rowspace.kernels import jit
before = jit.cold()
from rowspace.kernels.cpu_windows import bits
assert int(bits(np.uint64(1), 2)) > 0
hits = sum(bits.stats.cache_hits.values())
print(jit._folder, before, hits)
"""


def run(cache: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), **more}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of caches in which the kernel has been compiled, and where in it."""
    cache = tmp_path_factory.mktemp("compiled")
    return cache, Path(run(cache).stdout.split()[0])


@pytest.fixture
def kept(compiled: tuple[Path, Path], tmp_path: Path) -> Path:
    """Where a copy of it lies that a test may harm; `tmp_path` is the folder of caches."""
    shutil.copytree(compiled[0], tmp_path, dirs_exist_ok=True)
    return tmp_path / compiled[1].relative_to(compiled[0])


def test_compiled_once_and_kept(tmp_path: Path) -> None:
    first, second = run(tmp_path), run(tmp_path)
    assert first.stdout.split()[1:] == ["True", "0"]
    assert second.stdout.split()[1:] == ["False", "1"]
    folder = Path(first.stdout.split()[0])
    assert folder.is_relative_to(tmp_path) and folder.stat().st_mode & 0o077 == 0
    assert first.stderr == second.stderr == ""


def test_case_26_a_corrupt_cache_is_set_aside(tmp_path: Path, kept: Path) -> None:
    files = [*kept.rglob("*.nbi"), *kept.rglob("*.nbc")]
    assert files
    for path in files:
        path.write_bytes(b"\x80\x04 not what it was")
    again = run(tmp_path)
    assert again.stdout.split()[2] == "0"
    assert "damaged kernel cache" in again.stderr
    assert run(tmp_path).stdout.split()[2] == "1"


def test_case_26_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    done = run(blocked)
    assert done.stderr.count("not kept between runs") == 1
    assert not Path(done.stdout.split()[0]).exists()  # the private folder is gone with the run


def test_case_26_a_cache_others_may_write_to_is_ignored(tmp_path: Path, kept: Path) -> None:
    kept.chmod(0o777)
    done = run(tmp_path)
    assert "others may write to it" in done.stderr
    assert Path(done.stdout.split()[0]) != kept


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to chown")
def test_case_26_a_foreign_cache_is_ignored(tmp_path: Path, kept: Path) -> None:
    os.chown(kept, 12345, 12345)
    done = run(tmp_path)
    assert "belongs to another user" in done.stderr
    assert Path(done.stdout.split()[0]) != kept
