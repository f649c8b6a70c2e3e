"""Size and time of every digest file, taken before it is read: what a later look compares with.

Knows: what tells two states of a file apart. A file put back with its old time (`cp -p`, `rsync -t`, a
checkout) is older than the reading and yet another one, so "newer than the reading" would not do.
Does not know: which files are read, what is in them, or what is done about a change.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote_from_bytes

from rag_app.collection.digests import files_below

# Path, in the letters of an address since a name may hold bytes that no JSON does -> bytes,
# nanoseconds of its last change. A list, as JSON gives it back.
FileStamps = Mapping[str, list[int]]


def stamps_of(roots: Sequence[Path]) -> FileStamps:
    """The stamp of each digest file below the roots; a file that goes meanwhile has none."""
    found: dict[str, list[int]] = {}
    for path in dict.fromkeys(path.resolve() for root in roots for path in files_below(root)):
        try:
            state = path.stat()
        except OSError:
            continue
        found[quote_from_bytes(os.fsencode(path), safe="/ ")] = [state.st_size, state.st_mtime_ns]
    return found
