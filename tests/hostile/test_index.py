"""An index from a stranger: an error or the right answers, never a crash or a giant allocation.

faiss would follow an id or an offset wherever it points: none may reach it unchecked.
"""

import os
import resource
import subprocess
import sys

import numpy as np
import pytest

from rowspace import files
from rowspace.errors import FormatError, RowspaceError
from rowspace.files import atomic, tensors
from rowspace.files.index_file import INDEX, load_index, save_index
from rowspace.vectors import Model, Vectors

pytest.importorskip("faiss")


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A model's folder, its vectors, the arrays and metadata of its index."""
    matrix = np.random.default_rng(0).normal(size=(1200, 6)).astype(np.float32)
    folder = tmp_path_factory.mktemp("stored") / "model"
    files.save(Model(Vectors.from_arrays(map(str, range(1200)), matrix)), folder)
    vectors = files.load(folder).vectors
    save_index(vectors.index(), folder)
    with open(folder / INDEX, "rb") as file:
        header = tensors.read_header(file, folder / INDEX)
        arrays = {name: a.copy() for name, a in tensors.map_arrays(file, header).items()}
    metadata = {name: header.metadata[name] for name in ("belongs_to", "index")}
    return folder, vectors, arrays, metadata


def sealed(folder, arrays, metadata) -> None:
    """What an attacker writes: every checksum is right."""
    with atomic.drafts([folder / INDEX]) as (draft,):
        tensors.write(draft, arrays, metadata)


def changed(arrays, name, place, value):
    copy = arrays[name].copy()
    copy.reshape(-1)[place] = value
    return {**arrays, name: copy}


ATTACKS = {
    "an id beyond the items": lambda a: changed(a, "ids", 5, 1200),
    "a giant id": lambda a: changed(a, "ids", 5, 2**31 - 1),
    "an id below 0": lambda a: changed(a, "ids", 5, -1),
    "an id twice": lambda a: changed(a, "ids", 5, a["ids"][6]),
    "an offset beyond the end": lambda a: changed(a, "offsets", 3, 2**62),
    "an offset below 0": lambda a: changed(a, "offsets", 3, -5),
    "a last offset too small": lambda a: changed(a, "offsets", -1, 7),
    "no number": lambda a: changed(a, "centres", 3, np.nan),
    "infinity": lambda a: changed(a, "levels", 3, np.inf),
    "fewer codes": lambda a: {**a, "codes": a["codes"][:-1]},
    "narrower codes": lambda a: {**a, "codes": np.ascontiguousarray(a["codes"][:, :-1])},
    "wider ids": lambda a: {**a, "ids": a["ids"].astype(np.int64)},
    "no cells": lambda a: {**a, "centres": a["centres"][:0], "offsets": a["offsets"][:1]},
    "another axis": lambda a: {**a, "centres": a["centres"].ravel()},
    "fewer levels": lambda a: {**a, "levels": a["levels"][:, :15].copy()},
    "of fewer items": lambda a: {
        **a, "ids": a["ids"][:0], "codes": a["codes"][:0], "offsets": a["offsets"] * 0
    },
    "nothing": lambda a: {"ids": a["ids"]},
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_arrays_that_lie_are_refused(stored, attack) -> None:
    folder, vectors, arrays, metadata = stored
    sealed(folder, ATTACKS[attack](arrays), metadata)
    with pytest.raises(FormatError):
        load_index(folder, vectors)


@pytest.mark.parametrize(
    "told", ['{"kind": "hnsw", "width": 3}', '{"kind": "ivf", "width": 0}', "{}", "[]", "x",
             '{"kind": "ivf", "width": true}', '{"kind": "ivf", "width": 99999999999999}']
)  # fmt: skip
def test_settings_that_lie_are_refused(stored, told) -> None:
    folder, vectors, arrays, metadata = stored
    sealed(folder, arrays, {**metadata, "index": told})
    with pytest.raises(FormatError):
        load_index(folder, vectors)


def test_codes_may_hold_anything(stored) -> None:
    """They are numbers of levels: the worst they can do is propose the wrong rows."""
    folder, vectors, arrays, metadata = stored
    noise = np.random.default_rng(1).integers(0, 256, arrays["codes"].shape, np.uint8)
    sealed(folder, {**arrays, "codes": noise}, metadata)
    index = load_index(folder, vectors)
    ids, scores = index.nearest_ids(list(range(50)))
    assert (ids < 1200).all() and (np.diff(scores, axis=1) <= 0).all()


def test_a_file_cut_or_bent_anywhere(stored) -> None:
    folder, vectors, arrays, metadata = stored
    sealed(folder, arrays, metadata)
    good = (folder / INDEX).read_bytes()
    expected = load_index(folder, vectors).nearest_ids(list(range(20)))[0]
    rng = np.random.default_rng(2)
    for _ in range(120):
        bent = bytearray(good)
        if rng.random() < 0.3:
            del bent[int(rng.integers(len(bent))) :]
        else:
            bent[int(rng.integers(len(bent)))] ^= 1 << int(rng.integers(8))
        (folder / INDEX).write_bytes(bent)
        try:
            index = load_index(folder, vectors)
        except RowspaceError:
            continue
        assert np.array_equal(index.nearest_ids(list(range(20)))[0], expected)


def test_a_link_is_not_followed(stored, tmp_path) -> None:
    folder, vectors, arrays, metadata = stored
    sealed(folder, arrays, metadata)
    os.replace(folder / INDEX, tmp_path / "elsewhere")
    (folder / INDEX).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FormatError, match="symbolic link"):
        load_index(folder, vectors)
    (folder / INDEX).unlink()


def test_sizes_that_lie_take_no_memory(stored) -> None:
    """A header that promises terabytes is refused before anything is allocated."""
    folder, vectors, arrays, metadata = stored
    sealed(folder, arrays, metadata)
    raw = (folder / INDEX).read_bytes()
    size = int.from_bytes(raw[:8], "little")
    head = raw[8 : 8 + size].replace(b'"shape":[1200]', b'"shape":[9999999999999]')
    assert head != raw[8 : 8 + size]
    (folder / INDEX).write_bytes(len(head).to_bytes(8, "little") + head + raw[8 + size :])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FormatError):
        load_index(folder, vectors)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 << 10


def test_faiss_own_reader_is_never_called() -> None:
    """Neither its reader nor its writer is named anywhere in the package."""
    code = "import pathlib, rowspace, sys; root = pathlib.Path(rowspace.__file__).parent; " \
        "sys.exit(any(b'read_index' in p.read_bytes() for p in root.rglob('*.py')))"  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
