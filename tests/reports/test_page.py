"""The page: well-formed, of one piece, and every item on it is text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import rowspace as rs
from rowspace.errors import InputError, MissingExtraError
from rowspace.reports import moving
from rowspace.reports.markup import item, tag
from rowspace.vectors import Model, Vectors

VOID = {"meta", "line", "circle", "rect", "path", "br", "hr", "link", "img", "input"}
NASTY = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "<!--", "]]>",
    "&lt;b&gt;",
    '" onload="alert(3)', "' style='x", "javascript:alert(4)", "\u202egnp.exe", "a\x00b", "x\ny",
    "=1+1", "\udcff", "日本語", "שלום", "👩‍👧", "<b>bold</b>", "%{x}", "w" * 5000,
)  # fmt: skip
needs_plotly = pytest.mark.skipif(not moving.is_there(), reason="needs the extra explore")


class Page(HTMLParser):
    """Elements as they open and close, addresses, and what stands in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.faults, self.texts = [], [], [], []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.policy = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, name, given):
        known = dict(given)
        self.tags.append((name, known))
        if len(known) != len(given):
            self.faults.append(f"an attribute twice in {name}")
        if known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known["content"]
        if name in self.inside:
            self.inside[name].append("")
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name, given):
        self.tags.append((name, dict(given)))
        if dict(given).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(given)["content"]

    def handle_endtag(self, name):
        if not self.open or self.open.pop() != name:
            self.faults.append(f"</{name}> where it does not belong")

    def handle_data(self, text):
        if self.open and self.open[-1] in self.inside:
            self.inside[self.open[-1]][-1] += text
        else:
            self.texts.append(text)


@pytest.fixture(scope="module")
def nasty():
    """A model whose items look like anything but words."""
    size = len(NASTY)
    rows = np.random.default_rng(2).standard_normal((size, 4)).astype(np.float32)
    counts = np.arange(size, 0, -1) * 10
    vectors = Vectors.from_arrays(
        [one.encode("utf-8", "surrogateescape") for one in NASTY], rows, counts=counts
    )
    record = {"warnings": ["<script>alert(5)</script>\u202e\x07"], "scored_on": "<i>test</i>",
              "scores": [{"name": "<u>f1</u>", "value": 0.5, "low": 0.4, "high": 0.6, "n": 9}],
              "labels": [{"label": NASTY[0], "cases": 2, "answers": 0}],
              "confusion": {"names": list(NASTY[:2]), "cases": [[1, 1], [0, 2]]},
              "data": {"source": "<svg onload=alert(6)>"}, "loss": [2.0, 1.0]}  # fmt: skip
    return Model(vectors, {"objective": {"name": "<x>", NASTY[1]: NASTY[0]}}, record)


@pytest.fixture(scope="module", params=["still", "moving"])
def page(request, nasty):
    if request.param == "moving" and not moving.is_there():
        pytest.skip("needs the extra explore")
    found = rs.report(nasty, title=NASTY[1]).html(moving_map=request.param == "moving")
    return found


def test_it_is_well_formed(page):
    found = Page(page)
    assert found.faults == [] and found.open == []
    ids = [known["id"] for _, known in found.tags if known.get("id")]
    assert len(ids) == len(set(ids))
    assert [name for name, _ in found.tags].count("h1") == 1


def test_nothing_comes_from_elsewhere(page):
    found = Page(page)
    for name, known in found.tags:
        assert name not in ("link", "img", "iframe", "object", "embed", "base"), name
        for attribute in ("src", "srcset", "action", "data", "poster", "xlink:href"):
            assert attribute not in known, (name, attribute)
        assert known.get("href", "#").startswith("#")
        assert "style" not in known and not any(one.startswith("on") for one in known), name
    for style in found.inside["style"]:
        assert not re.search(r"url\(|@import|expression", style)


def test_the_policy_names_what_is_inside_and_nothing_else(page):
    found = Page(page)
    rules = dict(one.strip().split(" ", 1) for one in found.policy.split(";"))
    assert rules["default-src"] == "'none'" and "unsafe-inline" not in found.policy
    assert "http" not in found.policy and "*" not in found.policy
    scripts = [text for (_, known), text in zip(
        [one for one in found.tags if one[0] == "script"], found.inside["script"], strict=True
    ) if known.get("type") != "application/json"]  # fmt: skip
    for text in scripts:
        assert hashed(text) in rules["script-src"]
    for text in found.inside["style"]:
        assert hashed(text) in rules["style-src"]
    assert rules.get("script-src", "").count("sha256") == len(scripts)


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_items_are_text(page):
    found = Page(page)
    names = {name for name, _ in found.tags}
    assert not names & {"img", "u", "i", "b", "x"}
    text = "".join(found.texts)
    for one in NASTY[:2]:
        assert item(one) in text
    assert "\u202e" not in page and "\x07" not in page and "\x00" not in page
    assert "w" * 100 not in text
    for held in found.inside["script"][:1]:
        assert "<" not in held


@needs_plotly
def test_the_policy_meets_the_script_as_it_stands(nasty):
    assert "</script" not in moving.script().lower()
    assert moving.names_of_styles(moving.script())


def test_without_plotly(monkeypatch, nasty, tmp_path):
    monkeypatch.setattr(moving, "is_there", lambda: False)
    report = rs.report(nasty)
    assert "plotly" not in report.html()
    with pytest.raises(MissingExtraError, match="explore"):
        report.save(tmp_path / "r.html", moving_map=True)
    assert list(tmp_path.iterdir()) == []


def test_the_still_page_is_small(words):
    assert len(rs.report(words).html(moving_map=False)) < 200_000


def test_a_drawing_of_a_part_says_so(words):
    text = rs.report(words, points=600).html(moving_map=False)
    said = re.search(r"The drawing shows (\d+) of them", text)
    drawn = re.search(r'<svg[^>]*class="map still".*?</svg>', text, re.DOTALL)
    assert said and drawn and 500 <= int(said[1]) < 600
    assert "all 600 words" in text
    points = set(re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="2.4"', drawn[0]))
    assert len(points) <= int(said[1])
    assert "The drawing shows" not in rs.report(words, points=300).html(moving_map=False)


def test_saving(nasty, tmp_path):
    report, path = rs.report(nasty), tmp_path / "r.html"
    assert report.save(path, moving_map=False) == path
    first = path.read_bytes()
    with pytest.raises(InputError, match="already"):
        report.save(path, moving_map=False)
    with pytest.raises(InputError, match="folder"):
        report.save(tmp_path)
    report.save(path, force=True, moving_map=False)
    assert path.read_bytes() == first and [*tmp_path.iterdir()] == [path]


def test_the_same_twice(words):
    assert rs.report(words).html(moving_map=False) == rs.report(words).html(moving_map=False)


def test_markup_escapes_what_is_no_markup():
    assert (
        tag("p", "<b>", tag("i", "&"), title='"') == '<p title="&quot;">&lt;b&gt;<i>&amp;</i></p>'
    )
    assert item("a\u202eb\x07") == "a\\u{202e}b\\u{7}" and len(item("x" * 900)) == 60
