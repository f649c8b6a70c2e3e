"""The real app in a real browser: sample collection, small model, questions, sources and pages.

Slow and whole on purpose: everything between the keyboard and the weights is the user's own.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from rag_app.collection.snapshot import open_current
from rag_app.history.store import History
from rag_app.records import Answer
from tests.helpers.browsing import (
    ENGINE,
    Open,
    ask,
    held,
    is_finished,
    model_is_ready,
    served,
    stop,
    without_model,
)
from tests.web.test_accessibility import findings

pytestmark = [pytest.mark.browser, pytest.mark.model]

LIST_QUESTION = "Which papers improve video generation?"  # code finds the papers
LOOKUP_QUESTION = "What does QLoRA propose?"  # answered by the model


def test_a_list_is_answered_and_its_source_shows_the_quote(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    page = open_tab(address_with_model)
    model_is_ready(page)
    _is_finished_after(page, LIST_QUESTION)
    assert findings(page) == []
    page.locator("[class*=st-key-answer-0-mark-] button").first.click()
    assert _highlighted(page) == _quotes(_last_answer(environment), 1)


def test_quotes_are_the_digests_own_characters(environment: dict[str, str], open_tab: Open) -> None:
    _is_finished_after(open_tab(), LIST_QUESTION)
    table = open_current(Path(environment["RAG_HOME"])).papers
    answer = _last_answer(environment)
    assert len(answer.citations) >= 5
    for citation in answer.citations:
        text = table.get(citation.arxiv_id).section(citation.section).text
        assert text[citation.start : citation.end] == citation.quote


def test_the_model_writes_an_answer_that_outlives_the_server(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    page = open_tab(address_with_model)
    model_is_ready(page)
    with held(environment, ENGINE):  # others work while it writes
        ask(page, LOOKUP_QUESTION)
        expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=60_000)
        expect(page.locator(".st-key-answer-0-cards")).to_be_visible(timeout=60_000)
    is_finished(page)
    saved = _last_answer(environment)
    assert saved.usage.generated_tokens > 0
    with served(without_model(environment)) as other:
        again = open_tab(f"{other}/?{urlsplit(page.url).query}")
        expect(again.get_by_text(LOOKUP_QUESTION, exact=True).first).to_be_visible(timeout=30_000)
        expect(again.locator(".st-key-answer-0-cards")).to_be_visible()
        again.get_by_role("button", name="Details").click()
        expect(again.get_by_text(re.compile("^--- system ---"))).to_be_visible()
        again.keyboard.press("Escape")
        again.locator("[class*=st-key-answer-0-mark-] button").first.click()
        assert _highlighted(again) == _quotes(saved, 1)
        assert again.get_by_test_id("stException").count() == 0
        # a tab left open would rightly complain that its server has ended
        again.goto("about:blank")


def test_a_stopped_answer_gives_the_page_back(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    page = open_tab(address_with_model)
    model_is_ready(page)
    with held(environment, ENGINE):
        ask(page, "How does LoRA differ from full fine-tuning?")
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_role("button", name="Stop")).to_be_disabled()
    expect(page.get_by_text("Stopped.").first).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_enabled()


def test_papers_are_compared_side_by_side(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("link", name="Compare").click()
    for arxiv_id in ("2106.09685", "2305.14314"):
        page.get_by_test_id("stMultiSelect").locator("input").fill(arxiv_id)
        page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    columns = page.locator(".st-key-compare-comparison").get_by_test_id("stColumn")
    expect(columns.first).to_contain_text("LoRA")
    expect(columns.nth(1)).to_contain_text("QLoRA")


def test_exploring_leads_to_a_question(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("link", name="Explore").click()
    page.get_by_label("Words in title, authors or digest").fill("qlora")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 49 papers")).to_be_visible()
    table = page.locator(".st-key-explore-table .dvn-scroller").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 18, "y": 54})  # the box of the first row
    page.get_by_role("button", name="Ask about this paper").click()
    expect(page.get_by_text("What does QLoRA")).not_to_have_count(0, timeout=60_000)
    stop(page)


def test_a_mark_of_a_plot_opens_its_papers(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("link", name="Explore").click()
    chosen = page.get_by_text(re.compile(r"^\d+ papers behind what you chose"))
    for tab, mark in (
        ("Topics", "topics path[aria-roledescription=circle]"),
        ("Papers per month", "months path"),
    ):
        page.get_by_role("tab", name=tab).click()
        expect(chosen).to_have_count(0)
        page.locator(f".st-key-plot-{mark}[aria-label]").first.click(timeout=30_000)
        expect(chosen).to_be_visible()


def test_the_history_finds_and_exports_a_conversation(open_tab: Open) -> None:
    page = open_tab()
    _is_finished_after(page, "Which papers got the most votes?")
    page.get_by_role("link", name="History").click()
    nothing = page.get_by_text("No conversation holds all of these words.")
    for words, count in (("penguins on the moon", 1), ("most votes", 0)):
        page.get_by_label("Search questions and answers").fill(words)
        page.keyboard.press("Enter")
        expect(nothing).to_have_count(count)
    page.get_by_role("button", name="Export").first.click()
    for name, beginning in (("Markdown", "# Which papers"), ("JSON", "{"), ("BibTeX", "@misc{")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        assert Path(download.value.path()).read_text(encoding="utf-8").startswith(beginning)


def test_a_korean_browser_on_a_narrow_screen_gets_korean_without_sideways_scrolling(open_tab: Open) -> None:
    page = open_tab(width=390, locale="ko-KR")
    _is_finished_after(page, "비디오 생성을 개선하는 논문은?")
    expect(page.get_by_text("다시 답하기")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# --- what the tests share -----------------------------------------------------------------------


def _is_finished_after(page: Page, question: str) -> None:
    ask(page, question)
    is_finished(page)


def _highlighted(page: Page) -> set[str]:
    marks = page.get_by_role("dialog").locator(".stMarkdownColoredBackground")
    expect(marks.first).to_be_visible()
    # joiners: see escape_markdown
    return {mark.replace("\u2060", "") for mark in marks.all_text_contents()}


def _last_answer(environment: dict[str, str]) -> Answer:
    history = History(Path(environment["RAG_HOME"]) / "history.sqlite3")
    answers = [turn.answer for turn in history.turns(history.conversations()[0].id)]
    history.close()
    assert answers and answers[-1]
    return answers[-1]


def _quotes(answer: Answer, n: int) -> set[str]:
    """What supports the answer in its n-th paper."""
    supports = [support for sentence in answer.sentences for support in sentence.support]
    return {c.quote for c in answer.citations if c.n == n} | {s.quote for s in supports if s.n == n}
