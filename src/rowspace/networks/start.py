"""Rows that start from vectors, and whether they learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from rowspace.errors import SettingError
from rowspace.networks.settings import Run
from rowspace.nn import Embedding
from rowspace.training.start import Source, Start
from rowspace.vectors import Vectors
from rowspace.vocabulary import to_text


def opened(source: Source | None) -> Vectors | None:
    """The vectors to start from: anything `files.load` opens. Raises FormatError."""
    return None if source is None else Start.of(source).vectors


def require_dim(start: Vectors | None, dim: int, given: bool) -> int:
    """The dimension of rows: that of the vectors they start from. Raises SettingError if another
    one was given."""
    if start is None:
        return dim
    wrong = given and dim != start.dim
    SettingError.unless(not wrong, "dim", dim, f"{start.dim}, that of the vectors to start from")
    return start.dim


def started(
    layer: Embedding, items: Sequence[str | bytes], start: Vectors | None, run: Run
) -> dict[str, Any]:
    """Row i starts from the vector of items[i], as it is spelled, else in lower case; brought to
    the spread that the layer's rows have. By `run.tune` these rows are frozen. Others stay as they
    are.

    Returns how many are `known` `of` all items, and `in_lower_case`.
    """
    if run.tune == "random":
        layer.frozen_rows = torch.ones(len(layer.weight), dtype=torch.uint8)
    if start is None:
        return {}
    if start.dim != layer.embedding_dim:
        raise SettingError(f"vectors of {start.dim} numbers, rows of {layer.embedding_dim}")
    names = [to_text(item) if isinstance(item, bytes) else item for item in items]
    exact = start.vocabulary.ids(names)
    lower = start.vocabulary.ids([name.lower() for name in names])
    places = np.where(exact >= 0, exact, lower)
    known = np.flatnonzero(places >= 0)
    if layer.padding_idx is not None:
        known = known[known != layer.padding_idx]
    vectors = np.array(start.rows[places[known]], np.float32)
    lengths = np.linalg.norm(vectors, axis=1)
    there = lengths > 0
    with torch.no_grad():
        weight = layer.weight
        middle = float(torch.linalg.vector_norm(weight.float(), dim=1).median())
        if there.any() and middle > 0:
            vectors *= np.float32(middle / np.median(lengths[there]))
        weight[torch.from_numpy(known)] = torch.from_numpy(vectors).to(weight)
    if run.tune in ("frozen", "after-warm-up"):
        mask = torch.zeros(len(layer.weight), dtype=torch.uint8)
        mask[torch.from_numpy(known)] = 1
        layer.frozen_rows = mask.to(layer.weight.device)
    return {
        "known": len(known),
        "of": len(names),
        "in_lower_case": int(((exact < 0) & (lower >= 0)).sum()),
        "dim": start.dim,
    }
