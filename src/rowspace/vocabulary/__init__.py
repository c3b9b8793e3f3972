"""② Items get rows.

`Vocabulary` maps items (words, users, categories) to rows, and holds their counts; a policy
(`POLICIES`) says how an item that was never counted gets its rows.
"""

from __future__ import annotations

from rowspace.vocabulary.exact import Exact
from rowspace.vocabulary.hashed import Hashed
from rowspace.vocabulary.items import Items, to_bytes, to_text
from rowspace.vocabulary.phrases import Phrases
from rowspace.vocabulary.policies import POLICIES, policy, policy_from
from rowspace.vocabulary.quotient import Quotient
from rowspace.vocabulary.subword import Subwords
from rowspace.vocabulary.unseen import Unseen
from rowspace.vocabulary.vocabulary import Vocabulary

__all__ = [
    "POLICIES",
    "Exact",
    "Hashed",
    "Items",
    "Phrases",
    "Quotient",
    "Subwords",
    "Unseen",
    "Vocabulary",
    "policy",
    "policy_from",
    "to_bytes",
    "to_text",
]
