"""A small real server of OpenAI's protocol on loopback, which serves, refuses or breaks off as a
test tells it.
"""

from __future__ import annotations

import itertools
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]


@dataclass
class Served:
    """What the server does; a test may change it while it runs."""

    models: list[Json] = field(
        default_factory=lambda: [{"id": "/models/Tiny-7B.gguf", "max_model_len": 2048}]
    )
    pieces: tuple[str, ...] = ("It ", "is ", "so.")
    hello: str = "Hello!"  # what it says in a turn that is not streamed
    grammar: str = ""  # the field it takes a grammar in
    # log-probabilities at each token; None refuses them
    candidates: list[dict[str, float]] | None = None
    counter: str = ""  # the path at which it counts words as tokens
    reason: str | None = "stop"
    usage: Json | None = None
    raw: bytes | None = None  # sent as the whole stream in place of the pieces
    kind: str = "text/event-stream"  # what a streamed turn says it is
    endless: bool = False  # the pieces come again and again, until the reader leaves
    status: int = 200  # of streamed turns
    # of any other reply than the listed ones; with a status that is not 200, of streamed turns
    body: bytes = b"{}"
    silent: threading.Event | None = None  # waited for before a stream's first byte
    properties: Json | None = None
    requests: list[tuple[str, Json]] = field(default_factory=list)
    # the reader left a stream early
    hung_up: threading.Event = field(default_factory=threading.Event)

    def asked(self) -> Json:
        """The last request for a turn."""
        return next(body for path, body in reversed(self.requests) if path == "/v1/chat/completions")


class _Handler(BaseHTTPRequestHandler):
    served: Served

    def do_GET(self) -> None:
        answers = {"/v1/models": {"data": self.served.models}, "/props": self.served.properties}
        self._json(answers.get(self.path))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.served.requests.append((self.path, body))
        if self.path == self.served.counter:
            self._json({"count": len(str(body.get("content") or body.get("input")).split())})
        elif self.path != "/v1/chat/completions":
            self._json(None)
        elif body.get("stream"):
            self._stream()
        elif body.get("logprobs"):
            self._json(self._with_logprobs())
        else:
            self._json(_turn("[8]" if self.served.grammar in body else self.served.hello))

    def _with_logprobs(self) -> Json | None:
        if self.served.candidates is None:
            return None
        content = [
            {
                "token": max(step.items(), key=lambda item: item[1])[0],
                "top_logprobs": [{"token": t, "logprob": p} for t, p in step.items()],
            }
            for step in self.served.candidates
        ]
        return {"choices": [{"message": {"content": ""}, "logprobs": {"content": content}}]}

    def _stream(self) -> None:
        served = self.served
        if served.status != 200:
            self._reply(served.status, served.body)
            return
        if served.silent:
            served.silent.wait(10)
        self.send_response(200)
        self.send_header("Content-Type", served.kind)
        self.end_headers()
        try:
            for event in [served.raw] if served.raw is not None else self._events():
                self.wfile.write(event)
        except OSError:
            served.hung_up.set()

    def _events(self) -> Iterator[bytes]:
        yield b": a comment\n\n"
        pieces = itertools.cycle(self.served.pieces) if self.served.endless else self.served.pieces
        for piece in pieces:
            time.sleep(0.002 * self.served.endless)
            yield _event({"choices": [{"delta": {"content": piece}, "finish_reason": None}]})
        yield _event({"choices": [{"delta": {}, "finish_reason": self.served.reason}]})
        if self.served.usage:
            yield _event({"choices": [], "usage": self.served.usage})
        yield b"data: [DONE]\n\n"

    def _json(self, answer: Json | None) -> None:
        if answer is None:
            self._reply(404, b'{"error": {"message": "not here\\nnor there"}}')
        else:
            self._reply(200, json.dumps(answer).encode())

    def _reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is printed."""


def _turn(text: str) -> Json:
    return {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}


def _event(value: Json) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\n\n"


@contextmanager
def serving(served: Served, family: socket.AddressFamily = socket.AF_INET) -> Iterator[str]:
    """The server's address, while the block runs."""
    handler = type("Handler", (_Handler,), {"served": served})
    kind = type("Server", (ThreadingHTTPServer,), {"address_family": family})
    server = kind(("127.0.0.1" if family == socket.AF_INET else "::1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
