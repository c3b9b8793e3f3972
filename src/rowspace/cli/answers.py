"""How a model answered for items it has never seen: said, not hidden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rowspace.cli.output import Output, visible

if TYPE_CHECKING:
    from rowspace.vectors import Vectors


def tell_unseen(output: Output, vectors: Vectors, items: Iterable[str]) -> None:
    """Say for each item that is not in the vocabulary what its answer is made of.

    An item the policy has nothing to go on for is left to the look-up, whose error names the
    nearest spellings.
    """
    vocabulary = vectors.vocabulary
    for item in items:
        if item in vocabulary or not vocabulary.bag(item):
            continue
        policy = vocabulary.unseen
        output.say(f"note: {visible(item)} is not in the vocabulary; answered by: {policy.answers}")
        if output.json:
            output.emit("unseen", item=item, policy=policy.name, answered_by=policy.answers)
