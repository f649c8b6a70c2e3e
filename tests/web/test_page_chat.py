"""The chat in a real browser: tabs, a reload, edits, lists, filters, refusals, narrow screens.

The app without a model is asked wherever the model is not what is tested: its answers take no time.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from rag_app.history.store import History
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.korean import KOREAN
from tests.helpers.browsing import ENGINE, Open, ask, held, is_finished, model_is_ready, open_menu, stop
from tests.helpers.ui_page import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.model]

QUICK_QUESTION = "How many papers are there?"
LONG_LIST = "Which papers have more than 5 votes?"  # 47 of the sample's 49
SLOW_QUESTION = "How does LoRA differ from full fine-tuning?"  # the model is at it for some seconds
SECONDS = 1000.0
TWO_DIGITS = "28.8px"  # that the number of a list's item takes, with its dot
# Below the page's own address, where an app under a base path would be: Streamlit looks there
# first, and then at "/".
STREAMLIT_404 = ("/_stcore/health", "/_stcore/host-config")


def test_a_reload_in_the_middle_finds_the_answer_being_written(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    page = open_tab(address_with_model)
    model_is_ready(page)
    with held(environment, ENGINE):
        ask(page, SLOW_QUESTION)
        for _ in range(2):
            expect(page.get_by_role("button", name=ENGLISH["stop"])).to_be_visible(timeout=60 * SECONDS)
            page.reload()
        expect(page.get_by_text(SLOW_QUESTION, exact=True).first).to_be_visible(timeout=60 * SECONDS)
        expect(page.locator(".st-key-answer-0-cards")).to_be_visible(timeout=60 * SECONDS)
    stop(page)
    is_finished(page)


def test_two_tabs_are_answered_in_turn_and_each_sees_its_own(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    first, second = open_tab(address_with_model), open_tab(address_with_model)
    model_is_ready(first)
    model_is_ready(second)
    with held(environment, ENGINE):
        ask(first, SLOW_QUESTION)
        expect(first.get_by_role("button", name=ENGLISH["stop"])).to_be_visible(timeout=60 * SECONDS)
        ask(second, "What does AnimateDiff propose?")
        # evidence waits for nobody; who comes first is said once the engine has counted (`test_eta`)
        expect(second.locator(".st-key-answer-0-cards")).to_be_visible(timeout=60 * SECONDS)
    for page in (first, second):
        stop(page)
        is_finished(page)
    expect(second.locator(".stMain").get_by_text(SLOW_QUESTION, exact=True)).to_have_count(0)


def test_an_edited_question_is_asked_in_place_of_the_first(open_tab: Open) -> None:
    page = open_tab()
    _is_finished_after(page, "Which papers imporve robots?")
    field = page.get_by_label(ENGLISH["edit_question"])
    open_menu(page.locator("[class*=st-key-edit-0-] button").first, field)
    field.fill(QUICK_QUESTION)
    page.get_by_role("button", name=ENGLISH["resend"], exact=True).click()
    expect(page.get_by_text("Which papers imporve robots?", exact=True)).to_have_count(
        0, timeout=30 * SECONDS
    )
    is_finished(page)
    expect(page.get_by_test_id("stChatMessage")).to_have_count(2)


def test_a_long_list_is_paged_and_downloaded_whole(open_tab: Open) -> None:
    page = open_tab()
    _is_finished_after(page, LONG_LIST)
    marks = page.locator("[class*=st-key-answer-0-mark-]")
    expect(marks).to_have_count(20)
    page.get_by_test_id("stPagination").get_by_role("button", name="3").click()
    expect(marks).to_have_count(7, timeout=30 * SECONDS)
    item = page.get_by_test_id("stMain").locator("ol > li").last
    expect(item).to_have_css("margin-left", TWO_DIGITS)
    expect(item.get_by_text(re.compile(r"^\(\d{4}-"))).to_have_css("white-space", "nowrap")
    page.get_by_text("All 47 papers as a table").click()
    as_csv = page.get_by_test_id("stDownloadButton").get_by_role("button", name="CSV")
    open_menu(page.locator(".st-key-answer-0-table-export").get_by_role("button"), as_csv)
    with page.expect_download() as download:
        as_csv.click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        assert len({row["arxiv_id"] for row in csv.DictReader(file)}) == 47


def test_a_suggested_question_goes_on_with_the_conversation(open_tab: Open) -> None:
    page = open_tab()
    _is_finished_after(page, "Which papers improve video generation?")
    page.get_by_role("button", name=ENGLISH["follow_votes"]).click()
    is_finished(page, 1)
    expect(page.get_by_test_id("stChatMessage")).to_have_count(4)


def test_papers_are_compared_in_the_chat_by_the_same_table(open_tab: Open) -> None:
    page = open_tab()
    ask(page, "Compare LoRA and QLoRA")
    is_finished(page)
    columns = page.locator(".st-key-answer-0-comparison").get_by_test_id("stColumn")
    expect(columns.first).to_contain_text("LoRA")
    expect(columns.nth(1)).to_contain_text("QLoRA")


def test_the_composer_stays_where_it_is(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    page = open_tab(address_with_model)
    model_is_ready(page)
    field = page.get_by_test_id("stChatInput")
    places = [_bottom(page)]
    with held(environment, ENGINE):
        ask(page, SLOW_QUESTION)
        expect(page.get_by_role("button", name=ENGLISH["stop"])).to_be_visible(timeout=60 * SECONDS)
        places.append(_bottom(page))
        ask(page, "and the next one")  # which waits in the input until this answer is done
        expect(field.get_by_role("textbox")).to_have_value("and the next one", timeout=60 * SECONDS)
    stop(page)
    is_finished(page)
    expect(field.get_by_role("textbox")).to_have_value("and the next one")
    places.append(_bottom(page))
    assert max(places) - min(places) < 1.0, places


def test_filters_stay_in_sight_until_they_are_taken_away(open_tab: Open) -> None:
    page = open_tab()
    page.get_by_role("button", name=ENGLISH["filters"]).click()
    page.get_by_label(ENGLISH["min_votes"]).fill("30")
    page.keyboard.press("Enter")
    chip = page.get_by_role("button", name=ENGLISH["chip_votes"].format(n=30))
    expect(chip).to_be_visible(timeout=30 * SECONDS)
    page.keyboard.press("Escape")
    _is_finished_after(page, LONG_LIST)
    page.locator(".stMain").evaluate("main => main.scrollTo(0, 0)")
    expect(chip).to_be_in_viewport()
    chip.click()
    expect(chip).to_have_count(0, timeout=30 * SECONDS)


def test_a_refusal_looks_like_one_and_leads_on(open_tab: Open) -> None:
    page = open_tab()
    _is_finished_after(page, "What does ZebraFormerXL propose?")
    expect(page.get_by_test_id("stAlert").get_by_text(ENGLISH["refused"])).to_be_visible()
    assert page.locator("[class*=st-key-answer-0-mark-]").count() == 0
    page.locator("[class*=st-key-answer-0-nearest-] button").first.click()
    expect(page.locator("[class*=st-key-stop-answer-1], .st-key-answer-1-actions").first).to_be_visible(
        timeout=60 * SECONDS
    )
    stop(page)


def test_a_thumb_down_and_its_reason_are_kept(open_tab: Open, environment: dict[str, str]) -> None:
    page = open_tab()
    _is_finished_after(page, QUICK_QUESTION)
    page.locator("[class*=st-key-answer-0-thumb] button").last.click()
    page.get_by_placeholder(ENGLISH["why_bad"]).fill("too few")
    page.keyboard.press("Enter")
    expect(page.get_by_placeholder(ENGLISH["why_bad"])).to_have_value("too few")
    wait_for(lambda: _thumbs(environment))
    assert _thumbs(environment) == [(-1, "too few")]


def test_a_korean_conversation_fits_a_narrow_screen(open_tab: Open) -> None:
    page = open_tab(width=390, locale="ko-KR", dark=True)
    _is_finished_after(page, "비디오 생성을 개선하는 논문은?")
    page.get_by_role("button", name=KOREAN["follow_votes"]).click()
    is_finished(page, 1)
    page.locator("[class*=st-key-answer-0-mark-] button:visible").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", ["compare", "history"])
def test_a_page_opened_by_its_address_fails_only_in_what_streamlit_looks_for_first(
    browser: Browser, address: str, path: str
) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.location.get("url", m.text)) if m.type == "error" else None)
    page.goto(f"{address}/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=60 * SECONDS)
    page.close()
    assert {re.sub(r"^https?://[^/]+", "", url) for url in errors} <= {
        f"/{path}{end}" for end in STREAMLIT_404
    }


# --- what the tests share -----------------------------------------------------------------------


def _is_finished_after(page: Page, question: str) -> None:
    ask(page, question)
    is_finished(page)


def _thumbs(environment: dict[str, str]) -> list[tuple[int, str]]:
    """Every thumb that has a reason, and the reason."""
    history = History(Path(environment["RAG_HOME"]) / "history.sqlite3")
    turns = [turn for saved in history.conversations() for turn in history.turns(saved.id)]
    history.close()
    return [(turn.thumb, turn.reason) for turn in turns if turn.reason]


def _bottom(page: Page) -> float:
    """Where the lower edge of the input is, in pixels from the top of the window."""
    box = page.get_by_test_id("stChatInput").bounding_box()
    assert box
    return float(box["y"] + box["height"])
