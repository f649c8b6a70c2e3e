"""Tabs in a real browser: Back and Forward, a second tab, lost connections, an end in mid-answer.

The app without a model is asked wherever the model is not what is tested: its answers take no time.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from rag_app.history.store import History, SavedTurn
from rag_app.web.i18n.english import ENGLISH
from tests.helpers.browsing import (
    ENGINE,
    Open,
    ask,
    free_port,
    held,
    is_finished,
    model_is_ready,
    served,
    without_model,
)
from tests.helpers.ui_page import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.model]

FIRST, SECOND = "How many papers are there?", "Which papers got the most votes?"
SLOW_QUESTION = "How does LoRA differ from full fine-tuning?"  # the model is at it for some seconds
PATIENCE = 60_000.0  # milliseconds


def shows(page: Page, *questions: str) -> None:
    """Wait until the tab shows these questions and no other."""
    asked = page.get_by_test_id("stChatMessage").filter(has=page.get_by_text("person", exact=True))
    expect(asked).to_have_count(len(questions), timeout=PATIENCE)
    for place, question in enumerate(questions):
        expect(asked.nth(place)).to_contain_text(question, timeout=PATIENCE)


def turns_of(environment: dict[str, str], question: str) -> list[SavedTurn]:
    """The saved turns of every conversation that begins with this question."""
    history = History(Path(environment["RAG_HOME"]) / "history.sqlite3")
    turns = [history.turns(conversation.id) for conversation in history.conversations()]
    history.close()
    return [turn for of_one in turns if of_one and of_one[0].question == question for turn in of_one]


# --- Back and Forward -----------------------------------------------------------------------------


def asked(page: Page, question: str) -> str:
    """Ask in a conversation of its own; its address once the answer is there."""
    page.get_by_role("button", name=ENGLISH["new_conversation"]).click()
    expect(page.get_by_role("heading", name=ENGLISH["greeting"])).to_be_visible(timeout=PATIENCE)
    ask(page, question)
    shows(page, question)
    is_finished(page)
    expect(page).to_have_url(re.compile(r"\?c=\w"))
    return str(page.url)


def test_back_and_forward_move_between_conversations(open_tab: Open) -> None:
    page = open_tab()
    first, second = asked(page, FIRST), asked(page, SECOND)
    assert first != second
    page.go_back()
    expect(page.get_by_role("heading", name=ENGLISH["greeting"])).to_be_visible(timeout=PATIENCE)
    page.go_back()
    shows(page, FIRST)
    expect(page).to_have_url(first)
    page.go_forward()
    page.go_forward()
    shows(page, SECOND)
    expect(page).to_have_url(second)


def test_back_from_a_conversation_of_the_sidebar_or_another_page_shows_the_one_before(open_tab: Open) -> None:
    page = open_tab()
    first, second = asked(page, FIRST), asked(page, SECOND)
    page.locator(f".st-key-latest-{first.rpartition('=')[2]} button").click()
    shows(page, FIRST)
    page.go_back()
    shows(page, SECOND)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="Compare", exact=True)).to_be_visible(timeout=PATIENCE)
    page.go_back()
    shows(page, SECOND)
    expect(page).to_have_url(second)


def test_a_dead_link_says_that_the_conversation_is_gone(open_tab: Open, address: str) -> None:
    page = open_tab(f"{address}/?c=0123456789")
    expect(page.get_by_text(ENGLISH["conversation_gone"])).to_be_visible(timeout=PATIENCE)
    ask(page, FIRST)
    is_finished(page)
    expect(page.get_by_text(ENGLISH["conversation_gone"])).to_have_count(0)


# --- several tabs -----------------------------------------------------------------------------------


def test_a_turn_of_another_tab_appears_without_a_reload(open_tab: Open) -> None:
    page = open_tab()
    ask(page, FIRST)
    is_finished(page)
    other = open_tab(page.url)
    shows(other, FIRST)
    ask(other, SECOND)
    shows(page, FIRST, SECOND)
    is_finished(page, 1)


def test_one_stop_stops_an_answer_in_both_tabs(
    open_tab: Open, environment: dict[str, str], address_with_model: str
) -> None:
    question = f"{SLOW_QUESTION} Tell it at length."
    page = open_tab(address_with_model)
    model_is_ready(page)
    with held(environment, ENGINE):
        ask(page, question)
        expect(page.locator("[class*=st-key-stop-]")).to_be_visible(timeout=PATIENCE)
        other = open_tab(page.url)
        shows(other, question)
        other.get_by_role("button", name=ENGLISH["stop"]).click()
        expect(page.get_by_role("button", name=ENGLISH["stop"])).to_be_disabled()
    for tab in (page, other):
        is_finished(tab)
    assert len(turns_of(environment, question)) == 1


# --- lost connections -------------------------------------------------------------------------------


def test_a_connection_lost_in_mid_answer_ends_with_one_answer_kept_once(
    browser: Browser, address_with_model: str, environment: dict[str, str]
) -> None:
    """As after the sleep of a laptop: the WebSocket is closed, and the page connects again."""
    question = f"{SLOW_QUESTION} In short."
    page = browser.new_page()
    connections: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        connections.append(route)
        route.connect_to_server()

    page.route_web_socket(re.compile("_stcore/stream"), through)
    page.goto(address_with_model)
    model_is_ready(page)
    with held(environment, ENGINE):
        ask(page, question)
        expect(page.locator("[class*=st-key-stop-]")).to_be_visible(timeout=PATIENCE)
        connections[0].close()
        wait_for(lambda: page.wait_for_timeout(50) or len(connections) > 1)
    is_finished(page)
    shows(page, question)
    assert len(connections) > 1
    page.close()
    (turn,) = turns_of(environment, question)
    assert turn.answer is not None


def test_a_server_that_ends_in_mid_answer_is_asked_again_and_keeps_one_answer(
    browser: Browser, environment: dict[str, str]
) -> None:
    question = f"{SLOW_QUESTION} Once more."
    page = browser.new_page()
    port = free_port()
    with served(environment, port) as address:
        page.goto(address)
        model_is_ready(page)  # without one the answer is there at once
        with held(environment, ENGINE):
            ask(page, question)
            expect(page.locator("[class*=st-key-stop-]")).to_be_visible(timeout=PATIENCE)
            expect(page).to_have_url(re.compile(r"\?c=\w"))  # by which the next server finds it
    with served(without_model(environment), port):
        expect(page.get_by_text(ENGLISH["no_answer_kept"])).to_be_visible(timeout=2 * PATIENCE)
        shows(page, question)
        page.get_by_role("button", name=ENGLISH["again"]).click()
        expect(page.get_by_text(ENGLISH["no_answer_kept"])).to_have_count(0, timeout=PATIENCE)
        is_finished(page)
        shows(page, question)
        # the page may still show the end of the answer that was not kept
        wait_for(lambda: [turn for turn in turns_of(environment, question) if turn.answer])
        page.close()
    (turn,) = turns_of(environment, question)
    assert turn.answer is not None


# --- another port -----------------------------------------------------------------------------------


@contextmanager
def forwarded(port: int) -> Iterator[int]:
    """A port that leads to the server's, as `ssh -L` makes one, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    held = [listener]

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", port))
                held.extend((near, far))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=pump, args=ends, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        for end in held:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_page_is_whole_through_a_forwarded_port(browser: Browser, address: str, name: str) -> None:
    with forwarded(int(address.rpartition(":")[2])) as port:
        page = browser.new_page()
        page.goto(f"http://{name}:{port}/")
        ask(page, FIRST)
        is_finished(page)
        page.get_by_test_id("stSidebarNav").get_by_role("link", name="Collection").click()
        page.get_by_role("tab", name=ENGLISH["add_files"]).click()
        entry = b"### [Penguins](https://arxiv.org/abs/2503.00001)\n\n- **New**: They swim.\n"
        file = {"name": "day.md", "mimeType": "text/markdown", "buffer": entry}
        page.locator("input[type=file]").set_input_files([file])
        expect(page.locator(".st-key-preview")).to_contain_text(
            re.compile(r"New papers\s*1"), timeout=PATIENCE
        )
        page.close()
