"""What `/v1` promises, asked over loopback by OpenAI's own client library and by plain requests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import openai
import pytest
import uvicorn
from openai.types.chat import ChatCompletionMessageParam
from starlette.applications import Starlette
from starlette.middleware import Middleware

from rag_app import pipeline
from rag_app.api import chat_protocol
from rag_app.api.collection import Opened
from rag_app.api.routes import BELOW, MOST_BYTES, refused, routes
from rag_app.errors import CollectionError
from rag_app.llm.protocol import Message
from rag_app.records import Intent
from rag_app.web.origin_guard import OriginGuard
from tests.helpers.browsing import free_port
from tests.helpers.fakes import ScriptedGenerator, lab

KEY = "a key that is long enough"
VOTES = "Which papers got the most votes?"
GRASP = "How does PickBot grasp?"  # a language model writes the answer
Asked = list[ChatCompletionMessageParam]


class Slow(ScriptedGenerator):
    """Writes without end until it is stopped."""

    began, stopped = threading.Event(), threading.Event()

    def stream(self, messages: Sequence[Message], **given: Any) -> Iterator[str]:
        self.began.set()
        while not given["stop"].wait(0.01):
            yield "and "
        self.stopped.set()


class Model:
    """Which language model the server has at the moment; an exception is raised instead."""

    generator: ScriptedGenerator | None = None
    library_error: Exception | None = None


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server with the paths, behind the page's guard."""
    library = lab()

    def opened() -> Any:
        if Model.library_error:
            raise Model.library_error
        return library

    app = Starlette(
        routes=routes(Opened(opened, lambda: Model.generator), KEY),
        middleware=[Middleware(OriginGuard, refused={BELOW: refused()})],
    )
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    Model.generator, Model.library_error = None, None
    Slow.began.clear()
    Slow.stopped.clear()
    yield


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key=KEY, max_retries=0) as client:
        yield client


def asked(question: str, *before: tuple[str, str]) -> Asked:
    messages: Asked = []
    for earlier, answer in before:
        messages += [{"role": "user", "content": earlier}, {"role": "assistant", "content": answer}]
    return [*messages, {"role": "user", "content": question}]


