"""Today in a real browser: it opens first when papers have come in, and one key reads, saves and dismisses.

The sample collection, with a history of its own in which the newest day is new.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rag_app.collection.snapshot import read_papers
from rag_app.daily import for_you
from rag_app.history.follows import FollowKind
from rag_app.history.store import History
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.text import WORDS
from tests.helpers.browsing import Open, open_menu, served, without_model
from tests.web.test_accessibility import findings

pytestmark = [pytest.mark.browser, pytest.mark.model]

ROWS = "[class*=st-key-today-paper-]"
LOCALES = {"en": "en-US", "ko": "ko-KR"}
EACH_LANGUAGE = pytest.mark.parametrize("language", list(LOCALES))


@pytest.fixture(scope="module")
def home(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the collection, whose history is this module's own."""
    home = tmp_path_factory.mktemp("today") / "home"
    shutil.copytree(environment["RAG_HOME"], home, ignore=shutil.ignore_patterns("history*"))
    return home


@pytest.fixture(scope="module")
def address(environment: dict[str, str], home: Path) -> Iterator[str]:
    with served({**without_model(environment), "RAG_HOME": str(home)}) as address:
        yield address


@pytest.fixture
def history(home: Path) -> Iterator[History]:
    """A reader who last looked before the newest day came in, whatever the tests before did."""
    papers = read_papers(home)
    newest = max(paper.date for paper in papers)
    with closing(History(home / "history.sqlite3")) as history:
        history.delete_all()
        history.note_arrivals(paper.arxiv_id for paper in papers if paper.date < newest)
        history.look("today")
        history.follow(FollowKind.TOPIC, "video generation")
        history.note_arrivals(paper.arxiv_id for paper in papers)
        yield history


def current(page: Page) -> str:
    """The id of the row that has the mark."""
    return str(
        page.evaluate(
            """() => [...document.querySelectorAll("[class*=st-key-today-paper-]")]
            .filter((row) => getComputedStyle(row, "::before").content !== "none")
            .map((row) => [...row.classList].find((one) => one.startsWith("st-key-today-paper-")))
            .join().replaceAll("st-key-today-paper-", "").replaceAll("-", ".")"""
        )
    )


def marked(page: Page) -> str:
    """Mark the first row, once the page listens to keys; its id."""
    page.wait_for_function("document.documentElement.dataset.keys?.split(' ').includes('j')")
    page.keyboard.press("j")
    return current(page)


@EACH_LANGUAGE
def test_today_opens_first_while_papers_are_new_and_chat_after_that(
    open_tab: Open, history: History, language: str
) -> None:
    locale = LOCALES[language]
    page = open_tab(locale=locale)
    expect(page.get_by_role("heading", name=WORDS[language]["today"], exact=True)).to_be_visible()
    expect(page.locator(ROWS)).to_have_count(len(history.arrived_after("1")))
    page.go_back()  # to where the tab began: it must not be sent on again
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    again = open_tab(locale=locale)
    expect(again.get_by_test_id("stChatInputTextArea")).to_be_visible()


@EACH_LANGUAGE
def test_keys_move_read_save_and_dismiss(open_tab: Open, history: History, language: str) -> None:
    words = WORDS[language]
    page = open_tab(locale=LOCALES[language])
    rows, count = page.locator(ROWS), len(history.arrived_after("1"))
    expect(rows).to_have_count(count)
    first = marked(page)
    page.keyboard.press("j")
    second = current(page)
    page.keyboard.press("k")
    assert current(page) == first != second
    page.keyboard.press("s")
    row = page.locator(f".st-key-today-paper-{first.replace('.', '-')}")
    expect(row.get_by_text(words["today_was_saved"], exact=True)).to_be_visible()
    page.keyboard.press("r")
    expect(row.get_by_text(words["today_was_read"], exact=True)).to_be_visible()
    assert current(page) == first
    page.keyboard.press("x")
    expect(rows).to_have_count(count - 1)
    page.wait_for_function("() => true")
    assert current(page) == second  # the next paper has taken its place
    assert history.bookmarks() == [first]
    assert list(history.marks()) == [first]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text(words["key_dismiss"])).to_be_visible()


