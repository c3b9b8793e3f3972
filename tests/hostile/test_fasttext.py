"""fastText's files cut, damaged, or promising too much: the right answer or a FormatError."""

from __future__ import annotations

import contextlib
import resource
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rowspace as rs
from rowspace import files
from rowspace.errors import FormatError, InputError, VocabularyError
from rowspace.files.fasttext.header import Args

GOLDEN = Path(__file__).parents[1] / "golden" / "fasttext"
SMALL = ("one_label.bin", "hs.bin", "tree.bin", "skipgram.bin")
CODED = ("cut.ftz", "words_cut.ftz", "outputs.ftz")
SIZES = 8 + 56  # where the dictionary's sizes stand
PRUNED = SIZES + 20
ENTRIES = PRUNED + 8


def refused(path: Path, content: bytes, match: str | None = None) -> FormatError:
    path.write_bytes(content)
    with pytest.raises(FormatError, match=match) as caught:
        rs.load(path)
    assert caught.value.exit_code == 4 and str(path) in str(caught.value)
    return caught.value


def asked(path: Path, content: bytes) -> bool:
    """Whether the file opens; what it then answers must be an answer or an error of ours."""
    path.write_bytes(content)
    try:
        model = rs.load(path)
    except FormatError:
        return False
    vectors = model.vectors
    assert len(list(vectors)) == len(vectors) and vectors.rows.shape[1] == vectors.dim
    for word in (vectors.vocabulary.item(0), "unheard", "</s>"):
        try:
            assert vectors[word].shape == (vectors.dim,)
        except VocabularyError:
            assert word not in vectors
    if model.head is not None:
        with contextlib.suppress(InputError):  # rows that are not finite
            model.predict(["some words", ""], k=3)
    if model.context is not None:
        assert np.shape(model.context) == (len(vectors), vectors.dim)
    return True


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in SMALL[1:]]


@pytest.mark.parametrize("name", [SMALL[0], *SLOW])
def test_cut_at_every_byte(tmp_path, name):
    good = (GOLDEN / name).read_bytes()
    for length in range(len(good)):
        refused(tmp_path / "m.bin", good[:length])


@pytest.mark.parametrize("name", CODED)
def test_codes_cut_at_many_bytes(tmp_path, name):
    good = (GOLDEN / name).read_bytes()
    for length in [*range(0, 300, 3), *range(300, len(good), 97), *range(len(good) - 9, len(good))]:
        refused(tmp_path / "m.ftz", good[:length])


@pytest.mark.slow
@pytest.mark.parametrize("name", CODED)
def test_codes_cut_at_every_byte(tmp_path, name):
    good = (GOLDEN / name).read_bytes()
    for length in range(len(good)):
        refused(tmp_path / "m.ftz", good[:length])


def test_cut_without_a_magic_number(tmp_path):
    """What is left of such a file may be anything: no format takes it for whole."""
    good = old(tmp_path)
    assert asked(tmp_path / "m", good)
    for length in [*range(300), *range(300, len(good), 17)]:
        assert not asked(tmp_path / "m", good[:length])


def old(tmp_path: Path) -> bytes:
    """A file of before there were versions, of our own making."""
    new = (GOLDEN / "skipgram.bin").read_bytes()
    entries = entry_end(new, 0, 28 + 1)
    matrices = 16 + 4 * 5 * (28 + 90)
    return (
        new[8:PRUNED]
        + new[ENTRIES:entries]
        + new[entries + 1 : entries + 1 + matrices]
        + new[entries + 2 + matrices :]
    )


def entry_end(content: bytes, start: int, entries: int) -> int:
    """Where so many entries of the dictionary end."""
    at = start or ENTRIES
    for _ in range(entries):
        at = content.index(b"\0", at) + 10
    return at


@pytest.mark.parametrize("name", [*SMALL, *CODED])
@pytest.mark.parametrize("count", [150, pytest.param(10_000, marks=pytest.mark.slow)])
def test_flipped_bits(tmp_path, name, count):
    good = (GOLDEN / name).read_bytes()
    draw = np.random.default_rng(len(good))
    for _ in range(count):
        changed = bytearray(good)
        place = int(draw.integers(len(good) if draw.random() < 0.5 else 400) % len(good))
        changed[place] ^= 1 << int(draw.integers(8))
        asked(tmp_path / "m", bytes(changed))


@pytest.mark.parametrize("value", [-1, -(2**31), 2**31 - 1, 2**30])
@pytest.mark.parametrize("name", ["softmax.bin", "cut.ftz"])
def test_giant_and_negative_counts(tmp_path, name, value):
    """Each whole number of the header, and of each matrix, in turn."""
    good = (GOLDEN / name).read_bytes()
    word = struct.pack("<i", value)
    for place, setting in enumerate(Args._fields[:-1]):
        at = 8 + 4 * place
        changed = good[:at] + word + good[at + 4 :]
        wrong = setting in ("dim", "loss", "model") or (setting == "maxn" and value > 0)
        if wrong or (setting == "bucket" and (value < 0 or name == "softmax.bin")):
            refused(tmp_path / "m", changed)
        else:
            asked(tmp_path / "m", changed)
    for at in (SIZES, SIZES + 4, SIZES + 8):
        refused(tmp_path / "m", good[:at] + word + good[at + 4 :])
    for number in (value, value << 32):
        long = struct.pack("<q", max(-(2**63), min(number, 2**63 - 1)))
        if number != -1:
            refused(tmp_path / "m", good[:PRUNED] + long + good[ENTRIES:])


