"""The engine's faults in mid-answer, as a question on the page meets them: said, kept, and over
with the next one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app import pipeline
from rag_app.errors import EngineError
from rag_app.history.store import History
from rag_app.llm.process import EngineProcess
from rag_app.records import Checked, Done, Draft, Found
from rag_app.settings import Settings
from rag_app.web.state.answer_jobs import AnswerJob
from rag_app.web.state.model_call import CallQueue, ModelCall
from tests.helpers.fakes import lab

WORKER = '''
"""An engine that writes the beginning of a true answer, then does what a word of the question says."""
import ctypes, os
from rag_app.llm.worker import run
from rag_app.errors import EngineError
from rag_app.records import Usage


def fault(name):
    if name == "segfault":
        ctypes.string_at(0)
    if name == "abort":
        os.abort()
    if name == "killed":
        os.kill(os.getpid(), 9)
    if name == "exits":
        os._exit(3)
    if name == "allocates":
        raise MemoryError
    if name == "decoding":
        raise EngineError("llama.cpp cannot decode (1)", "set RAG_CONTEXT lower")


class Faulty:
    model, device, context, usage = "faulty", "CPU, 1 thread", 4096, Usage()
    processor = "CPU"

    def count_tokens(self, text):
        return len(text) // 3 + 1

    def choose(self, messages, options, *, prefix="", stop=None):
        return (1.0, *[0.0] * (len(options) - 1))

    def stream(self, messages, *, prefix, grammar, max_tokens, stop):
        yield "[1] PickBot learns whole-body "
        for word in messages[-1]["content"].rpartition("Question:")[2].split():
            fault(word)
        yield "grasping."
        self.usage = Usage(generated_tokens=9)

    def close(self):
        pass


run(Faulty)
'''
DIES = {"segfault": "code -11", "abort": "code -6", "killed": "code -9", "exits": "code 3"}
SAYS = {"allocates": "run out of memory", "decoding": "llama.cpp cannot decode"}
FAULTS = DIES | SAYS
QUESTION = "What does PickBot learn?"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[EngineProcess]:
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER, encoding="utf-8")
    host = EngineProcess(Settings(), command=(sys.executable, str(worker)))
    yield host
    host.close()


def run_to_its_end(job: AnswerJob, history: History, host: EngineProcess) -> None:
    turn_id = job.turn_id or 0
    job.start(
        lab(), ModelCall(host, CallQueue()), keep=lambda p: history.complete(turn_id, p.query, p.answer)
    )
    deadline = time.monotonic() + 20
    while job.running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not job.running


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_mid_answer_is_said_after_the_evidence(host: EngineProcess, fault: str) -> None:
    seen: list[object] = []
    with pytest.raises(EngineError, match=FAULTS[fault]) as caught:
        for event in pipeline.ask(f"{QUESTION} {fault}", lab(), host):
            seen.append(event)
    assert caught.value.hint
    assert any(isinstance(event, Found) for event in seen)
    assert any(isinstance(event, Draft) for event in seen)
    assert not any(isinstance(event, Checked | Done) for event in seen)


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_the_page_lives_and_the_history_keeps_the_question(
    host: EngineProcess, tmp_path: Path, fault: str
) -> None:
    history = History(tmp_path / "history.sqlite3")
    conversation = history.create()
    before = host._child._process.pid
    for question in (f"{QUESTION} {fault}", QUESTION):
        run_to_its_end(
            AnswerJob(question, turn_id=history.add(conversation, None, None, question)), history, host
        )
    failed, answered = history.turns(conversation)
    assert (failed.question, failed.answer) == (f"{QUESTION} {fault}", None)
    assert answered.answer
    assert "PickBot learns whole-body grasping" in answered.answer.text
    assert (host._child._process.pid != before) == (fault in DIES)
    history.close()


def test_a_fault_stops_only_the_answer_it_met(host: EngineProcess) -> None:
    for fault in DIES:
        with pytest.raises(EngineError):
            list(pipeline.ask(f"{QUESTION} {fault}", lab(), host))
        answer, _ = pipeline.answer(QUESTION, lab(), host)
        assert answer.citations
