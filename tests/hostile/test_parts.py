"""Models with parts that are broken or mean harm: a FormatError, never a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rowspace as rs
from rowspace import files
from rowspace.errors import FormatError
from rowspace.files import artefact, atomic, jsondata, tensors
from rowspace.files.folder import TABLE

Change = Callable[[dict, dict], object]


def whole() -> rs.Model:
    part = rs.Model(rs.Vectors.random(["u", "v"], 4), arrays={"w": np.ones(3)})
    other = rs.Model(rs.Vectors.random(["i"], 2))
    return rs.Model(None, parts={"users": part, "items": other}, arrays={"k": np.arange(3)})


def stored(folder: Path, change: Change) -> Path:
    """A saved model whose configuration and arrays were changed, sealed anew."""
    rs.save(whole(), folder)
    config, arrays = artefact.parts(whole())
    change(config, arrays)
    with atomic.drafts([folder / TABLE]) as (draft,):
        tensors.write(draft, arrays, {"rowspace": jsondata.render(config).decode()})
    return folder


def part(place: int, **fields: object) -> Change:
    return lambda config, arrays: config["parts"][place].update(fields)


CHANGES: dict[str, tuple[Change, str]] = {
    "rows missing": (lambda c, a: a.pop("parts.0.rows"), r"parts\.0\.rows"),
    "vocabulary missing": (lambda c, a: a.pop("parts.1.vocabulary.counts"), "part 'items'"),
    "array missing": (lambda c, a: a.pop("parts.0.arrays.w"), "part 'users': array 'w' is missing"),
    "own array missing": (lambda c, a: a.pop("arrays.k"), "array 'k' is missing"),
    "array of bytes": (
        lambda c, a: a.update({"arrays.k": np.zeros(3, np.uint8)}),
        "wanted float32",
    ),
    "a part too many": (lambda c, a: c["parts"].append({**c["parts"][0], "name": "x"}), "parts.2"),
    "other rows": (part(0, table={"items": 2, "rows": 3, "dim": 4}), r"parts\.0\.rows"),
    "rows of text": (part(0, table={"rows": "2", "dim": 4}), r"parts\.0\.rows"),
    "no table": (part(0, table=[]), "field 'table'"),
    "empty table": (part(1, table={}), "part 'items'"),
    "no settings": (lambda c, a: c["parts"][0].pop("settings"), "field 'settings'"),
    "record a list": (part(0, record=[]), "field 'record'"),
    "parts a dict": (lambda c, a: c.update(parts={}), "a list of parts"),
    "parts of numbers": (lambda c, a: c.update(parts=[1]), "a list of parts"),
    "parts of parts": (part(0, parts=[]), "it has parts itself"),
    "one name twice": (part(1, name="users"), "two parts have one name"),
    "no name": (lambda c, a: c["parts"][0].pop("name"), "field 'name'"),
    "a number for a name": (part(0, name=5), "field 'name'"),
    "name with a slash": (part(0, name="../../etc"), "a slash"),
    "name of a folder": (part(0, name=".."), "means a folder"),
    "name with NUL": (part(0, name="a\0"), "x00"),
    "long name": (part(0, name="x" * 1000), "1 to 200"),
    "head a list": (part(0, head=[1]), "field 'head'"),
    "head without labels": (part(0, head={"loss": "ova"}), "part 'users'"),
    "arrays a dict": (part(0, arrays={"w": 1}), "field 'arrays'"),
    "arrays of numbers": (lambda c, a: c.update(arrays=[1]), "came int"),
    "address in settings": (part(0, settings={"x": "https://evil.example"}), "path or address"),
    "way out in vocabulary": (
        lambda c, a: c["parts"][0]["vocabulary"].update(file="../../x"),
        "path or address",
    ),
    "policy with code": (
        lambda c, a: c["parts"][0]["vocabulary"]["unseen"].update(name="os.system"),
        "part 'users'",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_does_not_hold_together_is_refused(tmp_path: Path, name: str) -> None:
    change, message = CHANGES[name]
    folder = stored(tmp_path / "m", change)
    for opening in (rs.load, files.describe, files.verify):
        if opening is files.describe and not _refuses_config(message):
            continue
        with pytest.raises(FormatError, match=message) as caught:
            opening(folder)
        assert str(folder) in str(caught.value)
    with pytest.raises(FormatError):
        rs.load(folder / "users")


def _refuses_config(message: str) -> bool:
    """Whether it shows in the configuration or the header: describing reads no more."""
    return "field" in message or "a list of parts" in message or "parts itself" in message


def test_what_holds_together_is_read(tmp_path: Path) -> None:
    assert list(rs.load(stored(tmp_path / "m", lambda c, a: None)).parts) == ["users", "items"]


def test_a_table_without_its_shape_is_no_model(tmp_path: Path) -> None:
    rs.save(rs.Model(rs.Vectors.random(["a"], 2)), tmp_path / "m")
    config, arrays = artefact.parts(rs.load(tmp_path / "m"))
    config["table"] = {}
    with atomic.drafts([tmp_path / "m" / TABLE]) as (draft,):
        tensors.write(draft, arrays, {"rowspace": json.dumps(config)})
    with pytest.raises(FormatError, match="does not hold together"):
        rs.load(tmp_path / "m")


def test_damaged_bytes_of_a_part_are_found(tmp_path: Path) -> None:
    rs.save(whole(), tmp_path / "m")
    path = tmp_path / "m" / TABLE
    good = path.read_bytes()
    with open(path, "rb") as file:
        header = tensors.read_header(file, path)
    for name, entry in header.entries.items():
        raw = bytearray(good)
        raw[entry.start] ^= 1
        path.write_bytes(raw)
        with pytest.raises(FormatError, match=f"tensor '{name}' is damaged"):
            files.verify(tmp_path / "m" / "users")
    for length in range(0, len(good), 7):
        path.write_bytes(good[:length])
        for opened in (tmp_path / "m", tmp_path / "m" / "users"):
            with pytest.raises(FormatError):
                rs.load(opened)


def test_bits_of_the_header(tmp_path: Path) -> None:
    rs.save(whole(), tmp_path / "m")
    path = tmp_path / "m" / TABLE
    good = path.read_bytes()
    length = 8 + int.from_bytes(good[:8], "little")
    for place in range(0, length, 3):
        raw = bytearray(good)
        raw[place] ^= 1 << (place % 8)
        path.write_bytes(raw)
        with pytest.raises(FormatError):
            rs.load(tmp_path / "m")
