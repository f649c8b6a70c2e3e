"""SHA-256 of files, remembered between runs, because hashing gigabytes at every start is slow.

Knows: how to hash a file, and when an earlier hash of it still holds.
Does not know: what a file should hash to.

A hash holds while the file's size, inode and change time (`st_ctime_ns`, which no program can set
back) are the same. That time moves in ticks, and a second change within one tick leaves no trace;
so a file is hashed when the tick of its last change is over. The remembered hashes are only a
cache: what is damaged, foreign or cannot be written is ignored.
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from rag_app import files

Signature = list[int]
# Seconds; file systems take the time from the kernel, whose clock moves every 1 to 10 ms.
TICK = 0.02


class FileHashes:
    """SHA-256 of files, kept in the JSON file `memory`."""

    def __init__(self, memory: Path) -> None:
        self.memory = memory

    def known(self, path: Path) -> str | None:
        """The hash of `path` when it was taken before and the file has not changed since, else None."""
        entry = self._read().get(str(path.resolve()))
        if isinstance(entry, dict) and entry.get("signature") == _signature(path):
            sha256 = entry.get("sha256")
            return sha256 if isinstance(sha256, str) else None
        return None

    def of(self, path: Path) -> str:
        """The hash of `path`, from memory where it still holds. Raises OSError."""
        return self.known(path) or self.fresh(path)

    def fresh(self, path: Path) -> str:
        """The hash of `path`, read now and remembered. Raises OSError."""
        before = _signature(path)
        age = time.time() - before[2] / 1e9
        time.sleep(TICK if 0 <= age < TICK else 0)
        sha256 = files.sha256_of(path)
        if _signature(path) == before:
            self._remember(path, before, sha256)
        return sha256

    def _remember(self, path: Path, signature: Signature, sha256: str) -> None:
        entries = self._read() | {str(path.resolve()): {"signature": signature, "sha256": sha256}}
        with contextlib.suppress(OSError):  # a read-only folder: the next run hashes again
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            files.replace(self.memory, json.dumps(entries, indent=1), flushed=False)

    def _read(self) -> dict[str, object]:
        try:
            entries = json.loads(self.memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}


def _signature(path: Path) -> Signature:
    status = path.stat()
    return [status.st_size, status.st_ino, status.st_ctime_ns]
