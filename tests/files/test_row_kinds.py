"""Models whose rows are codes of any kind: written, mapped, told about, damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import rowspace as rs
from rowspace import files
from rowspace.errors import FormatError
from rowspace.files import tensors
from rowspace.files.row_kinds import coding, row_arrays, rows_of
from rowspace.vectors.int8 import Int8Rows, as_int8
from rowspace.vectors.joined import JoinedRows
from rowspace.vectors.quantize import Quantization, quantize
from rowspace.vectors.quantized import QuantizedRows
from rowspace.vectors.ranked import RankedRows
from rowspace.vectors.stored import Rows
from rowspace.vocabulary.kept_grams import KeptGrams

DIM = 6
WHOLE = np.random.default_rng(0).normal(size=(400, DIM)).astype(np.float32)
CODES = quantize(WHOLE, Quantization(4))
KINDS = st.sampled_from(["float32", "float16", "int8", "codes", "ranked"])


def rows(kind: str, size: int) -> Rows:
    some = WHOLE[:size]
    assert CODES.scale_codes is not None
    scale_codes = CODES.scale_codes[:size]
    coded = QuantizedRows(CODES.codes[:size], CODES.centroids, 4, scale_codes, CODES.scales)
    kinds: dict[str, Rows] = {
        "float32": some,
        "float16": some.astype(np.float16),
        "int8": as_int8(some),
        "codes": coded,
        "ranked": RankedRows(coded, as_int8(some)),
    }
    return kinds[kind]


def model(kinds: list[str], size: int = 5) -> rs.Model:
    parts = [rows(kind, size) for kind in kinds]
    held = parts[0] if len(parts) == 1 else JoinedRows(tuple(parts))
    vocabulary = rs.Vocabulary.of([f"w{at}" for at in range(len(held))])
    return rs.Model(rs.Vectors(vocabulary, held))


@settings(max_examples=30, deadline=None)
@given(st.lists(KINDS, min_size=1, max_size=3), st.integers(1, 20))
def test_rows_come_back_as_they_were(kinds: list[str], size: int) -> None:
    before = model(kinds, size).vectors.rows
    data = json.loads(json.dumps(coding(before)))
    stored = {name: np.asarray(array) for name, array in row_arrays("rows", before).items()}
    after = rows_of("rows", stored, data)
    assert type(after) is type(before) and np.array_equal(np.asarray(after), np.asarray(before))


@pytest.mark.parametrize("kinds", [["int8"], ["ranked"], ["float16", "codes", "int8"]])
def test_folders_of_every_kind(tmp_path: Path, kinds: list[str]) -> None:
    before = model(kinds, 20)
    rs.save(before, tmp_path / "m")
    after = rs.load(tmp_path / "m")
    assert type(after.vectors.rows) is type(before.vectors.rows)
    assert np.array_equal(np.asarray(after.vectors.rows), np.asarray(before.vectors.rows))
    assert after.vectors.nearest("w3", 4) == before.vectors.nearest("w3", 4)
    assert files.verify(tmp_path / "m").startswith("every byte")
    assert files.describe(tmp_path / "m")["codes"]
    files.convert(tmp_path / "m", tmp_path / "copy")
    assert type(rs.load(tmp_path / "copy").vectors.rows) is type(before.vectors.rows)
    files.convert(tmp_path / "m", tmp_path / "plain.txt")
    plain = rs.load(tmp_path / "plain.txt").vectors
    assert np.allclose(np.asarray(plain.rows), np.asarray(before.vectors.rows), rtol=1e-6)


@settings(max_examples=20, deadline=None)
@given(arrays.arrays(np.float32, (7, 3), elements=st.floats(-1e6, 1e6, width=32)))
def test_int8_rows_lie_in_the_file_as_they_are(
    tmp_path_factory: Any, given_rows: np.ndarray
) -> None:
    folder = tmp_path_factory.mktemp("int8")
    coded = as_int8(given_rows)
    rs.save(rs.Model(rs.Vectors(rs.Vocabulary.of("abcdefg"), coded)), folder)
    back = rs.load(folder).vectors.rows
    assert isinstance(back, Int8Rows) and not back.codes.flags.owndata  # mapped, not copied
    assert np.array_equal(back.codes, coded.codes) and np.array_equal(back.scales, coded.scales)


def kept_model() -> rs.Model:
    unseen = KeptGrams.of(np.array([3, 7, 9]), minn=3, maxn=4, buckets=10)
    vocabulary = rs.Vocabulary.of(["one", "two"], unseen=unseen)
    return rs.Model(rs.Vectors(vocabulary, JoinedRows((as_int8(WHOLE[:2]), WHOLE[2:5]))))


def test_kept_buckets_answer_from_the_folder(tmp_path: Path) -> None:
    rs.save(kept_model(), tmp_path / "m")
    found = rs.load(tmp_path / "m").vectors
    before = kept_model().vectors
    for word in ("three", "twofold", "onward"):
        bag = before.vocabulary.bag(word)
        if bag:
            assert np.array_equal(found[word], before[word])
            assert found.answer(word).kind == "subwords"


def damaged(tmp_path: Path, change: Any, held: rs.Model) -> Path:
    """A folder whose arrays or configuration were changed before it was sealed."""
    config, stored = files.artefact.parts(held)
    whole = {name: np.asarray(array) for name, array in stored.items()}
    change(config, whole)
    metadata = {"rowspace": json.dumps(config)}
    folder = tmp_path / "damaged"
    folder.mkdir()
    with files.atomic.drafts([folder / "model.safetensors"]) as (draft,):
        tensors.write(draft, whole, metadata)
    return folder


def _short_scales(config: Any, whole: Any) -> None:
    whole["rows.int8_scales"] = whole["rows.int8_scales"][:-1]


def _no_scales(config: Any, whole: Any) -> None:
    del whole["rows.int8_scales"]


def _wrong_type(config: Any, whole: Any) -> None:
    whole["rows.int8"] = whole["rows.int8"].astype(np.uint8)


def _other_dim(config: Any, whole: Any) -> None:
    config["table"]["dim"] = 7


def _no_word_of_it(config: Any, whole: Any) -> None:
    del config["table"]["int8"]


@pytest.mark.parametrize(
    "change", [_short_scales, _no_scales, _wrong_type, _other_dim, _no_word_of_it]
)
def test_int8_rows_that_do_not_hold_together(tmp_path: Path, change: Any) -> None:
    with pytest.raises(FormatError):
        rs.load(damaged(tmp_path, change, model(["int8"])))


def _a_number(config: Any, whole: Any) -> None:
    config["table"]["joined"] = 3


def _too_few(config: Any, whole: Any) -> None:
    config["table"]["joined"] = config["table"]["joined"][:1]


def _deep(config: Any, whole: Any) -> None:
    inner: dict[str, Any] = {}
    for _ in range(50):
        inner = {"joined": [inner]}
    config["table"]["joined"] = [inner, {}]


def _part_gone(config: Any, whole: Any) -> None:
    whole.pop("rows.1")


@pytest.mark.parametrize("change", [_a_number, _too_few, _deep, _part_gone])
def test_joined_rows_that_do_not_hold_together(tmp_path: Path, change: Any) -> None:
    with pytest.raises(FormatError):
        rs.load(damaged(tmp_path, change, model(["int8", "float32"])))


def _scale_of_infinity(config: Any, whole: Any) -> None:
    whole["rows.int8_scales"] = np.full_like(whole["rows.int8_scales"], np.inf)


def test_a_scale_that_is_no_number_is_found(tmp_path: Path) -> None:
    folder = damaged(tmp_path, _scale_of_infinity, model(["int8"]))
    rs.load(folder)
    with pytest.raises(FormatError, match="not finite"):
        files.verify(folder)


def _beyond(config: Any, whole: Any) -> None:
    whole["vocabulary.unseen.gaps"] = np.full(3, 200, np.uint8)


def _one_more(config: Any, whole: Any) -> None:
    whole["vocabulary.unseen.gaps"] = np.zeros(4, np.uint8)


@pytest.mark.parametrize("change", [_beyond, _one_more])
def test_buckets_without_a_row_are_refused(tmp_path: Path, change: Any) -> None:
    with pytest.raises(FormatError):
        rs.load(damaged(tmp_path, change, kept_model()))


def test_a_finer_description_that_is_no_description(tmp_path: Path) -> None:
    def change(config: Any, whole: Any) -> None:
        config["table"]["finer"] = [1]

    with pytest.raises(FormatError):
        rs.load(damaged(tmp_path, change, model(["ranked"])))
