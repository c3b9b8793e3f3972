"""The benchmark of classification: parts of the sets, tuning by one rule, what is compared."""

from __future__ import annotations

import json
import lzma
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from benchmarks.harness.contestants import run
from benchmarks.labels import options, spaces, tuning
from benchmarks.labels.bench import ROWSPACE
from benchmarks.labels.gained import gained, on_average, resampled
from benchmarks.labels.large import large, paragraphs, taken
from benchmarks.labels.parts import PARTS
from benchmarks.labels.parts.predict import agreement
from benchmarks.labels.parts.speed import Cell, compared, settings
from benchmarks.labels.parts.start import as_sst, cut, fewer
from benchmarks.labels.runners import trials
from benchmarks.labels.runners.predictions import predicting
from benchmarks.labels.searching import Own, searched
from benchmarks.labels.sets import Labelled, drawn, labelled, made, sms, trec
from benchmarks.labels.texts import parted, read, write
from benchmarks.words.corpus import MissingDataError


def test_punctuation_is_parted_as_the_tutorial_does():
    assert parted("Free entry, in 2!  (It's/ok)\t?") == "free entry , in 2 ! ( it ' s / ok ) ?"


def test_lines_come_back_as_they_were_written(tmp_path):
    pairs = [("a", "one two"), ("b_c", ""), ("ä", "x\x85y  z")]
    write(tmp_path / "part", pairs)
    assert read(tmp_path / "part.txt") == pairs
    objects = [json.loads(line) for line in (tmp_path / "part.jsonl").open(newline="\n")]
    assert [(one["label"], one["text"]) for one in objects] == pairs


def test_every_label_has_its_share_of_every_part():
    pairs = [("ham" if at % 5 else "spam", str(at)) for at in range(1000)]
    parts = drawn(pairs, (0.6, 0.2, 0.2))
    assert [Counter(label for label, _ in part)["spam"] for part in parts] == [120, 40, 40]
    assert sorted(chain(*parts)) == sorted(pairs)
    assert parts == drawn(pairs, (0.6, 0.2, 0.2))


def test_a_text_of_the_test_part_is_in_no_other():
    parts = {
        "train": [("a", "x"), ("a", "y"), ("b", "z"), ("b", "w")],
        "valid": [("a", "y"), ("b", "v")],
        "test": [("b", "x"), ("a", "v")],
    }
    found = made(lambda _: parts, [])
    assert sorted(found["train"]) == [("b", "w"), ("b", "z")]
    assert found["valid"] == [("a", "y")]
    assert found["test"] == parts["test"]


def test_trec_has_coarse_labels_and_other_ends_of_lines_stay():
    train = "".join(f"DESC:x Question {at} \x85 ?\nHUM:y Who {at} ?\n" for at in range(40))
    parts = trec([train.encode("latin-1"), b"HUM:z Who 1 ?\n"])
    assert {label for label, _ in parts["train"]} == {"DESC", "HUM"}
    assert parts["test"] == [("HUM", "who 1 ?")]
    assert ("HUM", "who 1 ?") not in parts["train"] + parts["valid"]
    assert len(parts["train"]) + len(parts["valid"]) == 79


def test_messages_count_once():
    parts = sms([b"ham\tHi there\nham\tHi there \nspam\tWin!\n\nham\tBye\n"])
    assert sorted(chain(*parts.values())) == [
        ("ham", "bye"),
        ("ham", "hi there"),
        ("spam", "win !"),
    ]


def test_a_set_is_made_once_and_its_absence_is_told(tmp_path):
    with pytest.raises(MissingDataError, match="ROWSPACE_DATA"):
        labelled("SMS", tmp_path / "none", tmp_path)
    (tmp_path / "spam").mkdir()
    lines = [f"{'spam' if at % 4 == 0 else 'ham'}\tmessage {at}" for at in range(40)]
    (tmp_path / "spam" / "SMSSpamCollection").write_text("\n".join(lines))
    one = labelled("SMS", tmp_path, tmp_path / "cache")
    assert (one.sizes, one.labels) == ({"train": 24, "valid": 8, "test": 8}, 2)
    assert len(read(one.part("both"))) == 32
    Path(one.part("test")).write_text("__label__ham changed\n")
    assert labelled("SMS", tmp_path, tmp_path / "cache").sizes["test"] == 1


