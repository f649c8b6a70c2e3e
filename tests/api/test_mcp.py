"""What `rag-app mcp` promises, asked by the SDK's own client over standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client

from rag_app.api import tools
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import lab

SERVER = ["-m", "tests.helpers.mcp_app"]
WAIT_SECONDS = 60


def transport(log: Path, *arguments: str) -> AbstractAsyncContextManager[Any]:
    """Streams to a server in a process of its own; what it prints elsewhere goes to `log`."""
    server = StdioServerParameters(
        command=sys.executable,
        args=[*SERVER, *arguments],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        cwd=str(CHECKOUT),
    )
    return stdio_client(server, errlog=log.open("w", encoding="utf-8"))


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="module")
def client(portal: BlockingPortal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One client for all tests that leave the server as it is."""
    log = tmp_path_factory.mktemp("mcp") / "errors"
    with portal.wrap_async_context_manager(Client(transport(log))) as client:
        yield client


Call = Callable[..., Any]


@pytest.fixture
def call(portal: BlockingPortal, client: Client) -> Call:
    """Calls a tool, as a client does."""
    return lambda name, **arguments: portal.call(client.call_tool, name, arguments)


def told(result: Any) -> Any:
    """The JSON of a result that is no error; the text for models that only read text says the same."""
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


def test_every_tool_reads_only_and_says_what_it_is_for(portal: BlockingPortal, client: Client) -> None:
    found = portal.call(client.list_tools).tools
    assert {tool.name for tool in found} == {"search", "list", "paper", "similar", "brief", "ask"}
    for tool in found:
        assert tool.annotations and tool.annotations.read_only_hint
        assert tool.annotations.open_world_hint is False
        assert len(tool.description or "") > 60
        properties = tool.input_schema["properties"]
        assert "context" not in properties
        assert all("description" in schema for schema in properties.values()), tool.name
    assert "complete" in (client.instructions or "")


def test_search_finds_papers_with_the_digests_own_sentences(call: Call) -> None:
    found = told(call("search", query="grasping with a wrist camera", limit=3))
    assert len(found["papers"]) == 3 and found["scanned"] == len(lab().snapshot.papers.all())
    best = found["papers"][0]
    assert (best["id"], best["url"]) == ("2405.00001", "https://arxiv.org/abs/2405.00001")
    assert best["quotes"]


def test_a_list_is_complete_page_by_page(call: Call) -> None:
    every = [paper.arxiv_id for paper in lab().snapshot.papers.all()]

    ids: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = told(call("list", offset=offset, limit=20))
        assert page["count"] == len(every)
        ids += [paper["id"] for paper in page["papers"]]
        offset = page["next_offset"]
    assert ids == every


def test_a_list_keeps_its_conditions(call: Call) -> None:
    found = told(call("list", author="Park", since="2024-05-01", until="2024-05-01"))
    assert [paper["id"] for paper in found["papers"]] == ["2405.00002"]
    assert found["count"] == found["scanned"] == 1
    assert told(call("list", topic="cloth folding"))["papers"][0]["id"] == "2405.00002"


def test_a_paper_is_its_digest_and_no_more_than_the_limit(call: Call) -> None:
    found = told(call("paper", id="2405.00003"))
    assert found["authors"] == ["Dan Ito"] and found["votes"] == 12
    assert found["sections"] == {
        "Summary": "TideCast forecasts tides with a graph model of 250 gauges. "
        "It halves the error of harmonic analysis."
    }
    assert found["cut"] is False


def test_similar_papers_are_others_nearest_first(call: Call) -> None:
    found = told(call("similar", id="2405.00001", limit=5))
    scores = [paper["similarity"] for paper in found["papers"]]
    assert scores == sorted(scores, reverse=True) and len(scores) == 5
    assert "2405.00001" not in {paper["id"] for paper in found["papers"]}


def test_a_brief_is_of_the_days_that_were_asked_for(call: Call) -> None:
    made = told(call("brief", day="2024-05-01"))
    assert (made["since"], made["until"], made["papers"]) == ("2024-05-01", "2024-05-01", 3)
    lines = [line for group in made["groups"] for line in group["papers"]]
    assert {line["arxiv_id"] for line in lines} == {"2405.00001", "2405.00002", "2405.00003"}
    newest = told(call("brief"))
    assert newest["until"] == lab().snapshot.papers.last_day


def test_an_answer_is_cited_and_its_progress_is_told_on_the_way(
    portal: BlockingPortal, client: Client
) -> None:
    said: list[str] = []

    async def ask() -> Any:
        async def progress(progress: float, total: float | None, message: str | None) -> None:
            said.append(message or "")

        question = {"question": "Which papers got the most votes?"}
        return await client.call_tool("ask", question, progress_callback=progress)

    answer = told(portal.call(ask))
    assert answer["refused"] is False and "[1]" in answer["answer"]
    assert answer["citations"][0]["url"].startswith("https://")
    assert any("papers scanned" in message for message in said)


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("paper", {"id": "9999.99999"}, "no paper 9999.99999"),
        ("list", {"since": "yesterday"}, "yesterday is not a day"),
        ("list", {"author": "Nobody Atall"}, "named Nobody Atall"),
        ("brief", {"day": "soon"}, "soon"),
        ("search", {"query": " "}, "empty"),
        ("ask", {"question": "x" * 5_000}, "characters"),
        ("search", {"query": "robots", "limit": tools.MOST_FOUND + 1}, "limit"),
    ],
)
def test_what_cannot_be_answered_is_an_error_that_says_why(
    tool: str, arguments: dict[str, object], says: str, call: Call
) -> None:
    result = call(tool, **arguments)
    assert result.is_error
    assert says in result.content[0].text and "Traceback" not in result.content[0].text


def test_an_answer_that_nobody_waits_for_is_stopped(portal: BlockingPortal, tmp_path: Path) -> None:
    log = tmp_path / "errors"

    async def says(word: str) -> None:
        while word not in log.read_text("utf-8"):
            await anyio.sleep(0.05)

    async def give_up() -> None:
        async with Client(transport(log, "endless")) as client, anyio.create_task_group() as tasks:
            question = {"question": "How does PickBot grasp?"}
            tasks.start_soon(client.call_tool, "ask", question)
            await says("answering")
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True), anyio.fail_after(WAIT_SECONDS):
                await says("stopped")

    portal.call(give_up)


def test_standard_output_is_the_protocols_alone() -> None:
    """Whatever is printed while it serves goes elsewhere: each line is a message."""
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize",
         "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call",
         "params": {"name": "ask", "arguments": {"question": "Which papers got the most votes?"}}},
    ]  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, *SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=CHECKOUT,
        text=True,
        encoding="utf-8",
    )
    assert server.stdin and server.stdout and server.stderr
    for message in asked:
        server.stdin.write(json.dumps(message) + "\n")
    server.stdin.flush()
    replies = [json.loads(server.stdout.readline()) for _ in range(2)]
    server.stdin.close()
    assert server.wait(WAIT_SECONDS) == 0, "it ends when the client goes"
    assert [reply["id"] for reply in replies] == [1, 2]
    assert server.stdout.read() == ""
    assert "a stray line" in server.stderr.read()
