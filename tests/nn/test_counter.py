"""Counter-based numbers in torch are those of NumPy, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from rowspace import random  # noqa: E402
from rowspace.nn import counter  # noqa: E402

POSITIONS = np.array([0, 1, 2, 77, 2**31, 2**40 + 3, 2**63 - 1], np.int64)
SEEDS = [0, 1, -1, 2**63 - 1, -(2**63), 123_456_789_012_345]


@pytest.mark.parametrize("seed", SEEDS)
def test_bits_and_uniform_are_those_of_numpy(seed):
    place, torch_seed = torch.from_numpy(POSITIONS), torch.tensor(seed)
    for stream in (1, 9, 250):
        theirs = random.bits(seed, stream, POSITIONS)
        assert np.array_equal(counter.bits(torch_seed, stream, place).numpy(), theirs.view("i8"))
        drawn = counter.uniform(torch_seed, stream, place).numpy()
        assert np.array_equal(drawn, random.uniform(seed, stream, POSITIONS))


def test_mix_is_that_of_numpy():
    states = np.random.default_rng(0).integers(-(2**63), 2**63 - 1, 100)
    assert np.array_equal(
        counter.mix(torch.from_numpy(states)).numpy(), random.mix(states.view("u8")).view("i8")
    )
