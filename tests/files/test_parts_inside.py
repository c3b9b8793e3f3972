"""Models inside a model, and arrays, on disk; a part opened by its path."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import rowspace as rs
from rowspace import files
from rowspace.errors import FormatError, InputError
from rowspace.files import jsondata, manifest
from rowspace.files.folder import TABLE
from rowspace.vectors.inside import require_name
from rowspace.vectors.quantized import QuantizedRows

GOLDEN = Path(__file__).parents[1] / "golden" / "fasttext"


def same(one: rs.Model, other: rs.Model) -> bool:
    """Bit for bit."""
    if one.has_vectors != other.has_vectors or list(one.arrays) != list(other.arrays):
        return False
    if one.has_vectors:
        mine, theirs = one.vectors, other.vectors
        if list(mine.vocabulary.items.tokens()) != list(theirs.vocabulary.items.tokens()):
            return False
        if np.asarray(mine.rows).tobytes() != np.asarray(theirs.rows).tobytes():
            return False
    for name, array in one.arrays.items():
        back = other.arrays[name]
        if (array.dtype, array.shape, array.tobytes()) != (back.dtype, back.shape, back.tobytes()):
            return False
    inner = all(same(part, other.parts[name]) for name, part in one.parts.items())
    return inner and list(one.parts) == list(other.parts) and one.config == other.config


def model(own: bool = False) -> rs.Model:
    users = rs.Model(rs.Vectors.random(["u1", "17"], 4, seed=1), {"a": 1}, {"seen": 2})
    items = rs.Model(rs.Vectors.random(["film", "17"], 2, seed=2))
    weights = {"dense.0": np.arange(6, dtype=np.float32).reshape(2, 3), "k": np.array(5)}
    vectors = rs.Vectors.random(["x"], 3) if own else None
    return rs.Model(
        vectors, {"kind": "two"}, parts={"users": users, "items": items}, arrays=weights
    )


@pytest.mark.parametrize("own", [True, False])
def test_they_come_back(tmp_path: Path, own: bool) -> None:
    rs.save(model(own), tmp_path / "m")
    back = rs.load(tmp_path / "m")
    assert same(back, model(own)) and back.parts["users"].record == {"seen": 2}
    assert files.verify(tmp_path / "m") == "every byte matches its checksum, every number is finite"
    rs.save(back, tmp_path / "m")  # over the file it is mapped from
    assert same(rs.load(tmp_path / "m"), model(own))
    files.convert(tmp_path / "m", tmp_path / "copy")
    files.convert(tmp_path / "m", tmp_path / "copy.safetensors")
    assert same(rs.load(tmp_path / "copy"), model(own))
    assert same(rs.load(tmp_path / "copy.safetensors"), model(own))
    assert same(rs.load(tmp_path / "copy.safetensors" / "users"), model().parts["users"])


NAMES = st.text(min_size=1, max_size=12).filter(
    lambda name: _named(name) and len(name.encode()) < 200
)


def _named(name: str) -> bool:
    try:
        require_name(name, "it")
    except InputError:
        return False
    return True


ARRAYS = st.dictionaries(
    NAMES,
    st.sampled_from([np.float32, np.float64, np.int64]).flatmap(
        lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0, min_side=0, max_side=3))
    ),
    max_size=3,
)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(NAMES, st.tuples(st.integers(0, 3), ARRAYS), min_size=1, max_size=4),
    ARRAYS,
    st.booleans(),
)
@example(
    {"0": (1, {"rows": np.zeros(1)}), "0.rows": (2, {}), "~x": (0, {})}, {"rows": np.ones(2)}, True
)
def test_whatever_they_are_called(
    tmp_path_factory: pytest.TempPathFactory, inside: dict, beside: dict, own: bool
) -> None:
    parts = {
        name: rs.Model(rs.Vectors.random(map(str, range(size)), 2), {"n": size}, arrays=held)
        for name, (size, held) in inside.items()
    }
    whole = rs.Model(rs.Vectors.random(["x"], 3) if own else None, parts=parts, arrays=beside)
    folder = tmp_path_factory.getbasetemp() / "any"
    rs.save(whole, folder)
    assert same(rs.load(folder), whole)
    for name, part in parts.items():
        if not (folder / name).exists():
            assert same(rs.load(folder / name), part)


def test_codes_and_labels_in_a_part(tmp_path: Path) -> None:
    coded = rs.load(GOLDEN / "cut.ftz")
    rs.save(rs.Model(None, parts={"f": coded}), tmp_path / "m")
    part = rs.load(tmp_path / "m" / "f")
    assert isinstance(part.vectors.rows, QuantizedRows)
    assert part.predict(["море salt"], k=3) == coded.predict(["море salt"], k=3)
    config = jsondata.parse((tmp_path / "m" / "config.json").read_bytes(), tmp_path)
    assert config["requires"] == ["codes", "labels", "parts"]


def test_a_reader_is_told_what_it_must_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rs.save(model(own=True), tmp_path / "m")
    config = jsondata.parse((tmp_path / "m" / "config.json").read_bytes(), tmp_path)
    assert config["requires"] == ["parts", "arrays"]
    monkeypatch.setattr(manifest, "FEATURES", frozenset({"codes", "labels"}))
    with pytest.raises(FormatError, match="requires"):
        rs.load(tmp_path / "m")


def test_a_part_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "m"
    rs.save(model(), folder)
    assert rs.load(f"{folder}/users/").vectors.nearest("u1")[0][0] == "17"
    with pytest.raises(
        FormatError, match=r"no part 'user'.*'users', 'items'; did you mean 'users'"
    ):
        rs.load(folder / "user")
    for odd in ("x" * 5000, "\0", "a/b", "users/x"):
        with pytest.raises(FormatError):
            rs.load(f"{folder}/{odd}")
    with pytest.raises(FormatError, match="there is no such folder or file"):
        rs.load(tmp_path / "nothing" / "users")
    monkeypatch.chdir(folder)  # a part of the folder one is in
    assert len(rs.load("items").vectors) == 2


def test_what_is_there_is_opened_not_the_part(tmp_path: Path) -> None:
    inner = model(own=True).parts["users"]
    rs.save(rs.Model(None, parts={"sub": inner, TABLE: inner}), tmp_path / "m")
    rs.save(rs.Model(rs.Vectors.random(["other"], 2)), tmp_path / "m" / "sub")
    assert "other" in rs.load(tmp_path / "m" / "sub").vectors
    assert rs.load(tmp_path / "m" / TABLE).parts


def test_a_part_is_described_converted_and_trained_from(tmp_path: Path) -> None:
    rs.save(model(), tmp_path / "m")
    told = files.describe(tmp_path / "m" / "users")
    assert told["items"] == 2 and told["format"] == "a part of m" and told["record"] == {"seen": 2}
    assert files.verify(tmp_path / "m" / "users")
    done = files.convert(tmp_path / "m" / "users", tmp_path / "users.txt")
    assert done.items == 2 and rs.load(tmp_path / "users.txt").vectors.dim == 4
    with pytest.raises(InputError, match="its parts have: 'users', 'items'"):
        files.convert(tmp_path / "m", tmp_path / "all.txt")
    assert not (tmp_path / "all.txt").exists()
    rs.save(model(own=True), tmp_path / "own")
    with pytest.warns(UserWarning, match=r"the parts 'users', 'items'; the arrays 'dense\.0', 'k'"):
        files.convert(tmp_path / "own", tmp_path / "own.txt")


def test_describe_and_card(tmp_path: Path) -> None:
    odd = rs.Model(rs.Vectors.random(["u"], 4))
    rs.save(rs.Model(None, {"columns": ["a/b"]}, parts={"a|b<i>": odd}), tmp_path / "m")
    told = files.describe(tmp_path / "m")
    assert told["parts"][0]["name"] == "a|b<i>" and told["parts"][0]["items"] == 1
    assert "items" not in told and "arrays" not in told
    page = (tmp_path / "m" / "README.md").read_text("utf-8")
    assert "| a\\|b&lt;i&gt; | 1 | 1 | 4 |" in page and "Vectors are those of its parts." in page
    rs.save(model(own=True), tmp_path / "m")
    page = (tmp_path / "m" / "README.md").read_text("utf-8")
    assert "1 items, 1 rows of 3 numbers" in page and "answers with 2 arrays" in page


def test_output_rows_of_a_part_are_left_out_and_said_so(tmp_path: Path) -> None:
    part = rs.Model(rs.Vectors.random(["u"], 4), context=np.ones((1, 4), np.float32))
    with pytest.warns(UserWarning, match="output rows of part 'p'"):
        rs.save(rs.Model(None, parts={"p": part}), tmp_path / "m")
    assert rs.load(tmp_path / "m" / "p").context is None


def test_a_number_that_is_not_finite_is_found(tmp_path: Path) -> None:
    bad = rs.Vectors(rs.Vocabulary.of(["a"]), np.full((1, 2), np.nan, np.float32))
    rs.save(rs.Model(None, parts={"p": rs.Model(bad)}), tmp_path / "m")
    with pytest.raises(FormatError, match="part 'p': row 0"):
        files.verify(tmp_path / "m")
    rs.save(rs.Model(None, arrays={"w": np.array([1.0, np.inf])}), tmp_path / "m")
    with pytest.raises(FormatError, match="array 'w'"):
        files.verify(tmp_path / "m")


@pytest.mark.parametrize(
    ("settings", "tag"),
    [
        ({}, "word-vectors"),
        ({"kind": "table"}, "tabular-classification"),
        ({"kind": "recommender"}, "recommendation"),
        ({"network": {"kind": "tag"}}, "token-classification"),
        ({"kind": ["table"], "network": "tag"}, "word-vectors"),
    ],
)
def test_the_card_says_what_a_model_is_for(tmp_path, settings, tag):
    vectors = rs.Vectors.from_arrays(["a"], np.zeros((1, 2), np.float32))
    files.save(rs.Model(vectors, settings), tmp_path / "m")
    front = (tmp_path / "m" / "README.md").read_text().split("---")[1]
    assert f"[embeddings, {tag}]" in front
