"""Pictures: SVG that any reader takes, whatever the items are called."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.files.picture import COLOUR, draw, picture
from rowspace.vectors import Vectors

SVG = "{http://www.w3.org/2000/svg}"


def drawn(names, counts=None, **more) -> ElementTree.Element:
    rows = np.random.default_rng(0).normal(size=(len(names), 5)).astype(np.float32)
    vectors = Vectors.from_arrays(names, rows, counts=counts)
    return ElementTree.fromstring(picture(vectors, "a <title> & more", **more))


def test_a_point_and_a_name_for_each_item():
    found = drawn(["red", "blue", "<unseen>"], np.array([100, 1, 5]))
    circles = found.findall(f".//{SVG}circle")
    texts = [one.text for one in found.findall(f".//{SVG}text")]
    assert len(circles) == 3 and {"red", "blue", "<unseen>", "a <title> & more"} <= set(texts)
    assert float(circles[0].get("r")) > float(circles[1].get("r"))
    assert circles[0].get("fill") == COLOUR and circles[2].get("fill") == "white"
    assert circles[0].find(f"{SVG}title").text == "red: 100"


def test_numbers_have_a_ramp_of_colours():
    found = drawn(["<missing>", "1", "20", "3.5"])
    fills = [one.get("fill") for one in found.findall(f".//{SVG}circle")]
    assert fills[0] == "white" and fills[1] == "#fdbb63" and fills[2] == "#4a256c"


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "a&b", 'q"uote', "\x00\x1b[31m", "\u202eright", "é" * 500,
             b"\xff\xfe", "]]>", "  "]
)  # fmt: skip
def test_any_name_can_be_drawn(name):
    text = "".join(drawn([name, "other"]).itertext())
    assert "other" in text and all(one.isprintable() or one == "\n" for one in text)


def test_only_the_first_items():
    assert len(drawn([f"w{n}" for n in range(30)], first=4).findall(f".//{SVG}circle")) == 4


def test_points_lie_within_the_picture():
    for names in (["a", "b"], [f"w{n}" for n in range(200)]):
        for one in drawn(names).findall(f".//{SVG}circle"):
            assert 0 < float(one.get("cx")) < 920 and 0 < float(one.get("cy")) < 680


def test_a_file_is_written_whole(tmp_path):
    vectors = Vectors.random(["a", "b", "c"], 3)
    path = draw(vectors, tmp_path / "p.svg", "t")
    assert ElementTree.parse(path).getroot().tag == f"{SVG}svg"
    assert draw(vectors, path, "t").read_bytes() == path.read_bytes()
    assert [one.name for one in tmp_path.iterdir()] == ["p.svg"]
    with pytest.raises(InputError, match="is a folder"):
        draw(vectors, tmp_path, "t")
