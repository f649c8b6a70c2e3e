"""Files: hashing them, and writing them so that a kill leaves the old one or the new.

Knows: how bytes get to the disk, how the disk spells names, and that what people ask is nobody
else's to read.
Does not know: what the files hold.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600  # of a file; a private folder is 0700
_OTHERS = 0o077  # the rights of all but the owner
_LONGEST_NAME = 255  # bytes


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
    """The folder, made where it is missing with what is missing above it, readable by its owner alone
    from its first moment, whatever the umask.

    A folder that is there keeps its rights: its owner may have chosen them. Raises OSError.
    """
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
    return path


def private_opener(path: str, flags: int) -> int:
    """For `open(..., opener=)`: a new file is readable by its owner alone."""
    return os.open(path, flags, PRIVATE)


def private_database(path: Path) -> None:
    """Make the file of an SQLite database readable by its owner alone: a new one from its first moment, and
    with its log one that an older version left open to others. Raises OSError where it cannot be opened.
    """
    os.close(private_opener(str(path), os.O_RDWR | os.O_CREAT))  # SQLite gives its log the same rights
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        with suppress(OSError):  # no log, or not this user's: whose it is may have chosen
            if file.stat().st_mode & _OTHERS:
                file.chmod(PRIVATE)


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
    suffix = f".tmp-{os.getpid()}"
    # Most file systems take 255 bytes; a letter that is cut in two becomes one that they take.
    begin = path.name.encode("utf-8", "surrogateescape")[: _LONGEST_NAME - len(suffix)]
    return path.with_name(begin.decode("utf-8", "ignore") + suffix)


def as_stored(path: Path) -> Path:
    """The path as the disk spells it: macOS stores 한 as three letters, keyboards type it as one.

    A path that is there as given, or in neither form, is returned as it is.
    """
    if os.path.lexists(path):
        return path
    here = Path(path.anchor)
    for part in path.parts[1 if path.anchor else 0 :]:
        here = here / part if os.path.lexists(here / part) else here / _spelled(part, here)
    return here if os.path.lexists(here) else path


def _spelled(name: str, folder: Path) -> str:
    """The entry of a folder that is `name` in another form of Unicode; `name` where there is none."""
    try:
        entries = os.listdir(folder)  # noqa: PTH208 - names, not paths
    except OSError:
        return name
    composed = unicodedata.normalize("NFC", name)
    return next((entry for entry in entries if unicodedata.normalize("NFC", entry) == composed), name)