ARTICLES = (
    '<doc id="{0}">\nTitle {0}\n\nthe cat number {0} sat on the mat , it\'s so .\nShort.\n</doc>\n'
)


@pytest.fixture
def wiki(tmp_path):
    folder = tmp_path / "data" / "corpora" / "enwiki"
    folder.mkdir(parents=True)
    with lzma.open(folder / "x_AA.txt.xz", "wt") as file:
        file.write("".join(ARTICLES.format(at) for at in range(300)))
    return tmp_path / "data"


def test_paragraphs_know_their_article(wiki):
    found = list(paragraphs([wiki / "corpora" / "enwiki" / "x_AA.txt.xz"]))
    assert len(found) == 300
    assert found[7] == (7, "the cat number 7 sat on the mat , it ' s so .")


def test_shelves_are_runs_of_neighbours_and_articles_the_longest():
    found = [(at, f"text {at}") for at in range(1000)] + [(3, "more")]
    shelves = taken("shelves", found, 5000)
    assert len({label for label, _ in shelves}) == 100
    assert {label for label, text in shelves if text in ("text 0", "text 9")} == {"shelf0"}
    assert ("article3", "more") in taken("articles", found, 5000)
    assert len(taken("articles", found, 10)) == 10


def test_a_large_set_has_parts_and_some_of_the_first(wiki, tmp_path):
    one = large("shelves", 200, wiki, tmp_path / "cache")
    assert one.sizes == {"train": 200, "test": 20, "some": 50}
    assert read(one.part("some")) == read(one.part("train"))[:50]


def test_text_to_start_from_is_cut_as_sst_is(wiki, tmp_path):
    assert as_sst("It's (not) \"good\", don't") == "it 's -lrb- not -rrb- '' good '' , do n't"
    path = cut(wiki, tmp_path / "cache", 3)
    lines = ["title 0", "the cat number 0 sat on the mat , it 's so .", "short ."]
    assert path.read_text().splitlines() == lines


def test_settings_are_the_same_every_time_and_the_known_come_first():
    known = [{"epochs": 5, "lr": 0.1}]
    space = {"epochs": (1, 2, 3), "lr": spaces.Even(0.01, 1.0)}
    found = spaces.drawn(space, 12, known=known)
    assert found[:5] == spaces.drawn(space, 5, known=known)
    assert found[0] == known[0]
    assert all(0.01 <= one["lr"] <= 1.0 for one in found)
    assert len({json.dumps(one) for one in found}) == 12


class Threshold:
    """Says "b" for texts longer than what it was set to."""

    def __init__(self, length: int) -> None:
        self.length = length

    def best(self, texts):
        return ["b" if len(text) > self.length else "a" for text in texts]

    def of_label(self, texts, labels):
        return [0.9 if a == b else 0.1 for a, b in zip(self.best(texts), labels, strict=True)]


class Side:
    """A side that counts what it is asked for; a length of 9 diverges."""

    def __init__(self) -> None:
        self.fitted: list[tuple[str, int, int]] = []
        self.jobs: list[tuple[str, dict[str, Any]]] = []

    def fit(self, train, settings, seed, job):
        self.fitted.append((Path(train).stem, settings["length"], seed))
        if settings["length"] == 9:
            raise RuntimeError("NaN")
        return Threshold(settings["length"])

    def do(self, task, **job):
        self.jobs.append((task, job))
        return json.loads(json.dumps(getattr(trials, task)(self.fit, job)))


@pytest.fixture
def small(tmp_path):
    for part in ("train", "valid", "both", "test"):
        write(tmp_path / part, [("b" if size > 4 else "a", "x" * size) for size in range(1, 9)])
    return Labelled("small", tmp_path, {"train": 8, "valid": 8, "test": 8}, 2)


