"""The layout of RAG_HOME: what lies where in the folder of one user's data.

Knows: names of files and folders.
Does not know: what is inside them.
"""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from rag_app.errors import SettingsError, UnreadableError
from rag_app.files import as_stored

_COLLECTIONS = "collections"  # the folder of those with names; each is a home of its own
_NAME = re.compile(r"[^\W_][\w -]{0,59}(?<! )")


@dataclass(frozen=True, slots=True)
class Home:
    """The folder `root`, by default `.rag_app`; nothing in it has to be there yet."""

    root: Path

    def check_readable(self) -> None:
        """Raises UnreadableError where the folder is there and may not be read."""
        try:
            self.root.stat()
            readable = os.access(self.root, os.R_OK | os.X_OK)
        except OSError as error:
            readable = not isinstance(error, PermissionError)
        if not readable:
            raise UnreadableError(self.root)

    @property
    def index(self) -> Path:
        """Snapshots, each a folder."""
        return self.root / "index"

    @property
    def current(self) -> Path:
        """The name of the snapshot that answers."""
        return self.index / "CURRENT"

    @property
    def ingest_lock(self) -> Path:
        return self.index / "ingest.lock"

    @property
    def ingest_holder(self) -> Path:
        """The process that holds the lock."""
        return self.index / "ingest.pid"

    @property
    def vectors(self) -> Path:
        """The cache of vectors, a pair of files for each embedding model."""
        return self.root / "vectors"

    @property
    def embedder(self) -> Path:
        """The embedding model adapted to the collection."""
        return self.root / "embedder"

    @property
    def adapted(self) -> Path:
        """Written last: it marks the adapted model as whole."""
        return self.embedder / "adapted.json"

    @property
    def adapting(self) -> Path:
        """An adaptation that has not ended."""
        return self.root / "adapting"

    @property
    def adapting_lock(self) -> Path:
        return self.root / "adapting.lock"

    @property
    def kinds(self) -> Path:
        """What kinds of questions look like to each embedding model."""
        return self.root / "kinds"

    @property
    def calibrations(self) -> Path:
        """Thresholds measured for an embedding model and this collection, a file each."""
        return self.root / "calibrations"

    @property
    def uploads(self) -> Path:
        """Digests added through the page; a root of the collection."""
        return self.root / "uploads"

    @property
    def states(self) -> Path:
        """Saved states of the language model."""
        return self.root / "states"

    @property
    def glosses(self) -> Path:
        """Translated sentences, in SQLite."""
        return self.root / "glosses.sqlite3"

    @property
    def history(self) -> Path:
        """Conversations, bookmarks and notes, in SQLite."""
        return self.root / "history.sqlite3"

    @property
    def api_key(self) -> Path:
        """What programs show to `serve --api`."""
        return self.root / "api.key"

    @property
    def main(self) -> Home:
        """The home that holds this one, where this is a collection with a name; else itself."""
        return Home(self.root.parent.parent) if self.root.parent.name == _COLLECTIONS else self

    @property
    def name(self) -> str:
        """Of a collection with a name; empty for the main one."""
        return "" if self.main == self else self.root.name

    def collections(self) -> list[str]:
        """The names of the collections beside the main one that have an index, in order of the alphabet."""
        folder = self.main.root / _COLLECTIONS
        found = folder.iterdir() if folder.is_dir() else ()
        return sorted(
            unicodedata.normalize("NFC", place.name) for place in found if Home(place).current.is_file()
        )

    def collection(self, name: str) -> Home:
        """The home of the collection of that name, made or not; an empty name is the main one.

        Raises SettingsError for a name that cannot be a folder's.
        """
        if not name:
            return self.main
        if not _NAME.fullmatch(name):
            hint = "use letters, digits, blanks, - and _, beginning with a letter or digit"
            raise SettingsError(f"{name!r:.80} is no name of a collection", hint)
        return Home(as_stored(self.main.root / _COLLECTIONS / unicodedata.normalize("NFC", name)))

    @property
    def batch(self) -> Path:
        """Homes of the collections that `batch --digests`, and `eval` of the samples, make."""
        return self.root / "batch"

    @property
    def peers(self) -> Path:
        """The environment of `bench peers`."""
        return self.root / "peers"
