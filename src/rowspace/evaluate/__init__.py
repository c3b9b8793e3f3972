"""Is it any good?  Scores against lists that people made, by the rules of whoever is compared."""

from rowspace.evaluate.analogies import analogies
from rowspace.evaluate.protocol import PROTOCOLS, Protocol
from rowspace.evaluate.score import Score
from rowspace.evaluate.similarity import similarity

__all__ = ["PROTOCOLS", "Protocol", "Score", "analogies", "similarity"]
