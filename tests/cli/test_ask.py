"""nearest, analogy, similarity: figures, unseen words, models that are none."""

from __future__ import annotations

import pytest


def test_nearest(process, model):
    done = process("nearest", model, "king", "-k", "3")
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and done.stderr == ""
    assert len(lines) == 3 and lines[0].endswith("  queen")
    scores = [float(line.split()[0]) for line in lines]
    assert scores == sorted(scores, reverse=True)


def test_nearest_json_is_what_the_library_says(command, model, objects):
    import rowspace.files

    done = command("nearest", model, "king", "cat", "-k", "4", "--json")
    found = objects(done.stdout)
    vectors = rowspace.files.load(model).vectors
    expected = [(q, item, score) for q in ("king", "cat") for item, score in vectors.nearest(q, 4)]
    assert [(o["query"], o["item"]) for o in found] == [(q, item) for q, item, _ in expected]
    assert [o["score"] for o in found] == pytest.approx([score for *_, score in expected])


def test_nearest_excluding_and_first(command, model, objects):
    done = command("nearest", model, "king", "--exclude", "queen", "--first", "5", "--json")
    items = [o["item"] for o in objects(done.stdout)]
    assert sorted(items) == ["man", "the", "woman"]


def test_several_words_have_headings(command, model):
    assert command("nearest", model, "king", "cat", "-k", "1").stdout.splitlines()[0] == "king"


@pytest.mark.parametrize("method", ["add", "mul"])
def test_analogy(process, model, objects, method):
    words = ("analogy", model, "man", "king", "woman", "-k", "2", "--method", method, "--json")
    found = objects(process(*words).stdout)
    assert len(found) == 2 and found[0]["score"] >= found[1]["score"]
    assert not {"man", "king", "woman"} & {o["item"] for o in found}


def test_similarity(process, model):
    assert process("similarity", model, "king", "king").stdout == "1.0000\n"
    assert float(process("similarity", model, "king", "queen").stdout) > 0.9


@pytest.mark.parametrize(
    "words",
    [("nearest", "quene"), ("similarity", "king", "quene"), ("analogy", "a", "quene", "king")],
)
def test_unseen_word_is_an_error_with_near_spellings(command, model, words):
    done = command(words[0], model, *words[1:])
    assert done.returncode == 3 and done.stdout == ""
    assert "is not in the vocabulary" in done.stderr and "Traceback" not in done.stderr


def test_near_spelling_is_named(command, model):
    assert "did you mean 'queen'" in command("nearest", model, "quene").stderr


def test_unseen_word_says_how_it_was_answered(command, save_model, tmp_path, objects):
    from rowspace.vocabulary import Exact, Subwords

    for policy, how in (
        (Exact(unknown="<unk>"), "unknown row"),
        (Subwords(buckets=50), "subwords"),
    ):
        folder = save_model(tmp_path / policy.name, unseen=policy)
        done = command("nearest", folder, "quene", "-k", "1", "--json")
        assert done.returncode == 0, done.stderr
        first, answer = objects(done.stdout)
        assert first == {
            "type": "unseen",
            "item": "quene",
            "policy": policy.name,
            "answered_by": how,
        }
        assert answer["type"] == "neighbour"
        assert f"answered by: {how}" in done.stderr


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_k_out_of_range(command, model, number):
    done = command("nearest", model, "king", "-k", number)
    assert done.returncode == 2 and "-k" in done.stderr


def test_not_a_model(command, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for name in ("empty", "file", "missing"):
        done = command("nearest", name, "king")
        assert done.returncode in (3, 4) and name in done.stderr
        assert "Traceback" not in done.stderr


def test_words_that_would_move_the_cursor(command, save_model, tmp_path):
    folder = save_model(tmp_path / "m", ("king", "bad\x1b[2J", "two\nlines", "a b"))
    out = command("nearest", folder, "king").stdout
    assert "\x1b" not in out and "bad\\x1b[2J" in out and len(out.splitlines()) == 3
