"""Counter-based numbers: known answers, independence of order, even spread."""

import numpy as np

from rowspace.random import GOLDEN, Stream, bits, integers, mix, state, uniform


def test_mix_is_splitmix64() -> None:
    # The first three outputs of the published generator started at 0, from its reference code.
    states = np.arange(1, 4, dtype=np.uint64) * GOLDEN
    assert mix(states).tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_any_part_can_be_drawn_again() -> None:
    whole = bits(7, Stream.ROWS, np.arange(1000))
    assert (whole[400:500] == bits(7, Stream.ROWS, np.arange(400, 500))).all()
    assert int(bits(7, Stream.ROWS, 999)) == int(whole[999])


def test_seeds_and_streams_are_apart() -> None:
    drawn = [
        bits(seed, stream, np.arange(100)) for seed in (0, 1, -1, 2**63, 2**70) for stream in Stream
    ]
    distinct = {tuple(row.tolist()) for row in drawn}
    # 2**70 is cut to 64 bits, where it is 0.
    assert len(distinct) == 4 * len(Stream)


def test_seed_broadcasts_against_position() -> None:
    seeds = np.array([[3], [4]], np.uint64)
    both = bits(seeds, Stream.SHUFFLE, np.arange(5))
    assert both.shape == (2, 5)
    assert (both[1] == bits(4, Stream.SHUFFLE, np.arange(5))).all()
    assert state(3, 1) == state(np.uint64(3), 1)


def test_uniform_is_even_and_within() -> None:
    drawn = uniform(1, Stream.ROWS, np.arange(100_000), low=-2.0, high=2.0)
    assert drawn.dtype == np.float32
    assert drawn.min() >= -2.0 and drawn.max() < 2.0
    counts, _ = np.histogram(drawn, bins=20, range=(-2, 2))
    assert np.abs(counts - 5000).max() < 5 * np.sqrt(5000)


def test_integers_are_even_and_within() -> None:
    drawn = integers(1, Stream.BOOTSTRAP, np.arange(70_000), 7)
    assert drawn.min() == 0 and drawn.max() == 6
    assert np.abs(np.bincount(drawn) - 10_000).max() < 500
    assert (integers(1, Stream.BOOTSTRAP, np.arange(100), 1) == 0).all()
    assert integers(1, Stream.BOOTSTRAP, np.arange(1000), 2**32).max() > 2**31
