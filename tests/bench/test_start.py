"""The suite `start` measures whole processes and writes nothing into the home it measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag_app.bench import start
from rag_app.bench.start import PageRun, WholeRun
from rag_app.errors import RagError
from tests.helpers.fakes import settings_in


def told(**fields: float | None) -> WholeRun:
    return WholeRun(10.0, 1 << 20, json.dumps({"seconds": 4.0, **fields}))


def test_the_first_token_counts_from_the_start_of_the_process() -> None:
    assert start.first_token(told(first_token_seconds=1.5)) == 7.5


def test_an_answer_without_a_draft_has_no_first_token() -> None:
    with pytest.raises(RagError, match="drafted nothing"):
        start.first_token(told(first_token_seconds=None))


def test_a_command_tells_its_time_its_memory_and_what_it_printed(tmp_path: Path) -> None:
    run = start.command(["--version"], settings_in(tmp_path), tmp_path)
    assert run.printed.startswith("rag-app ")
    assert run.seconds > 0
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
