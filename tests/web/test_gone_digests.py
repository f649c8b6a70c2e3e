"""After a digest is deleted and the folders are read: old answers, bookmarks and exports say so.

Driven by Streamlit's AppTest over the fakes of `ui_page`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag_app.collection import papers
from rag_app.export.reference import UNKNOWN_AUTHORS
from rag_app.records import Done, Event, Intent, Query, Understood
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.state import app_state
from rag_app.web.views import compare, explore, history
from rag_app.web.widgets.compare_button import PICKED
from tests.helpers.ui_page import ANSWER, CALM, CITATION, FILM, QUOTE, Page, draw, opened_again


def deleted(page: Page, tmp_path: Path) -> None:
    """FilmMaker's digest is gone, and the folders have been read."""
    papers.build([CALM], tmp_path / "later.sqlite3")
    page.library.snapshot.papers = papers.PaperTable(tmp_path / "later.sqlite3")


def counted(question: str, stop: threading.Event) -> Iterator[Event]:
    """An answer from the table of papers: it cites no section and no words."""
    yield Understood(Query(question, question, "en", Intent.METADATA))
    yield Done(
        replace(
            ANSWER, intent=Intent.METADATA, citations=(replace(CITATION, section="", quote=""),), sentences=()
        )
    )


def source(app: AppTest) -> AppTest:
    app.button(key="answer-0-source-1").click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize("restarted", [False, True])
def test_the_source_of_an_old_answer_says_that_its_digest_is_gone(
    page: Page, tmp_path: Path, restarted: bool
) -> None:
    page.ask("what is new?")
    assert ENGLISH["digest_gone"] not in [w.value for w in source(page.app).warning]
    deleted(page, tmp_path)
    app = source(opened_again(page) if restarted else page.app.run())
    assert ENGLISH["digest_gone"] in [w.value for w in app.warning]
    assert any(QUOTE[:20] in m.value for m in app.markdown)
    assert not [b for b in app.button if b.key in ("drawer-ask", "drawer-compare")]


@pytest.mark.parametrize("restarted", [False, True])
def test_an_evidence_card_and_a_record_alone_open_too(page: Page, tmp_path: Path, restarted: bool) -> None:
    page.ask("what is new?")
    page.answers(counted)
    page.ask("who wrote it?")
    deleted(page, tmp_path)
    app = opened_again(page) if restarted else page.app.run()
    for key in (f"answer-0-card-{FILM.arxiv_id}", "answer-1-source-1"):
        app.button(key=key).click().run()
        assert not app.exception
        assert ENGLISH["digest_gone"] in [w.value for w in app.warning]


def test_a_bookmark_of_a_gone_paper_stays_in_the_list_and_can_be_taken_away(
    page: Page, tmp_path: Path
) -> None:
    app_state.history().bookmark(FILM.arxiv_id, app_state.title_of(FILM.arxiv_id))
    app_state.history().bookmark(CALM.arxiv_id)
    app = draw(page, explore.page, ENGLISH, page.library, lambda: None)
    app.segmented_control(key="explore-view").set_value("marked").run()
    assert ENGLISH["bookmarks_gone"] not in [c.value for c in app.caption]
    deleted(page, tmp_path)
    app.run()
    assert ENGLISH["bookmarks_gone"] in [c.value for c in app.caption]
    link: Any
    (link,) = app.get("link_button")
    assert link.label.startswith("FilmMaker")
    app.text_input(key="explore-text").set_value("no such words").run()
    app.button(key=f"gone-bookmark-{FILM.arxiv_id}").click().run()
    assert ENGLISH["bookmarks_gone"] not in [c.value for c in app.caption]
    assert app_state.history().bookmarks() == [CALM.arxiv_id]


def test_a_gone_paper_leaves_the_compare_page(page: Page, tmp_path: Path) -> None:
    deleted(page, tmp_path)
    app = draw(page, compare.page, ENGLISH, "en", page.library, lambda: None)
    app.session_state[PICKED] = [FILM.arxiv_id, CALM.arxiv_id]
    app.run()
    assert not app.exception
    assert app.session_state[PICKED] == [CALM.arxiv_id]


def test_bibtex_keeps_the_authors_of_a_gone_paper(page: Page, tmp_path: Path) -> None:
    page.ask("what is new?")
    deleted(page, tmp_path)
    (conversation,) = app_state.history().conversations()
    text = history._document(conversation, "bibtex", page.library).decode()
    assert "author = {Ada Park and Bo Kim and others}," in text
    page.answers(counted)
    page.app.button(key="new-conversation").click().run()
    page.ask("who wrote it?")
    conversation = app_state.history().conversations()[0]
    assert UNKNOWN_AUTHORS in history._document(conversation, "bibtex", page.library).decode()
