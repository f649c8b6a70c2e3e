"""The app: what every page shares (frame, language, sidebar) and which pages there are.

Knows: the pages and the order in which resources open. Does not know: what a page shows.
Run by `rag-app serve` through `streamlit run`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import DamageError, RagError
from rag_app.ui import care, chat, collection, compare, explore, history, models, resources, upgrade, watching
from rag_app.ui.notices import show_error
from rag_app.ui.sidebar import choose_language, sidebar
from rag_app.ui.text import ENGLISH, WORDS, Words

if TYPE_CHECKING:
    from streamlit import Page

    from rag_app.library import Library


WIDE = {"compare", "explore", "collection"}  # pages of columns and tables; prose reads better in a narrow column


def main() -> None:
    # Before `st.navigation`: after it, the browser would fetch the page's icon from a font host as its favicon.
    st.set_page_config(page_title="rag-app", page_icon="📖")
    try:
        resources.settings()
    except RagError as error:
        show_error(error, ENGLISH)  # before a language can be known
        return
    above, below = st.sidebar.container(), st.sidebar.container()
    language = choose_language(below)
    words = WORDS[language]
    try:
        with st.spinner(words["opening"]):
            library = resources.library()
        if library:
            watching.mend_store(library.generation.name, library.generation)
        resources.engine()
    except RagError as error:
        show_error(error, words)
        library = None
        if isinstance(error, DamageError):
            watching.mend(words)

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
        care.page(words, library)

    pages: list[Page] = [
        st.Page(chat_page, title=words["chat"], icon=":material/chat:", url_path="chat", default=True),
        st.Page(compare_page, title=words["compare"], icon=":material/compare_arrows:", url_path="compare"),
        st.Page(explore_page, title=words["explore"], icon=":material/travel_explore:", url_path="explore"),
        st.Page(history_page, title=words["history"], icon=":material/history:", url_path="history"),
        st.Page(collection_page, title=words["collection"], icon=":material/folder_open:", url_path="collection"),
        st.Page(models_page, title=words["models"], icon=":material/memory:", url_path="models"),
        st.Page(data_page, title=words["data"], icon=":material/shield_lock:", url_path="data"),
    ]
    return pages


if __name__ == "__main__":
    main()
