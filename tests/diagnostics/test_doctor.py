"""The check: each part is one honest line, what is wrong has a hint, and nothing it meets is a traceback."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app import machine, pipeline
from rag_app.diagnostics import connections, doctor
from rag_app.diagnostics.connections import Process
from rag_app.diagnostics.doctor import Finding
from rag_app.settings import Settings
from tests.helpers.fakes import LAB, HashEmbedder, fake_embedding, lab, settings_in
from tests.helpers.ipv6 import needs_ipv6

PAGE = Process(1, listens=("127.0.0.1:8501",))


def offline(settings: Settings, monkeypatch: pytest.MonkeyPatch, *running: Process) -> dict[str, Finding]:
    """The findings of `check --offline` on a machine where these processes run."""
    monkeypatch.setattr(connections, "processes", lambda: list(running))
    with fake_embedding(HashEmbedder()):
        return {finding.what: finding for finding in doctor.examine(settings, offline=True)}


def test_a_machine_that_keeps_to_itself_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    found = offline(lab().settings, monkeypatch, PAGE, Process(2))
    assert found["connections"] == Finding("connections", "2 processes of rag-app; to other machines: none")
    assert found["listening"] == Finding("listening", "127.0.0.1:8501")
    assert found["trial question"].says == "asked of other machines: no connection, no name"
    assert found["trial question"].fine
    assert not found.keys() & {"server you set", "not looked at"}


def test_where_everything_lies_is_said_first() -> None:
    settings = lab().settings
    says = [finding.says for finding in doctor.examine(settings)[:3]]
    assert says == [str(folder) for folder in (settings.home, settings.models, settings.digests)]


def test_a_connection_to_another_machine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = offline(lab().settings, monkeypatch, PAGE, Process(2, outside=("192.0.2.1:443",)))
    assert "192.0.2.1:443" in found["connections"].says
    assert not found["connections"].fine
    assert found["connections"].hint


@pytest.mark.parametrize("listens", ["0.0.0.0:8501", ":::8501", "192.168.1.7:8501"])
def test_a_page_that_others_can_reach_is_named(listens: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = offline(lab().settings, monkeypatch, Process(1, listens=(listens, "127.0.0.1:9")))
    assert listens in found["listening"].says
    assert not found["listening"].fine


def test_a_server_that_the_user_named_is_shown_and_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(lab().settings, llm_url="http://192.0.2.1:8080")
    found = offline(settings, monkeypatch, Process(1, outside=("192.0.2.1:8080",)))
    assert found["server you set"].says.startswith("http://192.0.2.1:8080 (another machine")
    assert found["connections"].fine
    found = offline(settings, monkeypatch, Process(1, outside=("192.0.2.1:8080", "192.0.2.2:8080")))
    assert found["connections"].says.endswith("192.0.2.2:8080")
    assert not found["connections"].fine


def test_what_cannot_be_looked_at_is_said_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    found = offline(lab().settings, monkeypatch, Process(77, hidden=True))
    assert "77" in found["not looked at"].says
    assert found["not looked at"].hint


def test_a_trial_question_that_asks_outside_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:

    real = pipeline.answer

    def leaky(*arguments: object, **options: object) -> object:
        import socket

        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.connect_ex(("192.0.2.9", 53))
        return real(*arguments, **options)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(pipeline, "answer", leaky)
    found = offline(lab().settings, monkeypatch)
    assert "192.0.2.9:53" in found["trial question"].says
    assert not found["trial question"].fine


def test_limits_of_a_container_are_shown_with_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        machine, "cpu_limit", lambda root=None: machine.Limit(1.5, Path("/sys/fs/cgroup/cpu.max"))
    )
    memory = machine.Limit(1 << 20, Path("/sys/fs/cgroup/memory.max"), 1 << 30)
    monkeypatch.setattr(machine, "memory_limit", lambda root=None: memory)
    found = offline(lab().settings, monkeypatch)
    assert found["threads"].says.endswith("at most 1.5 cores by /sys/fs/cgroup/cpu.max")
    assert found["memory limit"].says == "1,024 MiB by /sys/fs/cgroup/memory.max"
    assert ": 1 of 1,024 MiB free" in found["device"].says
    found = offline(replace(lab().settings, threads=3), monkeypatch)
    assert found["threads"].says == "3, as RAG_THREADS says"


@pytest.fixture
def stored(tmp_path: Path) -> Settings:
    """Settings of a home whose index has a vector store."""
    settings = settings_in(tmp_path)
    settings.digests.mkdir()
    (settings.digests / "lab.md").write_text(LAB, encoding="utf-8")
    with fake_embedding(HashEmbedder()):
        pipeline.ingest(settings)
    return settings


def index_of(settings: Settings) -> list[Finding]:
    return [finding for finding in doctor.examine(settings) if finding.what == "index"]


def test_a_check_changes_nothing_in_the_home(stored: Settings) -> None:
    def files() -> dict[Path, tuple[int, bytes]]:
        found = [path for path in stored.home.rglob("*") if path.is_file()]
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in found}

    before = files()
    (found,) = index_of(stored)
    assert found.fine
    assert found.says.startswith("3 papers, ")
    assert files() == before


@pytest.mark.parametrize("lock", ["BEGIN EXCLUSIVE", "BEGIN IMMEDIATE"])
def test_a_store_that_another_process_holds_is_said_to_be_within_seconds(stored: Settings, lock: str) -> None:
    """Whoever only means to write may still be read beside."""
    (database,) = stored.home.glob("index/*/chroma/chroma.sqlite3")
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute(lock)
        started = time.perf_counter()
        _, *problems = index_of(stored)
        assert time.perf_counter() - started < 30
    if lock == "BEGIN EXCLUSIVE":
        assert "in use by another process" in problems[0].says
        assert "rag-app ingest" not in problems[0].hint
        assert index_of(stored)[1:] == []
    else:
        assert problems == []


def test_damage_in_a_home_that_may_only_be_read_has_a_hint_that_can_succeed(
    stored: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vectors,) = stored.home.glob("index/*/vectors.npy")
    vectors.write_bytes(b"")
    assert index_of(stored)[0].hint == "run: rag-app ingest"
    monkeypatch.setattr(os, "access", lambda path, mode: path != stored.home or mode != os.W_OK)
    assert "read-only" in index_of(stored)[0].hint


def test_a_store_that_cannot_be_copied_is_said_not_to_be_looked_at(
    stored: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*files: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    _, problem = index_of(stored)
    assert "No space left" in problem.says
    assert "TMPDIR" in problem.hint


def test_an_empty_machine_gets_hints_not_tracebacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = Settings(home=tmp_path / "home", digests=tmp_path / "digests", models=tmp_path / "models")
    found = offline(empty, monkeypatch)
    wrong = {what for what, finding in found.items() if not finding.fine}
    assert wrong == {"language model", "embedder", "index", "trial question"}
    assert all(found[what].hint for what in wrong)


@needs_ipv6
@pytest.mark.parametrize("there", [True, False])
def test_a_foreign_program_where_localhost_may_lead_is_named(
    there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        port = listener.getsockname()[1]
        if not there:
            listener.close()
        monkeypatch.setattr(doctor, "PAGE_PORT", port)
        found = {finding.what: finding for finding in doctor.examine(lab().settings)}
    assert ("page" in found) is there
    if there:
        assert f"[::1]:{port}" in found["page"].says
        assert f"http://127.0.0.1:{port}" in found["page"].hint
        assert found["page"].fine, "it does not keep the page from working"


@needs_ipv6
def test_a_foreign_program_beside_a_page_on_another_port_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        port = listener.getsockname()[1]
        page = Process(1, listens=(f"127.0.0.1:{port}",))
        monkeypatch.setattr("rag_app.diagnostics.connections.processes", lambda: [page])
        found = {finding.what: finding for finding in doctor.examine(lab().settings)}
    assert f"[::1]:{port}" in found["page"].says


@pytest.mark.parametrize(("allowed", "says"), [(1, "1 of 4 cores by affinity"), (4, "no limit below")])
def test_affinity_is_named_where_it_bounds_the_threads(
    monkeypatch: pytest.MonkeyPatch, allowed: int, says: str
) -> None:
    monkeypatch.setattr(machine, "allowed_cores", lambda: allowed)
    monkeypatch.setattr(machine, "cpu_limit", lambda *_: None)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert says in doctor._threads(lab().settings)


def test_a_home_that_may_not_be_read_is_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = lab().settings
    monkeypatch.setattr(os, "access", lambda path, rights: path != settings.home)
    found = offline(settings, monkeypatch, PAGE)
    assert found["RAG_HOME"].says == f"{settings.home} cannot be read: permission denied"
    assert not found["RAG_HOME"].fine and "ingest" not in found["RAG_HOME"].hint
    assert not found.keys() & {"index", "embedder", "embedding model", "trial question"}


def test_a_folder_of_the_home_that_may_not_be_read_is_not_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, **_: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    settings = lab().settings
    monkeypatch.setattr(Path, "read_text", refused)
    [index] = [finding for finding in doctor.examine(settings) if finding.what == "index"]
    assert index.says == f"{settings.home / 'index' / 'CURRENT'} cannot be read: permission denied"
    assert not index.fine and "ingest" not in index.hint
