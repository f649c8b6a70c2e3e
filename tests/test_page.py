"""The real app in a real browser: the sample collection, the small model, one question, its source.

Slow and whole on purpose: everything between the keyboard and the weights is the user's own.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from rag_app.settings import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.model]

MODEL = "qwen2.5-coder-0.5b"
QUESTION = "Which papers improve video generation?"
ANSWER_SECONDS = 240.0
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Seen:
    """What the browser did and said while a test ran."""

    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home of its own with the sample collection in it."""
    if not list((CHECKOUT / "models").glob(f"{MODEL}*.gguf")):
        pytest.skip(f"no {MODEL} in models/")
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "RAG_HOME": str(home), "RAG_MODEL": MODEL, "RAG_OFFLINE": "1"}
    _rag_app(environment, "ingest")
    return environment


@pytest.fixture(scope="module")
def address(environment: dict[str, str]) -> Iterator[str]:
    """The served app."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "rag_app", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=CHECKOUT)
    try:
        _wait_until_it_serves(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(address: str, seen: Seen) -> Iterator[Page]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        page = browser.new_page(locale="en-US", viewport={"width": 1440, "height": 900})
        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).netloc))
        page.on("websocket", lambda socket: seen.hosts.add(urlsplit(socket.url).netloc))
        page.on("console", seen.console)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.goto(address)
        yield page
        browser.close()


def test_a_question_is_answered_and_its_source_shows_the_quote(
    page: Page, seen: Seen, address: str, environment: dict[str, str]
) -> None:
    _model_is_ready(page)
    question = page.get_by_test_id("stChatInputTextArea")
    question.fill(QUESTION)
    question.press("Enter")
    expect(page.locator(".st-key-answer-0-cards")).to_be_visible(timeout=20_000)  # evidence comes first
    expect(page.locator(".st-key-answer-0-sources button").first).to_be_visible(timeout=ANSWER_SECONDS * 1000)
    page.locator("[class*=st-key-answer-0-mark-] button").first.click()
    drawer = page.get_by_role("dialog")
    marks = drawer.locator(".stMarkdownColoredBackground")
    expect(marks.first).to_be_visible()
    highlighted = {mark.replace("\u2060", "") for mark in marks.all_text_contents()}  # joiners: see escape_markdown
    assert highlighted == _quotes(environment, drawer.get_by_role("link").get_attribute("href") or "")
    assert page.get_by_test_id("stException").count() == 0
    assert seen.hosts - {""} == {urlsplit(address).netloc}
    assert seen.errors == []


def _quotes(environment: dict[str, str], url: str) -> set[str]:
    """What the command cites of the paper at `url`; answers can be repeated exactly."""
    answer = json.loads(_rag_app(environment, "ask", QUESTION, "--json"))
    (citation,) = [citation for citation in answer["citations"] if citation["url"] == url]
    supports = [support for sentence in answer["sentences"] for support in sentence["support"]]
    return {citation["quote"]} | {support["quote"] for support in supports if support["n"] == citation["n"]}


def _model_is_ready(page: Page) -> None:
    expect(page.get_by_test_id("stSidebar").get_by_text(MODEL)).to_be_visible(timeout=90_000)


def _rag_app(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "rag_app", *arguments]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _wait_until_it_serves(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/_stcore/health")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"nothing serves port {port}")
