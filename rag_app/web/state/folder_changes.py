"""What has changed in the folders of digests since they were last read.

Knows: that another size, time or name of a file means a change, and where it stands what was read. Does
not know: what changed in a file; `pipeline.ingest` finds out, and costs little where nothing did.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag_app.collection.file_stamps import FileStamps, stamps_of
from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.web.state import app_state

if TYPE_CHECKING:
    from rag_app.collection.snapshot import Snapshot

# Key among the history's notes; its value is a snapshot's name and the stamps of the files that
# were last read for it. A reading that found nothing new makes no snapshot, which would hold them.
READING_NOTE = "read"


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """How the folders differ from what was read; false where they do not."""

    changed: int = 0  # files of another size or time
    new: int = 0
    gone: int = 0
    missing: tuple[Path, ...] = ()  # roots that are not there

    def __bool__(self) -> bool:
        return self != FolderChanges()


def note_reading(snapshot_name: str, stamps: FileStamps) -> None:
    """Note which files were read; a history that cannot be written costs one offer too many."""
    with suppress(RagError):
        app_state.history().set_note(READING_NOTE, f"{snapshot_name} {json.dumps(stamps)}")


def changes_since_reading(snapshot: Snapshot) -> FolderChanges:
    """What has changed below the collection's roots and among its uploads."""
    uploads = Home(app_state.settings().home).uploads
    found = [*map(Path, snapshot.manifest.roots), *([uploads] if uploads.is_dir() else [])]
    return changes_since(_last_stamps(snapshot), found)


def changes_since(read: FileStamps | float, roots: Sequence[Path]) -> FolderChanges:
    """What has changed below roots whose files had these stamps when they were read.

    An index made before stamps were kept has only its moment (seconds since the epoch).
    """
    now = stamps_of(roots)
    missing = tuple(root for root in roots if not root.exists())
    if isinstance(read, float):
        return FolderChanges(sum(time > read * 1e9 for _, time in now.values()), missing=missing)
    changed = sum(stamp != read.get(path, stamp) for path, stamp in now.items())
    return FolderChanges(changed, len(now.keys() - read), len(read.keys() - now), missing)


def _last_stamps(snapshot: Snapshot) -> FileStamps | float:
    """The stamps of the last reading: the page's note comes first, since it may be of a later one."""
    try:
        name, _, noted = app_state.history().note(READING_NOTE).partition(" ")
        if name == snapshot.name:
            return dict(json.loads(noted))
    except (RagError, ValueError):  # ValueError: a note of an earlier version
        pass
    manifest = snapshot.manifest
    if "stamps" in manifest.report:
        return dict(manifest.report["stamps"])
    return datetime.fromisoformat(manifest.created).timestamp() + 1.0  # it is cut to whole seconds
