"""When the page reads the digests again: work under way, an offer where folders have changed, a
damaged index.

Knows: that a file newer than the index, or another number of files, means a change, and that damage
is mended without being asked. Does not know: what changed in a file, or what is damaged;
`pipeline.ingest` finds out, and costs little where nothing did. Called by `app` and the collection
page.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.collection import digests
from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.web.i18n.text import Words, stage
from rag_app.web.state import app_state, background_jobs

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.collection.snapshot import Snapshot

NOTE = "read"  # of the history's notes: the snapshot, and when the folders were last read for it
LOOK_SECONDS, WORK_SECONDS = 20.0, 1.0  # between two looks at the folders; at work under way


@dataclass(frozen=True, slots=True)
class Changes:
    """How the folders differ from what was read."""

    newer: int = 0  # files written after the reading
    more: int = 0  # files there are, less those that were read
    missing: tuple[Path, ...] = ()  # roots that are not there

    def __bool__(self) -> bool:
        return self != Changes()


def watch(words: Words, library: Library | None) -> None:
    """Draw the work under way, or the offer, and look again from time to time."""
    job = app_state.workbench().ingest
    running = job is not None and job.running
    every = WORK_SECONDS if running else LOOK_SECONDS
    st.fragment(_look, run_every=every, key="watch")(words, library, running)


def start_ingest(folders: Sequence[Path] = ()) -> None:
    """Read the collection's folders and these, unless that is under way already.

    The new index is opened before the work ends, so that no page has to wait for it.
    """
    began = datetime.now(UTC)

    def then() -> None:
        library = app_state.library()
        stamp = digests.stamp(_files(_roots(library.snapshot))) if library else ""
        with suppress(RagError):  # an unwritable history only costs an offer too many
            name = library.snapshot.name if library else ""
            app_state.history().set_note(NOTE, f"{name} {began.isoformat()} {stamp}")

    bench = app_state.workbench()
    with bench.lock:
        if bench.ingest is None or not bench.ingest.running:
            bench.ingest = background_jobs.ingest(app_state.settings(), folders, then)


def mend(words: Words) -> None:
    """Build a damaged index again, and say so; once, since what failed before would fail again."""
    if app_state.workbench().ingest is None:
        start_ingest()
    if ingesting():
        st.info(words["mending"], icon=":material/healing:")


@st.cache_resource(show_spinner=False, max_entries=1)
def mend_store(name: str, _generation: Snapshot) -> None:
    """Build the index again if the vector store of the snapshot of this name, which is looked at
    once, is damaged.

    Answers go on meanwhile, from the stored vectors.
    """

    def look() -> None:
        if _generation.store_damage():
            start_ingest()

    threading.Thread(target=look, name=f"store of {name}", daemon=True).start()


def ingesting() -> bool:
    job = app_state.workbench().ingest
    return job is not None and job.running


def changes_of(snapshot: Snapshot) -> Changes:
    """What has changed below the collection's roots since they were read."""
    read, stamp = _read_at(snapshot)
    return changes(_roots(snapshot), int(str(snapshot.manifest.report["files"])), read, stamp)


def _roots(snapshot: Snapshot) -> list[Path]:
    uploads = Home(app_state.settings().home).uploads
    roots = [Path(root) for root in snapshot.manifest.roots]
    return [*roots, *([uploads] if uploads.is_dir() else [])]


def _read_at(snapshot: Snapshot) -> tuple[float, str]:
    """When the folders were last read, and the stamp of their files: as the page noted it, since files
    may change while an index is made and a reading that found nothing new makes none; else when the
    index was made.
    """
    try:
        noted = app_state.history().note(NOTE).split(" ")
    except RagError:
        noted = [""]
    if noted[0] == snapshot.name and len(noted) > 1:
        return datetime.fromisoformat(noted[1]).timestamp(), noted[2] if len(noted) > 2 else ""
    # it is cut to whole seconds
    made = datetime.fromisoformat(snapshot.manifest.created).timestamp() + 1.0
    return made, str(snapshot.manifest.report.get("stamp", ""))


def changes(roots: Sequence[Path], files: int, read: float, stamp: str = "") -> Changes:
    """The same for any roots, of which `files` files were read at the time `read` (seconds since
    the epoch); `stamp` is that of those files (`digests.stamp`), where it is known.

    A file that was put in another's place may be older than the reading: then the stamp tells.
    """
    found = _files(roots)
    newer = more = 0
    with suppress(OSError):  # a file that goes while it is looked at is found out the next time
        newer = sum(path.stat().st_mtime > read for path in found)
        more = len(found) - files
    if not newer and not more and stamp and digests.stamp(found) != stamp:
        newer = 1
    return Changes(newer, more, tuple(root for root in roots if not root.exists()))


def _files(roots: Sequence[Path]) -> set[Path]:
    """Every digest file below the roots, by the rules of `digests.read`."""
    return {path.resolve() for root in roots for path in digests.files_below(root)}


def _look(words: Words, library: Library | None, was_running: bool) -> None:
    job = app_state.workbench().ingest
    running = job is not None and job.running
    if running != was_running:
        st.rerun()  # the whole page: it may have a new index to use
    if job is not None and running:
        name, done, total = job.stage
        st.progress(min(done / total, 1.0) if total else 0.0, stage(words, name))
    elif library and (found := changes_of(library.snapshot)):
        with st.container(border=True, gap="xsmall", key="watch-offer"):
            st.caption(f":material/sync: {said(found, words)}")
            st.button(words["watch_read"], key="watch-read", on_click=start_ingest, width="stretch")


def said(found: Changes, words: Words) -> str:
    """The changes in a sentence."""
    if found.missing:
        return words["watch_missing"].format(n=len(found.missing))
    if found.more > 0:
        return words["watch_more"].format(n=found.more)
    if found.more < 0:
        return words["watch_fewer"].format(n=-found.more)
    return words["watch_newer"].format(n=found.newer)
