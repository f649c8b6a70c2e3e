"""The interface of a language model: `Message`, `Request` and `Generator`, and one that still loads.

Knows: the shape of a message, a request and a generator.
Does not know: any engine.

`llm.engine`, `llm.process` and `llm.remote` each have one; tests have small fakes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol, TypedDict

from rag_app.records import Usage


class Message(TypedDict):
    """One turn of the prompt; `content` is plain text, whatever template tokens it may spell."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """One of several texts that are asked for together; the fields are those of `Generator.stream`."""

    messages: tuple[Message, ...]
    prefix: str = ""
    grammar: str = ""
    max_tokens: int = 512


class Processor(StrEnum):
    """What a model mostly runs on, which decides how much one answer may ask of it."""

    CPU = "CPU"
    GPU = "GPU"


class Generator(Protocol):
    """A language model that streams text and judges between options. All methods may be called from
    any thread.
    """

    @property
    def model(self) -> str:
        """File name of the model, without its suffix."""

    @property
    def device(self) -> str:
        """Where it runs, for people: `CPU, 2 threads` or `NVIDIA RTX 4060, 28/29 layers`."""

    @property
    def processor(self) -> Processor:
        """What it mostly runs on; a server counts as a GPU."""

    @property
    def context(self) -> int:
        """Tokens that prompt and answer share."""

    @property
    def usage(self) -> Usage:
        """What the last finished call cost."""

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` as the content of a message."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """Yield the assistant's turn in pieces, greedily, after `prefix` and without repeating it.

        `grammar` (GBNF, root rule `root`) describes what follows the prefix. The stream ends with
        the turn, at `max_tokens`, or soon after `stop` is set. Raises EngineError.
        """

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        """Yield pieces of the turns of several requests: (index of the request, piece of its text).

        The pieces of each come in order and make what `stream` would make of it; those of different
        requests may be mixed. An empty piece is the last of a turn that ended by itself: one without
        it was cut off at its `max_tokens`, or by `stop`, soon after which all end. `usage` is that of
        all of them together. Raises EngineError.
        """

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        """How likely the assistant's turn is to begin with each option; the numbers sum to 1.
        Raises EngineError.

        All are equally likely once `stop` is set.
        """

    def close(self) -> None:
        """Give the memory back; calls after it raise EngineError."""


Loading = Future[Generator | None]  # a model that loads (`llm.loading`), None where there is none


def ready(model: Generator | Loading | None) -> Generator | None:
    """The model, once it is loaded. Raises WeightsError or EngineError, as its loading did."""
    return model.result() if isinstance(model, Future) else model


def one_by_one(
    generator: Generator, requests: Sequence[Request], stop: threading.Event | None
) -> Iterator[tuple[int, str]]:
    """`Generator.stream_batch` for a generator that writes one text at a time; usage is of the last."""
    stop = stop or threading.Event()
    for index, request in enumerate(requests):
        if stop.is_set():
            return
        pieces = generator.stream(
            request.messages,
            prefix=request.prefix,
            grammar=request.grammar,
            max_tokens=request.max_tokens,
            stop=stop,
        )
        for piece in pieces:
            yield index, piece
        if generator.usage.generated_tokens < request.max_tokens and not stop.is_set():
            yield index, ""
