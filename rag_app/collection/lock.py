"""The right to publish an index: one ingest at a time in each `RAG_HOME`.

Knows: the lock file and who holds it. Whoever holds it may take it again.
Does not know: what is done under the lock; reading never takes it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rag_app.errors import CollectionError
from rag_app.files import private_folder
from rag_app.home import Home


@contextmanager
def ingest_lock(home: Path) -> Iterator[None]:
    """Hold the right to publish in `home`; again in the same thread is fine.

    Raises CollectionError at once if another ingest holds it, or `home` cannot be written.
    """
    from filelock import FileLock, Timeout

    place = Home(home)
    try:
        private_folder(place.index)
        lock = FileLock(place.ingest_lock, is_singleton=True)
        lock.acquire(blocking=False)
    except Timeout:
        raise CollectionError(
            f"another ingest is running in {home}{_pid(place.ingest_holder)}",
            "wait until it has ended, then run it again",
        ) from None
    except OSError as error:
        raise unwritable(home, error) from error
    try:
        with suppress(OSError):  # only for the message above
            place.ingest_holder.write_text(str(os.getpid()))
        yield
    finally:
        lock.release()


def unwritable(home: Path, error: Exception) -> CollectionError:
    """The error for a full disk, a read-only folder or a denied permission."""
    why = getattr(error, "strerror", None) or error
    hint = "check its permissions and the free disk space, or set RAG_HOME; the last index is untouched"
    return CollectionError(f"the index in {home} cannot be written: {why}", hint)


def _pid(holder: Path) -> str:
    with suppress(OSError, ValueError):
        return f" (pid {int(holder.read_text())})"
    return ""
