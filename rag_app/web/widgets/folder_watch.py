"""The sidebar's watch over the folders: an ingest's progress, or the offer to read what changed.

Knows: how often it looks, and how changes are put into words. Does not know: how they are found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from rag_app.web.i18n.text import Words, stage
from rag_app.web.state import app_state
from rag_app.web.state.folder_changes import FolderChanges, changes_since_reading
from rag_app.web.state.ingest_job import ingest_running, start_ingest

if TYPE_CHECKING:
    from rag_app.collection.library import Library

FOLDER_SECONDS, PROGRESS_SECONDS = 20.0, 1.0  # between two looks at the folders; at an ingest


def folder_watch(words: Words, library: Library | None) -> None:
    """Draw the ingest under way, or the offer, and look again from time to time."""
    running = ingest_running()
    every = PROGRESS_SECONDS if running else FOLDER_SECONDS
    st.fragment(_watch, run_every=every, key="watch")(words, library, running)


def _watch(words: Words, library: Library | None, was_running: bool) -> None:
    job = app_state.background().ingest
    running = job is not None and job.running
    if running != was_running:
        st.rerun()  # the whole page: it may have a new index to use
    if job is not None and running:
        name, done, total = job.stage
        st.progress(min(done / total, 1.0) if total else 0.0, stage(words, name))
        return
    if job is not None and not job.told:  # the collection page has not been open since
        icon = ":material/error:" if job.error else ":material/check_circle:"
        st.caption(f"{icon} {words['watch_failed' if job.error else 'watch_ended']}")
    if library and (found := changes_since_reading(library.snapshot)):
        with st.container(border=True, gap="xsmall", key="watch-offer"):
            st.caption(f":material/sync: {changes_text(found, words)}")
            st.button(words["watch_read"], key="watch-read", on_click=start_ingest, width="stretch")


def changes_text(found: FolderChanges, words: Words) -> str:
    """The changes in a sentence."""
    if found.missing:
        return words["watch_missing"].format(n=len(found.missing))
    counts = {"watch_more": found.new, "watch_newer": found.changed, "watch_fewer": found.gone}
    return " · ".join(words[key].format(n=n) for key, n in counts.items() if n)
