"""The network: what it sees of a word, and what it must not see."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace.errors import SettingError  # noqa: E402
from rowspace.networks.tag import Tagger, TagSettings, places  # noqa: E402
from rowspace.networks.tag_data import Sentences, Tags  # noqa: E402
from rowspace.networks.tag_words import Lexicon  # noqa: E402

SMALL = {"dim": 8, "letter_dim": 4, "filters": 6, "piece_dim": 4, "shape_dim": 4, "hidden": 8}
WORDS = [["Rome", "is", "old"], ["gold"], ["is", "Rome"]]
TAGS = Tags(("O", "B-LOC", "I-LOC", "E-LOC", "S-LOC"), True)


@pytest.fixture
def lexicon():
    return Lexicon.of({"Rome": 2, "is": 2, "old": 1, "gold": 1}, lower=True, longest=2)


@pytest.fixture
def made(lexicon):
    def network(**settings):
        torch.manual_seed(0)
        return Tagger(lexicon.sizes, TAGS.chains(), TagSettings(**{**SMALL, **settings}))

    return network


def batch_of(lexicon, words):
    tags = [np.zeros(len(one), np.int64) for one in words]
    tags[0][0] = 4
    return Sentences.of(words, lexicon, tags).batch(range(len(words)))


KINDS = [{}, {"encoder": "transformer", "layers": 2}, {"crf": False}, {"filters": 0},
         {"piece_dim": 0}, {"shape_dim": 0}, {"layers": 2}]  # fmt: skip


@pytest.mark.parametrize("settings", KINDS)
def test_padding_changes_no_score(made, lexicon, settings):
    network = made(**settings).eval()
    whole, alone = batch_of(lexicon, WORDS), batch_of(lexicon, [["is", "Rome"]])
    with torch.no_grad():
        first, second = network(whole), network(alone)
    assert first.shape == (3, 3, 5) and torch.isfinite(first).all()
    torch.testing.assert_close(first[1, :2], second[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("settings", KINDS)
def test_every_part_learns(made, lexicon, settings):
    network = made(**settings)
    loss = network.loss(batch_of(lexicon, WORDS))
    loss.backward()
    assert torch.isfinite(loss) and loss > 0
    for name, one in network.named_parameters():
        assert one.grad is not None, name
    assert network.best(batch_of(lexicon, WORDS))[0].shape == (3, 3)


def test_a_word_that_was_never_met_is_known_by_its_letters(made, lexicon):
    network = made().eval()
    with torch.no_grad():
        one, two = (network(batch_of(lexicon, [[word]])) for word in ("Romo", "zzzz"))
    assert not torch.allclose(one, two)


def test_dropout_is_one_mask_for_all_words_of_a_sentence(made):
    network = made(dropout=0.5)
    thinned = network._thinned(torch.ones(3, 7, 50))
    assert (thinned == thinned[:, :1]).all() and set(thinned.unique().tolist()) == {0.0, 2.0}
    assert (network.eval()._thinned(torch.ones(1, 2, 3)) == 1).all()


def test_places_tell_where_a_word_stands():
    found = places(6, 8, torch.device("cpu"))
    assert found.shape == (6, 8) and len(torch.unique(found, dim=0)) == 6
    assert found[0, :4].eq(0).all() and found[0, 4:].eq(1).all()


@pytest.mark.parametrize(
    "wrong",
    [{"dim": 0}, {"filters": -1}, {"dropout": 1.0}, {"dropout": float("nan")}, {"encoder": "gru"},
     {"crf": 2}, {"lower": "yes"}, {"rare": -1}, {"min_count": 0}, {"more_words": 0.5},
     {"encoder": "transformer", "hidden": 36}],
)  # fmt: skip
def test_settings_that_cannot_be(wrong):
    with pytest.raises(SettingError):
        TagSettings(**wrong)
