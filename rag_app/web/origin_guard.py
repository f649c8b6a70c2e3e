"""Lets the page answer its own requests only, and starts the Streamlit app behind that guard.

Knows: which requests are the user's own. Does not know: what the page shows. Streamlit checks Host
and Origin of its WebSocket alone; and to compare a foreign Origin it asks the internet for this
machine's own address, which is just what must not happen.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.starlette import App

from rag_app import runtime
from rag_app.web.server import HOSTS

runtime.collect_less_often()  # before the collection is opened


def is_own_request(host: str, origin: str | None) -> bool:
    """Whether the page itself sent a request with these headers, or no page at all (without Origin).

    A foreign Host is DNS rebinding: another site's name that was made to point at this machine.
    """
    return host.partition(":")[0] in HOSTS and (origin is None or origin.partition("://")[2] == host)


class OriginGuard:
    """ASGI middleware that answers 403 to any other request, over plain HTTP and WebSocket alike."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] in {"http", "websocket"}:
            headers = Headers(scope=scope)
            if not is_own_request(headers.get("host", ""), headers.get("origin")):
                refusals = {"http": PlainTextResponse("This page answers to itself alone.", 403)}
                answer = refusals.get(scope["type"], WebSocketClose())
        await answer(scope, receive, send)


app = App(Path(__file__).with_name("app.py"), middleware=[Middleware(OriginGuard)])