def test_an_answer_has_its_citations_in_the_message_and_as_a_field(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(model="rag-app", messages=asked(VOTES))
    message = reply.choices[0].message
    extra = message.model_extra or {}
    assert reply.choices[0].finish_reason == "stop" and reply.object == "chat.completion"
    first = extra["citations"][0]
    assert f"[{first['n']}]" in (message.content or "") and first["url"] in (message.content or "")
    assert extra["rag_app"]["refused"] is False
    assert extra["rag_app"]["scanned"] == len(lab().snapshot.papers.all())


def test_a_stream_tells_progress_apart_and_then_the_same_answer(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="rag-app", messages=asked(VOTES)).choices[0].message
    stream = client.chat.completions.create(
        model="rag-app", messages=asked(VOTES), stream=True, stream_options={"include_usage": True}
    )
    *chunks, last = list(stream)
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    told = "".join((delta.model_extra or {}).get("reasoning_content", "") for delta in deltas)
    assert "papers scanned" in told
    assert (deltas[-1].model_extra or {})["citations"] == (whole.model_extra or {})["citations"]
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert last.choices == [] and last.usage is not None
    assert len({chunk.id for chunk in chunks}) == 1


def test_what_a_model_wrote_is_streamed_only_once_it_is_checked(client: openai.OpenAI) -> None:
    Model.generator = ScriptedGenerator(
        ["[1] PickBot's O.O.D. success rate is 75%. It was filmed on the moon.\n"]
    )
    stream = client.chat.completions.create(model="rag-app", messages=asked(GRASP), stream=True)
    said = ""
    for chunk in stream:
        for part in (
            chunk.choices[0].delta.content,
            (chunk.choices[0].delta.model_extra or {}).get("reasoning_content"),
        ):
            said += part or ""
    assert "75%" in said and "papers scanned" in said
    assert "moon" not in said


def test_a_follow_up_is_about_the_papers_that_the_answer_before_names(client: openai.OpenAI) -> None:
    before = "Who wrote FoldNet?"
    first = client.chat.completions.create(model="rag-app", messages=asked(before)).choices[0].message
    follow_up = asked("How many votes did it get?", (before, first.content or ""))
    reply = client.chat.completions.create(model="rag-app", messages=follow_up).choices[0].message
    assert [c["arxiv_id"] for c in (reply.model_extra or {})["citations"]] == ["2405.00002"]


def test_an_earlier_turn_is_of_the_kind_that_it_was_answered_as() -> None:
    """Wording rules alone took "What is grasping?" for the question of one paper."""
    question = "What is grasping?"
    (turn,) = chat_protocol.conversation([(question, "…")], lab())
    assert turn.intent is pipeline.understood(question, lab()).intent is Intent.CONCEPT


def test_two_models_are_there_and_one_asks_no_language_model(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["rag-app", "rag-app-no-llm"]
    Model.generator = ScriptedGenerator(["[1] PickBot's O.O.D. success rate is 75%.\n"])
    client.chat.completions.create(model="rag-app-no-llm", messages=asked(GRASP))
    assert Model.generator.calls == []
    client.chat.completions.create(model="rag-app", messages=asked(GRASP))
    assert Model.generator.calls


def test_parts_of_text_and_instructions_are_taken(client: openai.OpenAI) -> None:
    messages: Asked = [
        {"role": "system", "content": "Answer as a pirate."},
        {"role": "user", "content": [{"type": "text", "text": VOTES}]},
    ]
    reply = client.chat.completions.create(model="rag-app", messages=messages, temperature=0.7, max_tokens=5)
    assert (reply.choices[0].message.model_extra or {})["rag_app"]["intent"] == "metadata"


def test_search_finds_papers_and_keeps_conditions(address: str) -> None:
    def search(**body: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.post(f"{address}/v1/search", json=body, headers=headers)

    found = search(query="grasping with a wrist camera", limit=2).json()
    assert [len(found["papers"]), found["papers"][0]["id"]] == [2, "2405.00001"]
    assert [p["id"] for p in search(query="robots", author="Cleo Park").json()["papers"]] == ["2405.00002"]
    for body in ({"query": ""}, {"query": "x", "since": "today"}, {"query": "x", "limit": "many"}):
        refused = search(**body)
        assert refused.status_code == 400 and refused.json()["error"]["type"] == "invalid_request_error"


# --- who may ask ----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["wrong", "", f"{KEY}x", "ключ"])
def test_nothing_is_answered_without_the_key(key: str, address: str) -> None:
    for path in ("models", "search", "chat/completions", "no/such/path"):
        for method in ("GET", "POST"):
            headers = {b"Authorization": f"Bearer {key}".encode()} if key else {}
            reply = httpx.request(method, f"{address}/v1/{path}", headers=headers, json={})
            assert reply.status_code == 401
            assert reply.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
def test_no_other_page_may_ask_even_with_the_key(headers: dict[str, str], address: str) -> None:
    sent = {"Authorization": f"Bearer {KEY}", **headers}
    for method, path in (("GET", "models"), ("OPTIONS", "chat/completions"), ("POST", "search")):
        reply = httpx.request(method, f"{address}/v1/{path}", headers=sent)
        assert reply.status_code == 403 and "access-control-allow-origin" not in reply.headers
        assert set(reply.json()["error"]) == {"message", "type", "param", "code"}


# --- errors ---------------------------------------------------------------------------------------


def test_the_client_library_knows_each_error(client: openai.OpenAI, address: str) -> None:
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0).models.list()
    elsewhere = {"Origin": "http://evil.example"}
    with pytest.raises(openai.PermissionDeniedError, match="localhost"):
        client.models.list(extra_headers=elsewhere)
    with pytest.raises(openai.NotFoundError) as missing:
        client.chat.completions.create(model="gpt-4o", messages=asked(VOTES))
    assert missing.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="characters"):
        client.chat.completions.create(model="rag-app", messages=asked("x" * 5_000))
    Model.library_error = CollectionError("there is no collection yet", "run: rag-app ingest")
    with pytest.raises(openai.InternalServerError, match="no collection yet") as away:
        client.chat.completions.create(model="rag-app", messages=asked(VOTES))
    assert away.value.status_code == 503


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"", None),
        (b"[]", None),
        (b'{"model": "rag-app"}', "messages"),
        (b'{"model": "rag-app", "messages": []}', "messages"),
        (b'{"model": "rag-app", "messages": [{"role": "assistant", "content": "x"}]}', "messages"),
        (
            b'{"model": "rag-app", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}',
            "messages",
        ),
        (b'{"model": "rag-app", "messages": [7]}', "messages"),
        (b'{"model": "rag-app", "messages": [{"role": "user", "content": " "}]}', "messages"),
        (b'{"model": "rag-app", "n": 2, "messages": [{"role": "user", "content": "x"}]}', "n"),
        (b'{"model": "rag-app", "messages": "' + b"x" * MOST_BYTES + b'"}', None),
        (b"\xff\xfe", None),
    ],
)
def test_a_body_of_another_form_is_named(body: bytes, param: str | None, address: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    reply = httpx.post(f"{address}/v1/chat/completions", content=body, headers=headers)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["param"] == param


def test_another_path_or_method_is_named(address: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    assert httpx.get(f"{address}/v1/embeddings", headers=headers).json()["error"]["code"] == "unknown_url"
    wrong = httpx.get(f"{address}/v1/chat/completions", headers=headers)
    assert (wrong.status_code, wrong.json()["error"]["type"]) == (405, "invalid_request_error")


def test_a_failure_in_mid_stream_is_told_and_ends_it(client: openai.OpenAI) -> None:
    def broken(messages: Sequence[Message]) -> str:
        raise RuntimeError("a secret of the program")

    Model.generator = ScriptedGenerator([broken])
    with pytest.raises(openai.APIError) as failed:
        list(client.chat.completions.create(model="rag-app", messages=asked(GRASP), stream=True))
    assert "secret" not in str(failed.value)


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_nobody_waits_for_is_stopped(stream: bool, address: str) -> None:
    Model.generator = Slow()
    body = {"model": "rag-app", "stream": stream, "messages": asked(GRASP)}
    headers = {"Authorization": f"Bearer {KEY}"}
    with (
        pytest.raises(httpx.ReadTimeout),
        httpx.stream(
            "POST",
            f"{address}/v1/chat/completions",
            json=body,
            headers=headers,
            timeout=httpx.Timeout(10, read=2),
        ) as reply,
    ):
        reply.read()
    assert Slow.began.is_set()
    assert Slow.stopped.wait(10)


def test_every_event_of_a_stream_is_json(address: str) -> None:
    body = {"model": "rag-app", "stream": True, "messages": asked(VOTES)}
    headers = {"Authorization": f"Bearer {KEY}"}
    reply = httpx.post(f"{address}/v1/chat/completions", json=body, headers=headers)
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = reply.text.strip().split("\n\n")
    assert events[-1] == "data: [DONE]"
    assert all(json.loads(event.removeprefix("data: "))["object"] for event in events[:-1])
