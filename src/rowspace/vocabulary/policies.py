"""The policies for unseen items, by the names a user types."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import numpy as np

from rowspace.errors import InputError
from rowspace.vocabulary.exact import Exact
from rowspace.vocabulary.features import Features
from rowspace.vocabulary.floret import Floret
from rowspace.vocabulary.grams import Grams
from rowspace.vocabulary.hashed import Hashed
from rowspace.vocabulary.kept_grams import KeptGrams
from rowspace.vocabulary.ngrams import BucketGrams, ListedGrams
from rowspace.vocabulary.quotient import Quotient
from rowspace.vocabulary.subword import Subwords
from rowspace.vocabulary.tokens import Tokens
from rowspace.vocabulary.unseen import Unseen

POLICIES: dict[str, type[Unseen]] = {
    "exact": Exact,
    "hashed": Hashed,
    "subwords": Subwords,
    "quotient": Quotient,
}

FOREIGN: dict[str, type[Unseen]] = {
    "features": Features,
    "grams": Grams,
    "floret": Floret,
    "kept-grams": KeptGrams,
    "tokens": Tokens,
    "bucket-grams": BucketGrams,
    "listed-grams": ListedGrams,
}
"""Those that come with files of other programs, or with a model made smaller."""


def policy(name: str | Unseen, settings: Mapping[str, Any] | None = None) -> Unseen:
    """A policy from its name and settings; a policy comes back as it is.

    Raises InputError for a name in neither `POLICIES` nor `FOREIGN`, or a setting it has not.
    """
    if isinstance(name, Unseen):
        return name
    known = {**POLICIES, **FOREIGN}
    if name not in known:
        near = get_close_matches(str(name), POLICIES, n=1)
        raise InputError(
            f"there is no policy {name!r:.80} for unseen items; there are {', '.join(POLICIES)}",
            hint=f"did you mean {near[0]!r}?" if near else "",
        )
    kind, settings = known[name], dict(settings or {})
    fields = list(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    for field in settings:
        if field not in fields:
            raise InputError(
                f"{kind.__name__} has no setting {field!r:.80}; it has {', '.join(fields)}"
            )
    try:
        return kind(**settings)
    except TypeError as error:
        raise InputError(f"{kind.__name__} cannot be made: {error}") from None


def policy_from(
    config: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None = None
) -> Unseen:
    """The inverse of `Unseen.config` and `Unseen.arrays`."""
    if not isinstance(config, Mapping) or "name" not in config:
        raise InputError(f"a policy's configuration must hold its name, not {config!r:.80}")
    plain = {k: v for k, v in config.items() if k != "name"}
    return policy(config["name"], {**plain, **(arrays or {})})
