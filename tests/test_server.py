"""What `serve` promises: the page listens on this machine only, and a port that is taken is named."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app import server
from rag_app.errors import RagError
from rag_app.settings import Settings


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


@pytest.mark.parametrize("port", [-1, 0, 65_536, 10**9])
def test_a_port_that_does_not_exist_is_refused(port: int, tmp_path: Path) -> None:
    with pytest.raises(RagError, match=str(port)):
        server.serve(Settings(home=tmp_path), port)


def test_the_page_gets_the_settings_of_the_command(tmp_path: Path) -> None:
    given = Settings(home=tmp_path / "h", digests=tmp_path / "d", models=tmp_path / "m").resolved()
    environment = server._environment(given)
    read = Settings.from_environment({name: v for name, v in environment.items() if name.startswith("RAG_")})
    assert read == given
