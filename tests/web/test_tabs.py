"""One conversation in several tabs, Back and Forward, dead links, and servers that end in mid-answer.

Driven by Streamlit's AppTest over the fakes of `ui_page`: each AppTest is a tab of one server. What the
browser itself does is tried in `test_page_tabs`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rag_app.errors import HistoryError
from rag_app.history.store import History
from rag_app.home import Home
from rag_app.records import Event
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.state import app_state, conversations
from rag_app.web.widgets import tab_watch
from tests.helpers.ui_page import APP, PATIENCE, QUOTE, Page, answered, endless, opened_again, wait_for


def tab(conversation_id: str) -> AppTest:
    """Another tab at the address of a conversation."""
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    app.query_params["c"] = conversation_id
    return app.run()


def questions(app: AppTest) -> list[str]:
    return [message.markdown[0].value for message in app.chat_message if message.name == "user"]


def saved(page: Page) -> list[tuple[str, bool]]:
    """Question and whether it has an answer, of every turn of every conversation in the history."""
    history = app_state.history()
    return [
        (turn.question, turn.answer is not None)
        for conversation in history.conversations()
        for turn in history.turns(conversation.id)
    ]


def went_back(app: AppTest, conversation_id: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The run for which the browser's Back asks; AppTest has no history of its own."""
    app.query_params.clear()
    if conversation_id:
        app.query_params["c"] = conversation_id
    with monkeypatch.context() as patch:
        patch.setattr(conversations, "_through_history", lambda: True)
        return app.run()


# --- several collections ------------------------------------------------------------------------


def test_a_question_sent_with_the_choice_of_another_collection_is_asked_of_that(page: Page) -> None:
    other = Home(app_state.settings().home).collection("robots")
    other.current.parent.mkdir(parents=True)
    other.current.write_text("g1", encoding="utf-8")
    page.app.run()
    page.app.selectbox(key=app_state.COLLECTION).set_value("robots")
    page.ask("what is new?")
    assert questions(page.app) == ["what is new?"]
    assert not page.app.exception
    assert not saved(page)
    kept = History(other.root / "history.sqlite3")
    assert [conversation.title for conversation in kept.conversations()] == ["what is new?"]
    kept.close()


# --- the address --------------------------------------------------------------------------------


