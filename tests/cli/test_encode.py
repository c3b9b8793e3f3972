"""encode: one vector a line, as text, JSON and .npy."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rowspace import files


def test_words_from_stdin(process, model):
    done = process("encode", model, "-", stdin="king\ncat\n")
    vectors = files.load(model).vectors
    for line, word in zip(done.stdout.splitlines(), ("king", "cat"), strict=True):
        item, _, numbers = line.partition("\t")
        assert item == word
        assert np.array_equal(np.array(numbers.split(), np.float32), vectors[word])


def test_json(command, model, objects):
    (found,) = objects(command("encode", model, "-", "--json", stdin="king").stdout)
    assert found["type"] == "vector" and found["item"] == "king"
    assert np.allclose(found["vector"], files.load(model).vectors["king"])


def test_npy(command, model, tmp_path):
    (tmp_path / "words").write_bytes(b"\xef\xbb\xbfking\r\ncat\r\nking")
    done = command("encode", model, "words", "-o", "out.npy")
    assert done.returncode == 0 and done.stdout == ""
    matrix = np.load(tmp_path / "out.npy", allow_pickle=False)
    assert matrix.dtype == np.float32
    assert np.array_equal(matrix, files.load(model).vectors[["king", "cat", "king"]])


@pytest.mark.parametrize("count", [0, 1, 5000])
def test_npy_of_any_length(command, model, tmp_path, count):
    command("encode", model, "-", "-o", "out.npy", stdin="king\n" * count)
    assert np.load(tmp_path / "out.npy", allow_pickle=False).shape == (count, 8)


def test_text_file(command, model, tmp_path):
    command("encode", model, "-", "-o", "out.txt", stdin="king\n")
    assert (tmp_path / "out.txt").read_text() == command("encode", model, "-", stdin="king").stdout


def test_never_writes_over_without_force(command, model, tmp_path):
    (tmp_path / "out.npy").write_text("mine")
    done = command("encode", model, "-", "-o", "out.npy", stdin="king")
    assert done.returncode == 2 and "--force" in done.stderr
    assert (tmp_path / "out.npy").read_text() == "mine"
    done = command("encode", model, "-", "-o", "out.npy", "--force", stdin="king")
    assert done.returncode == 0 and len(np.load(tmp_path / "out.npy")) == 1


def test_unseen_word_names_its_line_and_leaves_no_file(command, model, tmp_path):
    done = command("encode", model, "-", "-o", "out.npy", stdin="king\nquene\n")
    assert done.returncode == 3 and "line 2: 'quene'" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_texts(command, model, objects):
    done = command("encode", model, "-", "--texts", "--json", stdin="king cat\nnothing known\n")
    known, unknown = objects(done.stdout)
    vectors = files.load(model).vectors
    assert np.allclose(known["vector"], (vectors["king"] + vectors["cat"]) / 2)
    assert unknown["vector"] == [0.0] * 8


def test_texts_of_a_model_that_cuts_them_itself(command, objects):
    pytest.importorskip("tokenizers", reason="needs the `tokenizers` extra")
    golden = Path(__file__).parents[1] / "golden" / "model2vec"
    wanted = json.loads((golden / "expected.json").read_text("utf-8"))["weighted"]
    folder = str(golden / "weighted")
    texts = [text for text in wanted if "\n" not in text]
    done = command("encode", folder, "-", "--texts", "--json", stdin="\n".join(texts) + "\n")
    for found, text in zip(objects(done.stdout), texts, strict=True):
        assert found["item"] == text
        assert found["vector"] == pytest.approx(wanted[text], abs=2e-6)


def test_bytes_that_are_no_utf8_come_back(command, save_model, tmp_path):
    word = b"caf\xe9".decode("utf-8", "surrogateescape")
    folder = save_model(tmp_path / "m", ("king", word))
    (tmp_path / "words").write_bytes(b"caf\xe9\n")
    done = command("encode", folder, "words")
    assert done.returncode == 0 and done.stdout.startswith("caf\\xe9\t")


@pytest.mark.parametrize("name", ["missing", "."])
def test_no_such_input(command, model, name):
    done = command("encode", model, name)
    assert done.returncode == 3 and done.stderr.startswith("error: cannot read")


def test_texts_by_sif_learned_kept_and_used_again(command, model, tmp_path):
    texts, new = tmp_path / "texts.txt", tmp_path / "new.txt"
    texts.write_text("king queen\nking man\nwoman queen\n\n")
    new.write_text("queen king\n")
    one, two, three = (tmp_path / f"{n}.npy" for n in "123")
    sif = ("--weighting", "sif")
    keep = ("--keep", str(tmp_path / "kept"))
    done = command("encode", str(model), str(texts), *sif, "-o", str(one), *keep)
    assert done.returncode == 0, done.stderr
    done = command("encode", str(tmp_path / "kept"), str(new), "--texts", "-o", str(two))
    assert done.returncode == 0, done.stderr
    done = command("encode", str(model), str(new), *sif, "--fit", str(texts), "-o", str(three))
    assert done.returncode == 0, done.stderr
    first, second, third = map(np.load, (one, two, three))
    np.testing.assert_allclose(second[0], first[0], atol=1e-6)
    np.testing.assert_allclose(third, second, atol=1e-6)
    assert (first[3] == 0).all()
    refused = command("encode", str(model), "-", *sif, stdin="king\n")
    assert refused.returncode == 2 and "--fit" in refused.stderr
