"""A network as a model, and back: tables become vectors and parts, all else arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from rowspace.errors import FormatError, InputError
from rowspace.networks.course import copied, put
from rowspace.vectors import Model, Vectors
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.tokens import Tokens

PREFIX = "network."
"""What the names of a network's arrays begin with."""
Tables = Mapping[str, tuple[nn.Module, Vocabulary]]
"""By the name of the part: a layer of the network with a `weight` [R, D], and what its rows are."""


def kind_of(model: Model) -> str | None:
    """ "tag", "translate" or "generate"; None for a model that is no network."""
    network = model.config.get("network")
    kind = network.get("kind") if isinstance(network, Mapping) else None
    return kind if isinstance(kind, str) else None


def settings_in(model: Model, kind: str) -> dict[str, Any]:
    """The settings of a model of that kind. Raises InputError for another one."""
    found = kind_of(model)
    if found != kind:
        raise InputError(
            f"a model of `train {kind}` is needed, not one of "
            f"{'`train ' + found + '`' if found else 'another kind'}"
        )
    return dict(model.config["network"])


def tokenizer_of(model: Model) -> bytes | None:
    """The content of the tokenizer.json that a model's vocabulary cuts text by, for its folder."""
    unseen = model.vectors.vocabulary.unseen if model.has_vectors else None
    return unseen.tokenizer.tobytes() if isinstance(unseen, Tokens) else None


def to_model(
    network: nn.Module,
    tables: Tables,
    *,
    config: Mapping[str, Any],
    record: Mapping[str, Any],
    own: str = "words",
) -> Model:
    """The network as a model: `own` is the table whose rows are the model's vectors."""
    weights = copied(network)
    names = _names(network, tables)
    parts: dict[str, Vectors] = {}
    for part, (_, vocabulary) in tables.items():
        parts[part] = Vectors(vocabulary, weights.pop(names[part]).float().numpy())
    arrays = {PREFIX + name: _array(one) for name, one in weights.items()}
    return Model(
        parts.pop(own), config, record, arrays=arrays,
        parts={name: Model(vectors) for name, vectors in parts.items()},
    )  # fmt: skip


def restore(network: nn.Module, tables: Tables, model: Model, *, own: str = "words") -> nn.Module:
    """Give a network built like the model's its weights; it comes back in eval mode.

    Raises FormatError for a model whose arrays are not those of this network.
    """
    names = _names(network, tables)
    wanted = copied(network)
    found = {
        name.removeprefix(PREFIX): array
        for name, array in model.arrays.items()
        if name.startswith(PREFIX)
    }
    for part in tables:
        vectors = model.vectors if part == own else _part(model, part)
        found[names[part]] = np.asarray(vectors.rows)
    for name in sorted({*wanted, *found}):
        shape = tuple(wanted[name].shape) if name in wanted else "none"
        came = found[name].shape if name in found else "none"
        if shape != came:
            raise FormatError(
                "the model", f"its network does not fit: {name}", expected=shape, found=came
            )
    with torch.no_grad():
        put(network, {name: torch.from_numpy(np.array(one)) for name, one in found.items()})
    return network.eval()


def _part(model: Model, name: str) -> Vectors:
    if name not in model.parts:
        raise FormatError("the model", f"its network has no part {name!r}")
    return model.parts[name].vectors


def _names(network: nn.Module, tables: Tables) -> dict[str, str]:
    """What the weight of each table is called in the network."""
    found = {id(one): name for name, one in network.named_parameters()}
    return {part: found[id(layer.weight)] for part, (layer, _) in tables.items()}


def _array(weight: Tensor) -> np.ndarray:
    if weight.is_floating_point():
        return weight.float().contiguous().numpy()
    return weight.to(torch.int64).contiguous().numpy()
