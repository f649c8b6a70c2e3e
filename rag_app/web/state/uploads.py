"""Uploaded digests: what the browser hands over, saved below RAG_HOME under names that are read.

Knows: that each file is saved whole or not at all, and which names a folder's reading passes over.
Does not know: what is in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from rag_app.errors import RagError
from rag_app.files import private_folder, replacing
from rag_app.text.cleaning import nfc, visible

# Bytes of a name: file systems take 255, of which a draft's ending needs 12 (`files.draft_of`).
LONGEST_NAME = 240
KEPT_AT_START = 100  # of a longer one; the rest is its end, where days and the suffix are


class Upload(Protocol):
    """What Streamlit gives of an uploaded file."""

    @property
    def name(self) -> str: ...

    def getvalue(self) -> bytes: ...


def save_uploads(files: Sequence[Upload], folder: Path) -> None:
    """Save uploaded digests under their stored names, each whole or not at all. Raises RagError."""
    try:
        private_folder(folder)
        for name, file in by_stored_name(files).items():
            before = replaced_by(name, folder)
            with replacing(folder / name) as stream:
                stream.write(file.getvalue())
            for path in before:
                if path.name != name:
                    path.unlink(missing_ok=True)
    except OSError as error:
        raise RagError(
            f"the upload cannot be saved: {error}", "check the folder's rights and free space"
        ) from None


def by_stored_name(files: Sequence[Upload]) -> dict[str, Upload]:
    """The files by the names they are saved under; of several with one name the last."""
    return {stored_name(file.name): file for file in files}


def stored_name(name: str) -> str:
    """A file's name without any folder that the browser sent along, such that it is read again.

    Composed (a Mac decomposes), on one line, not hidden, and with room for a draft's ending.
    """
    name = " ".join(visible(Path(name.replace("\\", "/")).name).split())
    shown = name.lstrip(". ")
    if shown != name and "." not in shown:  # all of it was hidden: ".md"
        shown = f"digest.{shown}"
    data = shown.encode("utf-8", "replace")
    if len(data) <= LONGEST_NAME:
        return shown
    ends = data[:KEPT_AT_START], data[KEPT_AT_START - LONGEST_NAME :]
    return "".join(end.decode("utf-8", "ignore") for end in ends)


def replaced_by(name: str, folder: Path) -> list[Path]:
    """The files there, in whichever Unicode form, that an upload saved under this name replaces."""
    return [path for path in folder.iterdir() if nfc(path.name) == name] if folder.is_dir() else []
