"""The key that programs show to `serve --api`, in a file that its owner alone can read.

Knows: how the key is made, kept and compared. Does not know: who shows it.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from rag_app import files
from rag_app.errors import RagError

_BYTES = 32
_LEAST = 20  # characters of a key that somebody wrote himself


def read_or_make(file: Path) -> str:
    """The key in the file, which is made where there is none. Raises RagError where others could read
    it, or where it holds no key.
    """
    try:
        files.private_folder(file.parent)
        with open(file, "x", encoding="ascii", opener=files.private_opener) as stream:
            stream.write(f"{secrets.token_urlsafe(_BYTES)}\n")
    except FileExistsError:
        pass
    except OSError as error:
        raise RagError(f"{file} cannot be written: {error.strerror}", "check RAG_HOME") from error
    return _read(file)


def same(key: str, shown: str) -> bool:
    """Whether they are the same, in a time that does not tell how much of it is."""
    return hmac.compare_digest(key.encode(), shown.encode("utf-8", "replace"))


def _read(file: Path) -> str:
    again = "remove it: the next start makes a new one"
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise RagError(f"others can read the key in {file}", f"chmod 600 {file}, or {again}")
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise RagError(f"the key in {file} cannot be read: {error}", again) from error
    if len(key) < _LEAST or any(letter.isspace() for letter in key):
        raise RagError(f"{file} holds no key", again)
    return key
