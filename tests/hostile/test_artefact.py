"""Model folders that are broken or mean harm: a FormatError, never a crash, nothing allocated."""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys

import numpy as np
import pytest

from rowspace import files
from rowspace.errors import FormatError
from rowspace.files import tensors
from rowspace.vectors import Model, Vectors


@pytest.fixture
def folder(tmp_path):
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)
    files.save(Model(Vectors.from_arrays(["a", "b", "c"], rows), {"dim": 4}), tmp_path / "m")
    return tmp_path / "m"


def refused(folder, match=None):
    with pytest.raises(FormatError, match=match) as caught:
        files.load(folder)
    assert caught.value.exit_code == 4
    assert str(folder) in str(caught.value)
    return caught.value


def container(header, data=b"", length=None):
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(raw) if length is None else length).to_bytes(8, "little") + raw + data


def read(tmp_path, content):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with open(path, "rb") as file:
        return tensors.read_header(file, path)


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


def test_case_11_cut_at_every_byte_of_the_header_and_of_the_data(folder):
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        refused(folder)
    path.write_bytes(whole)
    files.load(folder)


@pytest.mark.parametrize("length", [2**63, 2**64 - 1, 100_000_001, 0, 1, 2**31])
def test_case_12_header_length(tmp_path, length):
    path = tmp_path / "x"
    with open(path, "wb") as file:
        file.write(length.to_bytes(8, "little"))
        file.truncate(200_000_000)  # sparse: the file could hold such a header
    with open(path, "rb") as file, pytest.raises(FormatError, match=str(length)):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        tensors.read_header(file, path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("shape", [(2**40,), (2**32, 2**32), (2**62, 4), (2**100,), (10**18, 0, 2)])
def test_case_13_declared_huge_data_tiny(tmp_path, shape):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(FormatError, match="big"):
        size = 4 * int(np.prod([1, *map(int, shape)], dtype=object))
        read(tmp_path, container({"big": entry(shape=shape, offsets=(0, size or 8))}, b"\0" * 8))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


BROKEN = {
    "overlap": {"a": entry(), "t": entry(offsets=(4, 12))},
    "gap": {"a": entry(), "t": entry(offsets=(12, 20))},
    "negative": {"t": entry(offsets=(-8, 0))},
    "reversed": {"t": entry(offsets=(8, 0))},
    "shape disagrees": {"t": entry(shape=(3,))},
    "negative shape": {"t": entry(shape=(-2,))},
    "overflow": {"t": entry(shape=(2**62, 2**3), offsets=(0, 0))},
    "not whole": {"t": entry(shape=(2.0,))},
    "bool": {"t": entry(shape=(True,), offsets=(0, 4))},
    "dtype": {"t": entry(dtype="F128")},
    "dtype list": {"t": entry(dtype=["F32"])},
    "many axes": {"t": entry(shape=[1] * 50 + [2])},
    "extra field": {"t": {**entry(), "code": "x"}},
    "no offsets": {"t": {"dtype": "F32", "shape": [2]}},
    "three offsets": {"t": entry(offsets=(0, 8, 16))},
    "not a dictionary": {"t": 5},
}


@pytest.mark.parametrize("name", BROKEN)
def test_case_14_layout(tmp_path, name):
    with pytest.raises(FormatError, match="tensor 't'"):
        read(tmp_path, container(BROKEN[name], b"\0" * 64))


def test_case_14_duplicate_keys(tmp_path):
    one = json.dumps(entry())
    with pytest.raises(FormatError, match="duplicate key 't'"):
        read(tmp_path, container(f'{{"t": {one}, "t": {one}}}'.encode(), b"\0" * 8))


def test_case_14_trailing_bytes(tmp_path):
    with pytest.raises(FormatError, match="after the last tensor") as caught:
        read(tmp_path, container({"t": entry()}, b"\0" * 9))
    assert caught.value.offset is not None


@pytest.mark.parametrize(
    "header", [b"[]", b'{"t": ', b"x" * 10, b'{"__metadata__": 5}', b'{"__metadata__": {"a": 1}}']
)
def test_case_14_header_that_is_none(tmp_path, header):
    with pytest.raises(FormatError):
        read(tmp_path, container(header))


def test_case_15_bit_flips(folder):
    """1,000 random bits: a refusal, by load or by verify; never a silent other vector."""
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    random = np.random.default_rng(0)
    for _ in range(1000):
        content = bytearray(whole)
        at = int(random.integers(len(whole)))
        content[at] ^= 1 << int(random.integers(8))
        path.write_bytes(content)
        with pytest.raises(FormatError):
            files.verify(folder)


class Payload:
    def __reduce__(self):
        return (os.mkdir, ("pwned",))


@pytest.mark.parametrize("protocol", range(6))
def test_case_16_pickle_is_never_opened(folder, protocol, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "model.safetensors").write_bytes(pickle.dumps(Payload(), protocol) + b"\0" * 64)
    refused(folder)
    assert not (folder / "pwned").exists()


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x80\x04", "pickle"),
        (b"PK\x03\x04", "zip"),
        (b"<!DOCTYPE html>", "HTML"),
        (b"\x1f\x8b", "gzip"),
    ],
)
def test_files_of_other_kinds_are_named(folder, start, kind):
    (folder / "model.safetensors").write_bytes(start + b"\xff" * 100)
    refused(folder, kind)


