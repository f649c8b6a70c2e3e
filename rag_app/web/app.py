"""The app that `streamlit run` starts: which pages there are, and what they share.

Knows: the frame, the menu and the order in which settings, collection and engine open. Does not
know: what a page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import DamageError, RagError
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.text import WORDS, Words
from rag_app.web.state import app_state, conversations, index_repair, opened, reading
from rag_app.web.views import (
    chat,
    collection,
    compare,
    data,
    explore,
    first_start,
    history,
    models,
    saved,
    today,
)
from rag_app.web.widgets import gloss, upgrade
from rag_app.web.widgets.folder_watch import folder_watch
from rag_app.web.widgets.notices import show_error, show_rebuilding
from rag_app.web.widgets.page_style import page_style
from rag_app.web.widgets.paper_drawer import paper_drawer
from rag_app.web.widgets.shortcuts import EVERYWHERE, ON_ROWS, shortcuts
from rag_app.web.widgets.sidebar import choose_language, sidebar

if TYPE_CHECKING:
    from streamlit import Page

    from rag_app.collection.library import Library


# pages of columns and tables; text reads better in a narrow column
WIDE = {"compare", "explore", "collection"}
# page -> Material icon, in the order of the menu
ICONS = {
    "today": "wb_sunny",
    "chat": "chat",
    "saved": "bookmark",
    "compare": "compare_arrows",
    "explore": "travel_explore",
    "history": "history",
    "collection": "folder_open",
    "models": "memory",
    "data": "shield_lock",
}


def main() -> None:
    # Before `st.navigation`: after it, the browser would fetch the page's icon from a font host as
    # its favicon.
    st.set_page_config(page_title="rag-app", page_icon="📖")
    try:
        app_state.settings()
    except RagError as error:
        show_error(error, ENGLISH)  # before a language can be known
        return
    above, below = st.sidebar.container(), st.sidebar.container()
    language = choose_language(below)
    words = WORDS[language]
    library = _open_library(words)
    pages = _pages(words, language, library)
    chosen = st.navigation(list(pages.values()))
    in_chat = chosen is pages["chat"]
    if library:
        reading.note_arrivals(library)
        if in_chat and _begins_with_news():
            st.switch_page(pages["today"], query_params=dict(st.query_params))
    conversations.follow_address(in_chat=in_chat)
    opened.turn_to(chosen.url_path)
    st.set_page_config(layout="wide" if chosen.url_path in WIDE else "centered")
    page_style()
    watch = sidebar(above, words, library, partial(_open_chat, pages))
    with below:
        shortcuts(EVERYWHERE + (ON_ROWS if chosen is pages["today"] else ()), words)
    upgrade.announce(words)
    gloss.begin()
    chosen.run()
    if library:
        paper_drawer(words, library)
    gloss.watch()
    with watch:
        folder_watch(words, library)  # after the page is drawn: each file of the folders is looked at
    if library:
        app_state.warm_up(library, language)  # after the page is drawn, which would wait for it
        gloss.ahead(library, language)


def _begins_with_news() -> bool:
    """Whether this tab has just been opened, at no conversation, and papers have come in since Today was
    last looked at: asked once, since from then on the reader goes where they like.
    """
    if st.session_state.setdefault("begun", False):
        return False
    st.session_state["begun"] = True
    return not conversations.current_id() and reading.has_news()


def _open_library(words: Words) -> Library | None:
    """The collection, while the engine begins to load; where it cannot be opened, an error and None."""
    try:
        with st.spinner(words["opening"]):
            library = app_state.library()
        if library:
            index_repair.repair_vector_store(library.snapshot.name, library.snapshot)
        app_state.engine()
    except RagError as error:
        show_error(error, words)
        if isinstance(error, DamageError) and index_repair.repair_index():
            show_rebuilding(words)
        return None
    return library


def _open_chat(pages: Mapping[str, Page]) -> None:
    """Go to the chat; with the conversation in the address from the start, Back has no stop without it."""
    st.switch_page(pages["chat"], query_params=conversations.address())


def _pages(words: Words, language: str, library: Library | None) -> Mapping[str, Page]:
    """The pages in the menu's order; without a collection, those that need one offer to make it."""

    def open_chat() -> None:
        _open_chat(pages)

    first_page = partial(first_start.page, words)
    draw: dict[str, Callable[[], None]] = {
        "today": partial(today.page, words, language, library) if library else first_page,
        "chat": partial(chat.page, words, language, library) if library else first_page,
        "saved": partial(saved.page, words, library, open_chat),
        "compare": partial(compare.page, words, language, library, open_chat) if library else first_page,
        "explore": partial(explore.page, words, library, open_chat) if library else first_page,
        "history": partial(history.page, words, library, open_chat),
        "collection": partial(collection.page, words, library),
        "models": partial(models.page, words),
        "data": partial(data.page, words, library),
    }
    pages = {
        name: st.Page(
            draw[name], title=words[name], icon=f":material/{icon}:", url_path=name, default=name == "chat"
        )
        for name, icon in ICONS.items()
    }
    return pages


if __name__ == "__main__":
    main()
