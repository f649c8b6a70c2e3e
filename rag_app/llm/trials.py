"""What is tried once on a machine, and remembered in a file.

Knows: where the answer is kept.
Does not know: how anything is tried (`llm.llama`), or what follows from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rag_app import files


def remembered(trial: Callable[[], bool], key: str, folder: Path | None) -> bool:
    """What the trial says, made once for each `key`, since it takes some seconds; without a folder each
    time.
    """
    if folder is None:
        return trial()
    path = folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.trial"
    with suppress(OSError):
        told = path.read_bytes()
        if told in {b"yes", b"no"}:
            return told == b"yes"
    found = trial()
    with suppress(OSError):  # of a full or read-only disk: it is tried again
        files.private_folder(folder)
        files.replace(path, "yes" if found else "no", flushed=False)
    return found
