"""What is open above a page stays open until the reader closes it, however often the page is drawn again."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from rag_app.web.i18n.english import ENGLISH
from rag_app.web.state import opened
from rag_app.web.state.opened import OpenedKeys, OpenedPaper
from rag_app.web.views import compare
from rag_app.web.widgets.compare_button import PICKED
from rag_app.web.widgets.paper_drawer import paper_drawer
from rag_app.web.widgets.shortcuts import HELP
from tests.helpers.ui_page import CALM, FILM, Page, draw


def shown(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption))


def test_the_list_of_keys_outlives_the_run_that_opened_it(page: Page) -> None:
    page.app.run()
    assert ENGLISH["key_stop"] not in shown(page.app)
    page.app.button(key=HELP).click().run()
    assert ENGLISH["key_stop"] in shown(page.app)
    page.app.run()
    assert ENGLISH["key_stop"] in shown(page.app)
    assert not page.app.exception


def compared_with_drawer(page: Page) -> AppTest:
    """The compare page as the app draws it: with the drawer of what is open."""

    def both() -> None:
        compare.page(ENGLISH, "en", page.library, lambda: None)
        paper_drawer(ENGLISH, page.library)

    app = draw(page, both)
    app.session_state[PICKED] = [FILM.arxiv_id, CALM.arxiv_id]
    return app.run()


def test_a_paper_stays_open_and_a_similar_one_takes_its_place(page: Page) -> None:
    app = compared_with_drawer(page)
    heading = f"#### {CALM.title}"
    assert heading not in shown(app)
    app.button(key=f"compare-compare-{CALM.arxiv_id}").click().run()
    assert heading in shown(app)
    app.run()
    assert heading in shown(app)
    app.button(key=f"paper-similar-{FILM.arxiv_id}").click().run()
    assert app.session_state["opened"] == OpenedPaper(FILM.arxiv_id)
    assert heading not in shown(app)
    assert not app.exception


def test_a_paper_whose_digest_has_gone_is_closed(page: Page) -> None:
    app = compared_with_drawer(page)
    app.session_state["opened"] = OpenedPaper("2499.99999")
    app.run()
    assert "opened" not in app.session_state
    assert not app.exception


@pytest.mark.parametrize(("turned_to", "left"), [("today", 1), ("compare", 0)])
def test_what_is_open_belongs_to_its_page(page: Page, turned_to: str, left: int) -> None:
    app = draw(page, opened.turn_to, "today")
    app.session_state["opened"] = OpenedKeys()
    again = draw(page, opened.turn_to, turned_to)
    for key in ("opened", "opened-on"):
        again.session_state[key] = app.session_state[key]
    again.run()
    assert ("opened" in again.session_state) == bool(left)
