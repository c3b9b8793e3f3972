"""The benchmark of searching asks what it says, of tables that are what they say."""

import numpy as np
import pytest
from benchmarks.search import __main__ as program
from benchmarks.search import tables
from benchmarks.search.parts import PARTS
from benchmarks.search.runners import clock, with_rowspace
from benchmarks.words.corpus import MissingDataError

from rowspace.vectors import Vectors


def test_phrases_are_means_of_words_that_stand_together(tmp_path) -> None:
    text = tmp_path / "text"
    text.write_bytes(b"a b c a b unknown c b\n")
    words = Vectors.from_arrays(["a", "b", "c"], np.eye(3) * 2)
    table = tables._table(words, text, 6)
    assert np.allclose(table[:3], np.eye(3))
    assert table[3:].tolist() == [[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]]
    with pytest.raises(MissingDataError, match="phrases for 7 rows, not 9"):
        tables._table(words, text, 9)
    with pytest.raises(MissingDataError, match="--vectors"):
        tables.phrases(tmp_path, 6, None, tmp_path)


@pytest.mark.parametrize("kind", ["float32", "float16", "int8", "mapped", "first half"])
def test_our_jobs(tmp_path, kind) -> None:
    table = tables.noise(tmp_path, 300, 8)
    assert np.load(table).tobytes() == np.load(tables.noise(tmp_path, 300, 8)).tobytes()
    job = {"table": str(table), "kind": kind, "batch": 4}
    assert with_rowspace.single(job)["ms"] > 0
    assert with_rowspace.lookups(job)["seconds"] > 0
    assert with_rowspace.batch(job)["seconds"] > 0


def test_an_index_is_timed_and_judged(tmp_path) -> None:
    pytest.importorskip("faiss")
    found = with_rowspace.index({"table": str(tables.noise(tmp_path, 1500, 8)), "seed": 1})
    assert 0.9 < found["recall"] <= 1 and found["dim"] == 8
    assert all(found[name] > 0 for name in ("fast", "exact", "fast_one", "exact_one", "open"))


def test_questions_are_drawn_alike() -> None:
    assert clock.asked(50, 20) == clock.asked(50, 20) and len(set(clock.asked(50, 20))) == 20
    assert clock.batches(50, 4, 3) == clock.batches(50, 4, 3)


def test_options(tmp_path, capsys) -> None:
    options = program.read(["exact", "--quick", "--cache", str(tmp_path)])
    assert options.parts == ["exact"] and options.rounds == 1
    assert options.command == "python -m benchmarks.search exact --quick"
    assert program.read(["--cache", str(tmp_path)]).parts == list(PARTS)
    with pytest.raises(SystemExit):
        program.read(["nothing"])
    assert "there is no part 'nothing'" in capsys.readouterr().err
