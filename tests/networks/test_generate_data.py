"""Runs of a text to learn from, and how a text is judged."""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace.errors import InputError, ResourceError  # noqa: E402
from rowspace.networks import generate_data  # noqa: E402
from rowspace.networks.generate import GenerateSettings, Generator  # noqa: E402
from rowspace.networks.generate_data import (  # noqa: E402
    costs,
    parted,
    require_length,
    streams,
    text_of,
    windows,
)

IDS = np.arange(203)


def test_windows_foretell_nearly_every_unit_once_and_in_another_order_each_epoch():
    orders = []
    for epoch in (0, 1, 0):
        batches = list(windows(IDS, 3, 10, seed=5, epoch=epoch))
        told = torch.cat([batch.ids[:, 1:].flatten() for batch in batches])
        assert len(told) == len(set(told.tolist())) >= len(IDS) - 20
        assert all((batch.ids.diff(dim=1) == 1).all() and batch.fresh for batch in batches)
        assert [len(batch.ids) for batch in batches[:-1]] == [3] * (len(batches) - 1)
        orders.append(torch.cat([batch.ids[:, 0] for batch in batches]).tolist())
    assert orders[0] == orders[2] != orders[1]
    assert orders[0] != sorted(orders[0])


def test_streams_go_on_where_they_stopped():
    batches = list(streams(IDS, 4, 10, seed=5, epoch=2))
    assert [batch.fresh for batch in batches] == [True] + [False] * (len(batches) - 1)
    for before, after in pairwise(batches):
        assert torch.equal(before.ids[:, -1], after.ids[:, 0])
    told = torch.cat([batch.ids[:, 1:].flatten() for batch in batches])
    assert len(told) == len(set(told.tolist())) == 200
    other = next(iter(streams(IDS, 4, 10, seed=5, epoch=3)))
    assert not torch.equal(other.ids, batches[0].ids)


@pytest.mark.parametrize("cut", [windows, streams])
def test_a_text_shorter_than_a_run_is_one(cut):
    batches = list(cut(np.arange(32), 64, 1000, seed=0, epoch=0))
    assert len(batches) == 1 and batches[0].ids.numel() <= 64


@pytest.mark.parametrize("n", [33, 64, 65, 500, 1300])
@pytest.mark.parametrize(
    "settings",
    [
        {"encoder": "transformer", "dim": 8, "heads": 2, "layers": 1, "context": 16},
        {"encoder": "lstm", "dim": 4, "hidden": 6, "layers": 1},
    ],
)
def test_every_unit_but_the_first_is_foretold_once_from_enough(n, settings):
    torch.manual_seed(0)
    network = Generator(7, GenerateSettings(**settings)).eval()
    ids = np.random.default_rng(0).integers(0, 7, n)
    found = costs(network, ids)
    assert found.shape == (n - 1,) and np.isfinite(found).all()
    context = settings.get("context", n)
    whole = [  # the same, a unit at a time, with all the context there may be
        network.costs(torch.from_numpy(ids[max(0, at - context) : at + 2])[None])[0, -1].item()
        for at in (0, n // 3, n - 2)
    ]
    near = [found[at] for at in (0, n // 3, n - 2)]
    assert near == pytest.approx(whole, abs=0.05)
    first = network.costs(torch.from_numpy(ids[:12])[None])[0].detach().numpy()
    assert found[:11] == pytest.approx(first, abs=1e-5)


def test_a_text_is_parted_at_its_end():
    assert parted("abcdefghij", 0.1, True) == ("abcdefghi", "j")
    text = "one line\n" * 10
    first, last = parted(text, 0.25, False)
    assert first + last == text and first.endswith("\n") and last.startswith("one")
    assert parted("no line end", 0.5, False) == ("no li", "ne end")


def test_texts_come_from_files_and_open_files(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"eins\r\nzwei\n")
    (tmp_path / "b.csv").write_text("text,n\nvier,4\n")
    told = []
    assert text_of(tmp_path / "a.txt", None, told.append) == "eins\nzwei\n"
    assert text_of([tmp_path / "a.txt", tmp_path / "a.txt"], None, told.append) == "eins\nzwei\n"
    assert text_of(tmp_path / "b.csv", "text", told.append) == "vier\n"
    assert text_of(io.StringIO("drei"), None, told.append) == "drei"
    assert told == []


def test_texts_that_cannot_be_read(tmp_path, monkeypatch):
    def read(name, content):
        (tmp_path / name).write_bytes(content)
        return text_of(tmp_path / name, None, print)

    with pytest.raises(InputError, match=r"empty\.txt: there is no text"):
        read("empty.txt", b"")
    with pytest.raises(InputError, match=r"blank\.txt: there is no text"):
        read("blank.txt", b" \n\n")
    with pytest.raises(InputError, match=r"bad\.txt: line 2, byte 5"):
        read("bad.txt", b"good\n\xff\xfe\n")
    with pytest.raises(InputError, match="no such file"):
        text_of(tmp_path / "missing.txt", None, print)
    with pytest.raises(InputError, match="open as text"):
        text_of(io.BytesIO(b"text"), None, print)
    monkeypatch.setattr(generate_data, "available_memory", lambda: 100)
    with pytest.raises(ResourceError, match=r"large\.txt.*more memory"):
        read("large.txt", b"far too long\n")


def test_a_part_that_is_too_short_is_named():
    assert require_length(np.arange(32), "the text") is not None
    with pytest.raises(InputError, match="the text has 31 units; 32 are"):
        require_length(np.arange(31), "the text")
