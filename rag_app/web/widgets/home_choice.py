"""The choice of the collection that a tab shows, where there are several.

Knows: that another collection has conversations, bookmarks and filters of its own, so that the tab
begins anew. Does not know: what a collection holds.
"""

from __future__ import annotations

import streamlit as st

from rag_app.home import Home
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state
from rag_app.web.widgets.shortcuts import QUESTION

# Of the question box too: a question may be sent while the other collection is being drawn.
_KEPT = {app_state.COLLECTION, "lang", QUESTION}


def collection_choice(words: Words) -> None:
    """A list of the collections; nothing where there is only the main one."""
    home = Home(app_state.settings().home)
    names = home.collections()
    if not names:
        return
    options = [app_state.MAIN, *names]
    chosen = st.selectbox(
        words["collection_choice"],
        options,
        index=options.index(home.name) if home.name in names else 0,
        format_func=lambda name: words["collection_main"] if name == app_state.MAIN else name,
        key=app_state.COLLECTION,
        on_change=_begin_anew,
    )
    if app_state.COLLECTION in st.query_params or chosen != app_state.MAIN:
        st.query_params[app_state.COLLECTION] = chosen  # where a reload finds it


def _begin_anew() -> None:
    """What the tab has open is of the collection before."""
    for key in set(st.session_state) - _KEPT:
        del st.session_state[key]
    st.query_params.pop("c", None)
