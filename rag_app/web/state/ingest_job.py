"""The one ingest that can run at a time: starting it, and whether it runs.

Knows: that the new index is opened before the work counts as ended, so that no page waits for it.
Does not know: how digests are read or indexed, or how progress looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.web.state import app_state, background_jobs
from rag_app.web.state.folder_changes import note_reading

if TYPE_CHECKING:
    from rag_app.pipeline import IngestResult


def start_ingest(folders: Sequence[Path] = ()) -> None:
    """Read the collection's folders and these, unless that is under way already."""

    def open_new_index(read: IngestResult) -> None:
        library = app_state.library()
        note_reading(library.snapshot.name if library else "", read.stamps)

    work = app_state.background()
    with work.lock:
        if work.ingest is None or not work.ingest.running:
            work.ingest = background_jobs.ingest(app_state.settings(), folders, open_new_index)


def ingest_running() -> bool:
    job = app_state.background().ingest
    return job is not None and job.running
