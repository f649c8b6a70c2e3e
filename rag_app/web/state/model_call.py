"""The language model as one answer uses it: its prompts, its place in the queue, its pieces so far.

Knows: that an engine answers one call at a time, in the order they came. Does not know: engines, or
how anything looks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rag_app.llm.protocol import Generator, Message, Processor, Request
from rag_app.records import Usage


class CallQueue:
    """The calls that the engine has not finished, in the order it takes them; one for the whole app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[ModelCall] = []

    @property
    def busy(self) -> bool:
        """Whether an answer needs the engine."""
        return bool(self._calls)

    def ahead_of(self, call: ModelCall) -> int:
        """How many calls come before this one; 0 while it has none."""
        with self._lock:
            return self._calls.index(call) if call in self._calls else 0

    @contextmanager
    def joined_by(self, call: ModelCall) -> Iterator[None]:
        with self._lock:
            self._calls.append(call)
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(call)


class ModelCall:
    """A `Generator` that hands its calls on to another and notes them; made for one answer."""

    def __init__(self, generator: Generator, queue: CallQueue) -> None:
        self._generator = generator
        self._queue = queue
        self._usage = Usage()
        self.prompts: tuple[str, ...] = ()  # what the model was given to continue, call by call
        self.began = time.monotonic()
        self.first_piece: float | None = None  # on the same clock
        self.pieces = 0  # written so far; a piece is about a token

    @property
    def ahead(self) -> int:
        """How many calls of other answers come first."""
        return self._queue.ahead_of(self)

    @property
    def model(self) -> str:
        return self._generator.model

    @property
    def processor(self) -> Processor:
        return self._generator.processor

    @property
    def device(self) -> str:
        return self._generator.device

    @property
    def context(self) -> int:
        return self._generator.context

    @property
    def usage(self) -> Usage:
        """Of this answer's last call; the generator's own may be that of another answer by now."""
        return self._usage

    def count_tokens(self, text: str) -> int:
        return self._generator.count_tokens(text)

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        with self._queue.joined_by(self):
            return self._generator.choose(messages, options, prefix=prefix, stop=stop)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """As `Generator.stream`."""
        self.prompts += (_as_text(messages, prefix),)
        with self._queue.joined_by(self):
            for piece in self._generator.stream(
                messages, prefix=prefix, grammar=grammar, max_tokens=max_tokens, stop=stop
            ):
                self.first_piece = self.first_piece or time.monotonic()
                self.pieces += 1
                yield piece
            self._usage = self._generator.usage

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        """As `Generator.stream_batch`."""
        self.prompts += tuple(_as_text(request.messages, request.prefix) for request in requests)
        with self._queue.joined_by(self):
            for index, piece in self._generator.stream_batch(requests, stop=stop):
                self.first_piece = self.first_piece or time.monotonic()
                self.pieces += 1
                yield index, piece
            self._usage = self._generator.usage

    def close(self) -> None:
        """Nothing: the engine is not this answer's alone."""


def _as_text(messages: Sequence[Message], prefix: str) -> str:
    """The messages under their roles, in place of which the model's template puts tokens of its own."""
    turns = [f"--- {message['role']} ---\n{message['content']}" for message in messages]
    return "\n\n".join([*turns, f"--- assistant ---\n{prefix}"])
