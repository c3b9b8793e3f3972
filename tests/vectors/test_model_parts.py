"""Models inside a model, and arrays beside its vectors."""

from __future__ import annotations

import numpy as np
import pytest

import rowspace as rs
from rowspace.errors import InputError
from rowspace.vectors.align import Alignment
from rowspace.vectors.chosen import Choice, chosen
from rowspace.vectors.inside import listed

E = rs.Vectors.random(["a", "b"], 3)
PART = rs.Model(E, {"kind": "column"}, {"seen": 5})


def test_holds() -> None:
    weights = np.ones((2, 3), np.float32)
    model = rs.Model(E, parts={"users": PART}, arrays={"dense.0": weights})
    assert model.parts["users"] is PART and model.arrays["dense.0"] is weights
    assert model.vectors is E and model.has_vectors and "parts: 'users'" in repr(model)
    assert dict(rs.Model(E).parts) == {} == dict(rs.Model(E).arrays)
    with pytest.raises(TypeError):
        model.parts["more"] = PART  # type: ignore[index]


def test_a_model_without_vectors_of_its_own() -> None:
    model = rs.Model(None, parts={"users": PART, "items": PART})
    assert not model.has_vectors and model.context is None and "users" in repr(model)
    with pytest.raises(InputError, match="its parts have: 'users', 'items'") as caught:
        _ = model.vectors
    assert "MODEL/users" in caught.value.hint
    with pytest.raises(InputError, match="no labels"):
        model.predict(["x"])
    alone = rs.Model(None, arrays={"dense": np.zeros(2, np.float32)})
    with pytest.raises(InputError, match="by its arrays alone"):
        _ = alone.vectors
    with pytest.raises(InputError, match="vectors, or parts, or arrays"):
        rs.Model(None)


def test_parts_of_parts_are_refused() -> None:
    with pytest.raises(InputError, match="'outer' has parts itself \\('inner'\\)"):
        rs.Model(None, parts={"outer": rs.Model(None, parts={"inner": PART})})


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "1 to 200 characters, came 0"),
        ("x" * 201, "1 to 200 characters, came 201"),
        (".", "means a folder"),
        ("..", "means a folder"),
        ("a/b", "a slash"),
        ("/etc/passwd", "a slash"),
        ("../x", "a slash"),
        ("a\0b", r"'\\x00'"),
        ("a\nb", r"'\\n'"),
        ("\x1b[31m", r"'\\x1b'"),
        ("\ud800", "ud800"),
        (5, "came int"),
        (None, "came NoneType"),
    ],
)
def test_names(name: object, fault: str) -> None:
    with pytest.raises(InputError, match=f"a part cannot be called .*{fault}"):
        rs.Model(E, parts={name: PART})  # type: ignore[dict-item]
    with pytest.raises(InputError, match=f"an array cannot be called .*{fault}"):
        rs.Model(E, arrays={name: np.zeros(1)})  # type: ignore[dict-item]


@pytest.mark.parametrize("name", ["x" * 200, "...", " ", "naïve 名", "C:\\x", "~", "rows", "0"])
def test_odd_names_are_names(name: str) -> None:
    assert list(rs.Model(None, parts={name: PART}, arrays={name: np.zeros(1)}).parts) == [name]


@pytest.mark.parametrize(
    "array", [np.zeros(1, np.float16), np.zeros(1, np.int32), np.zeros(1, ">f4"), [1.0], None]
)
def test_kinds_of_arrays(array: object) -> None:
    with pytest.raises(InputError, match="'w': wanted float32, float64 or int64"):
        rs.Model(E, arrays={"w": array})  # type: ignore[dict-item]


def test_a_model_that_answers_with_its_parts_is_not_cut() -> None:
    model = rs.Model(E, parts={"users": PART})
    for choice in (Choice(limit=1), Choice(normalize=True)):
        with pytest.raises(InputError, match="parts and arrays needs all its items"):
            chosen(model, choice)
        assert chosen(model, choice, pooled=True).model.vectors.dim == 3
    assert chosen(model, Choice(dtype="float16")).model.parts == model.parts
    turned = Alignment(E, np.eye(3, dtype=np.float32), 2, 0, None)
    with pytest.raises(InputError, match="is not turned"):
        rs.vectors.turned(model, turned)


def test_many_names_are_not_all_shown() -> None:
    assert listed(map(str, range(12))).endswith("'9' and 2 more")
