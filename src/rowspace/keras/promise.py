"""What the configuration of a layer tells of its vocabulary, which comes from a file later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, final

from rowspace.errors import InputError
from rowspace.vocabulary import Exact, Unseen, Vocabulary
from rowspace.vocabulary.policies import FOREIGN, POLICIES


@final
@dataclass(frozen=True, slots=True)
class Promise:
    """A vocabulary as a layer's configuration tells of it: its size and the name of its policy.

    The items themselves follow in a file, when the layer is there already.
    """

    size: int
    unseen: str

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Promise:
        """What a configuration says of this one."""
        return cls(len(vocabulary), vocabulary.unseen.name)

    @classmethod
    def read(cls, config: object) -> Promise:
        """The inverse of `config`. Raises InputError."""
        if not isinstance(config, Mapping) or set(config) != {"size", "unseen"}:
            raise InputError(f"a layer's vocabulary is told by size and unseen, not {config!r:.80}")
        size, name = config["size"], config["unseen"]
        known = isinstance(name, str) and name in {**POLICIES, **FOREIGN}
        if not known or not isinstance(size, int):
            raise InputError(f"no vocabulary has {size!r:.40} items and the policy {name!r:.40}")
        return cls(size, name)

    def config(self) -> dict[str, Any]:
        """As data."""
        return {"size": self.size, "unseen": self.unseen}

    def require(self, vocabulary: Vocabulary) -> None:
        """Raises InputError unless it is the one that was promised."""
        if Promise.of(vocabulary) != self:
            raise InputError(
                f"wanted a vocabulary of {self.size} items and policy {self.unseen!r}, came one "
                f"of {len(vocabulary)} and {vocabulary.unseen.name!r}"
            )

    @property
    def bagged(self) -> bool:
        """Whether an item is a bag of rows, and not always a single one."""
        return self.unseen != Exact.name

    @property
    def pool(self) -> Literal["sum", "mean"]:
        """How the rows of a bag become one vector."""
        kinds: dict[str, type[Unseen]] = {**POLICIES, **FOREIGN}
        return kinds[self.unseen].pool
