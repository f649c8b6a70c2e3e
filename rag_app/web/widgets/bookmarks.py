"""The bookmark of a paper: set and taken away from wherever the paper is open.

Knows: that the history keeps bookmarks, also of papers whose digest is gone, and that a history which
cannot be read has none. Does not know: the papers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import RagError
from rag_app.history.shelf import Bookmark
from rag_app.records import url_of
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state
from rag_app.web.widgets.markdown import label

if TYPE_CHECKING:
    from rag_app.collection.library import Library

MOST_AT_ONCE = 300  # papers; each is saved for itself


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


def bookmark_all_button(arxiv_ids: Sequence[str], words: Words, key: str) -> None:
    """Bookmark each of these papers; shut where there are too many to be meant."""
    st.button(
        words["bookmark_all"].format(n=f"{len(arxiv_ids):,}"),
        key=f"{key}-bookmark-all",
        icon=":material/bookmark_add:",
        disabled=not 0 < len(arxiv_ids) <= MOST_AT_ONCE,
        on_click=_bookmark_all,
        args=(tuple(arxiv_ids), words),
    )


def bookmarked() -> list[str]:
    """arXiv ids, latest first; none where the history cannot be read."""
    return [bookmark.arxiv_id for bookmark in _bookmarks()]


def _bookmarks() -> list[Bookmark]:
    try:
        return app_state.history().bookmarked()
    except RagError:
        return []


def gone_bookmarks(library: Library, words: Words) -> None:
    """The bookmarks of papers that the collection has lost, which no filter can find any more."""
    gone = [bookmark for bookmark in _bookmarks() if not library.snapshot.papers.has(bookmark.arxiv_id)]
    if not gone:
        return
    with st.container(border=True, key="gone-bookmarks"):
        st.caption(words["bookmarks_gone"])
        for bookmark in gone:
            with st.container(horizontal=True, vertical_alignment="center"):
                name = label(bookmark.title or f"arXiv {bookmark.arxiv_id}", 80)
                st.link_button(name, url_of(bookmark.arxiv_id), icon=":material/open_in_new:")
                bookmark_button(bookmark.arxiv_id, words, "gone")


def _bookmark_all(arxiv_ids: Sequence[str], words: Words) -> None:
    history = app_state.history()
    try:
        for arxiv_id in reversed(arxiv_ids):  # the first becomes the latest
            history.bookmark(arxiv_id, app_state.title_of(arxiv_id))
    except RagError as error:
        st.toast(error.message, icon=":material/error:")
    else:
        said = words["bookmarked_all"].format(n=f"{len(arxiv_ids):,}")
        st.toast(said, icon=":material/bookmark_added:")


def _toggle(arxiv_id: str, marked: bool) -> None:
    history = app_state.history()
    try:
        if marked:
            history.unbookmark(arxiv_id)
        else:
            history.bookmark(arxiv_id, app_state.title_of(arxiv_id))
    except RagError as error:
        st.toast(error.message, icon=":material/error:")
