"""What the tests of the pages share: a small paper table, scripted answers, and the app over both.

The language model and retrieval are scripted; the pages, the history and the paper table are the
real ones.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import rag_app
from rag_app import pipeline
from rag_app.collection import papers
from rag_app.collection.file_stamps import stamps_of
from rag_app.errors import QuestionError
from rag_app.records import (
    Answer,
    Checked,
    Citation,
    Done,
    Draft,
    Event,
    Evidence,
    Found,
    Hit,
    Intent,
    Paper,
    Passage,
    Query,
    Reason,
    Section,
    Sentence,
    Support,
    Understood,
    Usage,
    Why,
)
from rag_app.search.similar import Similar
from rag_app.web.state import answer_jobs, app_state
from rag_app.web.widgets import gloss, similar_papers

APP = Path(rag_app.__file__).parent / "web" / "app.py"
PATIENCE = 60  # seconds, on a machine whose cores are wanted elsewhere

FILM = Paper(
    "2401.00001",
    "FilmMaker: Long Videos from *Short* Clips",
    ("2024-11-25", "2024-11-26"),
    (
        Section(
            "What's New", "FilmMaker joins short clips into minutes of video. It needs no new training data."
        ),
        Section("Performance", "- It wins 62% of the [blind] comparisons.\n- One GPU is enough."),
    ),
    votes=31,
    authors=("Ada Park", "Bo Kim"),
    unnamed_authors=3,
)
CALM = Paper(
    "2401.00002",
    "CalmWalk",
    ("2024-11-25",),
    (Section("Summary", "A robot dog that walks on ice without slipping."),),
)
QUOTE = "FilmMaker joins short clips into minutes of video."
SENTENCE = Sentence(f"{QUOTE[:-1]} [1].", True, (Support(1, "What's New", QUOTE, 0, len(QUOTE)),))
DOUBTED = Sentence("It was filmed on the moon [1].", False)
CITATION = Citation(1, FILM.arxiv_id, FILM.title, FILM.date, FILM.url, "What's New", QUOTE, 0, len(QUOTE))
HITS = (
    Hit(
        FILM,
        0.9,
        (Passage(FILM.arxiv_id, "What's New", 0, len(QUOTE), QUOTE),),
        (Why(Reason.NAMED), Why(Reason.DENSE, 1)),
    ),
    Hit(CALM, 0.2, (), (Why(Reason.LEXICAL, 2),)),
)
ANSWER = Answer(
    SENTENCE.text,
    False,
    Intent.LOOKUP,
    "en",
    (CITATION,),
    (SENTENCE, DOUBTED),
    scanned=2,
    matched=1,
    seconds=1.5,
    model="tiny",
    device="CPU",
    usage=Usage(100, 0, 40, 21.4),
)
REFUSAL = Answer(
    "The digests do not say this.", True, Intent.LOOKUP, "en", nearest=(CALM.arxiv_id,), scanned=2
)

Script = Callable[[str, threading.Event], Iterator[Event]]


def answered(question: str, stop: threading.Event) -> Iterator[Event]:
    yield Understood(Query(question, question, "en"))
    yield Found(Evidence(HITS, scanned=2, seconds=0.02))
    yield Draft("FilmMaker joins")
    yield Checked(SENTENCE)
    yield Checked(DOUBTED)
    yield Done(ANSWER)


def refused(question: str, stop: threading.Event) -> Iterator[Event]:
    yield Understood(Query(question, question, "en"))
    yield Found(Evidence(HITS[1:], scanned=2))
    yield Done(REFUSAL)


def endless(question: str, stop: threading.Event) -> Iterator[Event]:
    yield Understood(Query(question, question, "en"))
    yield Found(Evidence(HITS, scanned=2))
    yield Checked(SENTENCE)
    while not stop.wait(0.01):
        yield Draft("and then")


def failing(question: str, stop: threading.Event) -> Iterator[Event]:
    yield Understood(Query(question, question, "en"))
    raise QuestionError("the question is too long", "ask a shorter one")


def alike(snapshot: str, arxiv_id: str, library: Any) -> list[Similar]:
    """The other paper of the two."""
    return [Similar(paper, 0.5, ("clips", "robot")) for paper in (FILM, CALM) if paper.arxiv_id != arxiv_id]


class Page:
    """The app over the fakes, and what the fakes can be told to do."""

    asked: tuple[str, Any, Any]  # the last question, with its model and the conversation before

    def __init__(self, library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.library = library
        self.monkeypatch = monkeypatch
        self.app = AppTest.from_file(str(APP), default_timeout=PATIENCE)

    def answers(self, script: Script) -> None:
        def ask(question: str, library: object, generator: object, **context: Any) -> Iterator[Event]:
            self.asked = (question, generator, context["conversation"])
            self.filters = context["filters"]
            return script(question, context["stop"])

        self.monkeypatch.setattr(pipeline, "ask", ask)

    def ask(self, question: str) -> AppTest:
        self.app.chat_input(key="question").set_value(question).run()
        return self.settle()

    def settle(self) -> AppTest:
        """Run again once the last answer has ended, as the polling fragment does."""
        wait_for(lambda: not any(job.running for job in self.jobs))
        return self.app.run()

    @property
    def jobs(self) -> list[answer_jobs.AnswerJob]:
        return [job for conversation in app_state.background().conversations.values() for job in conversation]

    def shown(self) -> str:
        elements = (*self.app.markdown, *self.app.info, *self.app.error, *self.app.caption, *self.app.success)
        return "\n".join(str(element.value) for element in elements)


class NoGlosses:
    """A gloss desk by which every sentence stands as it is."""

    idle = False

    def texts(self, passages: Sequence[Passage], *others: object) -> list[str | None]:
        return ["" for _ in passages]

    def progress(self) -> tuple[int, int]:
        return 0, 0

    def leave_time_to_draw(self) -> None: ...


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    papers.build([FILM, CALM], tmp_path / "papers.sqlite3")
    table = papers.PaperTable(tmp_path / "papers.sqlite3")
    digests = tmp_path / "digests"
    digests.mkdir()
    (digests / "day.md").write_text("one digest", encoding="utf-8")
    made, report = "2099-01-02T03:04:05+00:00", {"files": 1, "stamps": stamps_of([digests])}
    manifest = SimpleNamespace(papers=2, chunks=3, roots=(str(digests),), created=made, report=report)
    snapshot = SimpleNamespace(name="g1", manifest=manifest, papers=table, store_damage=list)
    library = SimpleNamespace(snapshot=snapshot, settings=SimpleNamespace(home=tmp_path))
    engine = SimpleNamespace(
        generator=SimpleNamespace(
            model="tiny-q4", device="CPU, 2 threads", context=4096, kv_type="f16", memory_bytes=600_000_000
        ),
        error=None,
        loading=False,
    )
    monkeypatch.setenv("RAG_HOME", str(tmp_path))
    monkeypatch.setattr(app_state, "library", lambda: library)
    monkeypatch.setattr(similar_papers, "_similar", alike)  # it has no vectors
    monkeypatch.setattr(app_state, "warm_up", lambda library, language: None)  # it has no parts to load
    monkeypatch.setattr(app_state, "engine", lambda: engine)
    monkeypatch.setattr(gloss, "desk", NoGlosses)  # it has no model that writes
    monkeypatch.setattr(gloss, "ahead", lambda library, language: None)
    app_state.served_settings.clear()
    app_state.work_of.clear()
    app_state.history_of.clear()
    page = Page(library, monkeypatch)
    page.answers(answered)
    page.app.run()
    yield page
    for job in page.jobs:
        job.stop()
        job.wait(PATIENCE)  # it would go on in the home of whatever comes next
    app_state.served_settings.clear()
    app_state.work_of.clear()
    app_state.history_of.clear()


def wait_for(condition: Callable[[], object]) -> None:
    """Until it holds; a machine whose cores are wanted elsewhere has a minute."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)


def opened_again(page: Page) -> AppTest:
    """The same home after the server was started anew."""
    wait_for(lambda: not any(job.running for job in page.jobs))
    app_state.work_of.clear()
    app_state.history_of.clear()
    app = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    app.query_params["c"] = page.app.session_state["conversation"]
    return app.run()


def draw(page: Page, what: Any, *arguments: Any) -> AppTest:
    """One page by itself, since AppTest cannot follow `st.navigation`."""

    def script(what, arguments):  # type: ignore[no-untyped-def]  # its source runs alone, without this file's imports
        what(*arguments)

    return AppTest.from_function(script, args=(what, arguments), default_timeout=PATIENCE).run()
