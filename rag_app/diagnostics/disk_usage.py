"""Where data lives: each part of RAG_HOME and RAG_MODELS, its place and its size.

Knows: what lies in the two folders, and which of it was made from questions and answers.
Does not know: what is inside a part. The size limit of saved states is in `llm.state_cache`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.settings import Settings


@dataclass(frozen=True, slots=True)
class DataPart:
    """A part of the data; `bytes` is its size on the disk."""

    name: str  # history, states, index, vectors, embedder, uploads, models or digests
    path: Path
    bytes: int


def parts(settings: Settings, roots: Sequence[Path] = ()) -> list[DataPart]:
    """Every part, with the collection's `roots` as digests; a part that is not there yet has size 0."""
    home = Home(settings.home)
    named = [("history", home.history), ("models", settings.models), ("states", home.states)]
    named += [("index", home.index), ("vectors", home.vectors), ("embedder", home.embedder)]
    named += [("uploads", home.uploads)]
    named += [("digests", root) for root in roots if root != home.uploads]
    return [DataPart(name, path, _size(path)) for name, path in named]


def delete_states(settings: Settings) -> None:
    """Delete the saved model states, which hold the prompts that the model has read. Raises RagError."""
    try:
        for file in _files(Home(settings.home).states):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise RagError(
            f"the saved model states cannot be deleted: {error}", "check the folder's rights"
        ) from None


def _size(path: Path) -> int:
    """Bytes of a folder's files, or of a file and what SQLite keeps beside it."""
    files = (
        _files(path) if path.is_dir() else path.parent.glob(f"{path.name}*") if path.parent.is_dir() else ()
    )
    return sum(_bytes(file) for file in files)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # deleted meanwhile
        return 0
