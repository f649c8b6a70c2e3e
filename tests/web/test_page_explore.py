"""The Explore page in a real browser: an area of the map becomes the papers that questions are about.

One server over the sample collection, as for the other browser tests.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.korean import KOREAN
from tests.helpers.browsing import Open, ask, is_finished

pytestmark = [pytest.mark.browser, pytest.mark.model]

SECONDS = 1_000
NUMBER = re.compile(r"\d+")


def choose_an_area(page: Page) -> None:
    """Drag over the middle of the map, where dots are."""
    map_ = page.locator(".st-key-plot-map-topic canvas")
    map_.wait_for(timeout=60 * SECONDS)
    page.wait_for_timeout(1_500)  # it is drawn after its frame
    map_.scroll_into_view_if_needed()
    box = map_.bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=8)
    page.mouse.up()


@pytest.mark.parametrize(
    ("locale", "words", "question"),
    [
        ("en-US", ENGLISH, "How many papers are there?"),
        ("ko-KR", KOREAN, "논문은 모두 몇 편이야?"),
    ],
    ids=["en", "ko"],
)
def test_an_area_of_the_map_is_asked_alone_and_stays_so_after_a_reload(
    open_tab: Open, locale: str, words: dict[str, str], question: str
) -> None:
    page = open_tab(locale=locale)
    page.get_by_role("link", name=words["explore"]).click()
    page.get_by_role("tab", name=words["plot_map"]).click()
    choose_an_area(page)
    button = page.get_by_role("button", name=re.compile(words["only_these"].format(n=r"\d+")))
    expect(button).to_be_visible(timeout=60 * SECONDS)
    found = NUMBER.search(button.inner_text())
    assert found
    assert 0 < int(found[0]) < 49
    button.click()
    chip = page.get_by_role("button", name=words["chip_only"].format(name=words["selection"], n=found[0]))
    expect(chip).to_be_visible(timeout=60 * SECONDS)
    page.reload()
    expect(chip).to_be_visible(timeout=60 * SECONDS)
    ask(page, question)
    is_finished(page)
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text(found[0])
    page.reload()
    expect(chip).to_be_visible(timeout=60 * SECONDS)
    chip.click()
    expect(chip).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "question"),
    [("en-US", "Which papers improve video generation?"), ("ko-KR", "비디오 생성을 개선하는 논문은?")],
    ids=["en", "ko"],
)
def test_a_similar_paper_opens_from_the_drawer(open_tab: Open, locale: str, question: str) -> None:
    page = open_tab(locale=locale)
    ask(page, question)
    is_finished(page)
    page.locator("[class*=st-key-answer-0-mark-] button").first.click()
    drawer = page.get_by_role("dialog")
    heading = drawer.get_by_role("heading").nth(1)  # below the drawer's own
    opened = heading.inner_text()
    similar = drawer.locator("[class*=st-key-drawer-similar-] button").first
    name = similar.inner_text()
    assert name.strip() not in opened
    similar.click()
    expect(heading).not_to_contain_text(opened[-30:], timeout=60 * SECONDS)