@pytest.mark.parametrize("name", ["softmax.bin", "cut.ftz"])
def test_shapes_that_cannot_be(tmp_path, name):
    good = (GOLDEN / name).read_bytes()
    model = rs.load(GOLDEN / name)
    kept = getattr(model.vectors.vocabulary.unseen, "kept", None)
    entries = len(model.vectors) + len(model.head.labels)
    start = entry_end(good, 0, entries) + (0 if kept is None else 8 * len(kept))
    assert good[start] == (name == "cut.ftz")
    first = start + 1 + (name == "cut.ftz")
    for at in (first, first + 8):
        for value in (-1, 0, 1, 2**62, 2**63 - 1):
            refused(tmp_path / "m", good[:at] + struct.pack("<q", value) + good[at + 8 :], "shape")
    refused(tmp_path / "m", good[:start] + b"\x07" + good[start + 1 :], "mark of quantised rows")
    if name == "cut.ftz":
        at = first + 16
        for value in (-1, 0, 7, 2**31 - 1):
            changed = good[:at] + struct.pack("<i", value) + good[at + 4 :]
            refused(tmp_path / "m", changed, "size of the codes")


def test_types_and_counts_of_entries(tmp_path):
    good = (GOLDEN / "hs.bin").read_bytes()
    end = entry_end(good, 0, 1)
    for kind in (1, 2, 127, 255):
        error = refused(tmp_path / "m", good[: end - 1] + bytes([kind]) + good[end:], "type")
        assert error.offset == end - 1
    changed = good[: end - 9] + struct.pack("<q", -5) + good[end - 1 :]
    assert refused(tmp_path / "m", changed, "count").found == -5


def test_words_that_never_end(tmp_path):
    good = (GOLDEN / "hs.bin").read_bytes()
    refused(tmp_path / "m", good[:ENTRIES] + b"x" * 5_000_000, "entry 0 of the dictionary")


def test_a_word_twice(tmp_path):
    good = (GOLDEN / "skipgram.bin").read_bytes()
    first = good[ENTRIES : good.index(b"\0", ENTRIES)]
    start = entry_end(good, 0, 1)
    stop = good.index(b"\0", start)
    refused(tmp_path / "m", good[:start] + first + good[stop:], "more than once")


def test_bytes_at_the_end(tmp_path):
    for name in ("skipgram.bin", "cut.ftz"):
        good = (GOLDEN / name).read_bytes()
        error = refused(tmp_path / "m", good + b"\0", "after the last matrix")
        assert error.offset == len(good)


def test_buckets_out_of_their_range(tmp_path):
    good = (GOLDEN / "cut.ftz").read_bytes()
    model = rs.load(GOLDEN / "cut.ftz")
    at = entry_end(good, 0, len(model.vectors) + len(model.head.labels))
    for place, value in ((0, -1), (0, 400), (4, -1), (4, 2**31 - 1), (4, 0), (0, None)):
        number = struct.pack("<i", value) if value is not None else good[at + 8 : at + 12]
        changed = good[: at + place] + number + good[at + place + 4 :]
        if changed != good:
            refused(tmp_path / "m", changed, r"Grams\.kept")


def test_numbers_that_are_not_finite_are_found_by_verify(tmp_path):
    """Opening reads no rows, so a damaged one is found when it is asked for."""
    path = tmp_path / "m.bin"
    good = (GOLDEN / "hs.bin").read_bytes()
    path.write_bytes(good[:-8] + struct.pack("<f", np.nan) + good[-4:])
    rs.load(path)
    with pytest.raises(FormatError, match="row of label 6 holds a number that is not finite"):
        files.verify(path)


def test_counts_that_make_no_tree(tmp_path):
    good = (GOLDEN / "hs.bin").read_bytes()
    end = entry_end(good, 0, 29)
    changed = good[: end - 9] + struct.pack("<q", 2**62) + good[end - 1 :]
    refused(tmp_path / "m", changed, r"less than 10\*\*15")


BOUNDED = """
import resource, sys
import rowspace as rs
from rowspace.errors import FormatError
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
try:
    rs.load(sys.argv[1])
except FormatError as error:
    print("refused", error)
"""


def test_memory_does_not_follow_the_header(tmp_path):
    assert resource.RLIMIT_AS
    good = (GOLDEN / "softmax.bin").read_bytes()
    huge = struct.pack("<iii", 2**31 - 1, 2**31 - 1, 0)
    path = tmp_path / "m.bin"
    path.write_bytes(good[:SIZES] + huge + good[SIZES + 12 :])
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(path)], capture_output=True, text=True
    )
    assert done.stdout.startswith("refused"), done.stderr
