"""What `serve` promises: it listens on this machine, answers its own requests, names a taken port."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from rag_app.errors import RagError
from rag_app.settings import Settings
from rag_app.web import server
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.korean import KOREAN
from rag_app.web.i18n.text import Words
from rag_app.web.origin_guard import OriginGuard, app, is_own_request
from tests.helpers.browsing import free_port, wait_until_it_serves
from tests.helpers.checkout import CHECKOUT
from tests.helpers.ipv6 import needs_ipv6


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((server.ADDRESS, 0))
        listener.listen()
        yield listener.getsockname()[1]


def option(command: list[str], name: str) -> list[str]:
    return [value for flag, value in itertools.pairwise(command) if flag == f"--{name}"]


def test_the_page_is_bound_to_loopback_and_sends_nothing() -> None:
    command = server.command(8501)
    assert option(command, "server.address") == ["127.0.0.1"]
    assert option(command, "browser.gatherUsageStats") == ["false"]
    assert option(command, "server.headless") == ["true"]
    assert option(command, "server.enableXsrfProtection") == ["true"]
    assert option(command, "client.showErrorDetails") == ["none"]
    assert set(option(command, "server.allowedHosts")) == {"127.0.0.1", "localhost"}
    assert option(command, "server.port") == ["8501"]


def test_every_flag_is_known_to_the_installed_streamlit() -> None:
    from streamlit import config

    known = set(config.get_config_options())
    flags = {part[2:] for part in server.command(8501) if part.startswith("--")}
    assert flags <= known


def test_a_port_that_is_taken_is_refused_before_anything_starts(taken: int, tmp_path: Path) -> None:
    with pytest.raises(RagError, match=str(taken)) as caught:
        server.serve(Settings(home=tmp_path), taken)
    assert "--port" in caught.value.hint


@needs_ipv6
def test_another_program_at_the_other_localhost_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "execve", lambda *_: None)  # it would become the page
    monkeypatch.setattr(os, "chdir", lambda _: None)
    monkeypatch.setattr(subprocess, "call", lambda *_, **__: 0)
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        server.serve(Settings(home=tmp_path), port)
        assert f"another program listens at [::1]:{port}" in capsys.readouterr().out
    server.serve(Settings(home=tmp_path), port)
    assert "another program" not in capsys.readouterr().out


@pytest.mark.parametrize("port", [-1, 0, 65_536, 10**9])
def test_a_port_that_does_not_exist_is_refused(port: int, tmp_path: Path) -> None:
    with pytest.raises(RagError, match=str(port)):
        server.serve(Settings(home=tmp_path), port)


def test_the_page_gets_the_settings_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("RAG_")]:
        monkeypatch.delenv(name)  # of whoever runs the tests
    home, digests, models = (tmp_path / name for name in "hdm")
    given = Settings(home=home, digests=digests, models=models, model="mine.gguf").resolved()
    assert Path(given.model).is_absolute(), "the page starts in another folder"
    environment = server._environment(given)
    read = Settings.from_environment({name: v for name, v in environment.items() if name.startswith("RAG_")})
    assert read == given


def test_folders_that_python_searches_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    search = server._environment(Settings().resolved())["PYTHONPATH"].split(os.pathsep)
    assert search == [str(CHECKOUT), str(tmp_path)]


# --- the origin guard ---------------------------------------------------------------------------

OWN = [
    # an address that is typed in, and every other request that no page sends
    ("127.0.0.1:8501", None),
    ("localhost:8501", None),
    ("127.0.0.1:8501", "http://127.0.0.1:8501"),
    ("localhost:8501", "http://localhost:8501"),
]
FOREIGN = [
    ("evil.example", None),  # a name that was made to point at 127.0.0.1
    ("evil.example:8501", "http://evil.example:8501"),
    ("127.0.0.1.evil.example:8501", None),
    ("localhost.evil.example", None),
    ("evil.example@127.0.0.1:8501", None),
    ("[::ffff:127.0.0.1]:8501", None),
    ("", None),
    ("127.0.0.1:8501", "http://evil.example"),
    ("127.0.0.1:8501", "http://127.0.0.1:9999"),  # another program's page on this machine
    ("127.0.0.1:8501", "http://localhost:8501"),
    ("127.0.0.1:8501", "http://127.0.0.1:8501.evil.example"),
    ("127.0.0.1:8501", "null"),  # a sandboxed frame, or a file
    ("127.0.0.1:8501", ""),
]


@pytest.mark.parametrize(("host", "origin"), OWN)
def test_the_page_itself_is_welcome(host: str, origin: str | None) -> None:
    assert is_own_request(host, origin)


@pytest.mark.parametrize(("host", "origin"), FOREIGN)
def test_another_host_or_another_origin_is_not(host: str, origin: str | None) -> None:
    assert not is_own_request(host, origin)


@pytest.fixture(scope="module")
def guarded() -> Iterator[TestClient]:
    """A server of one page and one WebSocket, which both greet."""

    async def greet(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("hello")
        await websocket.close()

    routes = [
        Route("/", lambda _: PlainTextResponse("hello"), methods=["GET", "POST"]),
        WebSocketRoute("/", greet),
    ]
    with TestClient(
        Starlette(routes=routes, middleware=[Middleware(OriginGuard)]), base_url="http://127.0.0.1"
    ) as client:
        yield client


@pytest.mark.parametrize(
    "headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}, {"origin": "null"}]
)
def test_the_origin_guard_is_closed_for_pages_and_sockets_alike(
    guarded: TestClient, headers: dict[str, str]
) -> None:
    for method in ("GET", "POST"):
        assert guarded.request(method, "/", headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), guarded.websocket_connect("/", headers=headers):
        pass


@pytest.mark.parametrize(
    "host", ["my-box.app.github.dev", "192.168.1.7:8501", "localhost.", "[::1]:8501", ""]
)
@pytest.mark.parametrize(
    ("asked", "words"), [("ko-KR,ko;q=0.9", KOREAN), ("de, en;q=0.5", ENGLISH), ("", ENGLISH)]
)
def test_a_browser_that_came_by_another_name_is_told_why_and_how(
    guarded: TestClient, host: str, asked: str, words: Words
) -> None:
    answer = guarded.get("/any/page?<script>", headers={"host": host, "accept-language": asked})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    shown = unescape(answer.text)
    assert all(words[f"foreign_{part}"] in shown for part in ("title", "why", "way", "machine"))
    assert "ssh -N -L 80:127.0.0.1:80 " in shown  # the port that this server has
    assert "script>" not in shown and (host in ("", "localhost.") or host not in shown)


def test_the_way_that_is_told_is_in_the_readme() -> None:
    assert "ssh -N -L 8501:127.0.0.1:8501 " in (CHECKOUT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("port", [9000, 80, 65535])
def test_a_forwarded_port_may_be_any(guarded: TestClient, port: int) -> None:
    headers = {"host": f"localhost:{port}", "origin": f"http://localhost:{port}"}
    assert guarded.post("/", headers=headers).text == "hello"
    with guarded.websocket_connect("/", headers=headers) as socket_:
        assert socket_.receive_text() == "hello"


def test_the_origin_guard_is_open_for_the_page_itself(guarded: TestClient) -> None:
    headers = {"host": "127.0.0.1:8501", "origin": "http://127.0.0.1:8501"}
    assert guarded.post("/", headers=headers).text == "hello"
    with guarded.websocket_connect("/", headers=headers) as socket_:
        assert socket_.receive_text() == "hello"


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_ends_the_page_quietly(tmp_path: Path, presses: int) -> None:
    port = free_port()
    command = [sys.executable, "-m", "rag_app", "serve", "--port", str(port)]
    environment = {**os.environ, "RAG_HOME": str(tmp_path), "RAG_OFFLINE": "1"}
    page = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stderr=subprocess.PIPE)
    try:
        wait_until_it_serves(port, page)
        for _ in range(presses):
            page.send_signal(signal.SIGINT)
            time.sleep(0.05)
        _, told = page.communicate(timeout=5)
    finally:
        page.kill()
    assert (page.returncode, told) == (0, b"")


def test_the_page_is_served_from_behind_the_origin_guard() -> None:
    assert server.command(8501)[4].endswith("origin_guard.py")
    assert app.script_path.name == "app.py"
    assert [str(middleware.cls) for middleware in app._user_middleware] == [str(OriginGuard)]
