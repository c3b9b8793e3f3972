"""What our layers can be told besides what torch's are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias, final

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import SettingError
from rowspace.nn.check import require_ids
from rowspace.nn.dropout import Dropout, dropout_of
from rowspace.nn.init import require_name
from rowspace.nn.items import rows_of_items
from rowspace.vocabulary import Vocabulary

Frozen: TypeAlias = Sequence[int] | Sequence[str] | np.ndarray | Tensor | None


@final
@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """Settings of `Embedding` and `EmbeddingBag`, each also a keyword of theirs.

    - vocabulary: items can be looked up, and are saved with the layer.
    - init: what the table starts as, by name (`rowspace.nn.init.initialise`).
    - dropout: `Dropout`, or a probability, of elements.
    - scale: "sqrt-dim" multiplies what is looked up by √D (Vaswani et al. 2017, tied weights).
    - frozen: rows that never learn: ids, items, or a mask, bool [R].

    Raises SettingError.
    """

    vocabulary: Vocabulary | None = None
    init: str = "normal"
    dropout: Dropout | float | None = None
    scale: Literal["sqrt-dim"] | None = None
    frozen: Frozen = None

    def __post_init__(self) -> None:
        require_name(self.init)
        SettingError.unless(self.scale in (None, "sqrt-dim"), "scale", self.scale, "'sqrt-dim'")
        known = self.vocabulary is None or isinstance(self.vocabulary, Vocabulary)
        SettingError.unless(known, "vocabulary", self.vocabulary, "a rowspace.Vocabulary")
        object.__setattr__(self, "dropout", dropout_of(self.dropout))


def options_of(options: Options | None, given: dict[str, Any]) -> Options:
    """The options with those that were given as keywords. Raises SettingError for an unknown."""
    names = [field.name for field in fields(Options)]
    for name in given:
        if name not in names:
            raise SettingError(
                f"there is no option {name!r}", hint=f"besides torch's there are {', '.join(names)}"
            )
    return replace(options or Options(), **given)


def frozen_rows(frozen: Frozen, size: int, vocabulary: Vocabulary | None) -> Tensor | None:
    """uint8 [R], 1 for rows that never learn, of ids, items or a mask; None for None."""
    if frozen is None:
        return None
    if not isinstance(frozen, Tensor):
        listed: Any = frozen if isinstance(frozen, np.ndarray) else list(frozen)
        if len(listed) and isinstance(listed[0], (str, bytes)):
            if vocabulary is None:
                raise SettingError("frozen items need a vocabulary", hint="give ids, or a mask")
            listed = rows_of_items(vocabulary, listed)
        array = np.asarray(listed)
        frozen = torch.as_tensor(array if len(array) else array.astype(np.int64))
    if frozen.dtype == torch.bool:
        if frozen.shape != (size,):
            raise SettingError(
                f"a mask of frozen rows must be bool [{size}], not {tuple(frozen.shape)}"
            )
        return frozen.to("cpu", torch.uint8)
    mask = torch.zeros(size, dtype=torch.uint8)
    mask[require_ids(frozen.cpu(), size).reshape(-1)] = 1
    return mask
