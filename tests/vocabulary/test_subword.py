"""`Subwords`: rows after the items' own, with fastText's hash."""

from rowspace.kernels.subword_reference import ngram_hash
from rowspace.vocabulary import Subwords, Vocabulary
from rowspace.vocabulary.subword import FEW


def test_rows() -> None:
    vocabulary = Vocabulary.of(["né", "</s>"], unseen=Subwords(3, 3, 100))
    grams = [2 + ngram_hash(gram.encode()) % 100 for gram in ("<né", "né>")]
    assert vocabulary.bag("né") == [0, *grams]
    assert vocabulary.bag("</s>") == [1]
    assert vocabulary.bag("nné")[-1] == grams[-1]
    assert vocabulary.n_rows == 102


def test_nothing_to_go_on() -> None:
    assert Vocabulary.of(["a"], unseen=Subwords(5, 6, 100)).bag("b") == []
    without = Vocabulary.of(["a"], unseen=Subwords(0, 0, 100))
    assert without.n_rows == 1 and without.bag("a") == [0] and without.bag("b") == []


def test_many_go_through_the_compiled_twin_and_agree() -> None:
    vocabulary = Vocabulary.of((f"wörd{i}" for i in range(FEW + 10)), unseen=Subwords(2, 4, 50))
    bags = vocabulary.bags()
    for id in (0, 17, FEW + 9):
        assert bags[id].tolist() == vocabulary.bag(vocabulary.item(id))
