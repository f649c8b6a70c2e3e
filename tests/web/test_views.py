"""History, compare, explore, filters and feedback.

Driven by Streamlit's AppTest over the fakes of `ui_page`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag_app.errors import HistoryError
from rag_app.export.conversation import FILES
from rag_app.records import (
    Answer,
    Done,
    Event,
    Evidence,
    Found,
    Hit,
    Intent,
    Paper,
    Passage,
    Query,
    Section,
    Understood,
)
from rag_app.search.similar import Similar
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.examples import EXAMPLES
from rag_app.web.i18n.korean import KOREAN
from rag_app.web.state import answer_jobs, app_state
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.views import compare, explore, history
from rag_app.web.widgets import answer_actions, similar_papers
from rag_app.web.widgets.compare_button import PICKED
from rag_app.web.widgets.highlights import spans_of
from tests.helpers.ui_page import ANSWER, APP, CALM, CITATION, FILM, PATIENCE, QUOTE, Page, draw, opened_again

LISTED = replace(
    ANSWER,
    intent=Intent.LIST,
    text=f"2 of 2 papers match.\n\n1. [FilmMaker]({FILM.url}) [1]\n   > {QUOTE}\n2. [CalmWalk]({CALM.url}) [2]",
    citations=(CITATION, replace(CITATION, n=2, arxiv_id=CALM.arxiv_id, title=CALM.title)),
    matched=2,
)


def scripted(query: Query, done: Answer) -> Any:
    def script(question: str, stop: threading.Event) -> Iterator[Event]:
        yield Understood(query)
        yield Found(Evidence((Hit(FILM, 0.9), Hit(CALM, 0.1)), scanned=2))
        yield Done(done)

    return script


# --- history ------------------------------------------------------------------------------------


def test_a_conversation_outlives_the_server_with_its_citations(page: Page) -> None:
    page.ask("what is new?")
    app = opened_again(page)
    app.button(key="answer-0-mark-0-1").click().run()
    assert any(":yellow-background[FilmMaker joins" in m.value for m in app.markdown)
    assert "21 tokens/s" in "\n".join(c.value for c in app.caption)


def test_a_follow_up_after_a_restart_still_knows_its_paper(page: Page) -> None:
    page.ask("what is new?")
    page.app = opened_again(page)
    page.ask("and how good is it?")
    (turn,) = page.asked[2]
    assert (turn.question, turn.papers) == ("what is new?", (FILM.arxiv_id,))


def test_a_question_that_was_never_answered_is_kept(page: Page) -> None:
    turn = app_state.history().add(app_state.history().create(), None, None, "lost?")
    assert turn
    page.app.run()
    latest = app_state.history().conversations()[0]
    page.app.button(key=f"latest-{latest.id}")
    assert latest.title == "lost?"


def test_an_address_of_a_deleted_conversation_starts_a_new_one(page: Page) -> None:
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    app.query_params["c"] = "gone"
    app.run()
    assert app.header[0].value == ENGLISH["greeting"]
    app.chat_input(key="question").set_value("what is new?").run()
    assert app.session_state["conversation"] == app_state.history().conversations()[0].id


def test_the_last_answer_can_be_written_again_in_its_place(page: Page) -> None:
    page.ask("what is new?")
    page.app.button(key="answer-0-again").click().run()
    page.settle()
    (saved,) = app_state.history().conversations()
    assert (saved.turns, len(page.jobs)) == (1, 1)
    assert page.asked[2] == ()  # the answer it replaces is no context for it


def test_an_unwritable_history_keeps_nobody_from_asking(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise HistoryError("the history cannot be written")

    monkeypatch.setattr(app_state.history(), "create", refuse)
    page.ask("what is new?")
    assert ":blue-badge[1]" in page.shown()


def test_the_history_page_renames_and_deletes(page: Page) -> None:
    page.ask("what is new?")
    (saved,) = app_state.history().conversations()
    app = draw(page, history.page, ENGLISH, page.library, lambda: None)
    app.text_input[1].set_value("Films")
    next(b for b in app.button if b.label == ENGLISH["save"]).click().run()
    assert app_state.history().conversation(saved.id).title == "Films"
    app.button(key=f"history-{saved.id}-delete-yes").click().run()
    assert app_state.history().conversations() == []
    assert page.jobs == []


def test_the_history_page_searches_answers_too(page: Page) -> None:
    page.ask("what is new?")
    app = draw(page, history.page, ENGLISH, page.library, lambda: None)
    app.text_input(key="history-search").set_value("minutes CLIPS").run()
    assert any("what is new" in b.label for b in app.button)
    app.text_input(key="history-search").set_value("penguins").run()
    assert app.info[0].value == ENGLISH["history_nothing"]


def test_a_conversation_exports_in_every_format(page: Page) -> None:
    page.ask("what is new?")
    (saved,) = app_state.history().conversations()
    documents = {f: history._document(saved, f, page.library) for f in FILES}
    assert documents["md"].startswith(b"# what is new?")
    assert b"FilmMaker" in documents["json"]
    assert all(
        b"Ada Park" in documents[name] or b"Park, Ada" in documents[name] for name in ("bibtex", "ris")
    )
    assert documents["csv"].startswith("\ufeff".encode()), "by which spreadsheets know UTF-8"


def test_a_thumb_down_asks_why_and_both_are_kept(page: Page) -> None:
    page.ask("what is new?")
    (job,) = page.jobs
    page.app.session_state[f"answer-0-thumb-{job.turn_id}"] = 0
    page.app.run()
    page.app.text_input(key=f"answer-0-reason-{job.turn_id}").set_value("wrong paper").run()
    (turn,) = app_state.history().turns(page.app.session_state["conversation"])
    assert (turn.thumb, turn.reason) == (-1, "wrong paper")


def test_a_bookmark_is_set_and_taken_away_in_the_drawer(page: Page) -> None:
    page.ask("what is new?")
    page.app.button(key="answer-0-source-1").click().run()
    page.app.button(key=f"drawer-bookmark-{FILM.arxiv_id}").click().run()
    assert app_state.history().bookmarks() == [FILM.arxiv_id]
    page.app.button(key=f"drawer-bookmark-{FILM.arxiv_id}").click().run()
    assert app_state.history().bookmarks() == []


# --- what a saved answer cites in a digest that has changed --------------------------------------


def test_a_quote_that_moved_is_highlighted_where_it_is_now() -> None:
    moved = replace(FILM, sections=(Section("What's New", f"First of all. {QUOTE}"),))
    spans = spans_of(AnswerProgress(answer=ANSWER, papers={FILM.arxiv_id: moved}), FILM.arxiv_id)
    assert spans == {"What's New": [(14, 14 + len(QUOTE))]}


def test_a_quote_that_is_gone_is_not_highlighted_elsewhere() -> None:
    edited = replace(
        FILM, sections=(Section("What's New", "Something else stands here now, as long as before."),)
    )
    assert spans_of(AnswerProgress(answer=ANSWER, papers={FILM.arxiv_id: edited}), FILM.arxiv_id) == {}


def test_a_paper_that_the_collection_lost_is_what_its_citation_says() -> None:
    lost: Any = SimpleNamespace(snapshot=SimpleNamespace(papers=SimpleNamespace(has=lambda arxiv_id: False)))
    paper = answer_jobs.openable_papers(ANSWER, lost)[FILM.arxiv_id]
    assert (paper.title, paper.sections[0].text) == (FILM.title, QUOTE)


# --- lists, comparisons and refusals ------------------------------------------------------------


def test_a_list_shows_its_papers_as_a_table_and_its_borderline_apart(page: Page) -> None:
    listed = replace(LISTED, borderline_papers=(CALM.arxiv_id,), borderline=1)
    page.answers(scripted(Query("q", "q", "en", Intent.LIST), listed))
    app = page.ask("which papers are new?")
    assert ENGLISH["all_papers"].format(n=2) in [e.label for e in app.expander]
    assert app.button(key=f"answer-0-borderline-{CALM.arxiv_id}")
    assert list(app.dataframe[0].value[ENGLISH["column_title"]]) == [FILM.title, CALM.title]


def test_a_comparison_stands_in_columns_and_not_in_the_text(page: Page) -> None:
    passages = (Passage(FILM.arxiv_id, "What's New", 0, len(QUOTE), QUOTE),)
    compared = replace(
        LISTED,
        intent=Intent.COMPARE,
        text=f"Both are new [1][2].\n\n> | | FilmMaker | CalmWalk |\n> |---|---|---|\n> | New | {QUOTE} | - |",
        comparison={"What's New": {FILM.arxiv_id: passages}},
    )
    page.answers(scripted(Query("q", "q", "en", Intent.COMPARE), compared))
    page.ask("compare FilmMaker and CalmWalk")
    assert "|---|" not in page.shown()
    assert f":blue-badge[1] {QUOTE}" in page.shown()
    assert f":blue-badge[2] :gray[{ENGLISH['not_in_digest']}]" in page.shown()


def test_questions_about_the_record_show_no_cards_of_similar_papers(page: Page) -> None:
    counted = replace(LISTED, intent=Intent.METADATA)
    page.answers(scripted(Query("q", "q", "en", Intent.METADATA), counted))
    app = page.ask("most votes?")
    assert not [b for b in app.button if (b.key or "").startswith("answer-0-card-")]


def test_a_trend_names_its_papers_and_shows_no_cards_beside_them(page: Page) -> None:
    page.answers(scripted(Query("q", "q", "en", Intent.TREND), replace(ANSWER, intent=Intent.TREND)))
    app = page.ask("how many of each month?")
    assert not [b for b in app.button if (b.key or "").startswith("answer-0-card-")]


def test_the_day_of_a_source_stands_before_its_title_which_may_be_cut(page: Page) -> None:
    page.ask("what is new?")
    shown = page.app.button(key="answer-0-source-1").label
    assert shown.startswith(f":blue-badge[1] :gray[{CITATION.date}] FilmMaker")


def test_what_is_copied_names_its_sources() -> None:
    assert answer_actions.with_sources(ANSWER).endswith(
        f"[1] FilmMaker: Long Videos from \\*Short\\* Clips, {FILM.url}"
    )


# --- filters ------------------------------------------------------------------------------------


def test_filters_apply_to_the_next_question_and_show_as_chips(page: Page) -> None:
    page.app.number_input(key="chat-filter-votes").set_value(10).run()
    page.app.text_input(key="chat-filter-authors").set_value("park, nobody").run()
    page.ask("what is new?")
    assert (page.filters.min_votes, page.filters.authors) == (10, ("Ada Park",))
    assert [b.label for b in page.app.button if (b.key or "").startswith("chip-")] == [
        "10 votes or more",
        "Ada Park",
    ]
    assert ENGLISH["authors_unknown"].format(names="nobody") in page.shown()


def test_a_chip_takes_its_filter_away(page: Page) -> None:
    page.app.number_input(key="chat-filter-votes").set_value(10).run()
    page.app.button(key="chip-votes").click().run()
    page.ask("what is new?")
    assert not page.filters


# --- compare and explore ------------------------------------------------------------------------


def test_the_question_for_differences_names_the_papers_shortly() -> None:
    assert compare.question_about([FILM, CALM], ENGLISH) == "Compare FilmMaker and CalmWalk"


def test_the_drawer_offers_similar_papers_and_a_press_opens_one(page: Page) -> None:
    page.ask("what is new?")
    page.app.button(key="answer-0-source-1").click().run()
    shared = ENGLISH["similar_shared"].format(words="clips, robot")
    assert any(shared in caption.value and CALM.date in caption.value for caption in page.app.caption)
    page.app.button(key=f"drawer-similar-{CALM.arxiv_id}").click().run()
    assert any(CALM.title in text.value for text in page.app.markdown if text.value.startswith("####"))
    assert any(button.key == f"drawer-similar-{FILM.arxiv_id}" for button in page.app.button)
    assert not page.app.exception


def test_words_in_common_are_told_in_letters_that_readers_of_the_page_know() -> None:
    alike = Similar(CALM, 0.5, ("게임", "control"))
    assert "both: control" in similar_papers._facts(alike, ENGLISH)
    assert "게임, control" in similar_papers._facts(alike, KOREAN)
    assert "both" not in similar_papers._facts(Similar(CALM, 0.5, ("게임",)), ENGLISH)


def test_text_filter_wants_every_word_in_title_authors_or_digest() -> None:
    assert explore.matching([FILM, CALM], "ICE robot") == [CALM]
    assert explore.matching([FILM, CALM], "ada") == [FILM]
    assert explore.matching([FILM, CALM], "ada ice") == []
    assert explore.matching([FILM, CALM], " ") == [FILM, CALM]


def test_the_papers_of_a_day_stand_by_votes_below_those_of_later_days() -> None:
    def paper(day: str, votes: int | None) -> Paper:
        return replace(FILM, dates=(day,) if day else (), votes=votes)

    order = [paper("2024-11-26", None), paper("2024-11-25", 9), paper("2024-11-25", 2), paper("", 99)]
    assert explore.newest_first(order[::-1]) == order


def test_the_explore_page_filters_and_says_how_many_are_left(page: Page) -> None:
    app = draw(page, explore.page, ENGLISH, page.library, lambda: None)
    app.text_input(key="explore-text").set_value("robot").run()
    assert ENGLISH["explore_count"].format(n=1, total=2) in [c.value for c in app.caption]
    assert list(app.dataframe[0].value[ENGLISH["column_title"]]) == [CALM.title]
    assert not app.exception


def test_bookmarks_are_a_view_of_the_explore_page(page: Page) -> None:
    app_state.history().bookmark(FILM.arxiv_id)
    app = draw(page, explore.page, ENGLISH, page.library, lambda: None)
    app.segmented_control(key="explore-view").set_value("marked").run()
    assert list(app.dataframe[0].value[ENGLISH["column_title"]]) == [FILM.title]


def test_this_week_ends_with_the_newest_digest(page: Page) -> None:
    app = draw(page, explore.page, ENGLISH, page.library, lambda: None)
    app.segmented_control(key="explore-view").set_value("week").run()
    assert ENGLISH["week_is"].format(since="2024-11-20", until="2024-11-26") in [c.value for c in app.caption]


def test_a_fifth_paper_to_compare_takes_the_place_of_the_first(page: Page) -> None:
    page.ask("what is new?")
    page.app.session_state[PICKED] = ["1", "2", "3", "4"]
    page.app.button(key="answer-0-source-1").click().run()
    page.app.button(key="drawer-compare").click().run()
    assert page.app.session_state[PICKED] == ["2", "3", "4", FILM.arxiv_id]


def test_example_questions_obey_the_filters(page: Page) -> None:
    page.app.number_input(key="chat-filter-votes").set_value(10).run()
    page.app.button(key=f"example-{EXAMPLES['en']['latest']}").click().run()
    page.settle()
    assert page.filters.min_votes == 10