def test_the_best_on_the_validation_part_meets_the_test_part(small, tmp_path):
    side = Side()
    search = tuning.Search({"length": tuple(range(10))}, [], 10, 3)
    found = tuning.tuned(search, small, side.do, tmp_path / "logs" / "log.jsonl")
    assert found["chosen"] == {"length": 4}
    assert (found["valid"], found["test"]["train"]["accuracy"]) == (1.0, [1.0] * 3)
    assert found["test"]["both"]["right"] == "3" * 8
    assert len(found["trials"]) == 10 + 2 * tuning.FINALISTS
    refits = [one for one in side.fitted if one[2] >= tuning.FIRST_REFIT]
    assert {(part, length) for part, length, _ in refits} == {("train", 4), ("both", 4)}
    assert not any("test" in job for task, job in side.jobs if task == "trials")


def test_our_search_of_each_seed_meets_the_test_part_once(small, tmp_path):
    asked: list[dict[str, Any]] = []

    def do(task, **job):
        asked.append(job)
        right = "1" * 7 + str(job["seed"] % 2)
        chosen = {"trainings": 12, "member_trainings": 8}
        return {"accuracy": 0.9, "log_loss": 0.3, "valid": 0.8, "right": right,
                "seconds": {}, "chosen": chosen, "more": 1}  # fmt: skip

    log = tmp_path / "logs" / "log.jsonl"
    first = searched(Own(12, 1), small, do, log)
    assert searched(Own(12, 1), small, do, log) == first and len(asked) == 1
    found = searched(Own(12, 3, "vectors"), small, do, log)
    assert [one["seed"] for one in asked[1:]] == [100, 101, 102]
    assert (asked[0]["start"], asked[1]["start"]) == ("", "vectors")
    assert all(one["trials"] == 12 and one["budget"] is None for one in asked)
    assert found["test"]["train"]["right"] == "3" * 7 + "1"
    assert found["test"]["train"]["accuracy"] == [0.9] * 3
    assert Own(12, 1).digest(small) != Own(13, 1).digest(small)


def test_a_set_of_fewer_texts_has_the_same_test_part(small):
    one = fewer(small, 3)
    assert read(one.part("train")) == read(small.part("train"))[:3]
    assert read(one.part("test")) == read(small.part("test"))
    assert one.sizes["train"] == 3 and one.name != small.name


def test_trials_in_the_log_are_not_done_again_and_one_that_diverges_is_last(small, tmp_path):
    side = Side()
    job = {"train": small.part("train"), "valid": small.part("valid"),
           "log": str(tmp_path / "log.jsonl")}  # fmt: skip
    first = trials.trials(side.fit, {**job, "trials": [({"length": 9}, 0), ({"length": 3}, 0)]})
    again = trials.trials(side.fit, {**job, "trials": [({"length": 3}, 0), ({"length": 3}, 1)]})
    assert [one[1:] for one in side.fitted] == [(9, 0), (3, 0), (3, 1)]
    assert again["found"][0] == first["found"][1]
    assert min(first["found"], key=tuning.rank)["settings"] == {"length": 3}
    assert first["found"][0]["error"] == "NaN"


def test_a_kept_tuning_counts_only_for_what_it_was_made_of(small, tmp_path):
    path = tmp_path / "kept" / "tuned.json"
    one, other = (tuning.Search({"length": (1,)}, [], count, 3) for count in (1, 2))
    tuning.keep(path, "a", {"digest": one.digest(small), "trials": [{"x": 1}], "chosen": {}})
    tuning.keep(path, "b", {"digest": "", "trials": []})
    assert tuning.kept(path, "a", one.digest(small))["trials"] == [{"x": 1}]
    assert tuning.kept(path, "a", other.digest(small)) is None
    assert tuning.kept(path, "c", "") is None
    assert list(json.loads(path.read_text())) == ["a", "b"]


def scored(*rows: str) -> dict[str, Any]:
    accuracy = [row.count("1") / len(row) for row in rows]
    return {"accuracy": accuracy, "right": tuning.times_right(rows)}


