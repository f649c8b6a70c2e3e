"""HTTP client of a server that speaks OpenAI's protocol: requests, replies, streams of events.

Knows: HTTP, what goes wrong with it (httpx's own exceptions never leave this module), and
that a stream must be left as soon as its reader wishes, while the server may still be silent
over a prompt.
Does not know: what is asked, prompts or answers.
"""

from __future__ import annotations

import contextlib
import json
import queue
import re
import socket
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpx

from rag_app.address import Address
from rag_app.errors import EngineError
from rag_app.llm.openai_turn import END, Json

# Seconds: for a connection; while a prompt is read; for small requests.
_CONNECT, _SILENCE, _SHORT = 5.0, 600.0, 30.0
_POLL = 0.02  # seconds between two looks at a caller's stop event
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LOG = "ask again; the server's own log says more"


class RefusedError(EngineError):
    """The server is there, but does not do what it was asked: it may do something else."""


class OpenAIServer:
    """Requests to one server, from any number of threads."""

    def __init__(self, address: Address) -> None:
        """Asks for nothing yet. `address` may end in /v1 or leave it out."""
        self.address = address
        root = str(address.answering()).removesuffix("/v1")
        patience = httpx.Timeout(_SILENCE, connect=_CONNECT)
        # The environment's proxies are ignored: the address that the user set is the only one connected to.
        self._client = httpx.Client(base_url=root, timeout=patience, trust_env=False)
        # So that each stream's socket is its own, to be shut down.
        once = httpx.Limits(max_keepalive_connections=0)
        self._streams = httpx.Client(base_url=root, timeout=patience, trust_env=False, limits=once)

    def get(self, path: str) -> Json:
        """The object at `path`. Raises EngineError; RefusedError where the server answers with
        something else.
        """
        with self._mapped():
            return self._object(self._client.get(path, timeout=httpx.Timeout(_SHORT, connect=_CONNECT)))

    def post(self, path: str, body: Json) -> Json:
        """The object that answers `body`. Raises as `get`."""
        with self._mapped():
            return self._object(self._client.post(path, json=body))

    def chat(self, body: Json) -> Json:
        """One whole turn. Raises as `get`."""
        return self.post("/v1/chat/completions", body)

    def events(self, body: Json, stop: threading.Event | None) -> Generator[Json, None, None]:
        """The events of a streamed turn, until it ends or `stop` is set. Raises EngineError.

        A thread of its own reads, so that stopping is felt while the server is silent; it also
        closes the connection, which tells the server.
        """
        if stop and stop.is_set():
            return
        reading = _StreamReader(self, body)
        try:
            while not (stop and stop.is_set()):
                try:
                    event = reading.events.get(timeout=_POLL)
                except queue.Empty:
                    continue
                if event is None:
                    return
                if isinstance(event, EngineError):
                    raise event
                yield event
        finally:
            reading.abandon()

    def close(self) -> None:
        self._client.close()
        self._streams.close()

    def lines(self, body: Json, trace: Any) -> Iterator[str]:
        """The lines of a streamed turn. Raises EngineError. httpx tells `trace` of each step of the
        connection.
        """
        extensions = {"trace": trace}
        with (
            self._mapped(),
            self._streams.stream(
                "POST", "/v1/chat/completions", json=body, extensions=extensions
            ) as response,
        ):
            if not response.is_success:
                response.read()
                raise self._refusal(response)
            if "json" in response.headers.get("content-type", ""):  # no stream: the reason why there is none
                response.read()
                self.refuse_if_complaint(parsed(response.text) or {})
            yield from _lines(response.iter_bytes())

    def refuse_if_complaint(self, event: Json, otherwise: str = "") -> None:
        """Raise EngineError with what the server says has gone wrong; `otherwise` where it has no words."""
        if said := complaint(event) or otherwise:
            raise EngineError(f"{self.address} failed while answering: {said}", _LOG)

    def _object(self, response: httpx.Response) -> Json:
        if not response.is_success:
            raise self._refusal(response)
        found = parsed(response.text)
        if found is None:
            raise RefusedError(
                f"{self.address} does not speak OpenAI's protocol: {response.url.path} is no JSON object",
                "RAG_LLM_URL is the address before /v1, for example http://localhost:8080",
            )
        return found

    def _refusal(self, response: httpx.Response) -> RefusedError:
        """What the server says about a request it refused, in one line."""
        hint = {
            401: "start the server without an API key; an SSH tunnel keeps it private",
            403: "start the server without an API key; an SSH tunnel keeps it private",
            404: "RAG_LLM_URL is the address before /v1, for example http://localhost:8080",
            503: "wait until it has loaded its model",
        }.get(response.status_code, _LOG)
        said = complaint(parsed(response.text) or {}) or response.reason_phrase
        return RefusedError(
            f"{self.address}{response.url.path} refused: {response.status_code} {said}".strip(), hint
        )

    @contextlib.contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout):
            hint = "start it, or unset RAG_LLM_URL to use the model of this machine"
            raise EngineError(f"no server answers at {self.address}", hint) from None
        except httpx.TimeoutException:
            raise EngineError(f"{self.address} has been silent for too long", _LOG) from None
        except httpx.HTTPError as error:
            raise EngineError(
                f"{self.address} broke off: {str(error) or type(error).__name__}", _LOG
            ) from None
        except RuntimeError:
            if not self._client.is_closed:
                raise
            raise EngineError(
                f"the connection to {self.address} was closed", "load the model again"
            ) from None