def test_keys_rest_in_a_text_field(open_tab: Open, history: History) -> None:
    page = open_tab()
    expect(page.locator(ROWS).first).to_be_visible()
    assert marked(page)
    field = page.get_by_label(WORDS["en"]["follow_text"])
    open_menu(page.locator(".st-key-today-follow-menu button"), field)
    field.fill("")
    field.press_sequentially("rsxjk?")
    expect(field).to_have_value("rsxjk?")
    assert (history.bookmarks(), history.marks()) == ([], {})


@EACH_LANGUAGE
def test_a_follow_opens_its_new_papers(open_tab: Open, history: History, language: str) -> None:
    page = open_tab(locale=LOCALES[language])
    page.locator(".st-key-today-follow button").first.click()
    expect(page.locator(ROWS).first).to_be_visible()
    expect(page.locator(".st-key-today-lead")).to_have_count(0)


@EACH_LANGUAGE
def test_an_order_of_ones_own_names_the_saved_paper_that_is_nearest(
    open_tab: Open, home: Path, history: History, language: str
) -> None:
    words = WORDS[language]
    new = set(history.arrived_after("1"))
    old = [paper for paper in read_papers(home) if paper.arxiv_id not in new]
    for paper in old[: for_you.ENOUGH]:
        history.bookmark(paper.arxiv_id)
    page = open_tab(locale=LOCALES[language])
    expect(page.locator(ROWS).first).to_be_visible()
    page.locator(".st-key-today-for-you label").click()
    reason = re.compile(re.escape(words["today_like"]).replace(re.escape("{title}"), ".+"))
    expect(page.locator(ROWS).first.get_by_text(reason)).to_be_visible()
    expect(page.locator(ROWS)).to_have_count(len(new))


@EACH_LANGUAGE
def test_saved_papers_have_tags_and_a_note_and_are_found_by_it(
    open_tab: Open, history: History, language: str
) -> None:
    words = WORDS[language]
    first, second = sorted(history.arrived_after("1"))[:2]
    history.bookmark(first)
    history.bookmark(second)
    page = open_tab(locale=LOCALES[language])
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=words["saved"]).click()
    kept = page.locator("[class*=st-key-saved-edit-]")
    expect(kept).to_have_count(2)
    kept.first.locator("button").first.click()
    page.get_by_label(words["saved_tags"], exact=True).last.fill("robots, 읽기")
    page.get_by_label(words["saved_note"], exact=True).fill("ask Mina about it")
    page.get_by_role("button", name=words["save"], exact=True).click()
    expect(page.get_by_text("ask Mina about it").first).to_be_visible()
    page.get_by_label(words["saved_search"]).fill("Mina")
    page.get_by_label(words["saved_search"]).press("Enter")
    expect(kept).to_have_count(1)
    assert [(one.tags, one.note) for one in history.bookmarked() if one.note] == [
        (("robots", "읽기"), "ask Mina about it")
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_today_and_saved_have_no_grave_finding(open_tab: Open, history: History, dark: bool) -> None:
    papers = sorted(history.arrived_after("1"))
    history.bookmark(papers[0])
    history.annotate(papers[0], ["to read"], "a note")
    page = open_tab(dark=dark)
    expect(page.locator(ROWS).first).to_be_visible()
    page.wait_for_timeout(1000)
    found = {"Today": findings(page)}
    follow = page.locator(".st-key-today-follow-menu button").first
    open_menu(follow, page.get_by_label(ENGLISH["follow_text"]))
    found["Follow"] = findings(page)
    page.keyboard.press("Escape")
    export = page.locator(".st-key-today-export button").first
    open_menu(export, page.get_by_text(ENGLISH["export_notes"]))
    found["Export"] = findings(page)
    page.keyboard.press("Escape")
    page.locator("[class*=st-key-today-open-] button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["Digest"] = findings(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Saved").click()
    expect(page.locator("[class*=st-key-saved-edit-]").first).to_be_visible()
    found["Saved"] = findings(page)
    assert {name: left for name, left in found.items() if left} == {}


def test_a_narrow_korean_screen_needs_no_sideways_scrolling(open_tab: Open, history: History) -> None:
    page = open_tab(width=390, locale="ko-KR")
    expect(page.locator(ROWS).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
