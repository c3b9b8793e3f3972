"""The search: with one way it is the likeliest each time, with enough of them the best there is."""

from __future__ import annotations

import itertools

import pytest

torch = pytest.importorskip("torch")

from rowspace.networks import beam  # noqa: E402
from rowspace.networks.beam import best  # noqa: E402
from rowspace.networks.translate import TranslateSettings, Translator  # noqa: E402

SIZE = 6  # <pad> <s> </s> and three subwords
SOURCES = torch.tensor([[3, 4, 2, 0], [5, 2, 0, 0], [4, 4, 3, 2], [3, 2, 0, 0]])


@pytest.fixture(params=range(3))
def network(request):
    torch.manual_seed(request.param)
    made = Translator(
        SIZE, TranslateSettings(dim=8, hidden=8, layers=1, heads=2, subwords=512)
    ).eval()
    with torch.no_grad():
        made.embedding.weight.mul_(3)  # surer of itself than a network that has learned nothing
    return made


def log_chances(network, source, ids, known={}):  # noqa: B006 - asked for often
    """log p of each next subword, [V], by training's way."""
    source = source[source != 0][None]
    key = (id(network), tuple(source[0].tolist()), tuple(ids))
    if key not in known:
        with torch.no_grad():
            logits = network.output(network(source, torch.tensor([[1, *ids]])))[0, -1]
        log = logits.log_softmax(-1)
        log[[0, 1]] = -torch.inf
        known[key] = log.tolist(), network  # which stays alive, and so keeps its id
    return known[key][0]


def greedy(network, source, room):
    ids = []
    while len(ids) < room:
        log = log_chances(network, source, ids)
        at = log.index(max(log))
        if at == 2:
            break
        ids.append(at)
    return ids


def score(network, source, ids, penalty, room):
    own = [log_chances(network, source, ids[:at])[id] for at, id in enumerate(ids)]
    if len(ids) < room:
        own.append(log_chances(network, source, ids)[2])
    return sum(own) / len(own) ** penalty


def test_one_way_takes_the_likeliest(network, monkeypatch):
    monkeypatch.setattr(beam, "ROOM", 4)
    found = best(network, SOURCES, beam=1, penalty=1.0)
    for source, answer in zip(SOURCES, found, strict=True):
        room = int((source != 0).sum()) * beam.GROWTH + 4
        assert answer == greedy(network, source, room)


@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_enough_ways_find_the_best(network, monkeypatch, penalty):
    monkeypatch.setattr(beam, "GROWTH", 0)
    monkeypatch.setattr(beam, "ROOM", 3)
    found = best(network, SOURCES, beam=40, penalty=penalty)
    every = [ids for n in range(4) for ids in itertools.product((3, 4, 5), repeat=n)]
    for source, answer in zip(SOURCES, found, strict=True):
        scores = [score(network, source, list(ids), penalty, 3) for ids in every]
        assert score(network, source, answer, penalty, 3) == pytest.approx(max(scores), abs=1e-5)


def test_more_ways_are_no_worse_by_log_p(network, monkeypatch):
    monkeypatch.setattr(beam, "ROOM", 4)
    rooms = ((SOURCES != 0).sum(1) * beam.GROWTH + 4).tolist()
    sums = []
    for ways in (1, 30):
        answers = best(network, SOURCES, beam=ways, penalty=0.0)
        each = zip(SOURCES, answers, rooms, strict=True)
        sums.append(sum(score(network, source, ids, 0.0, room) for source, ids, room in each))
    assert sums[1] >= sums[0] - 1e-5


def test_company_changes_nothing(network):
    together = best(network, SOURCES, beam=4, penalty=1.0)
    alone = [best(network, source[source != 0][None], beam=4, penalty=1.0)[0] for source in SOURCES]
    assert together == alone


def test_an_answer_ends(network):
    with torch.no_grad():
        network.embedding.weight[2] = 0
        network.embedding.weight[2, 0] = -50
        network.decoder.norm.bias[0] = 50  # the end is never likely
    found = best(network, SOURCES, beam=2, penalty=1.0)
    rooms = ((SOURCES != 0).sum(1) * beam.GROWTH + beam.ROOM).tolist()
    assert [len(ids) for ids in found] == rooms
