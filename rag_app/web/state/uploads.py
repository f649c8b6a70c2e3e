"""Uploaded digests: what the browser hands over, saved below RAG_HOME under their own names.

Knows: that each file is saved whole or not at all. Does not know: what is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rag_app.errors import RagError
from rag_app.files import private_folder, replacing
from rag_app.text.cleaning import nfc


class Upload(Protocol):
    """What Streamlit gives of an uploaded file."""

    @property
    def name(self) -> str: ...

    def getvalue(self) -> bytes: ...


def save_uploads(files: Sequence[Upload], folder: Path) -> None:
    """Save uploaded digests under their own names, each whole or not at all. Raises RagError."""
    try:
        private_folder(folder)
        for file in files:
            with replacing(folder / plain_name(file.name)) as stream:
                stream.write(file.getvalue())
    except OSError as error:
        raise RagError(
            f"the upload cannot be saved: {error}", "check the folder's rights and free space"
        ) from None


def plain_name(name: str) -> str:
    """A file's name without any folder that the browser sent along, composed: macOS sends decomposed
    names, and one digest in both forms would be two.
    """
    return Path(nfc(name.replace("\\", "/"))).name
