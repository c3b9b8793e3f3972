"""The safetensors container against the library that defined it."""

from __future__ import annotations

import tracemalloc

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from safetensors.numpy import load_file, save_file

from rowspace.errors import InputError
from rowspace.files import atomic, seal, tensors

KINDS = st.sampled_from(list(tensors.DTYPES.values()))
ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8).filter(
        lambda name: name != "__metadata__" and name.isprintable()
    ),
    KINDS.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(max_dims=3, min_side=0))),
    max_size=5,
)


def write(path, arrays, metadata=None):
    with atomic.drafts([path]) as (draft,):
        return tensors.write(draft, arrays, metadata or {})


def read(path):
    with open(path, "rb") as file:
        header = tensors.read_header(file, path)
        return header, tensors.map_arrays(file, header)


@settings(max_examples=60, deadline=None)
@given(arrays=ARRAYS)
def test_round_trip_here_and_in_the_library(tmp_path_factory, arrays):
    path = tmp_path_factory.mktemp("t") / "x.safetensors"
    content = write(path, arrays, {"note": "ü"})
    header, mine = read(path)
    theirs = load_file(path)
    assert seal.check_header(header, path) == content == header.metadata["content"]
    assert mine.keys() == theirs.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(mine[name], array)
        np.testing.assert_array_equal(theirs[name], array)
        assert mine[name].dtype == theirs[name].dtype == array.dtype
        assert not mine[name].flags.writeable or not mine[name].size


def test_a_file_of_the_library_is_read(tmp_path):
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.arange(3)}
    save_file(arrays, tmp_path / "x.safetensors", {"k": "v"})
    header, mine = read(tmp_path / "x.safetensors")
    assert header.metadata == {"k": "v"}
    np.testing.assert_array_equal(mine["a"], arrays["a"])


def test_aligned_and_in_order(tmp_path):
    """Data starts at 64 bytes; rows first; every array is aligned to its items."""
    arrays = {
        "text": np.arange(3, dtype=np.uint8),
        "rows": np.ones((4, 2), np.float32),
        "counts": np.arange(5),
        "slots": np.arange(7, dtype=np.int32),
    }
    write(tmp_path / "x", arrays)
    header, mine = read(tmp_path / "x")
    assert next(iter(header.entries)) == "rows"
    assert header.entries["rows"].start % 64 == 0
    assert all(array.flags.aligned for array in mine.values())


def test_rows_of_odd_size_do_not_misalign_the_rest(tmp_path):
    write(tmp_path / "x", {"rows": np.ones((3, 3), np.float32), "counts": np.arange(5)})
    _, mine = read(tmp_path / "x")
    assert all(array.flags.aligned for array in mine.values())


def test_blocks_and_odd_layouts(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "BLOCK", 64)
    plain = np.arange(600, dtype=np.float32).reshape(60, 10)
    arrays = {"turned": plain.T, "every_other": plain[::2], "big_endian": plain.astype(">f4")}
    write(tmp_path / "x", {**arrays, "single": np.float32(3).reshape(())})
    for name, array in arrays.items():
        np.testing.assert_array_equal(load_file(tmp_path / "x")[name], array)


def test_the_same_arrays_make_the_same_bytes(tmp_path):
    a, b = np.arange(4), np.ones(3, np.float32)
    write(tmp_path / "x", {"a": a, "b": b})
    write(tmp_path / "y", {"b": b, "a": a})
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()


def test_size_is_known_beforehand(tmp_path):
    arrays = {"a": np.arange(40), "b": np.ones((3, 7), np.float16)}
    write(tmp_path / "x", arrays, {"k": "v"})
    assert tensors.written_size(arrays, {"k": "v"}) == (tmp_path / "x").stat().st_size


def test_what_files_do_not_hold(tmp_path):
    with pytest.raises(InputError, match="complex"):
        write(tmp_path / "x", {"a": np.ones(3, complex)})
    assert list(tmp_path.iterdir()) == []


def test_writing_makes_no_copy_of_a_large_array(tmp_path):
    rows = np.ones((1 << 18, 32), np.float32)  # 32 MB
    tracemalloc.start()
    write(tmp_path / "x", {"rows": rows, "turned": rows[: 1 << 17].T})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000, "at most one block"
