"""`rowspace map`: a map is kept in the model, and nothing else of it changes."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace import files
from rowspace.vectors.maps import stored_map


def test_a_map_is_kept(command, save_model, tmp_path, objects):
    path = save_model(tmp_path / "m")
    (path / "tokenizer.json").write_bytes(b"{}")
    before = files.load(path)
    done = command("map", path, "--method", "pca", "--points", 6, "--json")
    assert done.returncode == 0, done.stderr
    told = objects(done.stdout)[-1]
    assert told["type"] == "map" and told["points"] == 6 and told["of"] == len(before.vectors)
    after = files.load(path)
    found = stored_map(after)
    assert found is not None and len(found) == 6 and found.method == "pca"
    assert np.array_equal(after.vectors.rows, before.vectors.rows) and after.config == before.config
    assert (path / "tokenizer.json").read_bytes() == b"{}"
    assert "6 of" in command("map", path, "--method", "pca", "--points", 6).stderr


def test_a_file_of_vectors_keeps_none(command, tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("2 2\na 1 0\nb 0 1\n")
    done = command("map", path, "--method", "pca")
    assert done.returncode == 3 and "rowspace convert" in done.stderr


@pytest.mark.parametrize("option", [("--points", "1"), ("--method", "tsne")])
def test_options_out_of_range(command, model, option):
    assert command("map", model, *option).returncode == 2
