"""Lets the page answer its own requests only, and starts the Streamlit app behind that guard.

Knows: which requests are the user's own, and what is said to others. Does not know: what the page
shows. Streamlit checks Host and Origin of its WebSocket alone; and to compare a foreign Origin it
asks the internet for this machine's own address, which is just what must not happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.starlette import App

from rag_app import runtime
from rag_app.web.i18n.text import WORDS
from rag_app.web.server import ADDRESS, HOSTS

# Whole, without a style sheet or a script: the app's own files are shut to this host as well.
_REFUSAL = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>rag-app</title>
<meta name="viewport" content="width=device-width"><style>:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }}
pre {{ overflow-x: auto; padding: .75rem; border: 1px solid; border-radius: .5rem }}</style>
<h1>{title}</h1><p>{why}</p><p>{way}</p><pre>ssh -N -L {port}:{address}:{port} {machine}</pre><p>{then}</p></html>
"""

runtime.collect_less_often()  # before the collection is opened


def is_own_request(host: str, origin: str | None) -> bool:
    """Whether the page itself sent a request with these headers, or no page at all (without Origin).

    A foreign Host is DNS rebinding: another site's name that was made to point at this machine.
    """
    return _is_own_host(host) and (origin is None or origin.partition("://")[2] == host)


def _is_own_host(host: str) -> bool:
    return host.partition(":")[0] in HOSTS


class OriginGuard:
    """ASGI middleware that answers 403 to any other request, over plain HTTP and WebSocket alike."""

    def __init__(self, app: ASGIApp, refused: Mapping[str, Response] | None = None) -> None:
        """`refused` has what is answered below a path, where programs ask that read no page."""
        self.app, self._refused = app, refused or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] in {"http", "websocket"}:
            headers = Headers(scope=scope)
            if not is_own_request(headers.get("host", ""), headers.get("origin")):
                answer = WebSocketClose() if scope["type"] == "websocket" else self._refusal(scope, headers)
        await answer(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response:
        for path, response in self._refused.items():
            if scope["path"].startswith(path):
                return response
        return _page_refusal(scope, headers)


def _page_refusal(scope: Scope, headers: Headers) -> Response:
    """What a browser shows that came by another name: why, and the way that works.

    Nothing of the request is repeated in it but the port, which is the server's own.
    """
    if _is_own_host(headers.get("host", "")):
        return PlainTextResponse("This page answers to itself alone.", 403)  # another page asked, no person
    language = "ko" if headers.get("accept-language", "").startswith("ko") else "en"
    words = WORDS[language]
    said = {name: escape(words[f"foreign_{name}"]) for name in ("title", "why", "way", "machine")}
    port = scope["server"][1]
    then = escape(words["foreign_then"].format(address=f"http://{ADDRESS}:{port}"))
    return HTMLResponse(
        _REFUSAL.format(**said, then=then, language=language, address=ADDRESS, port=port), 403
    )


app = App(Path(__file__).with_name("app.py"), middleware=[Middleware(OriginGuard)])
