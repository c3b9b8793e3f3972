"""A real Chromium for tests of pages: without a network, with everything it did on record.

    with browser(tmp_path) as driver:
        look(driver, width=320, dark=True)
        driver.get(path.as_uri())
        assert complaints(driver) == []
        assert outside(driver) == []

Only 127.0.0.1 and files are reached: every other name is "not found". Tests that use it are marked
`needs_browser`, and skip where Debian's `chromium` and `chromium-driver` are not installed.
"""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
HARMLESS = ("data:", "blob:", "about:", "chrome:", "file:", "http://127.0.0.1")


def missing() -> str:
    """Why there is no browser here; nothing where there is one."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "needs selenium"
    if CHROMIUM is None or DRIVER is None:
        return "needs Debian's chromium and chromium-driver"
    return ""


needs_browser = pytest.mark.skipif(bool(missing()), reason=missing() or "a browser")


@contextlib.contextmanager
def browser(folder: Path, *flags: str) -> Iterator[Any]:
    """A driver of a Chromium with a fresh profile under `folder`; more `flags` go to Chromium."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    if DRIVER is None or CHROMIUM is None:
        pytest.skip(missing())
    downloads = folder / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={folder / 'profile'}", *flags):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def look(driver: Any, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
    """How wide and high the window is, and what the reader's system prefers."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    wanted = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [wanted]})


def complaints(driver: Any) -> list[str]:
    """What the console said of errors and warnings since the last call."""
    said = driver.get_log("browser")
    return [one["message"] for one in said if one["level"] in ("SEVERE", "WARNING")]


def requests(driver: Any) -> list[str]:
    """The addresses of every request since the last call."""
    events = (json.loads(one["message"])["message"] for one in driver.get_log("performance"))
    sent = (one for one in events if one["method"] == "Network.requestWillBeSent")
    return [one["params"]["request"]["url"] for one in sent]


def outside(driver: Any) -> list[str]:
    """Those requests that would have left the machine."""
    return [url for url in requests(driver) if not url.startswith(HARMLESS)]


def screenshot(driver: Any, path: Path | None = None, *, whole: bool = False) -> bytes:
    """A picture (PNG) of what is in the window, or of the `whole` page; to `path` if given."""
    asked: dict[str, Any] = {"format": "png", "captureBeyondViewport": whole}
    if whole:
        size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        asked["clip"] = {**{name: size[name] for name in ("x", "y", "width", "height")}, "scale": 1}
    picture = base64.b64decode(driver.execute_cdp_cmd("Page.captureScreenshot", asked)["data"])
    if path is not None:
        path.write_bytes(picture)
    return picture


def different_lines(picture: bytes) -> int:
    """How many of a PNG's lines of pixels differ from the line above: few of a blank page."""
    width, height = struct.unpack(">II", picture[16:24])
    data, at = b"", 8
    while at < len(picture):
        (size,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            data += picture[at + 8 : at + 8 + size]
        at += size + 12
    raw = zlib.decompress(data)
    stride = len(raw) // height
    assert stride > width
    return len({raw[line * stride : (line + 1) * stride] for line in range(height)})
