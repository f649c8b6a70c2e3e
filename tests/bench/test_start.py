"""The suite `start` measures whole processes and writes nothing into the home it measures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from rag_app.bench import start
from rag_app.bench.start import PageRun, WholeRun
from rag_app.errors import RagError
from tests.helpers.fakes import settings_in


def told(**fields: float | None) -> WholeRun:
    return WholeRun(11.0, 10.0, 1 << 20, json.dumps({"seconds": 4.0, **fields}))


def test_the_first_token_counts_from_the_start_of_the_process_and_not_to_its_end() -> None:
    assert start.first_token(told(first_token_seconds=1.5)) == 7.5


def test_an_answer_without_a_draft_has_no_first_token() -> None:
    with pytest.raises(RagError, match="drafted nothing"):
        start.first_token(told(first_token_seconds=None))


def test_a_command_tells_its_time_its_memory_and_what_it_printed(tmp_path: Path) -> None:
    run = start.command(["--version"], settings_in(tmp_path), tmp_path)
    assert run.printed.startswith("rag-app ")
    assert 0 < run.told < run.seconds
    with pytest.raises(RagError, match="ended with code 1"):
        start.command(["ask", "--no-llm", "?"], settings_in(tmp_path), tmp_path)


def test_what_a_measured_process_writes_stays_out_of_the_home(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (settings.home / "index").mkdir(parents=True)
    (settings.home / "index" / "CURRENT").write_text("made")
    with start.borrowed(settings) as home:
        (home / "states").mkdir()
        assert (home / "index" / "CURRENT").read_text() == "made"
    assert [path.name for path in settings.home.iterdir()] == ["index"]
    assert (settings.home / "index" / "CURRENT").exists()


def test_rows_are_medians_and_none_where_there_is_no_browser() -> None:
    pages = [PageRun(cold, 1.0, 100 << 20) for cold in (3.0, 9.0, 5.0)]
    assert [row.value for row in start._page(pages)] == [5.0, 1.0, 100.0]
    assert start._page([]) == []


@pytest.mark.browser
def test_another_tab_finds_what_the_first_has_left_in_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Files(BaseHTTPRequestHandler):
        """A page that takes text, and a file of it that browsers keep."""

        def do_GET(self) -> None:
            asked.append(self.path)
            kept = self.path == "/kept.js"
            body = b"" if kept else b'<script src="kept.js"></script><textarea data-testid="BOX"></textarea>'
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if kept else "text/html")
            self.send_header("Cache-Control", "max-age=600" if kept else "no-store")
            self.end_headers()
            self.wfile.write(body.replace(b"BOX", b"stChatInputTextArea"))

        def log_message(self, *_: object) -> None: ...

    @contextmanager
    def files(*_: object) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
        with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield SimpleNamespace(pid=os.getpid()), f"http://127.0.0.1:{server.server_port}"  # type: ignore[misc]
            server.shutdown()

    monkeypatch.setattr(start, "served", files)
    monkeypatch.setattr(start, "SETTLES_WITHIN", 0.0)
    with ThreadPoolExecutor(
        1
    ) as thread:  # Playwright begins once a thread, and page tests begin it in this one
        (run,) = thread.submit(start.page, settings_in(tmp_path), tmp_path).result()
    assert run.cold > 0 < run.warm
    assert [path for path in asked if path != "/favicon.ico"] == ["/", "/kept.js", "/"]


def test_a_page_has_settled_when_its_processes_rest() -> None:
    loading = (
        "import time\nend = time.process_time() + 1.5\nwhile time.process_time() < end: pass\ntime.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {loading!r}])"]
    )
    try:
        start._settle(process.pid)
        (child,) = psutil.Process(process.pid).children()
        assert child.cpu_times().user + child.cpu_times().system >= 1.4
    finally:
        for each in psutil.Process(process.pid).children():
            each.kill()
        process.wait()
