"""OpenAI's chat protocol: a request's messages as a conversation, an answer as completions and chunks.

Knows: the protocol's JSON objects. Does not know: HTTP, or how an answer is made.

The form is that of https://platform.openai.com/docs/api-reference/chat. Beyond it a message carries
`citations`, as `ask --json` has them, and `rag_app` with what else is known of the answer; while it is
made, chunks carry `reasoning_content`, which many clients show apart from the answer.
"""

from __future__ import annotations

import itertools
import json
import re
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from rag_app import pipeline
from rag_app.collection.library import Library
from rag_app.errors import QuestionError
from rag_app.records import Answer, Turn
from rag_app.records_json import as_json
from rag_app.text.cleaning import escape_markdown

MODEL, EXTRACTIVE = "rag-app", "rag-app-no-llm"  # the second answers with the digests' own sentences
MODELS = (MODEL, EXTRACTIVE)
MOST_TURNS = 20  # of the conversation before; earlier ones are not looked at
_KEPT = ("refused", "intent", "language", "nearest", "scanned", "matched")
_ADDRESS = re.compile(r"https?://[^\s)\]>]+")

Json = dict[str, Any]


class RequestError(QuestionError):
    """A request that is not of the protocol's form; `param` names the field."""

    def __init__(self, message: str, param: str) -> None:
        super().__init__(message)
        self.param = param


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is asked, after what; other fields of a request change nothing."""

    model: str
    question: str
    before: tuple[tuple[str, str], ...]  # (question, answer) of the conversation so far, in order
    stream: bool
    with_usage: bool  # a last chunk says what the answer cost


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """What every object of one reply has in common."""

    model: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))


# --- requests -----------------------------------------------------------------------------------


def read(body: bytes) -> ChatRequest:
    """The request of a body of JSON. Raises RequestError."""
    try:
        data = json.loads(body)
    except ValueError:
        raise RequestError("the body is not JSON", "") from None
    if not isinstance(data, dict):
        raise RequestError("the body is not an object", "")
    if data.get("model") not in MODELS:
        raise RequestError(f"the model is none of {', '.join(MODELS)}", "model")
    if data.get("n", 1) not in (1, None):
        raise RequestError("there is one answer to a question", "n")
    said = _said(data.get("messages"))
    options = data.get("stream_options")
    usage = isinstance(options, dict) and bool(options.get("include_usage"))
    return ChatRequest(data["model"], said[-1][1], _pairs(said[:-1]), bool(data.get("stream")), usage)


def _said(messages: object) -> list[tuple[str, str]]:
    """(role, text) of what user and assistant said; instructions to a model have nobody to follow them."""
    if not isinstance(messages, list) or not messages:
        raise RequestError("there are no messages", "messages")
    said = []
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise RequestError("a message has no role", "messages")
        if message["role"] in {"user", "assistant"}:
            said.append((message["role"], _text(message.get("content"))))
    if not said or said[-1][0] != "user":
        raise RequestError("the last message is not the user's", "messages")
    return said


def _text(content: object) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, list) and all(
        isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)
        for part in content
    ):
        return "\n".join(part["text"] for part in content)
    raise RequestError("a message holds something other than text", "messages")


def _pairs(said: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each question with the answer right after it."""
    pairs = [
        (text, after)
        for (role, text), (next_role, after) in itertools.pairwise(said)
        if (role, next_role) == ("user", "assistant") and text.strip()
    ]
    return tuple(pairs[-MOST_TURNS:])


def conversation(before: Sequence[tuple[str, str]], library: Library) -> list[Turn]:
    """The turns that a follow-up may refer to: the papers are those whose addresses an answer names."""
    papers = {paper.url: paper.arxiv_id for paper in library.snapshot.papers.all()}
    turns: list[Turn] = []
    for question, answer in before:
        query = pipeline.understood(question, library, conversation=turns)
        named = [papers[url] for url in _ADDRESS.findall(answer.replace("\\", "")) if url in papers]
        about = tuple(dict.fromkeys(named)) or query.papers
        turns.append(Turn(question, answer, about, query.filters, query.intent))
    return turns


# --- replies ------------------------------------------------------------------------------------


def completion(reply: ReplyHead, answer: Answer) -> Json:
    """The whole answer as one object."""
    message = {"role": "assistant", "content": content(answer), "refusal": None, **_extras(answer)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**_head(reply, "chat.completion"), "choices": [choice], "usage": _usage(answer)}


def opening(reply: ReplyHead) -> Json:
    """The first chunk of a stream."""
    return _chunk(reply, {"role": "assistant", "content": ""})


def progress(reply: ReplyHead, text: str) -> Json:
    """A chunk that tells how the answer comes about."""
    return _chunk(reply, {"reasoning_content": f"{text}\n"})


def chunks(reply: ReplyHead, answer: Answer, *, with_usage: bool) -> Iterator[Json]:
    """The checked answer in chunks, a line each; the last but one carries its citations."""
    for line in content(answer).splitlines(keepends=True):
        yield _chunk(reply, {"content": line})
    yield _chunk(reply, _extras(answer), "stop")
    if with_usage:
        yield {**_head(reply, "chat.completion.chunk"), "choices": [], "usage": _usage(answer)}


def content(answer: Answer) -> str:
    """The answer as Markdown and, below it, the papers behind the numbers that its text shows."""
    shown = set(map(int, re.findall(r"\[(\d+)\]", answer.text)))
    sources = [f"[{c.n}] {escape_markdown(c.title)}, {c.url}" for c in answer.citations if c.n in shown]
    return "\n\n".join([answer.text, *(["  \n".join(sources)] if sources else [])])


def models() -> Json:
    """What may be asked for."""
    return {"object": "list", "data": [
        {"id": name, "object": "model", "created": 0, "owned_by": "rag-app"} for name in MODELS
    ]}  # fmt: skip


def error(message: str, kind: str, *, param: str = "", code: str = "") -> Json:
    """An error as the protocol has it."""
    return {"error": {"message": message, "type": kind, "param": param or None, "code": code or None}}


def _extras(answer: Answer) -> Json:
    data = as_json(answer)
    return {"citations": data["citations"], "rag_app": {name: data[name] for name in _KEPT}}


def _usage(answer: Answer) -> Json:
    used = answer.usage
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.generated_tokens,
        "total_tokens": used.prompt_tokens + used.generated_tokens,
        "prompt_tokens_details": {"cached_tokens": used.reused_tokens},
    }


def _head(reply: ReplyHead, kind: str) -> Json:
    return {"id": reply.id, "object": kind, "created": reply.created, "model": reply.model}


def _chunk(reply: ReplyHead, delta: Json, reason: str | None = None) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
    return {**_head(reply, "chat.completion.chunk"), "choices": [choice]}
