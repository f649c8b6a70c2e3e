"""Size and time of every digest file, taken before it is read: what a later look compares with.

Knows: which names a folder's reading takes. Does not know: what is in a file, or what is done about a
change. A file put back with its old time (`cp -p`, `rsync -t`, a checkout) is older than the reading
and yet another one, so "newer than the reading" would not do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote_from_bytes

from rag_app.collection.digests import SUFFIXES

# Path, in the letters of an address since a name may hold bytes that no JSON does -> bytes,
# nanoseconds of its last change. A list, as JSON gives it back.
FileStamps = Mapping[str, list[int]]


def stamps_of(roots: Sequence[Path]) -> FileStamps:
    """The stamp of each digest file below the roots; a file that goes meanwhile has none."""
    found: dict[str, list[int]] = {}
    for path in dict.fromkeys(path for root in roots for path in _digest_files(root)):
        try:
            state = path.stat()
        except OSError:
            continue
        found[quote_from_bytes(os.fsencode(path), safe="/ ")] = [state.st_size, state.st_mtime_ns]
    return found


def _digest_files(root: Path) -> Iterator[Path]:
    """Every digest file below a root, by the rules of `digests.read`."""
    if root.is_file():
        yield root.resolve()
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(folder, name)
            if not name.startswith(".") and name.lower().endswith(SUFFIXES) and path.is_file():
                yield path.resolve()
