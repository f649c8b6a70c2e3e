"""Uploaded digests: what the browser hands over, saved below RAG_HOME under their own names.

Knows: that each file is saved whole or not at all. Does not know: what is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from rag_app.errors import RagError


class Upload(Protocol):
    """What Streamlit gives of an uploaded file."""

    @property
    def name(self) -> str: ...

    def getvalue(self) -> bytes: ...


def save_uploads(files: Sequence[Upload], folder: Path) -> None:
    """Save uploaded digests under their own names, each whole or not at all. Raises RagError."""
    part = folder / ".part"  # hidden names are not read
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            part.write_bytes(file.getvalue())
            part.replace(folder / plain_name(file.name))
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise RagError(
            f"the upload cannot be saved: {error}", "check the folder's rights and free space"
        ) from None


def plain_name(name: str) -> str:
    """A file's name without any folder that the browser sent along."""
    return Path(name.replace("\\", "/")).name
