"""The page as people see it: in a real Chromium, with networking off."""

from __future__ import annotations

import numpy as np
import pytest
from tests.chromium import (
    browser,
    complaints,
    different_lines,
    look,
    needs_browser,
    outside,
    screenshot,
)

import rowspace as rs
from rowspace.reports import moving
from rowspace.vectors import Model, Vectors

pytestmark = needs_browser
NASTY = ("<img src=x onerror=alert(1)>", "</script><b>bold", "%{x}", "&lt;i&gt;", "plain")


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def nasty():
    rows = np.random.default_rng(2).standard_normal((len(NASTY), 4)).astype(np.float32)
    return Model(Vectors.from_arrays(NASTY, rows, counts=np.arange(len(NASTY), 0, -1) * 9))


def drawn(driver) -> None:
    """Wait until the map that moves is there."""
    driver.set_script_timeout(60)
    driver.execute_async_script(
        "const over = arguments[0];"
        "const look = () => document.documentElement.dataset.map ? over() : setTimeout(look, 20);"
        "look();"
    )


@pytest.mark.parametrize("kind", ["classifier", "words"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (320, True)])
def test_still_pages(driver, tmp_path, request, kind, width, dark):
    path = rs.report(request.getfixturevalue(kind)).save(tmp_path / "r.html", moving_map=False)
    look(driver, width=width, dark=dark)
    driver.get(path.as_uri())
    assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    assert different_lines(screenshot(driver, whole=True)) > 300
    paper = driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(20, 24, 28)") is dark
    assert complaints(driver) == [] and outside(driver) == []


@pytest.mark.skipif(not moving.is_there(), reason="needs the extra explore")
def test_the_map_moves(driver, tmp_path, words):
    path = rs.report(words).save(tmp_path / "r.html", moving_map=True)
    look(driver)
    driver.get(path.as_uri())
    drawn(driver)
    assert driver.find_elements("css selector", ".plot svg.main-svg")
    assert not driver.find_element("css selector", ".map-of.main .holder").is_displayed()
    points = driver.find_elements("css selector", ".plot .scatterlayer .trace:first-child path")
    assert len(points) == 600
    field, wanted = driver.find_element("id", "find-item"), words.vectors.vocabulary.item(40)
    field.send_keys(wanted + "\n")
    said = driver.find_element("css selector", ".find [role=status]")
    assert said.text == wanted
    assert complaints(driver) == [] and outside(driver) == []


@pytest.mark.skipif(not moving.is_there(), reason="needs the extra explore")
def test_items_on_the_map_are_text(driver, tmp_path, nasty):
    path = rs.report(nasty).save(tmp_path / "r.html", moving_map=True)
    look(driver)
    driver.get(path.as_uri())
    drawn(driver)
    names = [one.text for one in driver.find_elements("css selector", ".plot .textpoint text")]
    assert sorted(names) == sorted(NASTY)
    told = driver.execute_script("return document.querySelector('.plot').data[0].customdata")
    shown = driver.execute_script(
        "const plot = document.querySelector('.plot');"
        "Plotly.Fx.hover(plot, [{curveNumber: 0, pointNumber: arguments[0]}]);"
        "return plot.querySelector('.hoverlayer').textContent",
        next(at for at, one in enumerate(told) if "onerror" in one),
    )
    assert "<img src=x onerror=alert(1)>" in shown
    assert driver.find_elements("css selector", "img, b") == []
    assert complaints(driver) == [] and outside(driver) == []


@pytest.mark.skipif(not moving.is_there(), reason="needs the extra explore")
def test_it_follows_the_readers_colours(driver, tmp_path, words):
    path = rs.report(words).save(tmp_path / "r.html", moving_map=True)
    look(driver, width=320)
    driver.get(path.as_uri())
    drawn(driver)
    look(driver, width=320, dark=True)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 320
    colour = "return document.querySelector('.plot').layout.font.color"
    driver.set_script_timeout(30)
    driver.execute_async_script(
        "const over = arguments[0]; const look = () => "
        "document.querySelector('.plot').layout.font.color === '#e4e7e9' "
        "? over() : setTimeout(look, 20); look();"
    )
    assert driver.execute_script(colour) == "#e4e7e9"
    assert complaints(driver) == [] and outside(driver) == []
