"""The page's questions: what it shows is what the model says."""

from __future__ import annotations

import pytest
from tests.chromium import browser, complaints, look, needs_browser, outside
from tests.serve.exploring import (
    DOWN,
    ENTER,
    WORDS,
    Page,
    classifier,
    columns,
    serving,
    vectors,
)

import rowspace as rs

pytestmark = needs_browser
ONE, OTHER = vectors(0), vectors(1)
ONE_MODEL, OTHER_MODEL = rs.Model(ONE), rs.Model(OTHER)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    models = {"one": ONE_MODEL, "other": OTHER_MODEL, "films": classifier()}
    with serving(models, columns=columns(folder)) as address, browser(folder) as driver:
        look(driver)
        yield Page(driver, address)


def test_search_as_you_type_then_neighbours(page):
    page.open()
    field = page.one("#search input")
    field.send_keys("word1")
    page.offered("word1")
    assert field.get_attribute("aria-expanded") == "true"
    shown = page.texts("#search [role=option] .name")
    assert all("word1" in item for item in shown)
    field.send_keys(DOWN, DOWN)
    chosen = page.one("#search [aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    field.send_keys(ENTER)
    want = [(item, pytest.approx(score, abs=6e-4)) for item, score in ONE.nearest(shown[1])]
    assert page.answers() == want
    assert page.texts("#panel-near h2") == [shown[1]]
    assert "all 313 items" in page.one("#panel-near").text


def test_an_unknown_word_leads_to_known_ones(page):
    page.open("#word=word1x")
    page.until("document.querySelector('.trouble .chips button')")
    assert "does not know word1x" in page.one(".trouble").text
    page.one(".trouble .chips button").click()
    assert len(page.answers()) == 10


def test_more_neighbours_and_on_to_the_next(page):
    page.open("#word=word7")
    page.js(
        "const s = document.querySelector('#panel-near select'); s.value = '25';"
        "s.dispatchEvent(new Event('change'))"
    )
    page.until("document.querySelectorAll('#panel-near .answers li').length === 25")
    following = page.texts("#panel-near .answers .name")[0]
    page.one("#panel-near .answers button").click()
    page.until("document.querySelector('#panel-near h2')?.textContent === arguments[0]", following)
    assert page.one("#search input").get_attribute("value") == following
    page.driver.back()
    page.until("document.querySelector('#panel-near h2')?.textContent === 'word7'")


def test_analogy(page):
    page.open("#tab=analogy")
    for at, word in enumerate(("word1", "word2", "word3")):
        page.all("#panel-analogy input")[at].send_keys(word, ENTER)
    want = ONE.analogy("word1", "word2", "word3")
    assert [item for item, _ in page.answers()] == [item for item, _ in want]
    page.js(
        "const s = document.querySelector('#how'); s.value = 'mul';"
        "s.dispatchEvent(new Event('change'))"
    )
    want = ONE.analogy("word1", "word2", "word3", method="mul")
    page.until("!document.querySelector('[aria-busy=true]')")
    assert [item for item, _ in page.answers()] == [item for item, _ in want]


def test_odd_one_out(page):
    page.open("#tab=odd")
    field = page.one("#panel-odd input")
    field.send_keys("word2,word5, word8", ENTER)
    field.send_keys("word3", ENTER)
    page.until("document.querySelectorAll('#panel-odd .answers li').length === 4")
    words = ["word2", "word5", "word8", "word3"]
    assert page.texts("#panel-odd .chip .name") == words
    odd = ONE.odd_one_out(words)
    assert f"The odd one out is {odd}." in page.one("#panel-odd").text
    assert page.answers()[0][0] == odd
    page.one(f"[aria-label='Remove {odd}']").click()
    page.until("document.querySelectorAll('#panel-odd .answers li').length === 3")


def test_two_words_side_by_side(page):
    page.open("#tab=compare")
    left, right = page.all("#panel-compare input[role=combobox]")
    left.send_keys("word4", ENTER)
    right.send_keys("word7", ENTER)
    page.until("document.querySelectorAll('#panel-compare .side').length === 2")
    assert f"{ONE.similarity('word4', 'word7'):.3f}" in page.one("#panel-compare .sentence").text
    mine = [item for item, _ in ONE.nearest("word4")]
    theirs = [item for item, _ in ONE.nearest("word7")]
    assert [item for item, _ in page.answers()] == mine + theirs
    marked = set(page.texts("#panel-compare .marked .name"))
    assert marked == set(mine) & set(theirs)


def test_two_models_side_by_side(page):
    page.open("#tab=compare&what=models&left=word4&against=other")
    page.until("document.querySelectorAll('#panel-compare .side').length === 2")
    mine, theirs = ({item for item, _ in one.nearest("word4")} for one in (ONE, OTHER))
    assert {item for item, _ in page.answers()} == mine | theirs
    share = round(100 * len(mine & theirs) / len(mine | theirs))
    assert f"{share} %" in page.one("#panel-compare .sentence").text
    assert page.texts("#panel-compare .side-title") == ["one", "other"]


def test_an_answer_that_comes_too_late_is_not_shown(page):
    page.open("#tab=odd&odd=word1&odd=word2&odd=word3&word=word5")
    page.js(
        "const sent = window.fetch; [window.sent, window.held] = [sent, []];"
        "window.fetch = (...given) => new Promise((go) => window.held.push(() => {"
        "  const reply = sent(...given); go(reply); return reply.catch(() => null); }))"
    )
    page.js("location.hash = 'tab=odd&odd=word1&odd=word2&odd=word4&word=word6'")
    page.until("window.held.length >= 2")
    page.js("location.hash = 'tab=odd'")
    page.until("document.querySelector('#panel-odd .empty')")
    page.driver.execute_async_script(
        "const [done] = arguments, replies = window.held.map((go) => go());"
        "Promise.all(replies).then(() => window.sent('healthz')).then((r) => r.text()).then(done)"
    )
    assert page.texts("#panel-odd .empty p") == ["Which does not belong? Give three words or more."]
    assert page.js("return document.querySelector('#panel-near h2')") is None


def test_labels_of_a_text(page):
    page.open()
    assert not page.one("#tab-predict").is_displayed()
    page.open("#model=films&tab=predict")
    page.one("#text").send_keys("a good film")
    page.one("#panel-predict button").click()
    assert [label for label, _ in page.answers()] == ["<i>liked</i>", "disliked"]


def test_a_link_restores_the_view(page):
    page.open(
        "#word=word9&k=25&tab=analogy&a=word1&b=word2&c=word3&how=mul&colour=group&view=1,2,3"
    )
    page.one("#tab-odd").click()
    page.js("document.querySelector('[aria-label=\"Zoom in\"]').click()")
    page.until("!location.hash.includes('view=1%2C2%2C3')")
    link = page.js("return location.href")
    before = page.module("return {...state}")
    page.driver.get("about:blank")
    page.driver.get(link)
    page.settled()
    assert page.module("return {...state}") == before
    assert before["tab"] == "odd" and before["view"][2] > 3 and before["colour"] == "group"
    assert page.one("#tab-odd").get_attribute("aria-selected") == "true"


def test_another_model(page):
    page.open("#word=word9")
    page.js(
        "const s = document.querySelector('#model'); s.value = 'films';"
        "s.dispatchEvent(new Event('change'))"
    )
    page.until("document.querySelector('#facts').textContent.startsWith('3 items')")
    page.settled()
    assert page.module("return shared.sample.items.slice().sort()") == ["bad", "film", "good"]
    assert page.one("#search input").get_attribute("value") == ""


def test_a_token_is_asked_for(page):
    with serving({"one": ONE_MODEL}, token="a-long-token-of-letters") as address:
        closed = Page(page.driver, address).open(ready=False)
        closed.until("document.querySelector('dialog[open]')")
        closed.one("#token").send_keys("not this one at all", ENTER)
        closed.until(
            "document.querySelector('dialog[open]')?.textContent.includes('not the right')"
        )
        closed.one("#token").send_keys("a-long-token-of-letters", ENTER)
        closed.settled()
        assert "token" not in closed.js("return location.href")
    complaints(page.driver)  # the browser's own note of each refusal


def test_a_server_that_is_gone_is_told_and_tried_again(page):
    with serving({"one": ONE_MODEL}) as address:
        lost = Page(page.driver, address).open("#word=word1")
    lost.js("document.querySelector('#panel-near .answers button').click()")
    lost.until("document.querySelector('#panel-near .trouble button')")
    assert "does not answer" in lost.one("#panel-near .trouble").text
    assert "rowspace serve" in lost.one("#panel-near .trouble").text
    complaints(page.driver)


def test_nothing_was_said_and_nothing_left_the_machine(page):
    complaints(page.driver)
    page.open("#word=word9&tab=compare&left=word4&right=word5&colour=group")
    assert complaints(page.driver) == []
    assert outside(page.driver) == []
    assert len(WORDS) == 313
