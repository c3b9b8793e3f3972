"""Models on disk: everything comes back, saving over itself, a reader during saves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from safetensors.numpy import load_file

from rowspace import files
from rowspace.errors import InputError, ResourceError
from rowspace.vectors import Model, Vectors
from rowspace.vocabulary import Exact, Hashed, Quotient, Subwords, Vocabulary

ITEMS = ["the", "cat", "a b", "tab\there", "line\nend", "nul\0", "😀", "שלום", "x" * 10_000, ""]


def model(items=("a", "b", "c"), dim=4, fill=None, **more):
    rows = np.random.default_rng(0).random((len(items), dim), np.float32)
    if fill is not None:
        rows[:] = fill
    return Model(Vectors.from_arrays(items, rows), {"dim": dim}, {"note": "x"}, **more)


def test_case_25_every_token_round_trips(tmp_path):
    given_model = model(ITEMS)
    files.save(given_model, tmp_path / "m")
    back = files.load(tmp_path / "m")
    assert list(back.vectors) == ITEMS
    np.testing.assert_array_equal(back.vectors.rows, given_model.vectors.rows)
    for item in ITEMS:
        np.testing.assert_array_equal(back.vectors[item], given_model.vectors[item])
    assert back.config == {"dim": 4} and back.record == {"note": "x"}
    assert not back.vectors.rows.flags.writeable


TOKENS = st.lists(
    st.one_of(st.text(max_size=12), st.binary(max_size=12)).map(
        lambda token: token if isinstance(token, bytes) else token.encode("utf-8", "ignore")
    ),
    min_size=1,
    max_size=20,
    unique=True,
)


@settings(max_examples=40, deadline=None)
@given(tokens=TOKENS)
def test_case_25_whatever_bytes(tmp_path_factory, tokens):
    folder = tmp_path_factory.mktemp("m") / "m"
    files.save(model(tokens, 2), folder)
    assert files.load(folder).vectors.vocabulary.items.tokens() == tokens


@pytest.mark.parametrize(
    "unseen",
    [Exact(), Exact(unknown="<unk>"), Hashed(50), Subwords(buckets=40), Quotient(unknown="<unk>")],
)
def test_every_policy_comes_back(tmp_path, unseen):
    vocabulary = Vocabulary.from_counts({"cat": 5, "dog": 3, "ant": 1}, unseen=unseen)
    given_model = Model(Vectors.random(vocabulary, 6, seed=1))
    files.save(given_model, tmp_path / "m")
    back = files.load(tmp_path / "m").vectors
    assert back.vocabulary.unseen == unseen
    assert back.counts.tolist() == given_model.vectors.counts.tolist()
    np.testing.assert_array_equal(back[["dog", "cat"]], given_model.vectors[["dog", "cat"]])


def test_the_library_reads_it_and_config_is_data(tmp_path):
    files.save(model(), tmp_path / "m")
    arrays = load_file(tmp_path / "m" / "model.safetensors")
    assert arrays["rows"].shape == (3, 4)
    config = json.loads((tmp_path / "m" / "config.json").read_text())
    assert config["table"] == {"items": 3, "rows": 3, "dim": 4, "dtype": "float32"}


def test_half_precision(tmp_path):
    rows = np.arange(6, dtype=np.float16).reshape(3, 2)
    files.save(Model(Vectors.from_arrays("abc", rows)), tmp_path / "m")
    back = files.load(tmp_path / "m").vectors
    assert back.rows.dtype == np.float16 and back["b"].tolist() == [2, 3]


def test_same_model_same_bytes(tmp_path):
    for name in "mn":
        files.save(model(), tmp_path / name)
    for file in ("model.safetensors", "config.json", "README.md"):
        assert (tmp_path / "m" / file).read_bytes() == (tmp_path / "n" / file).read_bytes()


def test_case_9_save_over_the_file_the_vectors_are_mapped_from(tmp_path):
    files.save(model(dim=300), tmp_path / "m")
    mapped = files.load(tmp_path / "m")
    before = mapped.vectors.rows.copy()
    files.save(Model(mapped.vectors, {"again": True}), tmp_path / "m")
    np.testing.assert_array_equal(mapped.vectors.rows, before)
    back = files.load(tmp_path / "m")
    np.testing.assert_array_equal(back.vectors.rows, before)
    assert back.config == {"again": True}
    files.verify(tmp_path / "m")


def test_case_9_a_smaller_model_over_a_mapped_larger_one(tmp_path):
    files.save(model(dim=3000), tmp_path / "m")
    mapped = files.load(tmp_path / "m")
    files.save(model(dim=2), tmp_path / "m")
    assert np.isfinite(mapped.vectors.rows).all(), "the old file lives while it is mapped"
    assert files.load(tmp_path / "m").vectors.dim == 2


READER = """
import sys, numpy as np
from rowspace import files
seen = set()
print("ready", flush=True)
while True:
    model = files.load(sys.argv[1])
    rows, fill = model.vectors.rows, model.config["fill"]
    assert rows.shape == (3, 2 + fill % 7), (rows.shape, fill)
    assert (rows == fill).all(), (rows, fill)
    if fill and not seen: print("reading", flush=True)
    seen |= {fill} - {0}
    if fill == int(sys.argv[2]): break
