"""What hostile text cannot do in a real browser: fetch, run, link, look like the app, or hide.

Every payload stands in the title, the authors, a section's name and text, and a heading of a
digest, in a question, in a conversation's title, and in what the language model writes. A watcher
inside the page notes every element that should not be there, however short its life; requests and
dialogs are counted by the browser.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from rag_app import pipeline
from rag_app.collection.library import Library
from rag_app.history.store import History
from rag_app.records import Done, Understood
from rag_app.settings import Settings
from rag_app.web import server
from tests.answer.test_injection import EVIL
from tests.conftest import Sweep
from tests.helpers.browsing import free_port, serving
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import HashEmbedder, ScriptedGenerator, fake_embedding, settings_in
from tests.helpers.payloads import PAYLOADS

pytestmark = pytest.mark.browser

HOOK = CHECKOUT / "tests" / "helpers" / "hostile_app.py"
LOCAL = "127.0.0.1"
# Notes each element that hostile text could have made, from the first moment of the page on.
WATCHER = """
window.offences = [];
const own = url => {
  try { return ['127.0.0.1', ''].includes(new URL(url, location.href).hostname); } catch { return false; }
};
const good = ['arxiv.org', 'huggingface.co'];
const judge = e => {
  const say = why => window.offences.push(why + ': ' + e.outerHTML.slice(0, 200));
  const inProse = e.closest('[data-testid="stMarkdownContainer"]');
  const name = e.tagName.toLowerCase();
  if (name === 'a' && e.getAttribute('href')) {
    const url = new URL(e.href, location.href);
    if (!own(e.href) && !(url.protocol === 'https:' && good.includes(url.hostname))) say('link');
    if (inProse && own(e.href)) say('link into the app');
  }
  if (['iframe', 'object', 'embed', 'base', 'form', 'video', 'audio', 'frame'].includes(name)
      && !e.closest('[data-testid="stForm"]') && !e.classList.contains('vega-bindings')) say('element');
  if (inProse && ['img', 'script', 'style', 'link', 'meta', 'input', 'textarea', 'svg', 'details', 'sup', 'pre',
                  'h1', 'h2', 'table', 'hr'].includes(name)
      && !(name.match(/^h[12]$/) && !e.textContent.includes('Q'))
      && !(name === 'table' && !e.textContent.includes('QTABLE'))) say('element in prose');
  if (['img', 'script'].includes(name) && e.src && !own(e.src) && !e.src.startsWith('data:')) say('source');
  for (const a of e.attributes) if (/^on/i.test(a.name)) say('handler');
  if (e.classList.contains('katex')) say('formula');
  if (e.getAttribute('data-testid') === 'stIconMaterial' && /skull|bomb/.test(e.textContent)) say('icon');
  if (inProse && ['span', 'strong', 'em', 'del', 'code', 'blockquote', 'li', 'td'].includes(name)
      && /^\\s*(QRED|QSTRIKE|QTASK|QTABLE|QFOOT)\\s*$/.test(e.textContent)) say('style');
};
const look = node => { if (node.nodeType === 1) { judge(node); node.querySelectorAll('*').forEach(judge); } };
new MutationObserver(all => all.forEach(m => {
  m.addedNodes.forEach(look);
  if (m.target.nodeType === 1) judge(m.target);
})).observe(document, {childList: true, subtree: true, attributes: true, attributeFilter: ['href', 'src', 'class']});
"""
HIDDEN = "[\\u00ad\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\u3164\\u{e0000}-\\u{e007f}]"
SHOWN_HIDDEN = f"""() => [...document.querySelectorAll('[data-testid="stMarkdownContainer"]')]
  .filter(e => /{HIDDEN}/u.test(e.textContent)).map(e => e.textContent)"""
SHOWN_ICONS = """() => [...document.querySelectorAll('[data-testid="stMarkdownContainer"]')]
  .map(e => e.textContent).filter(text => /[\\u{1f4a3}\\u{1f480}\\u2190-\\u2194\\u00a9\\u2122]/u.test(text))"""


def name(number: int) -> str:
    return f"Qorvex{number:02d}"


def entry(number: int, payload: str) -> str:
    """A paper with the payload wherever a digest has text."""
    line = " ".join(payload.split())
    heading = f"### [{name(number)}: {line}](https://arxiv.org/abs/2407.{number:05d})"
    parts = [
        f"- **{line[:50]}**: {name(number)} sorts widgets. {payload}",
        f"#### {line}\n\n{payload}",
        payload,
    ]
    return (
        f"{heading}\n\nVote: 5\n\nAuthors: {line.replace(',', ' ')}, Ray Ott\n\n"
        + "\n\n".join(parts)
        + "\n\n"
    )


@dataclass(frozen=True)
class Hostile:
    """The app over hostile digests and a hostile past."""

    address: str
    settings: Settings
    conversation: str  # one that holds answers about every payload


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    folder = tmp_path_factory.mktemp("hostile")
    files = {
        f"{n:02d} <img src=x onerror=alert(1)>.md".replace("/", ""): entry(n, p)
        for n, p in enumerate(PAYLOADS)
    }
    settings = settings_in(folder)
    settings.digests.mkdir()
    for file, digest in files.items():
        (settings.digests / file).write_text(digest, encoding="utf-8")
    with fake_embedding(HashEmbedder()):
        pipeline.ingest(settings)
        conversation = _past(pipeline.open_library(settings), settings)
    (settings.home / "says").write_text("\n".join(f"[1] {payload}" for payload in PAYLOADS), encoding="utf-8")
    port = free_port()
    command = [str(HOOK) if part.endswith("origin_guard.py") else part for part in server.command(port)]
    paths = {f"RAG_{name.upper()}": str(getattr(settings, name)) for name in ("home", "digests", "models")}
    environment = {**os.environ, **paths, "PYTHONPATH": str(CHECKOUT)}
    with serving(command, port, environment) as address:
        yield Hostile(address, settings, conversation)


def _past(library: Library, settings: Settings) -> str:
    """Conversations named by the payloads; the returned one has asked about, and with, each of them."""
    history = History(settings.home / "history.sqlite3")
    long = history.create("all of them")
    for number, payload in enumerate(PAYLOADS):
        history.rename(history.create(payload), payload)
        echo = f"[1] {name(number)} sorts widgets. {payload}\n[2] {payload}"
        pair = f"Compare {name(number)} and {name((number + 1) % len(PAYLOADS))}"
        for question in (f"What does {name(number)} do? {payload}", pair):
            query = None
            for event in pipeline.ask(question, library, ScriptedGenerator([echo], size=200)):
                query = event.query if isinstance(event, Understood) else query
                if isinstance(event, Done):
                    history.add(long, query, event.answer, question)
    history.close()
    return long


@dataclass
class Watched:
    """A tab, and what it did that the page must not do."""

    page: Page
    dialogs: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def check(self) -> None:
        assert self.page.evaluate("window.offences") == []
        assert self.dialogs == []
        assert self.hosts - {""} == {LOCAL}
        assert self.page.get_by_test_id("stException").count() == 0
        assert self.page.evaluate(SHOWN_HIDDEN) == []
        assert self.page.evaluate(SHOWN_ICONS) == []


@pytest.fixture
def tab(browser: Browser, hostile: Hostile) -> Iterator[Watched]:
    page = browser.new_page(locale="en-US", viewport={"width": 1440, "height": 900})
    page.set_default_timeout(60_000)
    watched = Watched(page)
    page.add_init_script(WATCHER)
    page.on("request", lambda request: watched.hosts.add(urlsplit(request.url).hostname or ""))
    page.on("websocket", lambda socket: watched.hosts.add(urlsplit(socket.url).hostname or ""))
    page.on("dialog", watched.dialog)
    yield watched
    watched.check()
    page.close()


def _ask(page: Page, question: str) -> None:
    asked = page.get_by_test_id("stChatInputTextArea")
    expect(asked).to_be_enabled(timeout=60_000)
    asked.fill(question)
    asked.press("Enter")


def _answered(page: Page, place: int) -> None:
    expect(page.locator(f".st-key-answer-{place}-actions")).to_be_visible(timeout=90_000)


def test_there_are_payloads_enough() -> None:
    assert len(set(PAYLOADS)) >= 30


def test_the_watcher_sees_what_it_should_see(browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script(WATCHER)
    bad = [
        f"<img src='{EVIL}'>",
        f"<a href='{EVIL}'>q</a>",
        "<iframe></iframe>",
        "<span>QRED</span>",
        "<i onclick=a()>q</i>",
    ]
    page.goto("about:blank")
    for text in bad:
        before = len(page.evaluate("window.offences"))
        page.evaluate(
            "text => { const e = document.createElement('div'); e.dataset.testid = 'stMarkdownContainer';"
            "document.body.append(e); e.innerHTML = text; }",
            text,
        )
        page.wait_for_function("before => window.offences.length > before", arg=before)
    page.close()


def test_old_questions_and_answers_are_inert(tab: Watched, hostile: Hostile) -> None:
    tab.page.goto(f"{hostile.address}/?c={hostile.conversation}")
    _answered(tab.page, 2 * len(PAYLOADS) - 1)
    tab.page.locator("[class*=st-key-answer-][class*=-mark-] button:visible").first.click()
    # all these answers are drawn again before it opens
    expect(tab.page.get_by_role("dialog")).to_be_visible(timeout=60_000)


def test_prose_and_drawers_are_inert_while_they_come_and_after(
    tab: Watched, hostile: Hostile, sweep: Sweep
) -> None:
    tab.page.goto(hostile.address)
    for place, number in enumerate(sweep(4)):
        payload = PAYLOADS[number * 7 % len(PAYLOADS)]
        _ask(tab.page, f"What does {name(number * 7 % len(PAYLOADS))} do? {' '.join(payload.split())}")
        _answered(tab.page, place)
        # a question for what a named paper does has points and a mark on each, in place of cards
        tab.page.locator(f"[class*=st-key-answer-{place}-mark-] button:visible").first.click()
        expect(tab.page.get_by_role("dialog")).to_be_visible()
        tab.page.keyboard.press("Escape")


def test_a_list_of_hostile_papers_is_inert(tab: Watched, hostile: Hostile) -> None:
    tab.page.goto(hostile.address)
    _ask(tab.page, "Which papers sort widgets?")
    _answered(tab.page, 0)
    for words in ("All ", "Details", "Copy"):
        tab.page.get_by_text(words).last.click()
        tab.page.wait_for_timeout(300)


def test_papers_side_by_side_are_inert(tab: Watched, hostile: Hostile, sweep: Sweep) -> None:
    tab.page.goto(f"{hostile.address}/compare")
    chosen = tab.page.get_by_test_id("stMultiSelect").locator("input")
    for number in sweep(4):
        chosen.fill(f"2407.{number * 11 % len(PAYLOADS):05d}")
        tab.page.get_by_role("option").first.click()
        if tab.page.locator("[data-testid=stMultiSelect] [data-baseweb=tag]").count() == 4:
            break
    tab.page.keyboard.press("Escape")
    columns = tab.page.locator(".st-key-compare-comparison").get_by_test_id("stColumn")
    expect(columns.first).to_contain_text("Qorvex")
    columns.first.get_by_role("button").first.click()
    expect(tab.page.get_by_role("dialog")).to_be_visible()


def test_exploring_hostile_papers_is_inert(tab: Watched, hostile: Hostile) -> None:
    tab.page.goto(f"{hostile.address}/explore")
    expect(tab.page.get_by_text("papers").first).to_be_visible(timeout=60_000)
    tab.page.get_by_role("tab", name="Authors").click()
    tab.page.wait_for_timeout(1000)
    table = tab.page.locator(".st-key-explore-table .dvn-scroller").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 18, "y": 54})  # the box of the first row
    expect(tab.page.locator(".st-key-explore-chosen")).to_be_visible()


@pytest.mark.parametrize("page", ["history", "collection"])
def test_the_other_pages_are_inert(tab: Watched, hostile: Hostile, page: str) -> None:
    tab.page.goto(f"{hostile.address}/{page}")
    expect(tab.page.get_by_role("heading").first).to_be_visible(timeout=60_000)
    tab.page.wait_for_timeout(2000)
