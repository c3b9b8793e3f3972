"""Memory that is used again: never while anything still holds it."""

import gc

import numpy as np

from rowspace.table import room as module
from rowspace.table.room import room

LARGE = (1 << 9, 1 << 10)
FLOATS = np.dtype(np.float32)


def where(array):
    return array.__array_interface__["data"][0]


def test_memory_that_nothing_holds_is_used_again():
    module._waiting.clear()
    first = room(LARGE, FLOATS)
    place = where(first)
    del first
    gc.collect()
    assert where(room(LARGE, FLOATS)) == place


def test_a_view_of_a_view_holds_it():
    module._waiting.clear()
    held = room(LARGE, FLOATS).view(np.int32).reshape(-1)[5:][::2].T
    held[:] = 7
    gc.collect()
    other = room(LARGE, FLOATS)
    other[:] = 1
    assert (held == 7).all()
    assert where(other) != where(held.base if held.base is not None else held)


def test_a_tensor_holds_it():
    torch = __import__("pytest").importorskip("torch")
    module._waiting.clear()
    held = torch.from_numpy(room(LARGE, FLOATS))[3:].view(-1)
    held.fill_(7)
    gc.collect()
    room(LARGE, FLOATS)[:] = 1
    assert (held == 7).all()
    kept = held.numpy()[9:]
    del held
    gc.collect()
    room(LARGE, FLOATS)[:] = 1
    assert (kept == 7).all()


def test_little_memory_waits():
    module._waiting.clear()
    many = [room((n, 1 << 18), FLOATS) for n in range(1, module._KEPT + 3)]
    del many
    gc.collect()
    assert len(module._waiting) == module._KEPT


def test_small_and_empty_arrays_are_ordinary():
    assert room((2, 3), np.dtype(np.int16)).shape == (2, 3)
    assert room((0, 1 << 30), FLOATS).shape == (0, 1 << 30)
