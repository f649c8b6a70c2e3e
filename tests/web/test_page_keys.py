"""Keys in a real browser: what each does, that they rest where somebody types, and that ? lists them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.text import WORDS
from rag_app.web.widgets.shortcuts import SCRIPT
from tests.helpers.browsing import ENGINE, Open, ask, held, is_finished, model_is_ready

pytestmark = [pytest.mark.browser, pytest.mark.model]

LOOKUP_QUESTION = "What does QLoRA propose?"


def question_box(page: Page) -> Locator:
    box = page.get_by_test_id("stChatInputTextArea")
    expect(box).to_be_enabled(timeout=60_000)
    return box


def leave_fields(page: Page, key: str = "?") -> None:
    """Nothing is typed into, and the page listens to keys, that one among them."""
    page.wait_for_function("key => document.documentElement.dataset.keys?.split(' ').includes(key)", arg=key)
    page.evaluate("document.activeElement.blur()")


@pytest.mark.parametrize(("language", "locale"), [("en", "en-US"), ("ko", "ko-KR")])
def test_a_slash_goes_to_the_question_and_a_question_mark_lists_the_keys(
    open_tab: Open, language: str, locale: str
) -> None:
    words = WORDS[language]
    page = open_tab(locale=locale)
    box = question_box(page)
    leave_fields(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    for name in ("key_question", "key_stop", "key_new", "key_help"):
        expect(dialog.get_by_text(words[name])).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    leave_fields(page)
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("")


def test_keys_rest_where_somebody_types(open_tab: Open) -> None:
    page = open_tab()
    box = question_box(page)
    box.click()
    page.keyboard.type("n/? or j")
    expect(box).to_have_value("n/? or j")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_escape_stops_an_answer_right_after_it_was_asked_for(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    page = open_tab(address_with_model)
    model_is_ready(page)
    with held(environment, ENGINE):
        ask(page, LOOKUP_QUESTION)
        stop = page.locator(".st-key-stop-answer-0 button")
        expect(stop).to_be_visible(timeout=60_000)
        question_box(page).press("Escape")
        expect(stop).to_be_disabled()
    is_finished(page)
    expect(page.get_by_text(ENGLISH["stopped"])).to_be_visible()


def test_n_begins_a_new_conversation_from_any_page(open_tab: Open) -> None:
    page = open_tab()
    ask(page, "Which papers got the most votes?")
    is_finished(page)
    page.get_by_role("link", name=ENGLISH["explore"]).click()
    expect(page.get_by_role("heading", name=ENGLISH["explore"])).to_be_visible()
    leave_fields(page)
    page.keyboard.press("n")
    expect(page.get_by_text(ENGLISH["greeting"])).to_be_visible()
    expect(page.locator(".st-key-answer-0-actions")).to_have_count(0)


@pytest.mark.parametrize(("language", "locale"), [("en", "en-US"), ("ko", "ko-KR")])
def test_today_has_keys_of_its_own_in_the_same_list(open_tab: Open, language: str, locale: str) -> None:
    words = WORDS[language]
    page = open_tab(locale=locale)
    page.get_by_role("link", name=words["today"]).click()
    rows = page.locator("[class*=st-key-today-paper-]")
    expect(rows.first).to_be_visible()
    leave_fields(page, "j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text(words["key_dismiss"])).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    leave_fields(page, "j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[class*=st-key-today-restore-]").first).to_be_attached()


def test_a_listener_that_was_overtaken_takes_no_keys_away(browser: Browser) -> None:
    """Streamlit takes back a drawing that was overtaken only after the next one has begun."""
    page = browser.new_page()
    seen = page.evaluate(
        """async (script) => {
        const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
        const draw = (await import(url)).default;
        const parentElement = document.body.appendChild(document.createElement("div"));
        parentElement.append(document.createElement("span"));
        const drawn = (key) => draw({ data: { table: [{ key }], row: "row", question: "q" }, parentElement });
        const keys = () => document.documentElement.dataset.keys;
        const [first, second] = [drawn("a"), drawn("b")];
        first();
        const overtaken = keys();
        second();
        return [overtaken, keys() ?? null];
        }""",
        SCRIPT,
    )
    page.close()
    assert seen == ["b", None]


def test_the_marked_row_stays_marked_when_the_listener_is_drawn_again(browser: Browser) -> None:
    page = browser.new_page()
    seen = page.evaluate(
        """async (script) => {
        const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
        const draw = (await import(url)).default;
        document.body.innerHTML = `<div id="here"><span></span></div>
          <p class="st-key-row-1"><b class="st-key-save-1"><button>save</button></b></p>
          <p class="st-key-row-2"><b class="st-key-save-2"><button>save</button></b></p>`;
        const pressed = [];
        document.querySelectorAll("button").forEach((button) => {
          button.onclick = () => pressed.push(button.parentElement.className);
        });
        const table = [{ key: "j", does: "next" }, { key: "s", does: "row", target: "save-" }];
        const parentElement = document.querySelector("#here");
        const drawn = (table) => draw({ data: { table, row: "row-", question: "q" }, parentElement });
        const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        const mark = () => getComputedStyle(document.querySelector(".st-key-row-2"), "::before").content;
        drawn(table);
        press("j");
        press("j");
        drawn(table);
        press("s");
        const kept = mark();
        drawn([{ key: "n", does: "press", target: "new" }]);
        return [pressed, kept, mark()];
        }""",
        SCRIPT,
    )
    page.close()
    assert seen == [["st-key-save-2"], '""', "none"]
