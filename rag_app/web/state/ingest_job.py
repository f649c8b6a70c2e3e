"""The one ingest that can run at a time: starting it, whether it runs, and what waits for it.

Knows: that the new index is opened before the work counts as ended, so that no page waits for it, and
that folders given while one runs are read after it. Does not know: how digests are read or indexed,
or how progress looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.web.state import app_state, background_jobs
from rag_app.web.state.folder_changes import note_reading

if TYPE_CHECKING:
    from rag_app.pipeline import IngestResult


def start_ingest(folders: Sequence[Path] = (), *, unasked: bool = False) -> None:
    """Read the collection's folders and these; those given while a reading is under way come after it.

    One that is `unasked` takes away nothing that the page says of the one before.
    """
    work = app_state.background()
    with work.lock:
        if work.ingest is not None and work.ingest.running:
            work.waiting_folders += folders
            return
        work.ingest_before = work.ingest if unasked else None
        work.ingest = background_jobs.ingest(
            app_state.settings(), folders, app_state.in_same_home(_open_new_index)
        )


def _open_new_index(read: IngestResult) -> Sequence[Path]:
    """Open what was made; the folders that have come in meanwhile."""
    library = app_state.library()
    note_reading(library.snapshot.name if library else "", read.stamps)
    work = app_state.background()
    with work.lock:
        waiting, work.waiting_folders = work.waiting_folders, []
    return waiting


def ingest_running() -> bool:
    job = app_state.background().ingest
    return job is not None and job.running
