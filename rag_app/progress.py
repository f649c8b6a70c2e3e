"""The progress of long work: the callback that is told of it, and the stages that have names.

Knows: the names of stages, and the shape of the callback.
Does not know: how progress looks.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

# What is being done (a `Stage`, or words for a person), steps done, and steps in all: 0 where
# nobody can say.
Progress = Callable[[str, int, int], None]


class Stage(StrEnum):
    """A stage that code tells apart; its value is what the terminal prints."""

    READING_DIGESTS = "reading digests"
    LOADING_EMBEDDER = "loading the embedding model"
    EMBEDDING = "embedding"

    # Building a snapshot, in this order.
    SPACE = "space"
    FOLDER = "folder"
    PAPERS = "papers"
    CHUNKS = "chunks"
    VECTORS = "vectors"
    DICTIONARIES = "extra"
    MAP = "map"  # within the one before
    STORE = "store"
    MANIFEST = "manifest"
    VERIFYING = "verify"
    FLUSHING = "flush"
    RENAMING = "rename"
    SWITCHING = "switch"
    SWEEPING = "sweep"
    DONE = "done"

    # Fitting the embedding model.
    READING_PAPERS = "reading papers"
    CHECKING = "checking"
    TRAINING = "training"


def silent(stage: str, done: int, total: int) -> None:
    """A `Progress` that tells nobody."""
