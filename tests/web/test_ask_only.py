"""What asking among chosen papers promises on the page: a chip with name and count, for as long as it
applies, whatever the set came from.

Driven by Streamlit's AppTest over the fakes of `ui_page`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from streamlit.testing.v1 import AppTest

from rag_app.records import Done, Event, Evidence, Filters, Found, Hit, Intent, Query, Understood
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.korean import KOREAN
from rag_app.web.state import app_state, conversations
from rag_app.web.views import explore, saved
from tests.helpers.ui_page import (
    ANSWER,
    APP,
    CALM,
    CITATION,
    FILM,
    PATIENCE,
    Page,
    answered,
    draw,
    opened_again,
)

LIST = replace(
    ANSWER,
    intent=Intent.LIST,
    text=f"2 of 2 papers match.\n\n1. [FilmMaker]({FILM.url}) [1]\n2. [CalmWalk]({CALM.url}) [2]",
    citations=(CITATION, replace(CITATION, n=2, arxiv_id=CALM.arxiv_id, title=CALM.title)),
    matched=2,
)


def listed(question: str, stop: threading.Event) -> Iterator[Event]:
    yield Understood(Query(question, question, "en", Intent.LIST))
    yield Found(Evidence((Hit(FILM, 0.9), Hit(CALM, 0.1)), scanned=2))
    yield Done(LIST)


def chips(app: AppTest) -> list[str]:
    return [button.label for button in app.button if (button.key or "") == "chip-only"]


def chip(name: str, n: int) -> str:
    return ENGLISH["chip_only"].format(name=name, n=n)


def choose_the_list(page: Page) -> None:
    page.answers(listed)
    page.ask("Which papers are about video?")
    page.app.button(key="answer-0-only").click().run()


def test_the_papers_of_a_list_can_be_asked_alone(page: Page) -> None:
    choose_the_list(page)
    (text,) = chips(page.app)
    assert "video" in text
    assert "(2)" in text
    page.ask("Which of them has most votes?")
    assert page.filters.only == (FILM.arxiv_id, CALM.arxiv_id)


def test_the_chip_takes_the_choice_away(page: Page) -> None:
    choose_the_list(page)
    page.app.button(key="chip-only").click().run()
    assert chips(page.app) == []
    page.ask("what is new?")
    assert page.filters == Filters()


def test_bookmarks_can_be_asked_alone_from_the_filters(page: Page) -> None:
    assert not any(button.key == "only-bookmarks" for button in page.app.button)
    app_state.history().bookmark(CALM.arxiv_id)
    page.app.run()
    page.app.button(key="only-bookmarks").click().run()
    assert chips(page.app) == [chip(ENGLISH["view_marked"], 1)]
    page.ask("what is new?")
    assert page.filters.only == (CALM.arxiv_id,)


def test_the_choice_belongs_to_its_conversation(page: Page) -> None:
    choose_the_list(page)
    first = page.app.session_state["conversation"]
    page.app.button(key="new-conversation").click().run()
    assert chips(page.app) == []
    page.ask("what is new?")
    assert page.filters.only == ()
    reopened = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    reopened.query_params["c"] = first
    assert len(chips(reopened.run())) == 1


def test_the_choice_survives_a_reload_before_the_first_question(page: Page) -> None:
    app_state.history().bookmark(CALM.arxiv_id)
    page.app.run()
    page.app.button(key="only-bookmarks").click().run()
    again = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    again.query_params["among"] = page.app.session_state["among"]
    assert page.app.session_state["among"] in str(page.app.query_params["among"])
    assert chips(again.run()) == [chip(ENGLISH["view_marked"], 1)]


def test_the_choice_survives_a_restart_with_its_conversation(page: Page) -> None:
    def among(question: str, stop: threading.Event) -> Iterator[Event]:
        filters = Filters(only=(FILM.arxiv_id,), only_name="My shelf")
        yield Understood(Query(question, question, "en", filters=filters))
        yield Found(Evidence((Hit(FILM, 0.9),), scanned=1))
        yield Done(ANSWER)

    page.answers(among)
    page.ask("what is new?")
    assert chips(opened_again(page)) == [chip("My shelf", 1)]


def test_chosen_papers_that_the_collection_has_lost_are_said(page: Page) -> None:
    def gone(question: str, stop: threading.Event) -> Iterator[Event]:
        filters = Filters(only=(FILM.arxiv_id, "2401.09999"), only_name="My shelf")
        yield Understood(Query(question, question, "en", filters=filters))
        yield Done(ANSWER)

    page.answers(gone)
    page.ask("what is new?")
    assert ENGLISH["only_lacking"].format(n=1) in [c.value for c in opened_again(page).caption]


def test_a_selection_in_explore_is_asked_in_a_new_conversation(page: Page) -> None:
    page.ask("what is new?")
    opened: list[bool] = []
    app = draw(page, explore.page, KOREAN, page.library, lambda: opened.append(True))
    assert not any((button.key or "").startswith("explore-only") for button in app.button)
    app.text_input(key="explore-text").set_value("robot").run()
    app.button(key="explore-only").click().run()
    assert opened
    (choice,) = [one for one in app_state.background().chosen.values() if one.only]
    assert choice == Filters(only=(CALM.arxiv_id,), only_name=KOREAN["selection"])
    assert not app.exception


def test_the_papers_of_a_tag_can_be_asked_alone(page: Page) -> None:
    history = app_state.history()
    for arxiv_id, tag in ((CALM.arxiv_id, "robots"), (FILM.arxiv_id, "video"), ("2401.09999", "robots")):
        history.bookmark(arxiv_id)
        history.annotate(arxiv_id, [tag], "")
    opened: list[bool] = []
    app = draw(page, saved.page, ENGLISH, page.library, lambda: opened.append(True))
    app.button_group(key="saved-tags").set_value(["robots"]).run()
    assert app.button(key="saved-only").label == ENGLISH["only_these_one"]
    app.button(key="saved-only").click().run()
    assert opened
    (choice,) = [one for one in app_state.background().chosen.values() if one.only]
    assert choice == Filters(only=(CALM.arxiv_id,), only_name="robots")  # the digest of the other is gone


def test_all_papers_of_a_selection_can_be_bookmarked_at_once(page: Page) -> None:
    app = draw(page, explore.page, ENGLISH, page.library, lambda: None)
    app.text_input(key="explore-text").set_value("clips").run()
    app.button(key="explore-bookmark-all").click().run()
    assert app_state.history().bookmarks() == [FILM.arxiv_id]


def test_a_deleted_conversation_takes_its_choice_along(page: Page) -> None:
    choose_the_list(page)
    page.answers(answered)
    page.ask("Which of them has most votes?")
    assert any(choice.only for choice in app_state.background().chosen.values())
    app = draw(page, conversations.delete, page.app.session_state["conversation"])
    assert not app.exception
    assert not any(choice.only for choice in app_state.background().chosen.values())
