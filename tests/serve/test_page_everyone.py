"""The page for everyone: with keys alone, on a narrow screen, in the dark, without a graphics card,
without JavaScript, to those who hear it."""

from __future__ import annotations

import pytest
from tests.chromium import browser, complaints, different_lines, look, needs_browser
from tests.serve.exploring import (
    DOWN,
    END,
    ENTER,
    ESCAPE,
    HOME,
    RIGHT,
    Page,
    classifier,
    columns,
    serving,
    vectors,
)

import rowspace as rs

pytestmark = needs_browser
MODEL = vectors()
VIEWS = (
    "",
    "#word=word3&colour=group",
    "#word=nothinglikeit",
    "#tab=analogy&a=word1&b=word2&c=word3",
    "#tab=odd&odd=word1&odd=word2&odd=word3",
    "#tab=compare&left=word1&right=word4",
    "#tab=compare&what=models&left=word1",
    "#model=films&tab=predict",
    "#tab=chosen&shapes=-99,-99,99,-99,99,99,-99,99&colour=weight",
    "#word=" + "w" * 300,
)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("everyone")
    models = {"one": rs.Model(MODEL), "other": rs.Model(vectors(1)), "films": classifier()}
    with serving(models, columns=columns(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def page(address, tmp_path_factory):
    with browser(tmp_path_factory.mktemp("browser")) as driver:
        look(driver)
        yield Page(driver, address)


def test_the_whole_way_with_keys_alone(page):
    look(page.driver)
    page.open()
    page.tab_to("#search input")
    page.press("word12")
    page.offered("word12")
    page.press(DOWN, ENTER)
    assert page.answers() == [
        (item, pytest.approx(score, abs=6e-4)) for item, score in MODEL.nearest("word12")
    ]
    page.press("x")
    page.until("document.querySelector('#status').textContent.includes('Nothing')")
    page.press(ESCAPE)
    page.tab_to("#tab-near")
    page.press(RIGHT)
    assert page.focused().get_attribute("id") == "tab-analogy"
    page.press(END)
    assert page.focused().get_attribute("id") == "tab-chosen"
    page.press(HOME)
    following = page.tab_to("#panel-near .answers button").text
    page.press(ENTER)
    page.until("document.querySelector('#panel-near h2')?.textContent === arguments[0]", following)


def test_the_map_with_keys_alone(page):
    look(page.driver)
    page.open()
    help = page.tab_to("[role=application]").get_attribute("aria-describedby")
    assert "Arrow keys" in page.one(f"#{help}").get_attribute("textContent")
    page.until("!document.querySelector('.card').hidden")
    page.press("+", "+", "+", RIGHT, DOWN)
    page.until("document.querySelector('#status').textContent")
    heard = page.one("#status").get_attribute("textContent").strip("\u00a0")
    assert heard == page.one(".card-name").text
    page.press("s")
    page.until("document.querySelector('#tab-chosen').textContent.includes('(')")
    some = page.module("return shared.chosen.map((i) => shared.sample.items[i])")
    assert heard in some and len(some) < len(MODEL)
    page.press(ESCAPE)
    page.until("!document.querySelector('#tab-chosen').textContent.includes('(')")
    page.press("0", ENTER)
    page.until("document.querySelector('#panel-near h2')")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view[:20])
def test_nothing_is_cut_off_at_320_pixels(page, view):
    look(page.driver, width=320, height=700)
    page.open(view)
    wide = page.js("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1] == 320
    outside = page.js(
        "return [...document.querySelectorAll('button, input, select, h2, p')].filter((e) => {"
        " const b = e.getBoundingClientRect();"
        " return e.offsetParent && !e.closest('.hidden, .skip, .card') && b.width > 1"
        "  && (b.left < -1 || b.right > innerWidth + 1); }).map((e) => e.outerHTML.slice(0, 99))"
    )
    assert outside == []
    assert complaints(page.driver) == []


@pytest.mark.parametrize("at", range(len(VIEWS)))
def test_axe_finds_nothing(page, at):
    axe = pytest.importorskip("axe_core_python.selenium", reason="needs axe-core-python")
    look(page.driver, dark=at % 2 == 1)
    page.open(VIEWS[at])
    found = axe.Axe().run(page.driver)["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_axe_would_find_something(page):
    axe = pytest.importorskip("axe_core_python.selenium", reason="needs axe-core-python")
    page.open()
    page.js(
        "document.querySelector('#search label').remove();"
        "document.querySelector('#search input').removeAttribute('placeholder')"
    )
    found = axe.Axe().run(page.driver)["violations"]
    assert "label" in {one["id"] for one in found}


def test_light_and_dark(page):
    paper = "return getComputedStyle(document.body).backgroundColor"
    look(page.driver, dark=True)
    page.open("#word=word3")
    dark = page.js(paper)
    button = page.one("#theme")
    assert button.text == "Auto"
    button.click()
    assert button.text == "Light" and page.js(paper) != dark
    button.click()
    assert button.text == "Dark" and page.js(paper) == dark
    page.open()
    assert page.one("#theme").text == "Dark"  # kept
    page.one("#theme").click()
    look(page.driver)
    assert page.js(paper) != dark


def test_without_webgl(address, tmp_path):
    with browser(tmp_path, "--disable-3d-apis") as driver:
        look(driver)
        page = Page(driver, address).open("#word=word3&draw=webgl")
        assert page.js("return document.createElement('canvas').getContext('webgl2')") is None
        assert page.one(".board").get_attribute("data-drawn") == "canvas"
        assert page.one("#map-caption").text.startswith("All 313 items shown")
        assert different_lines(page.one(".board").screenshot_as_png) > 200
        assert len(page.answers()) == 10
        assert complaints(driver) == []


def test_without_javascript(address, tmp_path):
    with browser(tmp_path, "--blink-settings=scriptEnabled=false") as driver:
        driver.get(address)
        text = driver.find_element("tag name", "body").text
    assert "This page needs JavaScript" in text
    assert "openapi.json" in text and "rowspace nearest" in text
    assert "Opening the model" not in text
