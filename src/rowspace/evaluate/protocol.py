"""`Protocol`: whose rules a test is scored by. The same vectors differ by points between them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, final

from rowspace.errors import InputError


@final
@dataclass(frozen=True, slots=True)
class Protocol:
    """How words are looked up and what counts.

    case              exact: as written · lower: lower-cased · upper: vocabulary and test are
                      compared in upper case, the most frequent spelling stands for all ·
                      fallback: as written, else lower-cased
    analogy_limit     analogies use only the N most frequent items, as words and as answers
    similarity_limit  the same for similarity; None: all
    missing           skip: a case with a missing word does not count · wrong: it counts as wrong,
                      a pair as similarity 0 · first: the most frequent item stands for the word
    unseen            words that are not known are answered by the vocabulary's policy
    one_spelling      answers that differ from a question's words only in case are left out
    drop_zero         pairs with a zero vector do not count
    single            cosines of pairs are worked out in float32: those of a word and itself come
                      out a little apart from each other, and from those of equal vectors
    """

    case: Literal["exact", "lower", "upper", "fallback"]
    analogy_limit: int | None = None
    similarity_limit: int | None = None
    missing: Literal["skip", "wrong", "first"] = "skip"
    unseen: bool = False
    one_spelling: bool = False
    drop_zero: bool = False
    single: bool = False


PROTOCOLS: dict[str, Protocol] = {
    # What a person means: any case, the customary 30,000 answers, coverage told beside the score.
    "rowspace": Protocol("fallback", analogy_limit=30_000),
    # compute-accuracy.c as its demo scripts call it.
    "word2vec": Protocol("upper", analogy_limit=30_000, similarity_limit=30_000),
    # evaluate_word_analogies and evaluate_word_pairs with their defaults. Of several spellings
    # of a word only the most frequent is a candidate; gensim looks through the best five.
    "gensim": Protocol("upper", analogy_limit=300_000, similarity_limit=300_000, one_spelling=True),
    # eval/python/evaluate.py.
    "glove": Protocol("exact"),
    # Levy, Goldberg and Dagan 2015: every question and every pair counts.
    "hyperwords": Protocol("lower", missing="wrong"),
    # eval.py on the output of print-word-vectors, which answers every word it has n-grams of.
    "fasttext": Protocol("lower", unseen=True, drop_zero=True),
    # vecto's benchmarks with their defaults: its vocabulary answers what it does not know with
    # item 0, so that every case counts, and the answer is wrong where it is the word not known.
    "vecto": Protocol("lower", missing="first", single=True),
}


def protocol(name: str | Protocol) -> Protocol:
    """A protocol by name. Raises InputError with the nearest name."""
    if isinstance(name, Protocol):
        return name
    if name not in PROTOCOLS:
        near = get_close_matches(name, PROTOCOLS, n=1)
        raise InputError(
            f"there is no protocol {name!r:.80}; there are {', '.join(PROTOCOLS)}",
            hint=f"did you mean {near[0]!r}?" if near else "",
        )
    return PROTOCOLS[name]
