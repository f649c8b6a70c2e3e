"""The app: what every page shares (frame, language, sidebar) and which pages there are.

Knows: the pages and the order in which resources open. Does not know: what a page shows.
Run by `rag-app serve` through `streamlit run`.
"""

from __future__ import annotations

import streamlit as st

from rag_app.errors import RagError
from rag_app.ui import chat, collection, resources
from rag_app.ui.notices import show_error
from rag_app.ui.sidebar import choose_language, sidebar
from rag_app.ui.text import ENGLISH, WORDS


def main() -> None:
    st.set_page_config(page_title="rag-app", page_icon="📖", layout="centered")
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
        resources.engine()
    except RagError as error:
        show_error(error, words)
        library = None

    def chat_page() -> None:
        if library is None:
            collection.first_page(words)
        else:
            chat.page(words, language, library)

    def collection_page() -> None:
        collection.page(words, library)

    pages = [
        st.Page(chat_page, title=words["chat"], icon=":material/chat:", url_path="chat", default=True),
        st.Page(collection_page, title=words["collection"], icon=":material/folder_open:", url_path="collection"),
    ]
    chosen = st.navigation(pages)
    sidebar(above, words, library)
    chosen.run()


if __name__ == "__main__":
    main()
