"""The same ids, rows and gradients for everyone: ids in files, the rest by rule. NumPy alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

EXPONENT = 1.05  # of Zipf's law
KINDS = ("uniform", "zipf", "shuffled")
BLOCK = 4099  # rows that repeat in a table: prime, so that no stride meets the same ones


def ids_file(folder: Path, *, rows: int, kind: str, count: int, batches: int) -> Path:
    """`batches` batches of `count` ids of a table of `rows` rows, int64 [batches, count], kept.

    uniform: every id alike. zipf: the id of rank r (from 1) with a chance of r^-1.05, frequent ids
    first in the table. shuffled: the same, the ranks strewn over the table.
    """
    path = folder / f"ids-{kind}-{rows}-{batches}x{count}.npy"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npy")
        np.save(part, drawn(rows, kind, (batches, count)))
        part.replace(path)
    return path


def drawn(rows: int, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """Ids drawn with one seed, int64."""
    random = np.random.default_rng(rows)
    if kind == "uniform":
        return random.integers(0, rows, shape)
    reached = np.cumsum(np.arange(1, rows + 1, dtype=np.float64) ** -EXPONENT)
    ranks = np.searchsorted(reached, random.random(shape) * reached[-1]).clip(0, rows - 1)
    return strewn(ranks, rows) if kind == "shuffled" else ranks


def strewn(ranks: np.ndarray, rows: int) -> np.ndarray:
    """Every rank at another place of the table: multiplied by a number prime to its size."""
    factor = next(n for n in range(int(rows * 0.618) | 1, 2 * rows + 3) if math.gcd(n, rows) == 1)
    return ranks * factor % rows


def fill(table: np.ndarray) -> None:
    """The numbers of a table [R, D] to begin with: normal, deviation 0.1, the same for everyone."""
    rows, dim = table.shape
    block = np.random.default_rng(dim).standard_normal((min(BLOCK, rows), dim), np.float32)
    block *= np.float32(0.1)
    for start in range(0, rows, BLOCK):
        table[start : start + BLOCK] = block[: rows - start]


def row_values(rows: np.ndarray, *, n_rows: int, dim: int) -> np.ndarray:
    """What `fill` put into some rows."""
    block = np.random.default_rng(dim).standard_normal((min(BLOCK, n_rows), dim), np.float32)
    return block[rows % BLOCK] * np.float32(0.1)


def gradient(shape: tuple[int, ...]) -> np.ndarray:
    """What comes back from the rest of a network: the same at every step, float32."""
    return np.random.default_rng(1).standard_normal(shape, np.float32) * np.float32(0.01)


def offsets(job: Mapping[str, Any]) -> np.ndarray:
    """Where the bags of a table's batch begin, int64 [B]: all of the same length."""
    bags = job["bags"] // job.get("tables", 1)
    return np.arange(bags, dtype=np.int64) * int(job["length"])
