"""What has changed in the folders of digests since they were last read.

Knows: that a file newer than the last reading, or another number of files, means a change. Does not
know: what changed in a file; `pipeline.ingest` finds out, and costs little where nothing did.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.collection.digests import SUFFIXES
from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.web.state import app_state

if TYPE_CHECKING:
    from rag_app.collection.snapshot import Snapshot

# Key among the history's notes; its value is a snapshot's name and the moment at which the folders
# were last read for it.
READING_NOTE = "read"


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """How the folders differ from what was read; false where they do not."""

    newer: int = 0  # files written after the reading
    more: int = 0  # files there are, less those that were read
    missing: tuple[Path, ...] = ()  # roots that are not there

    def __bool__(self) -> bool:
        return self != FolderChanges()


def note_reading(snapshot_name: str, began: datetime) -> None:
    """Note when the folders were read; a history that cannot be written costs one offer too many."""
    with suppress(RagError):
        app_state.history().set_note(READING_NOTE, f"{snapshot_name} {began.isoformat()}")


def changes_since_reading(snapshot: Snapshot) -> FolderChanges:
    """What has changed below the collection's roots and among its uploads."""
    manifest = snapshot.manifest
    roots = [Path(root) for root in manifest.roots]
    uploads = Home(app_state.settings().home).uploads
    found = [*roots, *([uploads] if uploads.is_dir() else [])]
    return changes_since(_last_reading(snapshot), found, int(str(manifest.report["files"])))


def changes_since(moment: float, roots: Sequence[Path], files: int) -> FolderChanges:
    """What has changed below roots of which `files` files were read at `moment` (seconds since the epoch)."""
    found = {path: written for root in roots for path, written in _digest_files(root)}
    newer = sum(written > moment for written in found.values())
    return FolderChanges(newer, len(found) - files, tuple(root for root in roots if not root.exists()))


def _last_reading(snapshot: Snapshot) -> float:
    """When the folders were last read, in seconds since the epoch.

    The page's note comes first: files may change while an index is made, and a reading that found
    nothing new makes none. Without a note it is the moment at which the index was made.
    """
    try:
        name, _, moment = app_state.history().note(READING_NOTE).partition(" ")
    except RagError:
        name = ""
    if name == snapshot.name:
        return datetime.fromisoformat(moment).timestamp()
    # the manifest's moment is cut to whole seconds
    return datetime.fromisoformat(snapshot.manifest.created).timestamp() + 1.0


def _digest_files(root: Path) -> Iterator[tuple[Path, float]]:
    """(file, time of its last change) of every digest file below a root, by the rules of `digests.read`."""
    if root.is_file():
        yield root.resolve(), root.stat().st_mtime
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if not name.startswith(".") and name.lower().endswith(SUFFIXES) and path.is_file():
                yield path.resolve(), path.stat().st_mtime
