"""The paths below `/v1` over HTTP: who may ask, what is answered, and every error in the protocol's form.

Knows: paths, headers, statuses, streams. Does not know: the objects (`api.chat_protocol`), or which
hosts and pages may ask at all (the guard of the server that it is part of).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from rag_app import pipeline
from rag_app.api import asking, chat_protocol, key_file, tools
from rag_app.api.chat_protocol import ChatRequest, ReplyHead, RequestError
from rag_app.api.collection import Opened
from rag_app.errors import QuestionError, RagError
from rag_app.records import Answer, Done, Event

BELOW = "/v1"  # the path of all others
MOST_BYTES = 1_000_000  # of a request
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
log = logging.getLogger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(opened: Opened, key: str) -> list[Route]:
    """Routes for a Starlette app; each asks for the key."""
    endpoints: dict[str, tuple[str, Endpoint]] = {
        "/v1/models": ("GET", _models),
        "/v1/search": ("POST", partial(_search, opened)),
        "/v1/chat/completions": ("POST", partial(_chat, opened)),
        "/v1/{path:path}": ("", _unknown),
    }
    return [
        Route(path, _Guarded(key, method, endpoint), methods=_METHODS)
        for path, (method, endpoint) in endpoints.items()
    ]


class _Guarded:
    """An endpoint behind the key, whose errors have the protocol's form."""

    def __init__(self, key: str, method: str, endpoint: Endpoint) -> None:
        self._key, self._method, self._endpoint = key, method, endpoint

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        with suppress(ClientDisconnect):
            response = await self._answer(request)
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        kind, _, shown = request.headers.get("authorization", "").partition(" ")
        if kind.casefold() != "bearer" or not key_file.same(self._key, shown.strip()):
            return _error(401, "the key is missing or wrong", "invalid_request_error", code="invalid_api_key")
        if self._method and request.method != self._method:
            return _error(405, f"this path takes {self._method}", "invalid_request_error")
        try:
            return await self._endpoint(request)
        except ClientDisconnect:
            raise
        except Exception as error:
            return _failed(error)


def refused() -> Response:
    """What is answered to a request by another name or from another page, which the guard does not let in."""
    why = "this server answers to 127.0.0.1 and localhost, and to no page of another origin"
    return _error(403, why, "invalid_request_error", code="forbidden")


def _failed(error: Exception) -> Response:
    status, body = _as_error(error)
    return JSONResponse(body, status)


def _as_error(error: Exception) -> tuple[int, chat_protocol.Json]:
    """(status, object) of what ended a request; what is a mistake of the program's is logged, not told."""
    match error:
        case RequestError(param="model"):
            code = "model_not_found"
            return 404, chat_protocol.error(error.message, "invalid_request_error", param="model", code=code)
        case RequestError():
            return 400, chat_protocol.error(error.message, "invalid_request_error", param=error.param)
        case QuestionError():
            return 400, chat_protocol.error(str(error), "invalid_request_error", param="messages")
        case RagError():
            return 503, chat_protocol.error(str(error), "server_error", code="unavailable")
    log.error("a request failed", exc_info=error)
    return 500, chat_protocol.error("rag-app failed; its log says how", "server_error")


def _error(status: int, message: str, kind: str, *, code: str = "") -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(chat_protocol.error(message, kind, code=code), status, headers)


async def _body(request: Request) -> bytes:
    """The whole body. Raises RequestError where it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise RequestError(f"a request has at most {MOST_BYTES:,} bytes", "")
    return bytes(body)


# --- endpoints ----------------------------------------------------------------------------------


async def _models(request: Request) -> Response:
    return JSONResponse(chat_protocol.models())


async def _unknown(request: Request) -> Response:
    return _error(404, f"there is no {request.url.path}", "invalid_request_error", code="unknown_url")


async def _search(opened: Opened, request: Request) -> Response:
    """`{"query", "limit", "since", "until", "author", "min_votes"}` -> papers, best first."""
    try:
        data = json.loads(await _body(request))
        fields = {name: str(data.get(name) or "") for name in ("query", "since", "until", "author")}
        limit, min_votes = int(data.get("limit") or 10), int(data.get("min_votes") or 0)
    except (ValueError, TypeError, AttributeError):
        raise RequestError("the body is not an object with a query", "query") from None

    def found() -> tools.Json:
        library = opened.library()
        question = fields.pop("query")
        filters = tools.conditions(library, **fields, min_votes=min_votes)
        return tools.search(library, question, limit=limit, filters=filters)

    return JSONResponse(await run_in_threadpool(found))


async def _chat(opened: Opened, request: Request) -> Response:
    asked = chat_protocol.read(await _body(request))
    pipeline.accepted(asked.question)
    library = await run_in_threadpool(opened.library)
    turns = await run_in_threadpool(chat_protocol.conversation, asked.before, library)
    coming = asking.events(
        asked.question, opened, conversation=turns, with_model=asked.model == chat_protocol.MODEL
    )
    reply = ReplyHead(asked.model)
    if asked.stream:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(
            _stream(reply, asked, coming), media_type="text/event-stream", headers=headers
        )
    answer = await _while_connected(_last(coming), request)
    return JSONResponse(chat_protocol.completion(reply, answer))


async def _stream(reply: ReplyHead, asked: ChatRequest, coming: AsyncGenerator[Event]) -> AsyncIterator[str]:
    """Server-sent events: how the answer comes about, then the answer, checked."""
    yield _event(chat_protocol.opening(reply))
    try:
        async with aclosing(coming) as events:
            async for event in events:
                if isinstance(event, Done):
                    for chunk in chat_protocol.chunks(reply, event.answer, with_usage=asked.with_usage):
                        yield _event(chunk)
                elif message := asking.progress_message(event):
                    yield _event(chat_protocol.progress(reply, message))
    except Exception as error:
        yield _event(_as_error(error)[1])
    yield "data: [DONE]\n\n"


def _event(data: chat_protocol.Json) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _last(coming: AsyncGenerator[Event]) -> Answer:
    async with aclosing(coming) as events:
        async for event in events:
            if isinstance(event, Done):
                return event.answer
    raise RuntimeError("the answer did not come to an end")


async def _while_connected(work: Coroutine[Any, Any, Answer], request: Request) -> Answer:
    """What `work` returns; it is cancelled, and with it the answer, once the client has gone."""
    working, gone = asyncio.create_task(work), asyncio.create_task(_disconnected(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return await working
    finally:
        for task in (working, gone):
            task.cancel()


async def _disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
