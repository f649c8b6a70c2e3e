"""The bookmark of a paper: set and taken away from wherever the paper is open.

Knows: that the history keeps bookmarks, and that a history which cannot be read has none. Does not
know: the papers.
"""

from __future__ import annotations

import streamlit as st

from rag_app.errors import RagError
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state


def bookmark_button(arxiv_id: str, words: Words, key: str) -> None:
    """A toggle that shows whether the paper is bookmarked."""
    marked = arxiv_id in bookmarked()
    st.button(
        words["bookmarked" if marked else "bookmark"],
        key=f"{key}-bookmark-{arxiv_id}",
        icon=":material/bookmark_added:" if marked else ":material/bookmark_add:",
        on_click=_toggle,
        args=(arxiv_id, marked),
    )


def bookmarked() -> list[str]:
    """arXiv ids, latest first; none where the history cannot be read."""
    try:
        return app_state.history().bookmarks()
    except RagError:
        return []


def _toggle(arxiv_id: str, marked: bool) -> None:
    history = app_state.history()
    try:
        history.unbookmark(arxiv_id) if marked else history.bookmark(arxiv_id)
    except RagError as error:
        st.toast(error.message, icon=":material/error:")
