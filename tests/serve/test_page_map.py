"""The map: what is drawn, coloured, pointed at, selected and exported."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from tests.chromium import browser, complaints, different_lines, look, needs_browser
from tests.serve.exploring import GROUPS, WORDS, Page, columns, serving, vectors

import rowspace as rs
from rowspace.serve.columns import read_columns
from rowspace.vectors.maps import Map, with_map

pytestmark = needs_browser
MODEL = vectors()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("map")


@pytest.fixture(scope="module")
def page(folder):
    models = {"one": rs.Model(MODEL)}
    with serving(models, columns=columns(folder)) as address, browser(folder) as driver:
        look(driver)
        yield Page(driver, address)


def choose(page: Page, css: str, value: str) -> None:
    """In a list of choices."""
    code = "const s = document.querySelector(arguments[0]); s.value = arguments[1];"
    page.js(code + "s.dispatchEvent(new Event('change'))", css, value)


def chosen(page: Page) -> set[str]:
    return set(page.module("return shared.chosen.map((i) => shared.sample.items[i])"))


def places(page: Page) -> list[list[int]]:
    """Where each point lies at first sight, in pixels from the map's middle."""
    return page.driver.execute_async_script(
        "const [done] = arguments;"
        "Promise.all([import('/static/shared.js'), import('/static/camera.js')]).then(([s, c]) => {"
        "  const { x, y } = s.shared.sample, board = document.querySelector('.board');"
        "  const eye = c.camera(x, y);"
        "  eye.size(board.clientWidth, board.clientHeight);"
        "  done([...x].map((_, i) => { const [px, py] = eye.screen(x[i], y[i]);"
        "    return [Math.round(px - eye.width / 2), Math.round(py - eye.height / 2)]; })); })"
    )


def inside(page: Page, low: tuple[int, int], high: tuple[int, int]) -> set[str]:
    """The items between two corners of the map, in pixels from its middle, at first sight."""
    names = page.module("return shared.sample.items")
    return {
        name
        for name, (x, y) in zip(names, places(page), strict=True)
        if low[0] < x < high[0] and low[1] < y < high[1]
    }


def near_an_edge(page: Page, low: tuple[int, int], high: tuple[int, int]) -> set[str]:
    wide = inside(page, (low[0] - 3, low[1] - 3), (high[0] + 3, high[1] + 3))
    return wide - inside(page, (low[0] + 3, low[1] + 3), (high[0] - 3, high[1] - 3))


def test_every_point_is_there_and_drawn(page):
    page.open()
    assert page.one("#map-caption").text.startswith("All 313 items shown (PCA).")
    assert sorted(page.module("return shared.sample.items")) == sorted(WORDS)
    assert page.one(".board").get_attribute("data-drawn") == "canvas"  # no graphics card here
    assert different_lines(page.one(".board").screenshot_as_png) > 200
    assert complaints(page.driver) == []


@pytest.mark.parametrize("draw", ["canvas", "webgl"])
def test_both_ways_of_drawing_show_the_points(page, draw):
    page.open(f"#draw={draw}&colour=none")
    drawn = {"canvas": "canvas", "webgl": "webgl2"}[draw]
    assert page.one(".board").get_attribute("data-drawn") == drawn
    page.js("document.querySelectorAll('.layer')[1].hidden = true")  # names and rings
    assert different_lines(page.one(".board").screenshot_as_png) > 150
    complaints(page.driver)  # of the driver, that a picture of its canvas is slow


def test_a_context_that_is_lost_is_drawn_otherwise(page):
    page.open("#draw=webgl")
    page.js(
        "document.querySelector('.layer').getContext('webgl2')"
        ".getExtension('WEBGL_lose_context').loseContext()"
    )
    page.until("document.querySelector('.board').dataset.drawn === 'canvas'")
    assert different_lines(page.one(".board").screenshot_as_png) > 150
    complaints(page.driver)


def test_colours_and_their_legend(page, folder):
    page.open("#colour=group")
    shown = page.texts(".legend li")
    group = read_columns(folder / "columns.csv")[1]["group"].values
    for name in GROUPS:
        assert f"{name}{group.count(name)}" in shown
    assert f"others, no value{group.count(None)}" in shown
    page.open("#colour=weight")
    assert page.texts(".legend .scale") == ["031.2"]
    page.open("#colour=none")
    assert not page.one(".legend").is_displayed()
    options = page.js("return [...document.querySelector('#map-colour').options].map(o => o.value)")
    assert set(options) == {"count", "norm", "group", "weight", "none"}


def test_pointing_shows_the_item_and_a_click_opens_it(page):
    from selenium.webdriver.common.action_chains import ActionChains

    page.open()
    at = page.module("return shared.sample.order[40]")
    x, y = places(page)[at]
    ActionChains(page.driver).move_to_element_with_offset(page.one(".board"), x, y).perform()
    page.until("document.querySelectorAll('.card li').length === 5")
    word = page.one(".card-name").text
    assert page.texts(".card li .name") == [item for item, _ in MODEL.nearest(word, 5)]
    ActionChains(page.driver).click().perform()
    page.until("document.querySelector('#panel-near h2')?.textContent === arguments[0]", word)
    assert page.answers()[0][0] == MODEL.nearest(word, 1)[0][0]


