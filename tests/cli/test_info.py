"""info and doctor: facts, as lines, tables and JSON."""

from __future__ import annotations

import os

from rowspace.cli import machine


def test_info(process, model):
    done = process("info", model)
    facts = dict(line.split(None, 1) for line in done.stdout.splitlines())
    assert done.returncode == 0
    assert facts["items"] == "10" and facts["dim"] == "8" and facts["settings.window"] == "5"


def test_info_json_and_markdown(command, model, objects):
    (found,) = objects(command("info", model, "--json").stdout)
    assert found["type"] == "info" and found["items"] == 10
    lines = command("info", model, "--markdown").stdout.splitlines()
    assert lines[:2] == ["| | |", "|---|---|"] and "| items | 10 |" in lines
    assert all(line.startswith(("| ", "|-")) for line in lines)


def test_verify(command, save_model, tmp_path):
    folder = save_model(tmp_path / "m")
    assert "verified" in command("info", folder, "--verify").stdout
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)
    done = command("info", folder, "--verify")
    assert done.returncode == 4 and "model.safetensors" in done.stderr


def test_info_of_nothing(command):
    done = command("info", "nothing", "--json")
    assert done.returncode in (3, 4) and "nothing" in done.stderr


def test_doctor(process, objects):
    done = process("doctor", "--json")
    found = {o["name"]: o for o in objects(done.stdout)}
    assert done.returncode == 0
    wanted = {"python", "numba", "cores", "memory", "huge pages", "kernel cache", "BLAS"}
    assert wanted <= found.keys()
    assert all(o["status"] in ("ok", "note", "bad") for o in found.values())
    assert process("doctor").stdout.count("\n") == len(found)


def test_doctor_sees_a_cache_it_cannot_use(command, objects, tmp_path):
    file = tmp_path / "taken"
    file.write_text("")
    done = command("doctor", "--json", env={"XDG_CACHE_HOME": str(file)})
    (cache,) = [o for o in objects(done.stdout) if o.get("name") == "kernel cache"]
    assert done.returncode == 0
    assert cache["status"] == "note" and "XDG_CACHE_HOME" in cache["hint"]


def test_doctor_sees_what_is_missing(monkeypatch):
    monkeypatch.setattr(machine, "NEEDED", ("no-such-package-here",))
    monkeypatch.setattr(machine, "EXTRAS", {"none": "no_such_module_here"})
    assert [f.status for f in machine.packages()] == ["ok", "bad"]
    (extra,) = machine.extras()
    assert extra.status == "note" and "rowspace[none]" in extra.hint


def test_cores_are_those_we_may_use():
    assert str(len(os.sched_getaffinity(0))) in machine.cores().value