def test_back_and_forward_move_between_conversations(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.ask("what is new?")
    first = page.app.session_state["conversation"]
    page.app.button(key="new-conversation").click().run()
    page.ask("what is old?")
    second = page.app.session_state["conversation"]
    for asked, shown in (
        (first, ["what is new?"]),
        (second, ["what is old?"]),
        ("", []),
        (first, ["what is new?"]),
    ):
        went_back(page.app, asked, monkeypatch)
        assert questions(page.app) == shown
        assert page.app.query_params.get("c", "") == asked
    assert ENGLISH["stopped"] not in page.shown()


def test_a_click_that_carries_the_address_from_before_changes_no_conversation(page: Page) -> None:
    page.ask("what is new?")
    page.app.query_params.clear()  # a double click, or a change of pages
    page.app.run()
    assert questions(page.app) == ["what is new?"]
    assert page.app.query_params["c"] == page.app.session_state["conversation"]


def test_going_back_does_not_stop_an_answer(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.ask("what is new?")
    first = page.app.session_state["conversation"]
    page.app.button(key="new-conversation").click().run()
    page.answers(endless)
    page.app.chat_input(key="question").set_value("what is old?").run()
    went_back(page.app, first, monkeypatch)
    assert [job.running for job in page.jobs] == [False, True]


@pytest.mark.parametrize("dead", ["0123456789", "x" * 300, "../a", "%00", "<b>", "한글"])
def test_a_dead_link_says_so_and_offers_a_new_conversation(page: Page, dead: str) -> None:
    app = tab(dead)
    assert [w.value for w in app.warning] == [ENGLISH["conversation_gone"]]
    assert app.header[0].value == ENGLISH["greeting"]
    assert "c" not in app.query_params and not app.exception
    app.run()
    assert app.warning, "it stays until it is read"
    app.chat_input(key="question").set_value("what is new?").run()
    wait_for(lambda: not any(job.running for job in page.jobs))
    app.run()
    assert questions(app) == ["what is new?"]
    assert not app.warning


def test_a_history_that_cannot_be_read_is_not_called_a_dead_link(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(self: object, conversation_id: str) -> None:
        raise HistoryError("the history cannot be read: disk I/O error", "start the app again")

    monkeypatch.setattr(type(app_state.history()), "conversation", unreadable)
    app = tab("0123456789")
    assert not app.warning
    assert "disk I/O error" in app.error[0].value


# --- several tabs -------------------------------------------------------------------------------


def test_a_turn_asked_in_another_tab_appears(page: Page) -> None:
    page.ask("what is new?")
    other = tab(page.app.session_state["conversation"])
    other.chat_input(key="question").set_value("and what is old?").run()
    page.settle()
    assert questions(page.app) == ["what is new?", "and what is old?"]
    assert saved(page) == [("what is new?", True), ("and what is old?", True)]


@pytest.mark.parametrize("change", ["ask", "ask_again", "edit", "delete"])
def test_the_watch_draws_the_page_again_once_another_tab_changed_the_conversation(
    page: Page, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    page.ask("what is new?")
    (job,) = page.jobs
    redrawn: list[bool] = []
    monkeypatch.setattr(st, "rerun", lambda: redrawn.append(True))
    conversation_id = page.app.session_state["conversation"]
    monkeypatch.setattr(conversations, "current_id", lambda: conversation_id)
    library: Any = page.library
    tab_watch._look((job,))
    assert not redrawn
    match change:
        case "ask":
            conversations.ask("and what is old?", library)
        case "ask_again":
            conversations.ask_again(library)
        case "edit":
            conversations.edit(0, "what is old?", library)
        case "delete":
            conversations.delete(conversation_id)
    tab_watch._look((job,))
    assert redrawn


def test_a_conversation_deleted_in_another_tab_is_said_to_be_gone(page: Page) -> None:
    page.ask("what is new?")
    conversations_history = tab(page.app.session_state["conversation"])
    conversations.delete(page.app.session_state["conversation"])
    for app in (page.app, conversations_history):
        app.run()
        assert [w.value for w in app.warning] == [ENGLISH["conversation_gone"]]


def test_a_question_to_a_conversation_deleted_meanwhile_is_asked_in_a_new_one(page: Page) -> None:
    page.ask("what is new?")
    conversations.delete(page.app.session_state["conversation"])
    page.ask("and what is old?")
    assert questions(page.app) == ["and what is old?"]
    assert [w.value for w in page.app.warning] == [ENGLISH["conversation_gone"]]
    page.ask("and what is older?")
    assert not page.app.warning


def test_one_stop_stops_it_in_every_tab(page: Page) -> None:
    page.answers(endless)
    page.app.chat_input(key="question").set_value("what is new?").run()
    wait_for(lambda: page.jobs[0].progress.sentences)
    other = tab(page.app.session_state["conversation"])
    other.button(key="stop-answer-0").click().run()
    page.settle()
    other.run()
    for app in (page.app, other):
        assert ENGLISH["stopped"] in [c.value for c in app.caption]
    assert len(page.jobs) == len(saved(page)) == 1


def test_two_tabs_that_ask_at_once_are_answered_once(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.ask("what is new?")
    conversation_id = page.app.session_state["conversation"]
    monkeypatch.setattr(conversations, "current_id", lambda: conversation_id)
    page.answers(endless)
    start = threading.Barrier(4)

    def ask(n: int) -> None:
        start.wait()
        conversations.ask(f"question {n}", page.library)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(page.jobs) == len(saved(page)) == 2


# --- a server that ends in mid-answer -------------------------------------------------------------


def test_an_answer_that_the_app_did_not_live_to_write_is_asked_again_and_kept_once(page: Page) -> None:
    never = threading.Event()

    def cut_off(question: str, stop: threading.Event) -> Iterator[Event]:
        never.wait(PATIENCE)
        yield from ()

    page.answers(cut_off)
    page.app.chat_input(key="question").set_value("what is new?").run()
    lost = page.jobs[0]
    app_state.work_of.clear()  # the server has ended, and with it the answer
    app = tab(page.app.session_state["conversation"])
    assert questions(app) == ["what is new?"]
    assert ENGLISH["no_answer_kept"] in [c.value for c in app.caption]
    assert ENGLISH["stopped"] not in [c.value for c in app.caption]
    page.answers(answered)
    app.button(key="answer-0-again").click().run()
    wait_for(lambda: saved(page) == [("what is new?", True)])
    app.run()
    assert saved(page) == [("what is new?", True)]
    assert any(QUOTE[:-1] in m.value for m in app.markdown)
    never.set()
    lost.wait(PATIENCE)


def test_a_stopped_answer_is_not_said_to_have_text_above_once_that_is_gone(page: Page) -> None:
    page.answers(endless)
    page.app.chat_input(key="question").set_value("what is new?").run()
    wait_for(lambda: page.jobs[0].progress.sentences)
    page.jobs[0].stop()
    page.settle()
    app = opened_again(page)
    assert ENGLISH["no_answer_kept"] in [c.value for c in app.caption]
