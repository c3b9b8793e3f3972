"""Damage files of vectors in many ways and see what opening them does. Run as its own process.

    python damage.py '{"files": [["SAMPLE", "INSIDE"], ...], "ways": {"flip": 300, ...}}'

SAMPLE is a file, or a folder in which the file INSIDE is damaged ("": SAMPLE itself). It must be a
copy. One JSON object a file and way: how many were tried, refused, found damaged by `verify`, read;
and every fault: an error that is no FormatError, a model that does not hold together, a number
that is not finite and that `verify` did not find, a file opened elsewhere, a long time.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import resource
import sys
import sysconfig
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import rowspace as rs
from rowspace import files
from rowspace.errors import FormatError, InputError

ROOM = 2 << 30  # bytes of address space beyond what a good file needs
LARGE = 1e37
SLOW = 60.0  # seconds of this process for one file: of some hundredths, on any machine
WORDS = [-1, 0, 1, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 2**62]
DANGEROUS = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "socket.connect")

Damaged = Iterator[tuple[str, bytes]]


def cut(good: bytes, count: int, draw: np.random.Generator) -> Damaged:
    """Cut off at every byte; of a long file at the first ones, the last ones and some others."""
    places = set(range(len(good)))
    if len(good) > 3 * count:
        drawn = draw.integers(0, len(good), count).tolist()
        places = {*range(count), *range(len(good) - count // 2, len(good)), *drawn}
    for place in sorted(places):
        yield f"cut at {place}", good[:place]


def flip(good: bytes, count: int, draw: np.random.Generator) -> Damaged:
    """One bit is another: half of them near the beginning, where the structure is."""
    for number in range(count):
        place = int(draw.integers(0, min(len(good), 300) if number % 2 else len(good)))
        bit = int(draw.integers(8))
        changed = bytearray(good)
        changed[place] ^= 1 << bit
        yield f"bit {bit} of byte {place}", bytes(changed)


def overwrite(good: bytes, count: int, draw: np.random.Generator) -> Damaged:
    """A number of 4 or 8 bytes is an extreme one; the first ones each of them in turn."""
    for number in range(count):
        size = 4 << (number % 2)
        place = number // 2 if number < 200 else int(draw.integers(0, len(good)))
        value = WORDS[int(draw.integers(len(WORDS)))] if number % 3 else -1
        word = (value & (256**size - 1)).to_bytes(size, "little")
        changed = good[:place] + word + good[place + size :]
        yield f"{size} bytes at {place} are {value}", changed[: len(good)]


def other(good: bytes, count: int, draw: np.random.Generator) -> Damaged:
    """More bytes, none, zeros, noise, two of it, parts moved, another line end, compressed."""
    for size in (1, 2, 4, 7, 8, 64, 5000):
        yield f"{size} zeros more", good + bytes(size)
        yield f"{size} bytes more", good + draw.bytes(size)
        yield f"{size} bytes before", draw.bytes(size) + good
        yield f"{size} bytes left out", good[size:]
    yield "twice", good + good
    yield "empty", b""
    yield "zeros", bytes(len(good))
    yield "noise", draw.bytes(len(good))
    yield "gzip", gzip.compress(good, 1)
    yield "gzip cut", gzip.compress(good, 1)[:-9]
    yield "gzip twice", gzip.compress(gzip.compress(good, 1))
    yield "line ends", good.replace(b"\n", b"\r\n")
    yield "no line ends", good.replace(b"\n", b"")
    yield "digits", good.translate(bytes(57 if 48 <= b < 58 else b for b in range(256)))
    for _ in range(count // 10):
        a, b = sorted(draw.integers(0, len(good) + 1, 2).tolist())
        yield f"{a} to {b} twice", good[:b] + good[a:]
        yield f"{a} to {b} left out", good[:a] + good[b:]
        yield f"{a} to {b} noise", good[:a] + draw.bytes(b - a) + good[b:]


WAYS = {"cut": cut, "flip": flip, "overwrite": overwrite, "other": other}


def outcome(sample: Path) -> str:
    """ "refused", "found" by `verify`, or "read"; raises what must not be raised."""
    try:
        model = files.load(sample)
    except FormatError:
        return "refused"
    try:
        files.verify(sample)
    except FormatError:
        use(model, sure=False)
        return "found"
    use(model, sure=True)
    return "read"


def use(model: rs.Model, *, sure: bool) -> None:
    """Asks a model for everything; one that was found damaged may give nonsense, or refuse."""
    try:
        ask(model)
    except (AssertionError, FormatError, InputError):
        if sure:
            raise


def ask(model: rs.Model) -> None:
    """Shapes, items, look-ups, neighbours, unseen items, output rows, labels."""
    vectors = model.vectors
    assert vectors.rows.shape[1] == vectors.dim > 0
    assert len(vectors.rows) == vectors.vocabulary.n_rows
    rows = np.concatenate([*vectors.blocks(), np.zeros((0, vectors.dim), np.float32)])
    assert rows.shape == (len(vectors), vectors.dim), "shape"
    if not (np.abs(vectors.rows[:]) > LARGE).any():  # else a sum may leave float32
        assert np.isfinite(rows).all(), "not finite"
    items = list(vectors)
    assert len(set(items)) == len(items) == len(vectors.counts), "items"
    assert (vectors.counts >= 0).all(), "counts below 0"
    if items:
        assert np.array_equal(vectors[items[:50]], rows[:50], equal_nan=True), "look-up"
        vectors.nearest(items[-1], k=3)
    for unheard in ("unheard of", "z", ""):
        with contextlib.suppress(InputError):
            assert vectors[unheard].shape == (vectors.dim,), "unseen"
    if model.context is not None:
        assert model.context.shape == (len(vectors), vectors.dim), "context"
        np.asarray(model.context)
    if model.head is not None:
        model.predict(["unheard of words", ""])


class Watch:
    """What is opened outside of the sample's folder, and what is started, while it is entered."""

    def __init__(self) -> None:
        self.on = False
        self.seen: set[str] = set()
        self.folder = ""
        paths = sysconfig.get_paths()
        self.allowed = (
            *(paths[name] for name in ("stdlib", "purelib", "platlib")),
            os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")),
            str(Path(rs.__file__).parent),
            "/proc/",
            "/sys/",
            os.devnull,
        )

    def begin(self, folder: Path) -> None:
        """Only what lies in `folder` may be opened from now on."""
        self.folder = f"{folder}{os.sep}"
        self.seen.clear()

    def __enter__(self) -> None:
        self.on = True

    def __exit__(self, *_: object) -> None:
        self.on = False

    def hear(self, event: str, arguments: tuple) -> None:
        """The audit hook."""
        if not self.on:
            return
        if event.startswith(DANGEROUS):
            self.seen.add(event)
        elif event == "open" and isinstance(arguments[0], (str, bytes)):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            if not path.startswith((self.folder, *self.allowed)):
                self.seen.add(path)


