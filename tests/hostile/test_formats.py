"""Every format against damaged files of it: the right answer or a FormatError, and nothing else.

The formats are those of `FORMATS`; what one can hold is found by writing small models with it, and
files of other programs are taken from golden/. `damage.py` does the damage, in processes of their
own whose memory is limited.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rowspace as rs
from rowspace import files
from rowspace.errors import FormatError, InputError, MissingExtraError
from rowspace.files.format import Format
from rowspace.files.formats import FORMATS
from rowspace.files.readers import chosen
from rowspace.vectors.head import Head

DAMAGE = Path(__file__).parent / "damage.py"
GOLDEN = Path(__file__).parents[1] / "golden"
WORDS = ("the", "cat", "Straße", "日本", "on", "mats")
LARGEST = 40_000
"""Bytes of a file that is damaged at most."""
WAYS = {"cut": 120, "flip": 120, "overwrite": 120, "other": 60}
MANY = {"cut": LARGEST, "flip": 10_000, "overwrite": 10_000, "other": 10_000}
LINES = ("word2vec", "floret", "words.txt")
"""Of these a part is a file too: a line less, or a number that is a digit shorter."""
SAME = ("refused", "found", "read")
READABLE = [one for one in FORMATS if one.read is not None]
NAMES = [one.name for one in READABLE]


def model(kind: str, size: int) -> rs.Model:
    """A small model of a kind that some formats hold."""
    words = (*WORDS, *(f"w{i}" for i in range(size - len(WORDS))))
    unseen = rs.Subwords(minn=2, maxn=3, buckets=7) if kind == "subwords" else None
    counts = np.arange(len(words))[::-1] + 1
    vocabulary = rs.Vocabulary.of(words, counts=counts, unseen=unseen)
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(vocabulary.n_rows, 4)).astype(np.float32)
    context = draw.normal(size=(len(words), 4)).astype(np.float32)
    vectors = rs.Vectors(vocabulary, rows)
    if kind == "labels":
        labels = rs.Vocabulary.of(["__label__a", "__label__b", "__label__c"], counts=[4, 2, 1])
        return rs.Model(vectors, head=Head(labels, context[:3], "softmax"))
    return rs.Model(vectors, {}, {}, context)


def written(format: Format, folder: Path) -> Iterator[Path]:
    """What the format writes of small models: plain ones, and those whose parts it keeps."""
    for kind in ("plain", "subwords", "labels") if format.write else ():
        for size in (len(WORDS), 300):  # codes need some rows
            name = f"v{format.suffixes[0] if format.suffixes else ''}"
            target = folder / f"{kind}-{size}" / name
            target.parent.mkdir()
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    format.write(model(kind, size), target)
                    kept = files.load(target)
            except (InputError, MissingExtraError):
                continue
            parts = kept.vectors.vocabulary.unseen.name == "subwords" or kept.head is not None
            if kind == "plain" or parts:
                yield target
            break


def golden(format: Format, folder: Path) -> Iterator[Path]:
    """A copy of the smallest file that another program wrote."""
    fitting = []
    for path in sorted(GOLDEN.rglob("*")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                if path.is_file() and chosen(path) is format and files.load(path):
                    fitting.append((path.stat().st_size, path))
            except (FormatError, MissingExtraError):
                continue
    for _, path in sorted(fitting)[:1]:
        (folder / "golden").mkdir()
        yield Path(shutil.copyfile(path, folder / "golden" / path.name))


@pytest.fixture
def samples(tmp_path):
    """A function that gives a format's samples: (file or folder, file in the folder or "")."""

    def found(format: Format) -> list[tuple[Path, str]]:
        listed = []
        for number, path in enumerate([*written(format, tmp_path), *golden(format, tmp_path)]):
            inside = sorted(one.name for one in path.iterdir()) if path.is_dir() else [""]
            for name in inside:
                beside = number and name not in ("", "model.safetensors")
                if not beside and name != "README.md" and (path / name).stat().st_size <= LARGEST:
                    listed.append((path, name))
        if not listed and format.write:
            pytest.skip("an extra is not installed")
        assert listed, "write a sample, or keep one of another program in golden/"
        return listed

    return found


