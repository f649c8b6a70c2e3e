"""Conversations at once over one engine in a process of its own, as the page's tabs share it.

The full count, eight by ten: `python -m pytest tests/web/test_conversations.py -m slow`.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from rag_app import pipeline
from rag_app.llm.process import EngineProcess
from rag_app.records import Answer, Checked, Done, Draft, Paper, Turn
from rag_app.settings import Settings
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import lab

WEIGHTS = CHECKOUT / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"
FREE_SECONDS = 2.0  # in which the engine serves the next one after a client has gone

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not WEIGHTS.exists(), reason="the small model is not pulled"),
]

# About one paper each, in both languages; all but the first of a conversation lean on the turn
# before.
QUESTIONS = [
    "What does {name} propose?",
    "What data does it use?",
    "어떤 방법을 쓰나요?",
    "How well does it perform?",
    "그 성능은 얼마나 좋은가요?",
    "What is new about it?",
    "How is it trained?",
    "무엇이 새로운가요?",
    "What does it compare with?",
    "What are its parts?",
]


@dataclass(frozen=True)
class Finished:
    """One answer, and when it was asked for and had."""

    answer: Answer
    began: float
    ended: float

    @property
    def served(self) -> float:
        """When the engine turned to it: its first piece of text."""
        return self.began + (self.answer.first_token_seconds or 0.0)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    settings = Settings(
        home=tmp_path_factory.mktemp("engine"), model=str(WEIGHTS), context=4096, gpu_layers=0
    )
    host = EngineProcess(settings.resolved())
    yield host
    host.close()


def names(count: int) -> list[tuple[str, Paper]]:
    """(short name, paper) of papers whose names nobody else's digest mentions."""
    papers = sorted(lab().snapshot.papers.all(), key=lambda paper: paper.arxiv_id)
    named = [(paper.title.partition(":")[0], paper) for paper in papers if ":" in paper.title]
    return [(name, paper) for name, paper in named if re.fullmatch(r"[A-Za-z-]{4,}", name)][:count]


def held(name: str, host: EngineProcess, questions: Sequence[str]) -> list[Finished]:
    """One conversation, its questions one after another."""
    turns: list[Turn] = []
    finished = []
    for question in questions:
        began = time.monotonic()
        answer, turn = pipeline.answer(question.format(name=name), lab(), host, conversation=turns)
        finished.append(Finished(answer, began, time.monotonic()))
        turns.append(turn)
    return finished


def told(answer: Answer) -> tuple[object, ...]:
    """What a reader sees of an answer: all but its timings and costs."""
    return (answer.text, answer.refused, answer.citations, answer.sentences, answer.ranked)


@pytest.mark.parametrize(("people", "questions"), [(3, 2), pytest.param(8, 10, marks=pytest.mark.slow)])
def test_conversations_at_once_never_mix_and_wait_their_turn_only(
    host: EngineProcess, people: int, questions: int
) -> None:
    subjects = names(people)
    assert len(subjects) == people
    alone = [held(name, host, QUESTIONS[:questions]) for name, _ in subjects]
    with ThreadPoolExecutor(people) as pool:
        jobs = [pool.submit(held, name, host, QUESTIONS[:questions]) for name, _ in subjects]
        together = [job.result() for job in jobs]
    for (_, paper), before, after in zip(subjects, alone, together, strict=True):
        assert [told(one.answer) for one in after] == [told(one.answer) for one in before]
        assert {c.arxiv_id for one in after for c in one.answer.citations} <= {paper.arxiv_id}
    assert any(one.answer.usage.generated_tokens for one in alone[0])
    assert longest_wait(together) <= people


def longest_wait(conversations: Sequence[Sequence[Finished]]) -> int:
    """The most answers of others that ended between a question and the first piece of its answer."""
    every = [one for conversation in conversations for one in conversation]
    return max(sum(one.began < other.ended <= one.served for other in every) for one in every)


def test_a_client_that_goes_away_in_mid_answer_frees_the_engine(host: EngineProcess) -> None:
    (first, _), (second, _) = names(2)
    stop = threading.Event()
    events = pipeline.ask(f"What does {first} propose?", lab(), host, stop=stop)
    # it has begun to write
    assert any(isinstance(event, Draft | Checked) and event for event in events)
    began = time.monotonic()
    stop.set()
    events.close()  # type: ignore[attr-defined]  # it is a generator
    pieces = host.stream([{"role": "user", "content": "Say hello."}], max_tokens=1)
    next(pieces)
    assert time.monotonic() - began < FREE_SECONDS
    list(pieces)
    answer, _ = pipeline.answer(f"What does {second} propose?", lab(), host)
    assert answer.citations or answer.refused


def test_a_client_that_goes_away_while_it_waits_costs_nobody_a_turn(host: EngineProcess) -> None:
    name = names(1)[0][0]
    question = f"What does {name} propose?"
    first = pipeline.ask(question, lab(), host)
    assert any(isinstance(event, Draft | Checked) for event in first)
    gone = threading.Event()
    waiting = threading.Thread(target=lambda: list(pipeline.ask(question, lab(), host, stop=gone)))
    waiting.start()
    gone.set()
    ends = [event for event in first if isinstance(event, Done)]
    waiting.join(60)
    assert not waiting.is_alive()
    assert len(ends) == 1
    assert host.waiting == 0
