"""A table in a folder of mapped files, which may be larger than memory.

`rows.npy` and a `.npy` for each state of the rule are plain NumPy files, sparse where nothing has
been written; `table.json` says what they are. `steps.npy` counts the steps, and `decay.f64` holds
what weight decay has taken up to each, for rules that catch up. All are as the last step left them,
whenever the process ends.
"""

from __future__ import annotations

import json
import mmap
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np
from numpy.lib import format as npy

from rowspace.errors import FormatError, ResourceError, SettingError
from rowspace.memory import human
from rowspace.table import rules
from rowspace.table.layout import STORED, stored, stride_of, uniform_blocks
from rowspace.table.memory import scattered
from rowspace.table.rules import Rule
from rowspace.table.states import Need, needs, slots_of

if TYPE_CHECKING:
    from rowspace.table.learning import Slots

_FORMAT, _VERSION, _ABOUT = "rowspace-table", 1, "table.json"
_RULES: dict[str, type[Rule]] = {
    kind.__name__: kind
    for kind in (rules.SGD, rules.Adagrad, rules.RowWiseAdagrad, rules.Adam, rules.AdamW)
}
_STEPS, _DECAY = Need("steps", 1, np.dtype(np.int64)), "decay.f64"
_FILLED = 1 << 18  # numbers written at once


@final
@dataclass(frozen=True, slots=True)
class Shape:
    """R rows of D numbers, stored as `precision`; `seed` is that of their rounding."""

    rows: int
    dim: int
    precision: str = "float32"
    seed: int = 0


@final
class Folder:
    """The files of one table. `data` [R + 1, S] is mapped: what is written to it is in the file."""

    def __init__(self, path: Path, shape: Shape, rule: Rule | None) -> None:
        self.path, self.shape, self._rule = path, shape, rule
        self._blocks: list[mmap.mmap] = []
        whole = (shape.rows + 1, stride_of(shape.dim))
        self.data = self._map("rows", whole, stored(shape.precision))

    @classmethod
    def create(cls, path: str | Path, shape: Shape, bound: float | None) -> Folder:
        """Zeros, or rows drawn evenly from ±bound and written block by block."""
        path = Path(path)
        whole = (shape.rows + 1, stride_of(shape.dim))
        blocks = None
        if bound is not None:
            blocks = uniform_blocks(
                shape.rows, shape.dim, seed=shape.seed, bound=bound, precision=shape.precision
            )
        with _reporting(path):
            path.mkdir(parents=True, exist_ok=True)
            _write(path / "rows.npy", whole, stored(shape.precision), blocks)
            _describe(path, shape, None)
        return cls(path, shape, None)

    @classmethod
    def open(cls, path: str | Path) -> Folder | None:
        """The table in a folder, None if there is none. Raises FormatError."""
        path = Path(path)
        if not (path / _ABOUT).exists():
            return None
        try:
            return cls(path, *_described(json.loads((path / _ABOUT).read_text("utf-8"))))
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise FormatError(path / _ABOUT, f"this describes no table: {error}") from error

    def require(self, **wanted: Any) -> None:
        """Raises SettingError unless the table is what it is wanted to be."""
        have = asdict(self.shape)
        for name, value in wanted.items():
            if value is not None and name in have and value != have[name]:
                raise SettingError(
                    f"{name} is {have[name]} in the table in {self.path}, not {value!r:.60}",
                    hint="leave it out, or give another folder",
                )

    def rule_for(self, wanted: Rule | None) -> Rule | None:
        """The rule to go on with: the one wanted, if the kept states are its own."""
        kept, dim = self._rule, self.shape.dim
        if wanted is None or kept is None:
            return kept if wanted is None else wanted
        same = type(kept) is type(wanted) and kept.own_clock == wanted.own_clock
        if not same or needs(kept, dim) != needs(wanted, dim):
            raise SettingError(
                f"the table in {self.path} has learned by {kept}, it cannot go on by {wanted}",
                hint="give a rule of the same kind, or another folder",
            )
        return wanted

    @property
    def steps(self) -> int:
        """How many steps the rows have taken."""
        return 0 if self._rule is None else int(self._map(_STEPS.name, (1, 1), _STEPS.kind)[0, 0])

    def slots(self, rule: Rule) -> Slots:
        """What the rule keeps, mapped, and where it stopped; made if it has never learned."""
        rows, wanted = self.shape.rows, needs(rule, self.shape.dim)
        if self._rule is None:
            with _reporting(self.path):
                for need in wanted:
                    _write(self._file(need.name), (rows, need.width), need.kind, _start(need, rows))
                _write(self._file(_STEPS.name), (1, 1), _STEPS.kind, None)
                (self.path / _DECAY).write_bytes(bytes(8))
                _describe(self.path, self.shape, rule)
        elif rule != self._rule:
            with _reporting(self.path):
                _describe(self.path, self.shape, rule)
        self._rule = rule
        found = slots_of({n.name: self._map(n.name, (rows, n.width), n.kind) for n in wanted})
        steps = self._map(_STEPS.name, (1, 1), _STEPS.kind)
        found.step = int(steps[0, 0])
        self._note(rule, found, steps)
        return found

    def _note(self, rule: Rule, found: Slots, steps: np.ndarray) -> None:
        """Have each step written down before it changes a row."""
        catches_up = rule.clocked and not rule.own_clock
        file = None
        if catches_up:
            before = np.fromfile(self.path / _DECAY, np.float64, found.step + 1)
            if len(before) <= found.step:
                raise FormatError(self.path / _DECAY, f"{len(before)} of {found.step + 1} steps")
            found.shrunk = np.concatenate([before, np.zeros(64)])
            file = (self.path / _DECAY).open("r+b", buffering=0)

        def noted(step: int, shrunk: float) -> None:
            if file is not None:
                file.seek(8 * step)
                file.write(struct.pack("=d", shrunk))
            steps[0, 0] = step

        found.noted = noted

    def sync(self) -> None:
        """Bring what has been written onto the disk."""
        for block in self._blocks:
            block.flush()

    def _file(self, name: str) -> Path:
        return self.path / f"{name}.npy"

    def _map(self, name: str, shape: tuple[int, int], kind: np.dtype) -> np.ndarray:
        """A file as an array. Raises FormatError unless it is what is wanted."""
        path = self._file(name)
        try:
            with path.open("r+b") as file:
                if npy.read_magic(file) != (1, 0):
                    raise FormatError(path, "this is no .npy file of version 1.0")
                found = npy.read_array_header_1_0(file)
                start, size = file.tell(), file.seek(0, os.SEEK_END)
                wanted = start + shape[0] * shape[1] * kind.itemsize
                if found != (shape, False, kind) or size != wanted:
                    raise FormatError(
                        path, "not as table.json has it",
                        expected=f"{kind} {shape}, {wanted} bytes", found=f"{found}, {size} bytes",
                    )  # fmt: skip
                block = scattered(file, 0)
        except (OSError, ValueError) as error:
            raise FormatError(path, f"it cannot be mapped: {error}") from error
        self._blocks.append(block)
        return np.frombuffer(block, kind, shape[0] * shape[1], start).reshape(shape)


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ResourceError(f"no table can be kept in {path}: {error}") from error