def test_moving_and_coming_nearer(page):
    page.open()
    page.drag((0, 0), (60, 30))
    page.until("location.hash.includes('view=')")
    x, y, zoom = page.module("return state.view")
    assert zoom == 1
    before = page.js("return location.hash")
    page.js(
        "const b = document.querySelector('.board'), r = b.getBoundingClientRect();"
        "b.dispatchEvent(new WheelEvent('wheel', { deltaY: -300, cancelable: true,"
        " clientX: r.left + r.width / 2, clientY: r.top + r.height / 2 }))"
    )
    page.until("location.hash !== arguments[0]", before)
    nearer = page.module("return state.view")
    assert nearer[2] > 1.5
    assert np.allclose(nearer[:2], [x, y], atol=0.05)  # half a pixel of it
    page.one("[aria-label^=Fit]").click()
    page.until("!location.hash.includes('view=')")


def test_a_view_of_nothing_offers_the_way_back(page):
    page.open("#view=900,900,50")
    page.until("!document.querySelector('.notice').hidden")
    assert page.one(".notice p").text == "No points are in view."
    page.one(".notice button").click()
    page.until("document.querySelector('.notice').hidden && !location.hash.includes('view=')")


def test_a_stored_map_beside_the_plain_one(page):
    ids = np.arange(0, len(MODEL), 2)
    points = np.random.default_rng(0).normal(size=(len(ids), 2)).astype(np.float32)
    model = with_map(rs.Model(MODEL), Map(ids, points, "umap", len(MODEL), None))
    with serving({"one": model}) as address:
        both = Page(page.driver, address).open()
        names = "return [...document.querySelector('#map-method').options].map((o) => o.text)"
        assert both.js(names) == ["PCA", "UMAP"]
        half = f"{len(ids)} of {len(MODEL)} shown, a stratified sample (UMAP)."
        assert both.one("#map-caption").text.startswith(half)
        shown = both.module("return [...shared.sample.x]")
        assert np.allclose(shown, points[:, 0], atol=1e-3)
        choose(both, "#map-method", "pca")
        both.until("document.querySelector('#map-caption').textContent.startsWith('All 313')")


def test_lasso_rectangle_and_what_is_in_view(page):
    page.open()
    x, y = places(page)[page.module("return shared.sample.order[200]")]
    low, high = (x - 70, y - 60), (x + 50, y + 40)
    want, unsure = inside(page, low, high), near_an_edge(page, low, high)
    assert 5 < len(want) < 300
    page.one("input[value=box]").find_element("xpath", "./..").click()
    page.drag(low, high)
    box = chosen(page)
    assert box ^ want <= unsure
    assert page.one("#tab-chosen").text == f"Selection ({len(box)})"
    page.one("input[value=lasso]").find_element("xpath", "./..").click()
    page.drag(low, (high[0], low[1]), high, (low[0], high[1]), low)
    assert chosen(page) ^ want <= unsure
    link = page.js("return location.href")
    before = chosen(page)
    page.driver.get("about:blank")
    page.driver.get(link)
    page.settled()
    assert chosen(page) == before  # a link restores the selection
    page.one("#panel-chosen .headline button").click()
    page.until("document.querySelector('#tab-chosen').textContent === 'Selection'")
    page.one("[aria-label^='Select view']").click()
    assert chosen(page) == set(WORDS)


def test_exported_selection(page, folder):
    page.open("#tab=chosen&shapes=-99,-99,99,-99,99,99,-99,99")
    assert chosen(page) == set(WORDS)
    for kind in ("csv", "json"):
        page.js("document.querySelector('#format').value = arguments[0]", kind)
        page.one("#panel-chosen .main-button").click()
        path = folder / "downloads" / f"selection.{kind}"
        page.until("document.querySelector('#status').textContent.includes('exported')")
        wait_for(path, page)
    rows = list(csv.DictReader((folder / "downloads" / "selection.csv").open(encoding="utf-8")))
    cells = {int(row["id"]): row["item"] for row in rows}
    for id, word in enumerate(WORDS):
        assert cells[id] == (f"'{word}" if word[0] in "=+-@" else word)
    saved = json.loads((folder / "downloads" / "selection.json").read_text("utf-8"))
    assert {one["item"] for one in saved["items"]} == set(WORDS)


def wait_for(path, page: Page) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(page.driver, 60, poll_frequency=0.05).until(lambda _: path.exists())


@pytest.mark.slow
def test_a_million_items_are_sampled_and_the_page_says_so(tmp_path_factory, page):
    rows = np.random.default_rng(0).normal(size=(1_000_000, 4)).astype(np.float32)
    items = [f"w{n}" for n in range(len(rows))]
    large = rs.Vectors.from_arrays(items, rows, counts=np.arange(len(rows), 0, -1))
    with serving({"large": rs.Model(large)}) as address:
        wide = Page(page.driver, address).open("#word=w7")
        text = wide.one("#map-caption").text
        assert text.startswith("20,000 of 1,000,000 shown, a stratified sample (PCA).")
        assert "Neighbours are always sought among all" in text
        assert wide.answers() == [(i, pytest.approx(s, abs=6e-4)) for i, s in large.nearest("w7")]
        choose(wide, "#map-points", "200000")
        wide.until("document.querySelector('#map-caption').textContent.startsWith('200,000 of')")
        wide.settled()
        assert wide.module("return shared.sample.n") == 200_000
        assert complaints(page.driver) == []
