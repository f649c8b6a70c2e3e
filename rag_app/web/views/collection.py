"""The collection page: what is in it, its folders, reading them again, and adding digests.

Knows: what a user may want to know of the collection. Does not know: how digests are read or
indexed. That is a job; the chat goes on answering from the snapshot before until it ends.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.web.i18n.text import Words, span
from rag_app.web.state.folder_changes import changes_since_reading
from rag_app.web.state.ingest_job import ingest_running, start_ingest
from rag_app.web.views import first_start
from rag_app.web.widgets.adapt_offer import adapt_offer
from rag_app.web.widgets.add_digests import add_digests
from rag_app.web.widgets.folder_watch import changes_text
from rag_app.web.widgets.ingest_state import ingest_state

if TYPE_CHECKING:
    from rag_app.collection.library import Library


def page(words: Words, library: Library | None) -> None:
    st.title(words["collection"], anchor=False)
    if library is None:
        first_start.page(words)
        return
    st.caption(words["collection_caption"])
    _contents(library, words)
    _folders(library, words)
    ingest_state(words)
    if ingest_running():
        st.caption(words["ingest_goes_on"])
    adapt_offer(library, words)
    add_digests(words, library)


def _contents(library: Library, words: Words) -> None:
    table, manifest = library.snapshot.papers, library.snapshot.manifest
    with st.container(horizontal=True, key="collection-size"):
        st.metric(words["papers"], f"{manifest.papers:,}", border=True)
        st.metric(words["passages"], f"{manifest.chunks:,}", border=True)
        st.metric(words["days"], f"{len(table.days()):,}", border=True)
    if days := span(words, table.first_day, table.last_day):
        st.caption(days)


def _folders(library: Library, words: Words) -> None:
    """Where the digests lie, what has changed there, and the button that reads them again."""
    manifest = library.snapshot.manifest
    st.markdown(f"**{words['folders']}**")
    st.code("\n".join(str(root) for root in manifest.roots), language=None, wrap_lines=True)
    found = changes_since_reading(library.snapshot)
    unchanged = words["watch_same"].format(files=manifest.report["files"])
    st.caption(changes_text(found, words) if found else unchanged)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            words["refresh"],
            icon=":material/refresh:",
            help=words["refresh_help"],
            disabled=ingest_running(),
            type="primary" if found else "secondary",
            on_click=start_ingest,
        )
        st.caption(words["created"].format(when=_local_time(manifest.created)))


def _local_time(moment: str) -> str:
    """An ISO moment as this machine's clock shows it, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
