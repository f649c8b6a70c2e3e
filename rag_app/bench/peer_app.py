"""This application as a peer: the `ask` story with the model that the settings choose.

Knows: how to see which papers are in a prompt.
Does not know: what its measured values are compared with (`bench.peers`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from rag_app import pipeline
from rag_app.bench.peer import Json, Reply, peak_bytes, serve
from rag_app.collection.library import Library
from rag_app.llm.process import EngineProcess
from rag_app.llm.protocol import Generator, Message, Processor, Request
from rag_app.records import Done, Found, Usage
from rag_app.settings import Settings
from rag_app.text.cleaning import clean_line


class Reader:
    """A `Generator` that hands its calls to another and keeps the prompts; without another it
    writes nothing.
    """

    def __init__(self, inner: Generator | None) -> None:
        self._inner = inner
        self.model = inner.model if inner else ""
        self.device = inner.device if inner else "CPU"
        self.processor = inner.processor if inner else Processor.CPU
        self.context = inner.context if inner else 8_192
        self.prompts: list[str] = []

    @property
    def usage(self) -> Usage:
        return self._inner.usage if self._inner else Usage()

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text) if self._inner else len(text) // 2

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        self.prompts.append(messages[-1]["content"])
        if self._inner:
            yield from self._inner.stream(
                messages, prefix=prefix, grammar=grammar, max_tokens=max_tokens, stop=stop
            )

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        self.prompts += [request.messages[-1]["content"] for request in requests]
        if self._inner:
            yield from self._inner.stream_batch(requests, stop=stop)

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        if self._inner is None:
            return (1 / len(options),) * len(options)
        return self._inner.choose(messages, options, prefix=prefix, stop=stop)

    def close(self) -> None:
        """Nothing: the process ends."""


def load(setup: Json) -> Callable[[Json], Reply]:
    """Open the collection and the model, as the page does."""
    del setup  # the settings say all
    settings = Settings.from_environment()
    library = pipeline.open_library(settings)
    engine = EngineProcess(settings)

    def reply(request: Json) -> Reply:
        said = answered(request, library, None if request.get("search") else engine)
        return replace(said, peak_bytes=peak_bytes(os.getpid(), engine.pid))

    return reply


def answered(request: Json, library: Library, engine: Generator | None) -> Reply:
    """The reply to one question: with `search`, only what the prompt would hold."""
    reader = Reader(engine)
    found, done = [], None
    for event in pipeline.ask(request["question"], library, reader):
        if isinstance(event, Found):
            found = [hit.paper for hit in event.evidence.hits[:20]]
        elif isinstance(event, Done):
            done = event.answer
    text = "\n".join(reader.prompts)
    shown = tuple(paper.arxiv_id for paper in found if f"] {clean_line(paper.title)}" in text)
    assert done is not None  # noqa: S101 - `ask` ends with it
    return Reply(shown, done.seconds, done.first_token_seconds, done.text)


if __name__ == "__main__":
    serve(load)
