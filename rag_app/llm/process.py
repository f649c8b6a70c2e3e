"""The engine in a child process, behind the engine's own interface.

Knows: how to start the child, talk to it (the protocol is in `llm.worker`), notice its death and
start it again. A crash or an abort of native code does not take the page down, and closing gives
the memory back at once, which is how models are switched.
Does not know: models.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Generator as Yields
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, fields
from typing import Any

from rag_app.errors import EngineError
from rag_app.llm.protocol import Message, Processor, Request
from rag_app.records import Usage
from rag_app.settings import Settings
from rag_app.shipped import SHIPPED

_STOP_POLL = 0.02  # seconds between two looks at a caller's stop event
_PATIENCE = 5.0  # seconds that a child has to end by itself
# Saved states are megabytes, each of another size. After the first few glibc takes them from its
# heap, where they leave holes; with a fixed threshold each has pages of its own, which go back to
# the system (mallopt(3)).
_OWN_PAGES = ("MALLOC_MMAP_THRESHOLD_", str(1 << 20))


class EngineProcess:
    """A `Generator` whose engine runs in a child process; any number of threads may call it.

    Calls are answered in the order they were made. A call during which the child dies raises
    EngineError; the next one starts a new child.
    """

    def __init__(self, settings: Settings, *, command: Sequence[str] = ()) -> None:
        """Start the child and wait until it has loaded. `command` replaces the usual child. Raises
        EngineError.
        """
        self._command = tuple(command) or (sys.executable, "-m", "rag_app.llm.worker")
        self._environment = _environment(settings)
        self._starting = threading.Lock()
        self._closed = False
        self._last = threading.local()  # usage of each thread's own last call
        self._child = _Child(self._command, self._environment)

    @property
    def model(self) -> str:
        return str(self._child.ready["model"])

    @property
    def device(self) -> str:
        return str(self._child.ready["device"])

    @property
    def processor(self) -> Processor:
        """What it mostly runs on."""
        return Processor(self._child.ready["processor"])

    @property
    def context(self) -> int:
        return int(self._child.ready["context"])

    @property
    def kv_type(self) -> str:
        """Number format of the KV cache: `f16` or `q8_0`."""
        return str(self._child.ready["kv_type"])

    @property
    def pid(self) -> int:
        """Process id of the child; another one after it was started anew."""
        return self._child.pid

    @property
    def memory_bytes(self) -> int:
        """Main memory that the child holds now; 0 if it is gone."""
        return self._child.memory_bytes

    @property
    def usage(self) -> Usage:
        """What the last answer or choice of this thread cost: others may have had theirs since."""
        usage: Usage = getattr(self._last, "usage", Usage())
        return usage

    @property
    def waiting(self) -> int:
        """How many calls wait for the one being answered."""
        return max(self._child.open_calls - 1, 0)

    def count_tokens(self, text: str) -> int:
        return int(self._reply(call="count", text=text)["result"])

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        reply = self._reply(
            stop, call="choose", messages=list(messages), options=list(options), prefix=prefix
        )
        self._last.usage = Usage(**reply["usage"])
        return tuple(reply["result"])

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        """As `Generator.stream`. Closing the iterator stops the answer; leaving it aside holds nobody up."""
        arguments = {"prefix": prefix, "grammar": grammar, "max_tokens": max_tokens}
        with closing(self._replies(stop, call="stream", messages=list(messages), **arguments)) as replies:
            for reply in replies:
                yield reply["piece"]

    def stream_batch(
        self, requests: Sequence[Request], *, stop: threading.Event | None = None
    ) -> Iterator[tuple[int, str]]:
        """As `Generator.stream_batch`. Closing the iterator stops all of them."""
        asked = [asdict(request) for request in requests]
        with closing(self._replies(stop, call="batch", requests=asked)) as replies:
            for reply in replies:
                yield reply["index"], reply["piece"]

    def close(self) -> None:
        """End the child, and with it the answers under way."""
        self._closed = True
        with self._starting:
            self._child.end()

    def _replies(
        self, stop: threading.Event | None, **request: object
    ) -> Yields[Mapping[str, Any], None, None]:
        """The replies with a piece each; the last one tells the cost."""
        call = self._living().call(**request)
        try:
            while "piece" in (reply := call.reply(stop)):
                yield reply
            self._last.usage = Usage(**_good(reply)["usage"])
        finally:
            call.stop()

    def _reply(self, stop: threading.Event | None = None, **request: object) -> Mapping[str, Any]:
        return _good(self._living().call(**request).reply(stop))

    def _living(self) -> _Child:
        """The child, started anew if it died."""
        with self._starting:
            if self._closed:
                raise EngineError("the language model was closed", "load it again")
            if not self._child.alive:
                self._child.end()
                self._child = _Child(self._command, self._environment)
            return self._child


class _Call:
    """One request under way."""

    def __init__(self, child: _Child, number: int) -> None:
        self._child = child
        self._number = number
        self._stopped = False
        self.finished = False  # set by the child's reader at the last reply
        self.replies: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def reply(self, stop: threading.Event | None = None) -> dict[str, Any]:
        """The next reply, passing on `stop` as soon as it is set."""
        while stop is not None and not self._stopped:
            if stop.is_set():
                self.stop()
            try:
                return self.replies.get(timeout=_STOP_POLL)
            except queue.Empty:
                continue
        return self.replies.get()

    def stop(self) -> None:
        """Ask the child to stop this one, unless it has ended."""
        if not self._stopped and not self.finished:
            self._stopped = True
            self._child.send({"stop": self._number})


class _Child:
    """A running worker; a thread hands its replies to the calls they belong to."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it and wait for `ready`; EngineError if it cannot load."""
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment
            )
        except OSError as error:
            raise EngineError(
                f"the engine cannot be started: {error.strerror}", "run: rag-app check"
            ) from None
        self._numbers = itertools.count(1)
        self._calls: dict[int, _Call] = {}
        self._lock = threading.Lock()  # of writing, and of the calls
        self.alive = True
        first = self._receive()
        if first is None or "error" in first:
            self.end()
            raise (
                EngineError(**self._death()) if first is None else EngineError(first["error"], first["hint"])
            )
        self.ready: dict[str, Any] = first["ready"]
        threading.Thread(target=self._dispatch, daemon=True).start()

    @property
    def open_calls(self) -> int:
        return len(self._calls)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def memory_bytes(self) -> int:
        import psutil

        with contextlib.suppress(psutil.Error):
            return int(psutil.Process(self._process.pid).memory_info().rss)
        return 0

    def call(self, **request: object) -> _Call:
        """Send a request; a dead child answers it with an error."""
        with self._lock:
            number = next(self._numbers)
            call = _Call(self, number)
            if self.alive:
                self._calls[number] = call
                self._write({"id": number, **request})
                return call
        call.replies.put(_error(**self._death()))
        return call

    def send(self, request: Mapping[str, object]) -> None:
        with self._lock:
            self._write(request)

    def end(self) -> None:
        """Close its input; if that does not end it in time, kill it."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe by construction
        with self._lock, contextlib.suppress(OSError):  # unsent bytes of a child that is gone
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self, request: Mapping[str, object]) -> None:
        """Write one line; if the child is gone, its reader notices and answers every call."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe by construction
        with contextlib.suppress(OSError, ValueError):  # broken, or closed by us
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()

    def _receive(self) -> dict[str, Any] | None:
        """The next reply, None at the end of the child or where a line is cut off by it."""
        assert self._process.stdout is not None  # noqa: S101 - a pipe by construction
        try:
            reply: dict[str, Any] = json.loads(self._process.stdout.readline())
        except ValueError:
            return None
        return reply

    def _dispatch(self) -> None:
        while (reply := self._receive()) is not None:
            call = self._calls[reply["id"]]
            if "piece" not in reply:
                call.finished = True
                with self._lock:
                    del self._calls[reply["id"]]
            call.replies.put(reply)
        death = _error(**self._death())
        with self._lock:
            self.alive = False
            left, self._calls = self._calls, {}
        for call in left.values():
            call.finished = True
            call.replies.put(death)

    def _death(self) -> dict[str, str]:
        """Message and hint for a child that ended by itself."""
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:  # it closed its output but lives: of no use any more
            self._process.kill()
            code = self._process.wait()
        if code == 0:
            return {"message": "the language model was closed", "hint": "load it again"}
        hint = "ask again: it is started anew"
        if code == -9:
            hint += "; if it ends again, memory is short: choose a smaller model"
        return {"message": f"the language model's process ended (code {code})", "hint": hint}


def _good(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reply; EngineError if it tells of one."""
    if "error" in reply:
        raise EngineError(reply["error"], reply["hint"])
    return reply


def _error(message: str, hint: str) -> dict[str, Any]:
    return {"error": message, "hint": hint}


def _environment(settings: Settings) -> dict[str, str]:
    """The environment with these settings in place of its own, and with the package importable."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAG_")}
    for field in fields(settings):
        value = getattr(settings, field.name)
        environment[f"RAG_{field.name.upper()}"] = str(int(value) if isinstance(value, bool) else value)
    environment.setdefault(*_OWN_PAGES)
    paths = [str(SHIPPED), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return environment
