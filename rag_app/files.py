"""Files: hashing them, and writing them so that a kill leaves the old one or the new.

Knows: how bytes get to the disk, and that what people ask is nobody else's to read.
Does not know: what the files hold.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600  # of a file; a private folder is 0700


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of the file's bytes. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Write a file's or folder's contents through to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(path: Path) -> Path:
    """The folder, made where it is missing, readable by its owner alone from its first moment.

    A folder that is there keeps its rights: its owner may have chosen them. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def private_opener(path: str, flags: int) -> int:
    """For `open(..., opener=)`: a new file is readable by its owner alone."""
    return os.open(path, flags, PRIVATE)


@contextmanager
def replacing(path: Path, *, flushed: bool = True) -> Iterator[BinaryIO]:
    """A stream whose bytes take the place of `path` in one move, once all of them are written.

    What it writes is readable by its owner alone. Without `flushed` a power cut may leave an empty
    file. Raises OSError; then `path` is as it was, and the draft is gone.
    """
    draft = draft_of(path)
    try:
        with open(draft, "wb", opener=private_opener) as stream:
            yield stream
            if flushed:
                stream.flush()
                os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def replace(path: Path, content: str, *, flushed: bool = True) -> None:
    """Put `content`, as UTF-8, in the place of a file. Raises OSError; then the file is as it was."""
    with replacing(path, flushed=flushed) as stream:
        stream.write(content.encode("utf-8"))


def draft_of(path: Path) -> Path:
    """Where this process writes what will be `path`."""
    return path.with_name(f"{path.name}.tmp-{os.getpid()}")