def altered(folder, change):
    """The model with `change` made in its configuration, in both places, sealed anew."""
    from rowspace.files import atomic, seal

    path = folder / "model.safetensors"
    with open(path, "rb") as file:
        header = tensors.read_header(file, path)
        arrays = {name: array.copy() for name, array in tensors.map_arrays(file, header).items()}
        seal.check_header(header, path)
    config = json.loads(header.metadata["rowspace"])
    change(config)
    with atomic.drafts([path]) as (draft,):
        content = tensors.write(draft, arrays, {"rowspace": json.dumps(config)})
    (folder / "config.json").write_text(json.dumps({**config, "content": content}))


CHANGES = {
    "unknown policy": lambda c: c["vocabulary"]["unseen"].update(name="os.system"),
    "policy is a list": lambda c: c["vocabulary"]["unseen"].update(name=["exact"]),
    "policy with code": lambda c: c["vocabulary"]["unseen"].update(factory="os.system"),
    "no policy": lambda c: c["vocabulary"].pop("unseen"),
    "vocabulary path": lambda c: c["vocabulary"].update(file="/etc/passwd"),
    "vocabulary way out": lambda c: c["vocabulary"].update(file="../../secret"),
    "address": lambda c: c["settings"].update(source="https://evil.example/x"),
    "nested path": lambda c: c["settings"].update(deep=[{"x": ["~/secrets"]}]),
    "other format": lambda c: c.update(format="keras"),
    "no format": lambda c: c.pop("format"),
    "version text": lambda c: c.update(format_version="1.0"),
    "requires": lambda c: c.update(requires=["eval"]),
    "wrong size": lambda c: c["vocabulary"].update(size=5),
    "wrong rows": lambda c: c["table"].update(rows=5),
    "record is a list": lambda c: c.update(record=[]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_case_17_configuration_is_data_from_a_fixed_list(folder, name):
    altered(folder, CHANGES[name])
    refused(folder)


@pytest.mark.parametrize("name", sorted(set(CHANGES) - {"wrong size", "wrong rows"}))
def test_case_17_config_json_alone(folder, name):
    """Only config.json was touched: refused too, as it no longer says what the table says."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    CHANGES[name](config)
    path.write_text(json.dumps(config))
    refused(folder, "config.json")


AUDIT = """
import sys
from rowspace import files
opened = []
sys.addaudithook(lambda event, args: opened.append(args[0]) if event == "open" else None)
try: files.load(sys.argv[1])
except files.artefact.FormatError as error: print(error.exit_code)
opened = [str(path) for path in opened if not isinstance(path, int)]
outside = [p for p in opened if not p.startswith(sys.argv[1]) and not p.endswith((".py", ".pyc"))]
print([p for p in outside if not p.startswith("/proc") and "site-packages" not in p])
"""


def test_case_17_no_file_outside_the_folder_is_opened(folder):
    altered(folder, CHANGES["vocabulary path"])
    done = subprocess.run(
        [sys.executable, "-c", AUDIT, str(folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["4", "[]"]


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_case_18_links_are_refused(folder, name):
    for target in ("/etc/passwd", folder / "elsewhere"):
        if (folder / name).exists() and not (folder / name).is_symlink():
            (folder / name).rename(folder / "elsewhere")
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)
        refused(folder, "symbolic link")


def test_case_18_pipes_and_folders_are_refused(folder):
    (folder / "model.safetensors").unlink()
    os.mkfifo(folder / "model.safetensors")
    refused(folder, "not a regular file")
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").mkdir()
    refused(folder, "not a regular file")


def test_case_24_newer_format(folder):
    altered(folder, lambda c: c.update(format_version=[2, 3], made_by="rowspace 9.1"))
    error = refused(folder, r"made by 2\.3 .*this is 1\.0")
    assert "upgrade" in error.hint


def test_case_24_newer_minor_is_read(folder):
    altered(folder, lambda c: c.update(format_version=[1, 9], new_field={"x": 1}))
    assert len(files.load(folder).vectors) == 3


def test_not_a_model(tmp_path):
    refused(tmp_path / "none", "no such folder")
    refused(tmp_path, "no such file")
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file", "a file")


def test_a_safetensors_file_of_others(folder):
    from safetensors.numpy import save_file

    save_file({"weight": np.ones(3)}, folder / "model.safetensors")
    refused(folder, "not a rowspace model")


def test_rows_that_are_not_finite_are_found_by_verify(folder):
    rows = np.ones((3, 2), np.float32)
    rows[1, 1] = np.nan
    files.save(Model(Vectors.from_arrays("abc", rows)), folder)
    with pytest.raises(FormatError, match="row 1"):
        files.verify(folder)
