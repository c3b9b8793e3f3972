"""A tagger in the loop: its parts, its batches, its judge."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace.corpus.conll import TagReading  # noqa: E402
from rowspace.errors import InputError  # noqa: E402
from rowspace.networks.settings import Run  # noqa: E402
from rowspace.networks.tag import TagSettings  # noqa: E402
from rowspace.networks.tag_task import Parts, TagTask  # noqa: E402
from rowspace.vectors import Vectors  # noqa: E402

NETWORK = {"dim": 6, "letter_dim": 3, "filters": 4, "piece_dim": 4, "shape_dim": 3, "hidden": 4}


def parts_of(data, **run):
    return Parts.of(data, None, TagReading(), Run(**{"batch": 4, **run}))


def task_of(data, start=None, settings=None, **run):
    made = TagSettings(**{**NETWORK, "lower": True, **(settings or {})})
    run = Run(**{"batch": 4, **run})
    return TagTask(Parts.of(data, None, TagReading(), run), made, run, start)


def test_a_share_of_the_sentences_judges(places):
    parts = parts_of(places, valid=0.25)
    assert len(parts.train) == 45 and parts.valid is not None and len(parts.valid) == 15
    assert parts_of(places, valid=0.25).mark() == parts.mark()
    assert parts_of(places, valid=0.25, seed=1).mark() != parts.mark()
    assert parts_of(places, valid=0).valid is None
    with pytest.raises(InputError, match="one sentence"):
        parts_of(places.take([0]))


def test_an_epochs_batches_hold_every_word_once(places):
    task = task_of(places, valid=0, settings={"rare": 0.0})
    batches = list(task.batches(0))
    assert len(batches) == task.steps() == 15
    assert sum(count for _, count in batches) == places.tokens
    met = np.zeros(len(task.lexicon.words), np.int64)
    for batch, _ in batches:
        there = torch.arange(batch.words.shape[1]) < batch.lengths[:, None]
        np.add.at(met, batch.words[there].numpy(), 1)
    assert np.array_equal(met, task.lexicon.words.counts)


def test_batches_are_a_function_of_seed_and_epoch(places):
    def all_of(task, epoch):
        return [batch.words for batch, _ in task.batches(epoch)]

    one, two = task_of(places), task_of(places)
    list(one.batches(0))
    first, second = all_of(one, 3), all_of(two, 3)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
    other = all_of(two, 4)
    assert any(a.shape != b.shape or not torch.equal(a, b)
               for a, b in zip(first, other, strict=True))  # fmt: skip


def test_it_is_judged_by_f1_first(places):
    task = task_of(places)
    figures = task.judge()
    assert next(iter(figures)) == "f1" and set(figures) == {"f1", "precision", "recall", "accuracy"}
    assert task_of(places, valid=0).judge() == {}


def test_too_few_entities_are_told_until_no_entity_scores_less(places):
    task = task_of(places)
    with torch.no_grad():
        task.network.scores.weight.zero_()
        task.network.scores.bias.zero_()
        task.network.scores.bias[0] = 2.2  # so much, and nothing else is ever named
        task.network.scores.bias[task.tags.names.index("S-LOC")] = 0.1
        before = task.judge()
        settled = task.settle(before)
        assert before["recall"] == 0 and settled["f1"] > 0
        assert settled == task.judge()
        assert float(task.network.scores.bias[0]) == pytest.approx(-0.3)
        assert task.settle({}) == {}


def test_rows_that_never_learn(places):
    start = Vectors.random(["rome", "lima"], 6)
    frozen = task_of(places, start, tune="frozen").network.words
    kept = frozen.frozen_rows.nonzero().flatten().tolist()
    assert len(kept) == 2 and frozen.frozen_rows.sum() == 2
    assert all(one.frozen_rows.all() for one in task_of(places, tune="random").tables())
    assert all(one.frozen_rows is None for one in task_of(places).tables())


def test_how_much_of_the_text_starts_from_vectors(places):
    task = task_of(places, Vectors.random(["we", "went", "nothing"], 6), valid=0)
    words = [word for one in places.words for word in one]
    share = sum(word in ("we", "went") for word in words) / len(words)
    assert task.found["known"] == 2 and task.found["tokens"] == pytest.approx(share, abs=1e-6)
