"""The explorer in a real Chromium against a real server: what the tests of the page share."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs

MARKUP = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "javascript:alert(3)",
    '"><svg onload=alert(4)>',
)
WRITTEN = ("王様", "الملك", "👑", "Ångström", "a b", "w" * 300, "=cmd()", "+1", "@sum(a)")
WORDS = (*MARKUP, *WRITTEN, *(f"word{n}" for n in range(300)))
ENTER, TAB, ESCAPE, HOME, END = "\ue007", "\ue004", "\ue00c", "\ue011", "\ue010"
LEFT, UP, RIGHT, DOWN, SHIFT = "\ue012", "\ue013", "\ue014", "\ue015", "\ue008"
GROUPS = ("noun", "verb", "<b>bold</b>")


def vectors(seed: int = 0, items: tuple[str, ...] = WORDS) -> rs.Vectors:
    """Groups of words that lie near each other; the first are the most frequent."""
    rng = np.random.default_rng(seed)
    centres = 3 * rng.normal(size=(3, 12))
    rows = centres[np.arange(len(items)) % 3] + rng.normal(size=(len(items), 12))
    counts = np.arange(len(items), 0, -1) * 7
    return rs.Vectors.from_arrays(items, rows.astype(np.float32), counts=counts)


def columns(folder: Path) -> Path:
    """A group for two words in three and a weight for each."""
    lines = ["item,group,weight"]
    for n, word in enumerate(WORDS):
        quoted = '"' + word.replace('"', '""') + '"'
        lines.append(f"{quoted},{GROUPS[n % 3] if n % 4 else ''},{n / 10}")
    path = folder / "columns.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def classifier() -> rs.Model:
    """Labels that follow from one word."""
    words = rs.Vectors.from_arrays(["good", "bad", "film"], np.eye(3, dtype=np.float32))
    weights = 4 * np.array([[1, -1, 0], [-1, 1, 0]], np.float32)
    labels = rs.Vocabulary.of(["<i>liked</i>", "disliked"], counts=np.array([1, 1]))
    return rs.Model(words, head=rs.Head(labels, weights, "softmax", exact=True))


@contextlib.contextmanager
def serving(models: dict[str, Any], **more: Any) -> Iterator[str]:
    """A server of these models on a free port; its address. It stops at the end."""
    uvicorn = pytest.importorskip("uvicorn", reason="needs the extra explore")
    from rowspace import serve
    from rowspace.serve.limits import Limits

    listening = socket.create_server(("127.0.0.1", 0))
    unhurried = Limits(seconds=600.0)
    application = serve.app(models, limits=unhurried, **more)
    settings = uvicorn.Config(application, log_level="error", lifespan="on")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


class Page:
    """What a reader does with the page, and what they see of it."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver, self.address = driver, address

    def open(self, hash: str = "", *, ready: bool = True) -> Page:
        """Load the page anew at this part of the address."""
        self.driver.get("about:blank")
        self.driver.get(self.address + hash)
        return self.settled() if ready else self

    def js(self, code: str, *given: Any) -> Any:
        return self.driver.execute_script(code, *given)

    def module(self, code: str, *given: Any) -> Any:
        """`code`, in which `shared` and `state` are the page's own; returns its value."""
        return self.driver.execute_async_script(
            "const given = [...arguments], done = given.pop();"
            "Promise.all([import('/static/shared.js'), import('/static/state.js')])"
            f".then(([{{ shared }}, {{ state }}]) => done((() => {{ {code} }})()));",
            *given,
        )

    def until(self, code: str, *given: Any) -> Any:
        """Wait until an expression holds, and give its value."""
        from selenium.webdriver.support.ui import WebDriverWait

        wait = WebDriverWait(self.driver, 60, poll_frequency=0.05)
        return wait.until(lambda driver: driver.execute_script(f"return {code}", *given), code)

    def settled(self) -> Page:
        """Wait until the map is drawn and no question is open."""
        self.until(
            "document.querySelector('.board')?.dataset.frame"
            " && !document.querySelector('[aria-busy=true]')"
        )
        return self

    def one(self, css: str) -> Any:
        return self.driver.find_element("css selector", css)

    def all(self, css: str) -> list[Any]:
        return self.driver.find_elements("css selector", css)

    def texts(self, css: str) -> list[str]:
        """The text of each element that is shown, whole even where it is cut off."""
        code = "return [...document.querySelectorAll(arguments[0])]"
        return self.js(f"{code}.filter(e => e.offsetParent).map(e => e.textContent)", css)

    def focused(self) -> Any:
        return self.driver.switch_to.active_element

    def press(self, *keys: str) -> None:
        """Keys, where the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def tab_to(self, css: str) -> Any:
        """Press the tab key until the focus is there."""
        for _ in range(80):
            if self.js("return document.activeElement.matches(arguments[0])", css):
                return self.focused()
            self.press(TAB)
        raise AssertionError(f"the tab key does not lead to {css}")

    def offered(self, typed: str) -> None:
        """Wait until what the search offers is what was typed, and no letter less."""
        self.until(
            "((found) => found.length && found.every(e => e.textContent.startsWith(arguments[0])))"
            "([...document.querySelectorAll('#search [role=option]')])",
            typed,
        )

    def answers(self) -> list[tuple[str, float]]:
        """The items and scores of the panel that is open."""
        self.until("document.querySelector('.panel:not([hidden]) .answers li')")
        self.settled()
        names = self.texts(".panel:not([hidden]) .answers .name")
        scores = self.texts(".panel:not([hidden]) .answers .number")
        return list(zip(names, map(float, scores), strict=True))

    def drag(self, *corners: tuple[int, int]) -> None:
        """With the mouse over the map, from corner to corner, pixels from its middle."""
        from selenium.webdriver.common.action_chains import ActionChains

        board = self.one(".board")
        chain = ActionChains(self.driver, duration=20)
        chain.move_to_element_with_offset(board, *corners[0]).click_and_hold()
        for corner in corners[1:]:
            chain.move_to_element_with_offset(board, *corner)
        chain.release().perform()
        self.settled()
