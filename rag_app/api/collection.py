"""What answers are made with, handed to whoever asks: the collection, and the language model.

Knows: that the collection is opened once, and the model loaded when it is first needed. Does not know:
who asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag_app.settings import Settings

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.llm.protocol import Generator


@dataclass(frozen=True)
class Opened:
    """How to get at the parts; both may take seconds the first time and raise RagError each time."""

    library: Callable[[], Library]
    generator: Callable[[], Generator | None]  # None where answers are the digests' own sentences


@dataclass
class _Once:
    """The parts of one process of its own, each made once."""

    settings: Settings
    with_model: bool
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _library: Library | None = None
    _generator: Generator | None = None
    _asked: bool = False

    def library(self) -> Library:
        from rag_app import pipeline

        with self._lock:
            self._library = self._library or pipeline.open_library(self.settings)
            return self._library

    def generator(self) -> Generator | None:
        from rag_app.llm import loading

        with self._lock:
            if self.with_model and not self._asked:
                self._generator = loading.load_if_any(self.settings)
                self._asked = True
            return self._generator


def opened_once(settings: Settings, *, with_model: bool) -> Opened:
    """The collection and the model of these settings, for a process that has nothing open yet."""
    once = _Once(settings, with_model)
    return Opened(once.library, once.generator)