def anonymous() -> int:
    """Bytes of memory that are no file's."""
    with open("/proc/self/status", encoding="ascii") as status:
        return int(next(line for line in status if line.startswith("RssAnon")).split()[1]) << 10


def run(sample: Path, inside: str, way: str, count: int, watch: Watch) -> dict[str, object]:
    """One way of damaging one file."""
    target = sample / inside if inside else sample
    good = target.read_bytes()
    before, slowest = anonymous(), 0.0
    results: list[str] = []
    faults: list[str] = []
    watch.begin(sample.parent)
    for what, damaged in WAYS[way](good, count, np.random.default_rng([len(good), count])):
        (sample.parent / "last").write_text(f"{sample} {inside} {what}")  # should this one crash
        target.write_bytes(damaged)
        began = time.process_time()
        try:
            with watch:
                results.append(outcome(sample))
        except Exception as error:  # noqa: BLE001
            faults.append(f"{what}: {type(error).__name__}: {error}")
        slowest = max(slowest, time.process_time() - began)
    target.write_bytes(good)
    faults += [f"opened or started: {one}" for one in sorted(watch.seen)]
    faults += [f"took {slowest:.1f} s"] if slowest > SLOW else []
    return {
        "file": f"{sample.parent.name}/{inside}",
        "way": way,
        "tried": len(results) + len(faults),
        **{kind: results.count(kind) for kind in ("refused", "found", "read")},
        "grown": (anonymous() - before) >> 20,
        "faults": faults,
    }


def main(task: dict) -> None:
    """All files, all ways; what is imported and compiled comes before there is a limit."""
    warnings.simplefilter("ignore")
    for sample, _ in task["files"]:
        assert outcome(Path(sample)) == "read", sample
    watch = Watch()
    sys.addaudithook(watch.hear)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM,) * 2)
    for sample, inside in task["files"]:
        for way, count in task["ways"].items():
            print(json.dumps(run(Path(sample), inside, way, count, watch)), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
