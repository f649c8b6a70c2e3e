"""The page of a first start: the offer to read the default digests, or digests of one's own.

Knows: what stands in place of every page that needs a collection. Does not know: how digests are
read or indexed.
"""

from __future__ import annotations

import streamlit as st

from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state
from rag_app.web.state.ingest_job import ingest_running, start_ingest
from rag_app.web.widgets.add_digests import add_digests
from rag_app.web.widgets.ingest_state import ingest_state


def page(words: Words) -> None:
    st.header(words["first_title"], anchor=False)
    st.markdown(words["first_text"])
    st.caption(words["first_folder"])
    st.code(str(app_state.settings().digests), language=None, wrap_lines=True)
    if not ingest_running():
        st.button(words["first_start"], type="primary", icon=":material/auto_stories:", on_click=start_ingest)
    ingest_state(words)
    add_digests(words, None)
