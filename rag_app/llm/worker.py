"""The child process in which an engine runs: requests on stdin, replies on stdout.

Knows: one JSON object a line.
Does not know: who asks. It ends when its input does, so it never outlives its parent.

Requests: `{"id", "call": "stream" | "batch" | "choose" | "count", ...arguments}` and `{"stop": id}`.
Replies: first `{"ready": {model, device, context, kv_type}}` or `{"error", "hint"}`, then, for each
id, any number of `{"id", "piece"}` (in a batch also `"index"`, of the request) and at last
`{"id", "result", "usage"}` or `{"id", "error", "hint"}`.
Calls are answered in the order they came. Counting and stopping are not made to wait, and a batch
makes nobody wait for long: the engine lets others have their turn.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TextIO

from rag_app.errors import RagError
from rag_app.llm.protocol import Generator, Request

_ENDING = 1.0  # seconds that answers under way have to stop, once nobody reads them


def main() -> None:
    """Serve the engine that the environment's settings ask for."""
    from rag_app.settings import Settings

    def load() -> Generator:
        from rag_app.llm import loading

        return loading.load(Settings.from_environment())

    run(load)


def run(load: Callable[[], Generator]) -> None:
    """Load, say so, and serve until standard input ends."""
    # A terminal sends Ctrl-C to this process too: whether that ends it is for its parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not break the protocol
    try:
        engine = load()
    except RagError as error:
        print(json.dumps({"error": error.message, "hint": error.hint}), file=output, flush=True)
        return
    worker = _Worker(engine, output)
    worker.reply(
        ready={
            name: getattr(engine, name, "") for name in ("model", "device", "processor", "context", "kv_type")
        }
    )
    worker.serve(sys.stdin)


class _Worker:
    """One thread reads requests and counts; another answers calls, one at a time; a batch has its own."""

    def __init__(self, engine: Generator, output: TextIO) -> None:
        self._engine = engine
        self._output = output
        self._writing = threading.Lock()
        self._calls: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._stops: dict[int, threading.Event] = {}
        self._batches: list[threading.Thread] = []  # one for each under way

    def reply(self, **values: object) -> None:
        with self._writing:
            print(json.dumps(values), file=self._output, flush=True)

    def serve(self, requests: TextIO) -> None:
        """Take requests until there are no more; then stop what runs and close the engine."""
        answering = threading.Thread(target=self._answer_all, daemon=True)
        answering.start()
        for line in requests:
            self._take(json.loads(line))
        for stop in list(self._stops.values()):
            stop.set()
        self._calls.put(None)
        deadline = time.monotonic() + _ENDING
        for thread in (answering, *self._batches):
            thread.join(max(deadline - time.monotonic(), 0))
            if thread.is_alive():  # within a long batch of llama.cpp, which nothing stops
                os._exit(0)
        self._engine.close()

    def _take(self, request: dict[str, Any]) -> None:
        if "stop" in request:
            stop = self._stops.get(request["stop"])  # none: it has ended meanwhile
            if stop:
                stop.set()
        elif request["call"] == "count":
            self._answer(request)
        else:
            self._stops[request["id"]] = threading.Event()
            self._begin(request)

    def _begin(self, request: dict[str, Any]) -> None:
        if request["call"] == "batch":
            thread = threading.Thread(target=self._answer_stoppable, args=(request,), daemon=True)
            self._batches = [batch for batch in self._batches if batch.is_alive()] + [thread]
            thread.start()
        else:
            self._calls.put(request)

    def _answer_all(self) -> None:
        while (request := self._calls.get()) is not None:
            self._answer_stoppable(request)

    def _answer_stoppable(self, request: dict[str, Any]) -> None:
        self._answer(request)
        del self._stops[request["id"]]

    def _answer(self, request: dict[str, Any]) -> None:
        """Answer one call; whatever goes wrong is its reply, and the worker lives on."""
        try:
            result = self._call(request)
            self.reply(id=request["id"], result=result, usage=asdict(self._engine.usage))
        except RagError as error:
            self.reply(id=request["id"], error=error.message, hint=error.hint)
        except MemoryError:
            hint = "close other programs, set RAG_CONTEXT lower, or choose a smaller model"
            self.reply(id=request["id"], error="the language model has run out of memory", hint=hint)
        except BrokenPipeError:  # the parent is gone: so are we, soon
            return
        except Exception as error:
            self.reply(
                id=request["id"], error=f"{type(error).__name__}: {error}", hint="report this as a bug"
            )

    def _call(self, request: dict[str, Any]) -> object:
        engine = self._engine
        if request["call"] == "count":
            return engine.count_tokens(request["text"])
        stop = self._stops[request["id"]]
        if request["call"] == "choose":
            return engine.choose(request["messages"], request["options"], prefix=request["prefix"], stop=stop)
        if stop.is_set():
            return None
        if request["call"] == "batch":
            asked = [Request(**{**one, "messages": tuple(one["messages"])}) for one in request["requests"]]
            for index, piece in engine.stream_batch(asked, stop=stop):
                self.reply(id=request["id"], index=index, piece=piece)
        else:
            arguments = {name: request[name] for name in ("prefix", "grammar", "max_tokens")}
            for piece in engine.stream(request["messages"], stop=stop, **arguments):
                self.reply(id=request["id"], piece=piece)
        return None


if __name__ == "__main__":
    main()
