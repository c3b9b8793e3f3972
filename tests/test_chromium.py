"""The browser of the tests: what it sees, and that it sees what it is there to find."""

from __future__ import annotations

from tests.chromium import (
    browser,
    complaints,
    different_lines,
    look,
    needs_browser,
    outside,
    screenshot,
)


@needs_browser
def test_what_a_page_does_is_seen(tmp_path):
    (tmp_path / "a.html").write_text("<h1>A page</h1><img src='http://example.com/a.png'>")
    (tmp_path / "b.html").write_text("<title>Blank</title>")
    with browser(tmp_path) as driver:
        look(driver, width=320, dark=True)
        driver.get((tmp_path / "a.html").as_uri())
        assert driver.execute_script("return innerWidth") == 320
        assert driver.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches")
        assert any("ERR_NAME_NOT_RESOLVED" in one for one in complaints(driver))
        assert outside(driver) == ["http://example.com/a.png"]
        assert different_lines(screenshot(driver, whole=True)) > 10
        driver.get((tmp_path / "b.html").as_uri())
        assert (complaints(driver), outside(driver)) == ([], [])
        assert different_lines(screenshot(driver)) <= 2