def _write(
    path: Path, shape: tuple[int, int], kind: np.dtype, blocks: Iterator[np.ndarray] | None
) -> None:
    """A .npy file of `blocks`, then zeros, which take no room on the disk until they are written.
    It has its name when it is whole."""
    size = shape[0] * shape[1] * kind.itemsize
    free = shutil.disk_usage(path.parent).free
    if size > free:  # a step that finds the disk full would end the process
        raise ResourceError(
            f"{path} would take {human(size)}, {human(free)} are free on its disk",
            hint="lower dim, use halves (precision='bfloat16'), or give another folder",
        )
    building = path.with_suffix(".part")
    with building.open("wb") as file:
        about = {"descr": npy.dtype_to_descr(kind), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(file, about)
        start = file.tell()
        for block in () if blocks is None else blocks:
            file.write(block.data)
        file.truncate(start + size)
    building.replace(path)


def _start(need: Need, rows: int) -> Iterator[np.ndarray] | None:
    if not need.start:
        return None
    at_once = max(1, _FILLED // need.width)
    block = np.full((at_once, need.width), need.start, need.kind)
    return (block[: rows - first] for first in range(0, rows, at_once))


def _describe(path: Path, shape: Shape, rule: Rule | None) -> None:
    settings = None if rule is None else {"name": type(rule).__name__, **asdict(rule)}
    about = {"format": _FORMAT, "version": _VERSION, **asdict(shape), "rule": settings}
    building = path / f"{_ABOUT}.part"
    building.write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    building.replace(path / _ABOUT)


def _described(about: dict[str, Any]) -> tuple[Shape, Rule | None]:
    if about["format"] != _FORMAT or about["version"] != _VERSION:
        raise ValueError(f"{about['format']} {about['version']}")
    shape = Shape(about["rows"], about["dim"], about["precision"], about["seed"])
    whole = all(isinstance(n, int) for n in (shape.rows, shape.dim, shape.seed))
    if not whole or shape.rows < 1 or shape.dim < 1 or shape.precision not in STORED:
        raise ValueError(str(shape))
    if about["rule"] is None:
        return shape, None
    settings = dict(about["rule"])
    return shape, _RULES[settings.pop("name")](**settings)