class _StreamReader:
    """A streamed turn being read by a thread: events go in a queue, None or an error last."""

    def __init__(self, server: OpenAIServer, body: Json) -> None:
        self.events: queue.SimpleQueue[Json | EngineError | None] = queue.SimpleQueue()
        self._server = server
        self._socket: socket.socket | None = None
        self._abandoned = False
        self._data: list[str] = []  # of the event whose lines are being read
        threading.Thread(target=self._run, args=(body,), name="server", daemon=True).start()

    def abandon(self) -> None:
        """Shut the connection down, which wakes the thread; what it then says is not read."""
        self._abandoned = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # closed already
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self, body: Json) -> None:
        try:
            for line in self._server.lines(body, self._trace):
                if self._abandoned:
                    return
                event = self._event(line)
                if event is not None:
                    self.events.put(event)
                if event == END:  # some servers keep the connection open
                    break
            self._check_complete()
            self.events.put(None)
        except EngineError as error:
            self.events.put(error)
        except Exception as error:
            self.events.put(EngineError(f"{self._server.address}: {error}", "report this as a bug"))

    def _event(self, line: str) -> Json | None:
        """The event that a line completes; None for comments, and where more is to come.

        An event is taken as soon as its data is whole: some servers leave out the empty line behind it.
        """
        if not line:
            self._check_complete()
        if line.startswith("{"):  # no event of a stream: a reply in place of one
            self._server.refuse_if_complaint(parsed(line) or {})
        field, _, data = line.partition(":")
        data = data.removeprefix(" ")
        if field not in {"data", "error"} or not data.strip():
            return None
        self._data.append(data)
        event = _whole(self._data)
        if event is not None:
            self._data.clear()
        self._server.refuse_if_complaint(event or {}, data if field == "error" else "")
        return event

    def _check_complete(self) -> None:
        """Raise EngineError where an event has ended that is none."""
        if self._data:
            said = " ".join(self._data)[:60].strip()
            raise EngineError(f"{self._server.address} sent an event that is no JSON object: {said}", _LOG)

    def _trace(self, step: str, info: Mapping[str, Any]) -> None:
        if step in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")
            if self._abandoned:  # before there was a connection
                self.abandon()


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines of UTF-8, wherever the chunks are cut, ended by CR, LF or both as the standard of events has it
    (https://html.spec.whatwg.org/multipage/server-sent-events.html). httpx would also end a line at U+2028,
    which may stand in JSON.
    """
    rest, after_cr = b"", False
    for chunk in chunks:
        # A CR ends its line at once; an LF that follows it in the next chunk ends no second one.
        fresh = chunk.removeprefix(b"\n") if after_cr else chunk
        after_cr = fresh.endswith(b"\r") or (after_cr and not fresh)
        *whole, rest = _LINE_END.split(rest + fresh)
        yield from (line.decode("utf-8", "replace") for line in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _whole(data: Sequence[str]) -> Json | None:
    """The event in these lines; None where more is to come. The standard joins them by line breaks; who wraps
    long lines may have cut within a text, which then holds none.
    """
    if "".join(data).strip() == "[DONE]":
        return END
    event = parsed("\n".join(data))
    return parsed("".join(data)) if event is None else event


def parsed(text: str) -> Json | None:
    """The JSON object in `text`; None if it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def complaint(reply: Json) -> str:
    """The first line of the error in a reply, in the ways servers word one; empty for none."""
    error = reply.get("error") or (reply.get("detail") if "choices" not in reply else None)
    said = str((isinstance(error, dict) and error.get("message")) or error or "")
    return (said.strip().splitlines() or [""])[0][:200]
