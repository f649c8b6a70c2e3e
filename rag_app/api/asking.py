"""An answer for a program that asks asynchronously: made in a thread of its own, stopped when nobody
waits for it any more.

Knows: how events of the pipeline come over to an event loop. Does not know: protocols.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rag_app import pipeline
from rag_app.api.collection import Opened
from rag_app.records import Checked, Event, Filters, Found, Turn


@dataclass(frozen=True, slots=True)
class _End:
    """No more events come."""

    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _EventThread:
    """Hands events from its thread to an event loop."""

    ask: Callable[[], Iterator[Event]]
    loop: asyncio.AbstractEventLoop
    arrived: asyncio.Queue[Event | _End]

    def run(self) -> None:
        end = _End()
        try:
            for event in self.ask():
                self._hand_over(event)
        except Exception as error:
            end = _End(error)
        self._hand_over(end)

    def _hand_over(self, event: Event | _End) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever asked
            self.loop.call_soon_threadsafe(self.arrived.put_nowait, event)


async def events(
    question: str,
    opened: Opened,
    *,
    conversation: Sequence[Turn] = (),
    filters: Filters = Filters(),
    with_model: bool = True,
) -> AsyncGenerator[Event]:
    """What `pipeline.ask` yields, as it comes. Raises what it raises.

    Whoever stops listening (by `aclose`, or by being cancelled) stops the answer.
    """
    stop = threading.Event()

    def ask() -> Iterator[Event]:
        generator = opened.generator() if with_model else None
        return pipeline.ask(
            question, opened.library(), generator, conversation=conversation, filters=filters, stop=stop
        )

    arrived: asyncio.Queue[Event | _End] = asyncio.Queue()
    worker = _EventThread(ask, asyncio.get_running_loop(), arrived)
    threading.Thread(target=worker.run, name="answer", daemon=True).start()
    try:
        while not isinstance(event := await arrived.get(), _End):
            yield event
        if event.error:
            raise event.error
    finally:
        stop.set()


def progress_message(event: Event) -> str:
    """What an event tells someone who waits; empty for one that tells nothing."""
    match event:
        case Found(evidence):
            matched = f", {len(evidence.matched):,} match" if evidence.matched else ""
            return f"{evidence.scanned:,} papers scanned{matched}"
        case Checked(sentence) if sentence.supported:
            return sentence.text
    return ""
