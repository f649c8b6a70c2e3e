"""Glosses kept on disk, so that a sentence is translated once.

Knows: one SQLite file, what its keys are made of, and how large it may grow.
Does not know: how a gloss is made. It is a cache: a file that is damaged is begun anew, and where none
can be written there is none.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from rag_app.files import private_database, private_folder

MOST = 100_000  # glosses; at about 250 bytes each, 25 MB
_AT_ONCE = 500  # keys of one look-up: SQLite limits them
_SCHEMA = "CREATE TABLE IF NOT EXISTS glosses (key BLOB PRIMARY KEY, text TEXT NOT NULL)"
_TRIM = "DELETE FROM glosses WHERE rowid <= (SELECT MAX(rowid) FROM glosses) - ?"


def key_of(sentence: str, model: str, told: str) -> bytes:
    """The key of a sentence's gloss by a model; `told` is what the model was told to do with it."""
    return hashlib.sha256("\0".join((sentence, model, told)).encode("utf-8", "replace")).digest()


class GlossCache:
    """The glosses of one file; any number of threads and processes may use it."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def found(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """The glosses that are held of these keys; an empty text where none passed its checks."""
        held: dict[bytes, str] = {}
        if not self._file.exists():
            return held
        with suppress(sqlite3.Error, OSError), self._opened() as database:
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                held |= dict(database.execute(f"SELECT key, text FROM glosses WHERE key IN ({marks})", some))  # noqa: S608 - question marks
        return held

    def keep(self, key: bytes, text: str) -> None:
        """Hold a gloss; the oldest go where there are too many."""
        with suppress(sqlite3.Error, OSError), self._opened() as database, database:
            database.execute("INSERT OR REPLACE INTO glosses VALUES (?, ?)", (key, text))
            database.execute(_TRIM, (MOST,))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        private_folder(self._file.parent)
        private_database(self._file)
        with closing(sqlite3.connect(self._file, timeout=2.0)) as database:
            try:
                database.execute(_SCHEMA)
                yield database
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                    self._file.unlink(missing_ok=True)
                raise