def damaged(listed: list[tuple[Path, str]], ways: dict[str, int]) -> list[dict]:
    """The reports of `damage.py`, in which there must be no fault."""
    task = {"files": [[str(path), inside] for path, inside in listed], "ways": ways}
    done = subprocess.run(
        [sys.executable, str(DAMAGE), json.dumps(task)],
        capture_output=True,
        text=True,
        check=False,
    )
    last = [path.parent / "last" for path, _ in listed]
    newest = max((one for one in last if one.exists()), key=os.path.getmtime, default=None)
    said = done.stderr[-2000:] + (newest.read_text() if newest else "")
    assert done.returncode == 0, said
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == len(listed) * len(ways)
    for report in reports:
        assert report["faults"] == [], report
        assert report["grown"] < 100, "memory that is not given back"
        assert sum(report[kind] for kind in SAME) == report["tried"] > 0
    return reports


@pytest.mark.parametrize("format", READABLE, ids=NAMES)
def test_damaged(samples, format):
    for report in damaged(samples(format), WAYS):
        inside = report["file"].rpartition("/")[2]
        if report["way"] == "cut" and not {format.name, inside} & set(LINES):
            # The last line end, or padding, may say nothing.
            assert report["read"] <= 2, "cut short, and read all the same"
        assert report["refused"] + report["found"] > 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("format", READABLE, ids=NAMES)
def test_damaged_ten_thousand_times(samples, format):
    damaged(samples(format), MANY)


def answers(path: Path) -> tuple[list[str], list[list[float]]] | None:
    """All that is in a file, None if it is refused."""
    try:
        vectors = files.load(path).vectors
    except FormatError:
        return None
    return list(vectors), vectors.matrix.tolist()


@pytest.mark.parametrize("format", READABLE, ids=NAMES)
def test_the_name_says_nothing(samples, format):
    for number, (path, inside) in enumerate(samples(format)):
        if inside:
            continue
        right = answers(path)
        assert right is not None
        for name in ("v", "v.txt", "v.bin", "v.zip", "v.html", "v.gz", "-", "v.safetensors", "é\n"):
            other = path.parent / f"named-{number}" / name
            other.parent.mkdir(exist_ok=True)
            shutil.copyfile(path, other)
            assert answers(other) == right
            other.write_bytes(gzip.compress(path.read_bytes()))
            assert answers(other) in (right, None)


@pytest.mark.parametrize("format", READABLE, ids=NAMES)
def test_a_file_of_a_folder_is_something_else(samples, format):
    """Missing, a link, a folder, a pipe: never followed, never waited for."""
    for path, inside in samples(format):
        if not inside:
            continue
        target, right = path / inside, answers(path)
        aside = path.parent / "aside"
        target.rename(aside)
        missing = answers(path)
        assert missing in (right, None)
        for make in (
            lambda: target.symlink_to(aside),  # noqa: B023
            target.mkdir,
            lambda: os.mkfifo(target),  # noqa: B023
        ):
            make()
            assert answers(path) in (missing, None)
            target.rmdir() if target.is_dir() and not target.is_symlink() else target.unlink()
        aside.rename(target)
        assert answers(path) == right


def harness():
    """`damage.py` as a module."""
    spec = importlib.util.spec_from_file_location("damage", DAMAGE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_faults_are_seen(tmp_path, monkeypatch):
    harm = harness()
    good = model("plain", len(WORDS))
    harm.ask(good)
    rows = good.vectors.rows.copy()
    rows[3, 1] = np.nan
    with pytest.raises(AssertionError, match="not finite"):
        harm.ask(rs.Model(rs.Vectors(good.vectors.vocabulary, rows)))
    lost = good.vectors.vocabulary.items
    slots = np.full_like(lost.slots, -1)
    vocabulary = rs.Vocabulary(
        type(lost)(lost.bytes, lost.offsets, slots), good.vectors.counts, rs.Exact()
    )
    with pytest.raises(rs.VocabularyError):
        harm.ask(rs.Model(rs.Vectors(vocabulary, good.vectors.rows)))
    watch = harm.Watch()
    watch.begin(tmp_path)
    with watch:
        watch.hear("open", (str(tmp_path / "own"), "r", 0))
        watch.hear("open", ("/etc/passwd", "r", 0))
        watch.hear("os.system", (b"true",))
    watch.hear("open", ("/etc/shadow", "r", 0))
    assert watch.seen == {"/etc/passwd", "os.system"}
    (tmp_path / "v.txt").write_text("a 1 2\nb 3 4\n")

    def broken(path):
        raise ValueError(path)

    monkeypatch.setattr(harm, "outcome", broken)
    report = harm.run(tmp_path / "v.txt", "", "flip", 3, watch)
    assert len(report["faults"]) == 3 and "ValueError" in report["faults"][0]
