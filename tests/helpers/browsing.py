"""What the browser tests share: the app on the sample collection, a Chromium, and watched tabs.

`conftest` gives the fixtures to every test module. One server serves all that leave the collection
as it is, a second one, with a language model, those that are about what it writes; a module that changes
the collection overrides `address`.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from rag_app.bench.start import browser_program
from rag_app.web.i18n.english import ENGLISH
from tests.helpers.checkout import CHECKOUT

MODEL = "qwen2.5-coder-0.5b"
ENGINE, VERIFY = "rag_app.llm.worker", "rag_app.collection.verify"  # modules that run in processes
ANSWER_SECONDS = 240.0
expect.set_options(timeout=30_000)  # milliseconds; the machine may be busy with other things
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


TABS: pytest.StashKey[tuple[list[Page], Seen]] = pytest.StashKey()  # of a test


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home of its own with the sample collection in it."""
    if not list((CHECKOUT / "models").glob(f"{MODEL}*.gguf")):
        pytest.skip(f"no {MODEL} in models/")
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "RAG_HOME": str(home), "RAG_MODEL": MODEL, "RAG_OFFLINE": "1"}
    # Translating in idle time would take half of the processor from the pages of other tests.
    environment["RAG_IDLE_GLOSSES"] = "0"
    done = subprocess.run(
        [sys.executable, "-m", "rag_app", "ingest"],
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return environment


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(environment: dict[str, str], port: int = 0, *options: str) -> Iterator[str]:
    """The app's address, until the block ends; on a free port unless one is given."""
    port = port or free_port()
    command = [sys.executable, "-m", "rag_app", "serve", "--port", str(port), *options]
    with serving(command, port, environment) as address:
        yield address


@contextmanager
def serving(command: Sequence[str], port: int, environment: dict[str, str] | None = None) -> Iterator[str]:
    """The address at which a command serves, until the block ends and with it every process it started."""
    server = subprocess.Popen(command, env=environment, cwd=CHECKOUT, start_new_session=True)
    try:
        wait_until_it_serves(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def without_model(environment: dict[str, str]) -> dict[str, str]:
    """The same home for an app whose answers are the digests' own sentences, and there at once."""
    return {**environment, "RAG_MODEL": str(Path(environment["RAG_HOME"]) / "none.gguf")}


@pytest.fixture(scope="session")
def address(environment: dict[str, str]) -> Iterator[str]:
    """Of the app without a language model."""
    with served(without_model(environment)) as address:
        yield address


@pytest.fixture(scope="session")
def address_with_model(environment: dict[str, str]) -> Iterator[str]:
    with served(environment) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = browser_program()
    if not chromium:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)


Open = Callable[..., Page]


@pytest.fixture
def open_tab(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens tabs at the app.

    At the end of the test none may have failed, or have asked another host for anything.
    """
    seen = Seen()
    pages: list[Page] = []
    request.node.stash[TABS] = pages, seen

    def open_(url: str = address, *, width: int = 1440, locale: str = "en-US", dark: bool = False) -> Page:
        scheme = "dark" if dark else "light"
        page = browser.new_page(locale=locale, viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.on("request", lambda request: seen.hosts.add(urlsplit(request.url).hostname or ""))
        page.on("websocket", lambda socket: seen.hosts.add(urlsplit(socket.url).hostname or ""))
        page.on("console", seen.console)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.goto(url)
        pages.append(page)
        return page

    yield open_
    exceptions = [text for page in pages for text in page.get_by_test_id("stException").all_inner_texts()]
    for page in pages:
        page.close()
    assert not exceptions, exceptions
    assert seen.hosts - {""} == {"127.0.0.1"}
    assert not seen.errors, seen.errors


def tabs_as_seen(test: pytest.Item) -> str:
    """What the tabs of a test show and what its browser said, for the report of a failure."""
    pages, seen = test.stash.get(TABS, ([], Seen()))
    texts = [f"console: {error}" for error in seen.errors]
    for page in pages:
        with suppress(PlaywrightError):
            texts.append(f"--- {page.url}\n{page.locator('body').inner_text(timeout=5_000)}")
    return "\n".join(texts)


def ask(page: Page, question: str) -> None:
    """Type a question into the chat."""
    field = page.get_by_test_id("stChatInputTextArea")
    expect(field).to_be_enabled(timeout=60_000)
    field.fill(question)
    field.press("Enter")


def processes(environment: dict[str, str], module: str) -> list[psutil.Process]:
    """Those that run a module of ours for this home."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        with suppress(psutil.Error):
            ours = module in (process.info["cmdline"] or [])
            if ours and process.environ().get("RAG_HOME") == environment["RAG_HOME"]:
                found.append(process)
    return found


@contextmanager
def held(environment: dict[str, str], module: str) -> Iterator[None]:
    """The processes of a module stand still until the block ends, from the moment there is one.

    What the page says while an answer or an ingest is under way is then there to be seen, however
    fast or slow the machine is.
    """
    deadline = time.monotonic() + ANSWER_SECONDS
    while not (running := processes(environment, module)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert running, f"{module} does not run"
    for process in running:
        process.suspend()
    try:
        yield
    finally:
        for process in running:
            with suppress(psutil.Error):
                process.resume()


def stop(page: Page) -> None:
    """Press Stop, unless the answer has come to its end before."""
    button = page.get_by_role("button", name=ENGLISH["stop"])
    button.or_(page.locator("[class*=st-key-answer-][class*=-actions]")).first.wait_for(timeout=60_000)
    with suppress(PlaywrightError):  # it may end between the look and the press
        button.click(timeout=3_000)


def model_is_ready(page: Page) -> None:
    """Wait until the model answers: before, answers are the digests' own sentences, and there at once."""
    expect(page.get_by_test_id("stSidebar").get_by_text(MODEL)).to_be_visible(timeout=ANSWER_SECONDS * 1000)


def is_finished(page: Page, place: int = 0) -> None:
    """Wait for the end of an answer, by default the conversation's first."""
    expect(page.locator(f".st-key-answer-{place}-actions")).to_be_visible(timeout=ANSWER_SECONDS * 1000)


def open_menu(button: Locator, content: Locator) -> None:
    """Press a menu's button until its content shows: a page that is being redrawn can close it again."""
    drawn = button.page.get_by_test_id("stApp")
    for _ in range(3):
        expect(drawn).to_have_attribute("data-test-script-state", "notRunning", timeout=60_000)
        if button.get_attribute("aria-expanded") != "true":
            button.click()
        with suppress(PlaywrightError):
            content.wait_for(timeout=10_000)
            return
    expect(content).to_be_visible()


def wait_until_it_serves(port: int, server: subprocess.Popen[bytes]) -> None:
    """Return when the page answers; a server that has ended fails the test."""
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
