"""Items in whatever they lie in: flat, with the place of each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch", reason="needs the torch extra")

from rowspace.errors import InputError
from rowspace.nn.nested import flattened
from rowspace.vectors.keys import IdTypeError

TEXT = st.text(max_size=3)


class Column:
    """What pandas, polars (`to_list`) and Arrow (`to_pylist`) offer."""

    def __init__(self, members, way="to_list"):
        setattr(self, way, lambda: members)


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("a", ()),
        (b"a", ()),
        (np.str_("a"), ()),
        (["a", "b"], (2,)),
        (("a", b"b"), (2,)),
        ([["a", "b"], ["c", "d"], ["e", "f"]], (3, 2)),
        ([("a", "b"), ["c", "d"]], (2, 2)),
        ([[["a"], ["b"]]], (1, 2, 1)),
        (np.array([["a", "b"], ["c", "d"]]), (2, 2)),
        (np.array([b"a", b"bc"]), (2,)),
        (np.array(["a", "b"], object), (2,)),
        ([np.array(["a", "b"]), ["c", "d"]], (2, 2)),
        (Column(["a", "b"]), (2,)),
        (Column([["a", "b"], ["c", "d"]], "to_pylist"), (2, 2)),
        ([], (0,)),
        ([[], []], (2, 0)),
        (np.array([], "U1"), (0,)),
    ],
)
def test_regular_shapes(value, shape):
    nested = flattened(value)
    assert nested.shape == shape and nested.regular
    assert len(nested.items) == np.prod(shape, dtype=int)


@given(st.lists(st.lists(TEXT, max_size=4), min_size=1, max_size=5))
def test_lists_of_differing_length(lists):
    nested = flattened(lists)
    assert nested.items == [item for one in lists for item in one]
    assert nested.lengths[-1].tolist() == [len(one) for one in lists]
    assert nested.shape == (len(lists), max(map(len, lists)))
    assert nested.regular == (len({len(one) for one in lists}) == 1)
    places = [(b, at) for b, one in enumerate(lists) for at in range(len(one))]
    assert [nested.where(at) for at in range(len(places))] == [f" at position {p}" for p in places]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["a", None], r"None \(NoneType\) at position 1 is not an item"),
        ([["a", "b"], ["c", float("nan")]], r"nan \(float\) at position \(1, 1\) is not an item"),
        ([["a"], ["b", 3]], r"3 \(int\) at position \(1, 1\) is not an item"),
        (["a", ["b"]], r"\['b'\] \(list\) at position 1 is not an item"),
        (3.5, r"3.5 \(float\) is not an item"),
        ([1, 2], r"1 \(int\) at position 0 is not an item"),
        (np.array([1.5]), r"an array of float64 \(ndarray\) is not an item"),
        (np.array(["a", None], object), r"None \(NoneType\) at position 1"),
        ({"a": 1}, r"\(dict\) is not an item"),
        ([{"a"}], r"\(set\) at position 0"),
    ],
)
def test_what_is_no_item_is_named_with_its_place(value, told):
    with pytest.raises(IdTypeError, match=told):
        flattened(value)


def test_outer_lists_must_not_differ():
    with pytest.raises(InputError, match="differ in length at level 2, above the innermost"):
        flattened([[["a"]], [["b"], ["c"]]])