def test_gains_are_points_with_an_interval_over_the_texts():
    ours, peer = scored("1110" * 50, "1111" * 50), scored("1100" * 50)
    one = gained("what", ours, peer, goal=1.0, note="")
    assert one.value == pytest.approx(37.5)
    assert one.low < one.value < one.high
    assert one.met == "yes"
    assert gained("what", peer, ours, goal=0.0, note="").met == "no"
    assert resampled(ours, ours).tolist() == [0.0] * 2000
    mean = on_average("mean", [(ours, peer), (ours, ours)], goal=20.0)
    assert (mean.value, mean.met) == (pytest.approx(18.75), "no")
    with pytest.raises(ValueError, match="not the same test part"):
        resampled(ours, scored("1"))


def test_predictions_are_counted_over_a_list_long_enough(tmp_path):
    write(tmp_path / "part", [("a", "xxx"), ("b", "yyyyyyy")])
    asked: list[int] = []
    job = {"texts": str(tmp_path / "part.txt"), "count": 25, "seconds": 0.0}
    found = predicting(Threshold(5).best, lambda texts: asked.append(len(texts)), job)
    assert asked == [25] * (1 + found["rounds"])
    assert found["labels"] == ["a", "b"]
    assert found["rate"] == pytest.approx(25 / found["seconds"]["round"])


def test_a_share_of_labels_is_the_same():
    found = {"ours": [{"labels": ["a", "b", "c", "d"]}], "peer": [{"labels": ["a", "b", "c", "x"]}]}
    assert agreement(found) == 0.75


def test_the_call_without_epochs_is_taken_away(small):
    shape = {"words": 1, "chars": (0, 0), "dim": 10}
    cell = Cell(small, "words", settings(shape, epochs=5, lr=0.1), "train")
    common = {"accuracy": 0.5, "others": 0.0}
    ours = {**common, "seconds": {"train": 2.0, "test": 1.0}, "wall": 6.0}
    peer = {**common, "seconds": {"call": 9.0, "test": 1.0}, "wall": 11.0}
    idle = {**common, "seconds": {"call": 1.0}, "wall": 2.0}
    training, whole = compared(cell, {"ours": [ours], "peer": [peer], "idle": [idle]})
    assert (training.value, list(training.peer)) == (4.0, [5.0])
    assert whole.value == 2.0
    assert training.met == "yes"


def test_the_command_is_shown_without_paths(tmp_path):
    words = [
        "speed",
        "--quick",
        "--sets",
        "TREC",
        "--data",
        str(tmp_path),
        "--cache",
        str(tmp_path),
    ]
    chosen = options.read(words, list(PARTS))
    assert chosen.command == "python -m benchmarks.labels speed --sets TREC --quick"
    assert chosen.results == tmp_path / "quick"
    assert (chosen.trials, chosen.parts) == (options.QUICK["trials"], ["speed"])
    with pytest.raises(SystemExit):
        options.read(["nothing"], list(PARTS))


def test_our_side_trains_is_judged_saves_and_predicts(small, tmp_path):
    for part in ("train", "test"):
        pairs = [(word, f"{word} text number {at}") for at in range(40) for word in ("good", "bad")]
        write(tmp_path / part, pairs)
    settings = {"epochs": 5, "words": 2, "dim": 32, "chars": (3, 5), "tokenizer": "marks"}
    shared = {"threads": 1, "seed": 0, "settings": settings, "train": small.part("train")}
    job = {"task": "train", **shared, "test": small.part("test"), "save": str(tmp_path / "model")}
    answer = run(ROWSPACE, job)
    assert answer["accuracy"] == 1.0
    assert set(answer["seconds"]) == {"import", "rest", "train", "test"}
    asked = {"task": "predict", "model": str(tmp_path / "model"), "texts": small.part("test")}
    found = run(ROWSPACE, {**asked, "count": 100, "seconds": 0.0})
    assert found["labels"] == ["good", "bad"] * 40
