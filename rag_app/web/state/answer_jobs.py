"""Answers that outlive a rerun of the page, each written in a thread of its own.

Knows: how events of the pipeline become a record that a page can draw at any moment. Does not know:
streamlit, how anything looks, or other work (`background_jobs`). A page only reads the record; it is
replaced whole, so a reader never sees half of a change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rag_app.errors import RagError
from rag_app.records import (
    Answer,
    Checked,
    Citation,
    Done,
    Draft,
    Event,
    Evidence,
    Filters,
    Found,
    Paper,
    Query,
    Section,
    Sentence,
    Turn,
    Understood,
    Working,
)
from rag_app.web.state.unexpected_error import as_rag_error

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.web.state.model_call import ModelCall


@dataclass(frozen=True, slots=True)
class AnswerProgress:
    """How far an answer has come."""

    query: Query | None = None
    evidence: Evidence | None = None
    sentences: tuple[Sentence, ...] = ()
    draft: str = ""
    lead: str | None = None  # what will stand before the sentences, so far; None where nothing will
    working: Working | None = None  # of a long answer, how far it is
    answer: Answer | None = None
    # every paper that can be opened from the answer
    papers: dict[str, Paper] = field(default_factory=dict)
    prompts: tuple[str, ...] = ()  # what the model was given to continue, call by call
    error: RagError | None = None
    finished: bool = False

    def after(self, event: Event) -> AnswerProgress:
        """The progress once this event has happened."""
        match event:
            case Understood(query):
                return replace(self, query=query)
            case Found(evidence):
                papers = self.papers | {hit.paper.arxiv_id: hit.paper for hit in evidence.hits}
                return replace(self, evidence=evidence, papers=papers)
            case Working():
                return replace(self, working=event)
            case Draft(text, leading=True) | Checked(Sentence(text), leading=True):
                return replace(self, draft="", lead=text)
            case Draft(text):
                return replace(self, draft=text)
            case Checked(sentence):
                return replace(self, draft="", sentences=(*self.sentences, sentence))
            case Done(answer):
                return replace(self, draft="", answer=answer)

    def citation_of(self, arxiv_id: str) -> Citation | None:
        """How the finished answer cites this paper, if it does."""
        citations = self.answer.citations if self.answer else ()
        return next((citation for citation in citations if citation.arxiv_id == arxiv_id), None)


class AnswerJob:
    """One question and its answer on the way; a job restored from the history has ended already."""

    def __init__(
        self, question: str, progress: AnswerProgress = AnswerProgress(), turn_id: int | None = None
    ) -> None:
        self.question = question
        self.progress = progress
        self.turn_id = turn_id  # in the history; None where it cannot be saved
        self.thumb, self.reason = 0, ""  # what the reader thinks of it, as in `history.SavedTurn`
        self.model_call: ModelCall | None = None  # None without a model
        self.stopped = threading.Event()
        self.evidence_ready = threading.Event()  # or the end, without evidence
        self._thread: threading.Thread | None = None
        if progress.finished:
            self.evidence_ready.set()

    def start(
        self,
        library: Library,
        model_call: ModelCall | None,
        conversation: Sequence[Turn] = (),
        filters: Filters = Filters(),
        keep: Callable[[AnswerProgress], None] = lambda progress: None,
    ) -> None:
        """Answer in a thread of its own, with the model if there is one; `keep` gets the final progress."""
        self.model_call = model_call
        arguments = (library, tuple(conversation), filters, keep)
        self._thread = threading.Thread(target=self._run, args=arguments, name="answer", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return not self.progress.finished

    def stop(self) -> None:
        """Ask the pipeline to end early; what was checked stays. One that has ended was not stopped."""
        if self.running:
            self.stopped.set()

    def wait(self, seconds: float) -> None:
        """Until it has ended and writes nothing any more, at most so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    def turn(self) -> Turn | None:
        """What a later question of the conversation needs to know; None without an answer."""
        from rag_app import pipeline

        query, answer = self.progress.query, self.progress.answer
        return pipeline.turn(query, answer) if query and answer else None

    def _run(
        self,
        library: Library,
        conversation: tuple[Turn, ...],
        filters: Filters,
        keep: Callable[[AnswerProgress], None],
    ) -> None:
        from rag_app import pipeline

        try:
            for event in pipeline.ask(
                self.question,
                library,
                self.model_call,
                conversation=conversation,
                filters=filters,
                stop=self.stopped,
            ):
                if isinstance(event, Done):
                    self._look_up(event.answer, library)
                self.progress = self.progress.after(event)
                if isinstance(event, Found):
                    self.evidence_ready.set()
        except Exception as error:
            self.progress = replace(self.progress, error=as_rag_error(error))
        finally:
            self.progress = replace(self.progress, prompts=self.model_call.prompts if self.model_call else ())
            keep(self.progress)
            self.progress = replace(self.progress, draft="", finished=True)
            self.evidence_ready.set()

    def _look_up(self, answer: Answer, library: Library) -> None:
        """Keep the papers of this snapshot: a later ingest may change the text under the quotes."""
        self.progress = replace(self.progress, papers=openable_papers(answer, library) | self.progress.papers)


def openable_papers(answer: Answer, library: Library) -> dict[str, Paper]:
    """Every paper that can be opened from an answer, by arXiv id.

    Of a paper that the collection has lost it is what the citation says.
    """
    table = library.snapshot.papers
    cited = {
        c.arxiv_id: Paper(c.arxiv_id, c.title, (c.date,) if c.date else (), (Section(c.section, c.quote),))
        for c in answer.citations
    }
    held = (*cited, *answer.nearest, *answer.borderline_papers)
    return cited | {arxiv_id: table.get(arxiv_id) for arxiv_id in held if table.has(arxiv_id)}
