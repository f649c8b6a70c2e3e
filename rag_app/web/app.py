"""The app: what every page shares (frame, language, sidebar) and which pages there are.

Knows: the pages and the order in which resources open. Does not know: what a page shows.
Run by `rag-app serve` through `streamlit run`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import DamageError, RagError
from rag_app.web.i18n.text import ENGLISH, WORDS, Words
from rag_app.web.state import app_state, folder_watch
from rag_app.web.views import chat, collection, compare, data, explore, history, models
from rag_app.web.widgets import upgrade
from rag_app.web.widgets.notices import show_error
from rag_app.web.widgets.sidebar import choose_language, sidebar

if TYPE_CHECKING:
    from streamlit import Page

    from rag_app.collection.library import Library


# pages of columns and tables; prose reads better in a narrow column
WIDE = {"compare", "explore", "collection"}


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
    try:
        with st.spinner(words["opening"]):
            library = app_state.library()
        if library:
            folder_watch.mend_store(library.snapshot.name, library.snapshot)
        app_state.engine()
    except RagError as error:
        show_error(error, words)
        library = None
        if isinstance(error, DamageError):
            folder_watch.mend(words)

    pages = _pages(words, language, library)
    chosen = st.navigation(pages)
    st.set_page_config(layout="wide" if chosen.url_path in WIDE else "centered")
    sidebar(above, words, library, partial(st.switch_page, pages[0]))
    upgrade.announce(words)
    chosen.run()


def _pages(words: Words, language: str, library: Library | None) -> list[Page]:
    """The pages there are; without a collection those that need one offer to make it."""

    def open_chat() -> None:
        st.switch_page(pages[0])

    def chat_page() -> None:
        if library:
            chat.page(words, language, library)
        else:
            collection.first_page(words)

    def compare_page() -> None:
        if library:
            compare.page(words, library, open_chat)
        else:
            collection.first_page(words)

    def explore_page() -> None:
        if library:
            explore.page(words, library, open_chat)
        else:
            collection.first_page(words)

    def history_page() -> None:
        history.page(words, library, open_chat)

    def collection_page() -> None:
        collection.page(words, library)

    def models_page() -> None:
        models.page(words)

    def data_page() -> None:
        data.page(words, library)

    pages: list[Page] = [
        st.Page(chat_page, title=words["chat"], icon=":material/chat:", url_path="chat", default=True),
        st.Page(compare_page, title=words["compare"], icon=":material/compare_arrows:", url_path="compare"),
        st.Page(explore_page, title=words["explore"], icon=":material/travel_explore:", url_path="explore"),
        st.Page(history_page, title=words["history"], icon=":material/history:", url_path="history"),
        st.Page(
            collection_page, title=words["collection"], icon=":material/folder_open:", url_path="collection"
        ),
        st.Page(models_page, title=words["models"], icon=":material/memory:", url_path="models"),
        st.Page(data_page, title=words["data"], icon=":material/shield_lock:", url_path="data"),
    ]
    return pages


if __name__ == "__main__":
    main()
