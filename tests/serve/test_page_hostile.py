"""Words that would be markup or code are text wherever the page shows them."""

from __future__ import annotations

import re

import pytest
from tests.chromium import browser, complaints, look, needs_browser, outside
from tests.serve.exploring import ENTER, MARKUP, WRITTEN, Page, columns, serving, vectors

import rowspace as rs
from rowspace.serve.page_files import FILES, FOLDER

DANGEROUS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment"
    r"|\beval\b|new Function|setTimeout\(['\"]|srcdoc|javascript:|https?://(?!www\.w3\.org/)"
)
INLINE = re.compile(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    models = {"<b>one</b>": rs.Model(vectors(0)), "two": rs.Model(vectors(1))}
    with serving(models, columns=columns(folder)) as address, browser(folder) as driver:
        look(driver)
        yield Page(driver, address)


def watch(page: Page) -> None:
    """Note from now on what the policy refuses, and what the page was tricked into making."""
    page.js(
        "window.refused = []; document.addEventListener('securitypolicyviolation',"
        " (event) => window.refused.push(event.violatedDirective + ' ' + event.blockedURI))"
    )


def unharmed(page: Page) -> None:
    from selenium.common.exceptions import NoAlertPresentException

    with pytest.raises(NoAlertPresentException):
        _ = page.driver.switch_to.alert
    assert page.js("return window.refused") == []
    assert page.js("return document.querySelectorAll('img[src=x], svg, script').length") == 1
    assert page.js("return document.querySelectorAll('b, i').length") == 0
    assert complaints(page.driver) == []
    assert outside(page.driver) == []


@needs_browser
@pytest.mark.parametrize("word", [*MARKUP, *WRITTEN[:3], *WRITTEN[5:7]], ids=lambda word: word[:12])
def test_a_word_is_text_in_every_place(page, word):
    page.open("#colour=group")
    watch(page)
    page.one("#search input").send_keys(word[:9] if word.isascii() else "")
    page.js(
        "location.hash = new URLSearchParams({ word: arguments[0], left: arguments[0],"
        " right: 'word3', a: 'word1', b: arguments[0], c: 'word2', colour: 'group' })",
        word,
    )
    page.until("document.querySelector('#panel-near h2')?.textContent === arguments[0]", word)
    page.settled()
    for tab in ("analogy", "compare", "near"):
        page.one(f"#tab-{tab}").click()
        page.answers()
    assert page.texts("#panel-compare .side-title") == []  # closed
    page.js("document.querySelector('.board').focus()")
    page.one("[aria-label^='Select view']").click()
    assert word in page.texts("#panel-chosen .answers .name")
    unharmed(page)


@needs_browser
def test_suggestions_unknown_words_and_odd_ones_are_text(page):
    page.open("#tab=odd")
    watch(page)
    page.one("#search input").send_keys("<")
    page.until("document.querySelector('#search [role=option]')")
    assert page.texts("#search [role=option] .name")[0].startswith("<")
    page.one("#search input").send_keys("i>none<i>", ENTER)
    page.until("document.querySelector('#panel-near .trouble')")
    assert "<i>none<i>" in page.one("#panel-near .trouble").text
    page.one("#tab-odd").click()
    for word in MARKUP[:3]:
        page.one("#panel-odd input").send_keys(word, ENTER)
    page.until("document.querySelectorAll('#panel-odd .answers li').length === 3")
    assert sorted(page.texts("#panel-odd .chip .name")) == sorted(MARKUP[:3])
    assert page.texts("#model option") == [] or "<b>one</b>" in page.one("#model").text
    unharmed(page)


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_of_the_page_can_make_markup(name):
    text = (FOLDER / name).read_text("utf-8")
    assert DANGEROUS.findall(text) == []
    assert len(text.splitlines()) < 300
    if name.endswith(".html"):
        assert INLINE.findall(text) == []


@pytest.mark.parametrize(
    "code",
    ["node.innerHTML = word", "eval(word)", "new Function('a')", "src='https://x.org/a.js'"],
)
def test_danger_is_seen(code):
    assert DANGEROUS.search(code)


@pytest.mark.parametrize("code", ["<p onclick=a()>", "<p style='a'>", "<script>a()</script>"])
def test_inline_code_is_seen(code):
    assert INLINE.search(code)
