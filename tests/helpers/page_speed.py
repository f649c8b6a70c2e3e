"""How soon the page can be used, and a question has its first card: run by hand, on an idle machine.

    RAG_HOME=... python -m tests.helpers.page_speed

Prints seconds, as the browser counts them: from navigation to an input that takes text, and from
Enter to the first card. The collection is that of RAG_HOME; the targets are 2 s (warm) and 1 s on
5,487 papers and two cores.
"""

from __future__ import annotations

import os
import time

from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag_app.bench.start import browser_program
from tests.helpers.browsing import CHROMIUM, MODEL, ask, served

QUESTIONS = (
    "Which papers improve video generation?",
    "How can hallucinations of vision language models be reduced without training?",
    "비디오 생성을 개선하는 논문은?",
    "Which method lets a robot walk on ice?",
)
WARM_UP_SECONDS = 15.0  # the embedding model and the morphemes load in the background
MILLISECONDS = 1000.0
# Counts from now to the moment at which an element is first there.
WATCH = """selector => {
    const begin = performance.now();
    window.appeared = null;
    const look = () => {
        if (window.appeared === null && document.querySelector(selector))
            window.appeared = performance.now() - begin;
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true});
}"""


def interactive_after(browser: Browser, address: str) -> tuple[Page, float]:
    """A new tab, and the seconds until its input took text."""
    page = browser.new_page()
    begin = time.perf_counter()
    page.goto(address)
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill("x", timeout=120 * MILLISECONDS)
    seconds = time.perf_counter() - begin
    field.fill("")
    return page, seconds


def first_card_after(page: Page, question: str) -> float:
    """Seconds from Enter to the first card, in a conversation of its own; the answer is then stopped."""
    page.evaluate(WATCH, "[class*=st-key-answer-0-cards] button")
    ask(page, question)
    page.wait_for_function("window.appeared !== null", timeout=60 * MILLISECONDS)
    seconds = float(page.evaluate("window.appeared")) / MILLISECONDS
    if page.get_by_role("button", name="Stop").count():
        page.get_by_role("button", name="Stop").click()
    expect(page.locator(".st-key-answer-0-actions")).to_be_visible(timeout=120 * MILLISECONDS)
    page.close()
    return seconds


def main() -> None:
    environment = {"RAG_MODEL": MODEL, **os.environ, "RAG_OFFLINE": "1"}
    with served(environment) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(), args=CHROMIUM)
        page, cold = interactive_after(browser, address)
        expect(page.get_by_test_id("stSidebar").get_by_text("CPU").first).to_be_visible(
            timeout=300 * MILLISECONDS
        )
        time.sleep(WARM_UP_SECONDS)
        page.close()
        print(f"cold  {cold:5.2f}")
        for question in QUESTIONS:
            page, warm = interactive_after(browser, address)
            print(f"warm  {warm:5.2f}   first card {first_card_after(page, question):5.2f}   {question}")
        browser.close()


if __name__ == "__main__":
    main()
