"""A damaged index is built again without being asked.

Knows: when that begins, and that it begins once. Does not know: what is damaged; `pipeline.ingest`
finds out.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.web.state import app_state
from rag_app.web.state.ingest_job import ingest_running, start_ingest

if TYPE_CHECKING:
    from rag_app.collection.snapshot import Snapshot


def repair_index() -> bool:
    """Build a damaged index again, once: what failed before would fail again. Whether it is being built."""
    if app_state.background().ingest is None:
        start_ingest()
    return ingest_running()


@st.cache_resource(show_spinner=False, max_entries=1)
def repair_vector_store(name: str, _snapshot: Snapshot) -> None:
    """Build the index again if the vector store of the snapshot of this name is damaged.

    Each snapshot is looked at once. Answers go on meanwhile, from the stored vectors.
    """

    def look() -> None:
        if _snapshot.store_damage():
            start_ingest(unasked=True)

    threading.Thread(target=look, name=f"store of {name}", daemon=True).start()
