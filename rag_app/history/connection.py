"""The one connection of a process to the history's file, and what every table of it shares.

Knows: transactions, threads in turn, that what is deleted leaves the disk, and how a failure is told.
Does not know: any table.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag_app.errors import HistoryError
from rag_app.history import file as history_file
from rag_app.text.cleaning import visible

Values = Sequence[object] | Mapping[str, object]


class Connection:
    """One SQLite file, for any number of threads and processes.

    `notice` is for the user: the file was set aside, or cannot be written. Every method of the classes
    below it raises HistoryError when the file cannot be read or written; what was saved before is then
    as it was.
    """

    def __init__(self, file: Path) -> None:
        """Open `file`, or begin it; raises nothing for its state, which `notice` tells."""
        self.file = file
        self._lock = threading.Lock()
        self._database, self.notice = history_file.open_file(file)
        # A damaged byte must not make its whole conversation unreadable; the checksum tells.
        self._database.text_factory = lambda text: text.decode("utf-8", "replace")

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all or nothing. It takes the write lock at once: a read lock could not
        be raised later.
        """
        with self._lock:
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                raise self._failed("written", error) from error
            finally:
                # After a commit, and where SQLite has rolled back itself.
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")

    def _rows(self, sql: str, values: Values = ()) -> list[Any]:
        try:
            with self._lock:
                return self._database.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._failed("read", error) from error

    def _forget_deleted(self, *, shrink: bool = False) -> None:
        """Empty the log, which still holds the text of deleted turns; another process's reading
        only delays it.
        """
        with self._lock, suppress(sqlite3.Error):
            if shrink:
                self._database.execute("VACUUM")
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _failed(self, verb: str, error: Exception) -> HistoryError:
        if verb == "read":
            hint = "start the app again: a damaged history is then set aside and a new one begun"
        else:
            hint = "check its permissions and the free disk space, or set RAG_HOME; what was saved before is untouched"
        return HistoryError(f"the history {self.file} cannot be {verb}: {error}", hint)


def timestamp() -> str:
    """This moment as an ISO time in UTC; later ones sort behind, also those of the same millisecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def storable(text: str) -> str:
    """The text without lone surrogates, which no UTF-8 holds."""
    return text.encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    return storable(" ".join(visible(text).split()))


def fold(text: str) -> str:
    """The form in which search compares: NFC, one case, one space."""
    return " ".join(visible(text).casefold().split())