print(len(seen))
"""


@pytest.mark.parametrize("saves", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_case_10_reader_during_a_save_loop(tmp_path, saves):
    """A reader sees the old model or the new one, whole, whenever it comes."""

    def save(fill):
        rows = np.full((3, 2 + fill % 7), fill, np.float32)
        files.save(Model(Vectors.from_arrays("abc", rows), {"fill": fill}), tmp_path / "m")

    save(0)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(tmp_path / "m"), str(saves)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout.readline() == "ready\n"
    for fill in range(1, saves + 1):
        save(fill)
        if fill == saves // 2:  # on a busy machine it may not have come yet
            assert reader.stdout.readline() == "reading\n"
    out, _ = reader.communicate()
    assert reader.returncode == 0
    assert int(out) > 1, "it must have read during the loop"


def test_context_is_opened_when_asked(tmp_path):
    context = np.arange(12, dtype=np.float32).reshape(3, 4)
    files.save(model(context=context), tmp_path / "m")
    np.testing.assert_array_equal(files.load(tmp_path / "m").context, context)
    np.testing.assert_array_equal(files.load_context(tmp_path / "m"), context)
    held = files.load(tmp_path / "m")
    files.save(held, tmp_path / "m")
    np.testing.assert_array_equal(files.load(tmp_path / "m").context, context)
    files.save(model(), tmp_path / "m")
    assert files.load(tmp_path / "m").context is None
    assert not (tmp_path / "m" / "context.safetensors").exists()


def test_context_of_another_save_is_not_used(tmp_path):
    files.save(model(context=np.ones((3, 4), np.float32)), tmp_path / "m")
    files.save(model(fill=2, context=np.ones((3, 4), np.float32)), tmp_path / "n")
    (tmp_path / "n" / "context.safetensors").replace(tmp_path / "m" / "context.safetensors")
    with pytest.warns(UserWarning, match="another save"):
        assert files.load(tmp_path / "m").context is None
    with pytest.warns(UserWarning, match="another save"):
        assert files.verify(tmp_path / "m")


def test_config_left_by_an_interrupted_save_is_set_aside(tmp_path):
    files.save(model(), tmp_path / "m")
    files.save(model(fill=7, items="xyz"), tmp_path / "n")
    (tmp_path / "n" / "config.json").replace(tmp_path / "m" / "config.json")
    assert list(files.load(tmp_path / "m").vectors) == ["a", "b", "c"]
    (tmp_path / "m" / "config.json").unlink()
    assert list(files.load(tmp_path / "m").vectors) == ["a", "b", "c"]


def test_other_files_are_never_overwritten(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(InputError, match=r"README\.md"):
        files.save(model(), tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"


def test_other_files_in_a_model_folder_stay(tmp_path):
    files.save(model(), tmp_path / "m")
    (tmp_path / "m" / "notes.txt").write_text("mine")
    files.save(model(), tmp_path / "m", tokenizer=b"{}")
    assert (tmp_path / "m" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "m" / "tokenizer.json").read_bytes() == b"{}"


def test_force(tmp_path):
    files.save(model(), tmp_path / "m", force=False)
    with pytest.raises(InputError, match="already holds"):
        files.save(model(), tmp_path / "m", force=False)
    files.save(model(), tmp_path / "m")


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "m").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        files.save(model(), tmp_path / "m")
    with pytest.raises(ResourceError):
        files.save(model(), tmp_path / "m" / "deeper")


def test_a_link_to_the_folder_is_followed(tmp_path):
    files.save(model(), tmp_path / "m")
    (tmp_path / "current").symlink_to("m")
    files.save(model(fill=3), tmp_path / "current")
    assert (tmp_path / "current").is_symlink()
    assert (files.load(tmp_path / "m").vectors.rows == 3).all()


def test_paths_in_settings_keep_their_last_part(tmp_path):
    settings_ = {"tokenizer": "/home/me/tokenizer.json", "from": ["../x/corpus.txt"], "unk": "</s>"}
    files.save(Model(model().vectors, settings_), tmp_path / "m")
    found = files.load(tmp_path / "m").config
    assert found == {"tokenizer": "tokenizer.json", "from": ["corpus.txt"], "unk": "</s>"}


def test_what_is_no_data_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match=r"settings\.loss"):
        files.save(Model(model().vectors, {"loss": print}), tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_describe_and_card(tmp_path):
    score = {"name": "ws|353", "value": 0.5, "n": 9, "coverage": 1.0, "low": 0.4, "high": 0.6}
    record = {"scores": [score], "determinism": "fast", "data": {"tokens": 12}, "loss": np.nan}
    files.save(Model(model().vectors, {"window": 5}, record), tmp_path / "m")
    found = files.describe(tmp_path / "m")
    json.dumps(found, allow_nan=False)
    assert (found["items"], found["rows"], found["dim"]) == (3, 3, 4)
    assert found["unseen"]["name"] == "exact" and found["settings"] == {"window": 5}
    assert found["scores"] == [score] and found["record"]["loss"] is None
    card = (tmp_path / "m" / "README.md").read_text()
    assert "| ws\\|353 | 0.5 | 0.4 to 0.6 | 9 | 1 |" in card
    assert "\nfast\n" in card and "| tokens | 12 |" in card and "| window | 5 |" in card


def test_markup_in_a_card_is_text(tmp_path):
    record = {"data": {"name": "<img src=x>\n# not a heading"}}
    files.save(Model(model().vectors, {}, record), tmp_path / "m")
    card = (tmp_path / "m" / "README.md").read_text()
    assert "<img" not in card and "\n# not" not in card


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system has no /proc")
def test_opening_touches_neither_rows_nor_words(tmp_path):
    """Of 300,000 items as little is read as of 3: some pages of 50 MB."""
    items = [f"word{i}" for i in range(300_000)]
    rows = np.zeros((len(items), 32), np.float32)
    files.save(Model(Vectors.from_arrays(items, rows)), tmp_path / "m")
    files.load(tmp_path / "m").vectors["word0"]  # what is imported and compiled is there

    def mapped() -> int:
        """Bytes of files that this process has touched, of those it has open."""
        return int(Path("/proc/self/statm").read_text().split()[2]) * os.sysconf("SC_PAGE_SIZE")

    before = mapped()
    kept = files.load(tmp_path / "m").vectors
    assert (kept["word299999"] == 0).all()
    assert mapped() - before < 8 << 20
    assert np.asarray(kept.rows).sum() == 0
    assert mapped() - before > 30 << 20, "what is touched is counted"
