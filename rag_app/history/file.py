"""The history's SQLite file: opened, checked, migrated, set aside when damaged.

Knows: the schema and its numbered migrations, what SQLite's errors mean for a file, and that a file
which cannot be written is copied.
Does not know: what the tables hold.

`PRAGMA user_version` counts the migrations a file has been through; each is one transaction. The
journal is a write-ahead log (https://sqlite.org/wal.html): a killed process leaves the last commit,
and readers never wait.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from rag_app.files import PRIVATE, private_database, private_folder

BUSY_SECONDS = 10.0  # how long a thread or process waits for another one's write

# Only ever appended to: the n-th takes a file from schema n-1 to schema n.
MIGRATIONS = (
    """
    CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, searchable TEXT NOT NULL,
                                created TEXT NOT NULL, updated TEXT NOT NULL);
    CREATE TABLE turns (id INTEGER PRIMARY KEY AUTOINCREMENT,
                        conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
                        asked TEXT NOT NULL, question TEXT NOT NULL, record TEXT NOT NULL, checksum TEXT NOT NULL,
                        searchable TEXT NOT NULL, thumb INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '');
    CREATE TABLE bookmarks (arxiv_id TEXT PRIMARY KEY, added TEXT NOT NULL);
    CREATE INDEX turns_by_conversation ON turns (conversation);
    """,
    "CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);",
    """
    ALTER TABLE bookmarks ADD COLUMN note TEXT NOT NULL DEFAULT '';
    CREATE TABLE tags (arxiv_id TEXT NOT NULL REFERENCES bookmarks ON DELETE CASCADE, tag TEXT NOT NULL,
                       PRIMARY KEY (arxiv_id, tag));
    CREATE TABLE marks (arxiv_id TEXT PRIMARY KEY, mark TEXT NOT NULL, at TEXT NOT NULL);
    CREATE TABLE arrivals (arxiv_id TEXT PRIMARY KEY, at TEXT NOT NULL);
    CREATE TABLE looks (name TEXT PRIMARY KEY, before TEXT NOT NULL, at TEXT NOT NULL);
    CREATE TABLE follows (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, text TEXT NOT NULL,
                          added TEXT NOT NULL, model TEXT NOT NULL DEFAULT '', vector BLOB NOT NULL DEFAULT x'',
                          UNIQUE (kind, text));
    """,
    "ALTER TABLE bookmarks ADD COLUMN title TEXT NOT NULL DEFAULT '';",
)
# A statement that the schema does not understand (SQLITE_ERROR) means a file that is not ours.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR}


class _UnusableError(Exception):
    """The file is damaged, foreign, or of a newer schema: the message says which."""


def open_file(file: Path) -> tuple[sqlite3.Connection, str]:
    """A connection to the history in `file`, made if missing, and a notice for the user (empty: all
    is well).

    A file that cannot be used is renamed to `history.damaged-<time>.sqlite3`. A folder that cannot
    be written gives a copy in memory that refuses writes. Raises nothing for the state of the disk.
    """
    from filelock import FileLock

    try:
        private_folder(file.parent)
        # Else two could set aside at once.
        with FileLock(file.with_suffix(".lock"), timeout=BUSY_SECONDS, mode=PRIVATE):
            return _open_or_set_aside(file)
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        try:
            copy, state = _copy_in_memory(file), "it can be read"
        except _UnusableError as unusable:
            copy, state = _read_only(":memory:"), f"it {unusable}"
        return copy, f"the history {file} cannot be written ({why}): {state}, and nothing new is saved"


def set_aside_files(file: Path) -> list[Path]:
    """The files set aside so far, oldest first, with their logs."""
    return sorted(file.parent.glob(f"{file.stem}.damaged-*{file.suffix}*"))


def _open_or_set_aside(file: Path) -> tuple[sqlite3.Connection, str]:
    try:
        return _opened(file), ""
    except _UnusableError as error:
        aside = _set_aside(file)
        return _opened(
            file
        ), f"the history {file} {error}: it was set aside as {aside.name}, and a new one begun"


def _opened(file: Path) -> sqlite3.Connection:
    """A checked and migrated connection for writing. Raises _UnusableError, sqlite3.Error or OSError."""
    if file.exists() and not file.stat().st_size:
        raise _UnusableError("was empty")
    private_database(file)
    database = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _check(database)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
        database.execute("PRAGMA secure_delete = ON")  # what the user deletes is overwritten
        database.execute("PRAGMA foreign_keys = ON")
        _migrate(database)
    except sqlite3.Error as error:
        database.close()
        if _says_damaged(error):
            raise _UnusableError(f"is damaged ({error})") from error
        raise
    except _UnusableError:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    schema = _schema(database)
    if schema > len(MIGRATIONS):
        raise _UnusableError(f"was written by a newer version (schema {schema}, known are {len(MIGRATIONS)})")
    finding = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if finding != "ok":
        raise _UnusableError(f"is damaged ({' '.join(finding.split())})")


def _migrate(database: sqlite3.Connection) -> None:
    """Bring the file to the newest schema, one transaction a step, and see that its tables are there."""
    for number in range(_schema(database) + 1, len(MIGRATIONS) + 1):
        try:
            database.executescript(
                f"BEGIN IMMEDIATE; {MIGRATIONS[number - 1]}; PRAGMA user_version = {number}; COMMIT"
            )
        except sqlite3.Error:
            if database.in_transaction:
                database.rollback()
            raise
    for columns in (
        "searchable FROM conversations",
        "checksum FROM turns",
        "note, title FROM bookmarks",
        "value FROM notes",
        "tag FROM tags",
        "mark FROM marks",
        "at FROM arrivals",
        "at FROM looks",
        "vector FROM follows",
    ):
        database.execute(f"SELECT {columns} LIMIT 0")


def _schema(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _says_damaged(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _DAMAGE  # the rest of an extended code says where


def _set_aside(file: Path) -> Path:
    """Rename the file out of the way; its log goes first, or a kill in between would leave it to
    the new file.
    """
    aside = file.with_name(f"{file.stem}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}{file.suffix}")
    with suppress(FileNotFoundError):
        Path(f"{file}-wal").rename(f"{aside}-wal")
    Path(f"{file}-shm").unlink(missing_ok=True)
    file.rename(aside)
    return aside


def _copy_in_memory(file: Path) -> sqlite3.Connection:
    """What the file holds, migrated, in a connection that refuses writes. Raises _UnusableError."""
    if not file.exists():
        return _read_only(":memory:")
    # Without write access to the folder a log can be read only where its index exists already;
    # without a log, only as a file that never changes (https://sqlite.org/wal.html#readonly).
    failure = ""
    for options in ("mode=ro", "mode=ro&immutable=1"):
        try:
            return _read_only(f"{file.absolute().as_uri()}?{options}")
        except sqlite3.Error as error:
            failure = str(error)
    raise _UnusableError(f"cannot be read either ({failure})")


def _read_only(source: str) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    with closing(sqlite3.connect(source, uri=True, timeout=BUSY_SECONDS)) as database:
        database.backup(copy)
    _check(copy)
    _migrate(copy)
    copy.execute("PRAGMA query_only = ON")
    return copy
