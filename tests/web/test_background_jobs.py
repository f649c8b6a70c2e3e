"""Work in the background: it reports, stops, fails in words, and an engine gives its place to the next."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from rag_app.errors import RagError, WeightsError
from rag_app.llm import process
from rag_app.progress import Progress
from rag_app.search import retrieval
from rag_app.settings import Settings
from rag_app.web.state import app_state
from rag_app.web.state.background_jobs import EngineJob, Job, StoppedError
from tests.helpers.fakes import lab
from tests.helpers.ui_page import wait_for

PARROT = """
import os, time
from rag_app.llm.worker import run
from rag_app.errors import EngineError
from rag_app.records import Usage

class Parrot:
    device, processor, context, usage, kv_type = "cage", "CPU", 99, Usage(), "f16"
    model = os.environ["RAG_MODEL"]
    def close(self): pass

def load():
    time.sleep(0.2)
    if os.environ["RAG_MODEL"] == "missing":
        raise EngineError("no such model", "pull it")
    return Parrot()

run(load)
"""


def endless(report: Progress) -> None:
    while True:
        report("counting", 1, 2)
        time.sleep(0.005)


def ended(job: Job[Any]) -> None:
    """Wait for its end."""
    wait_for(lambda: not job.running)
    assert not job.running


def test_a_job_reports_and_ends_with_its_result() -> None:
    def work(report: Progress) -> str:
        report("counting", 1, 2)
        return "done"

    job = Job("count", work)
    ended(job)
    assert (job.result, job.error, job.stage, job.running) == ("done", None, ("counting", 1, 2), False)


def test_a_job_stops_at_its_next_report() -> None:
    job = Job("count", endless)
    assert job.running
    job.stop()
    ended(job)
    assert isinstance(job.error, StoppedError)


def test_a_job_that_hides_the_stop_behind_an_error_of_its_own_was_stopped_all_the_same() -> None:
    def work(report: Progress) -> None:
        try:
            endless(report)
        except RagError:
            raise ValueError("every source failed") from None

    job = Job("pull", work)
    job.stop()
    ended(job)
    assert isinstance(job.error, StoppedError)


def test_a_warm_up_that_fails_leaves_the_error_to_the_first_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(query: object, library: object) -> None:
        raise WeightsError("no embedding model", "pull it")

    monkeypatch.setattr(retrieval, "retrieve", fail)
    monkeypatch.setattr(app_state, "DRAWN_SECONDS", 0)
    app_state._warm_up(lab(), "en")


def test_an_unforeseen_error_has_a_message_and_a_hint() -> None:
    def work(report: Progress) -> None:
        raise ZeroDivisionError

    job = Job("divide", work)
    ended(job)
    assert job.error is not None
    assert "ZeroDivisionError" in job.error.message
    assert job.error.hint


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    worker = tmp_path / "worker.py"
    worker.write_text(PARROT)
    host = partial(process.EngineProcess, command=(sys.executable, str(worker)))
    monkeypatch.setattr(process, "EngineProcess", host)
    return Settings(home=tmp_path, model="first")


def loaded(job: EngineJob) -> Any:
    wait_for(lambda: not job.loading)
    return job.generator


def test_the_engine_before_is_gone_when_the_next_one_runs(settings: Settings) -> None:
    first = EngineJob(settings)
    old = loaded(first)._child._process.pid
    second = EngineJob(Settings(home=settings.home, model="second"), instead_of=first)
    generator = loaded(second)
    assert (generator.model, generator.kv_type, generator.memory_bytes > 0) == ("second", "f16", True)
    assert not psutil.pid_exists(old)
    second.close()
    assert generator.memory_bytes == 0


def test_an_engine_replaced_while_it_loads_ends_too(settings: Settings) -> None:
    first = EngineJob(settings)
    second = EngineJob(Settings(home=settings.home, model="second"), instead_of=first)
    assert loaded(second).model == "second"
    replaced: Any = first.generator
    assert replaced is None or replaced.memory_bytes == 0
    second.close()


def test_a_model_that_cannot_load_is_an_error_and_the_next_switch_still_works(settings: Settings) -> None:
    broken = EngineJob(Settings(home=settings.home, model="missing"))
    assert loaded(broken) is None
    assert broken.error is not None
    assert broken.error.hint == "pull it"
    good = EngineJob(settings, instead_of=broken)
    assert loaded(good).model == "first"
    good.close()
