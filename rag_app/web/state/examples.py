"""Example questions made from the collection itself: its topics, its days, its papers' names.

Knows: which questions fit a collection, and that each was answered once, without the language model,
before it is offered. Does not know: how they are worded (`i18n.examples`) or look.

What the table of papers alone decides is there at once; the rest is asked in the background.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.collection.papers import PaperTable
from rag_app.records import Filters, Intent, Paper
from rag_app.text.terms import STOP_WORDS
from rag_app.web.i18n.examples import EXAMPLES
from rag_app.web.state import app_state

if TYPE_CHECKING:
    from rag_app.collection.library import Library

TOPICS = 2  # questions about topics
TRIES = 4  # candidates of a kind that are asked, until one has an answer
LONGEST_NAME = 30  # characters of a paper's name; longer ones make a button that nobody reads
log = logging.getLogger(__name__)


def at_once(table: PaperTable, language: str) -> tuple[str, ...]:
    """The questions whose answer the table of papers holds for certain."""
    words = EXAMPLES[language]
    fits = {
        "latest": bool(table.last_day),
        "votes": len(table.top(Filters(), 2)) == 2,
        "months": len(table.months()) > 1,
    }
    return tuple(words[kind] for kind, there in fits.items() if there)


def of_contents(library: Library, language: str) -> Iterator[str]:
    """Questions about topics and named papers; each has an answer over this collection."""
    words, found = EXAMPLES[language], 0
    for topic in _topics(library):
        question = words["topic"].format(topic=topic)
        if found < TOPICS and _answered(question, library, Intent.LIST):
            found += 1
            yield question
    named = _named(library.snapshot.papers)
    about = (words["paper"].format(name=name_of(paper)) for paper in named)
    yield from _first_answered(about, library)
    pairs = zip(named[::2], named[1::2], strict=False)
    compared = (words["compare"].format(first=name_of(a), second=name_of(b)) for a, b in pairs)
    yield from _first_answered(compared, library)


def name_of(paper: Paper) -> str:
    """The name that a title begins with, "QLoRA: …", or an empty string."""
    name, colon, _ = paper.title.partition(":")
    return name.strip() if colon and len(name) <= LONGEST_NAME else ""


def _topics(library: Library) -> list[str]:
    """The phrases that name topics; those of two words first, which say more than one."""
    phrases = [phrase for name in app_state.topics(library).names for phrase in name.split(", ")]
    whole = [phrase for phrase in phrases if phrase and phrase.split()[-1].casefold() not in STOP_WORDS]
    return sorted(whole, key=lambda phrase: len(phrase.split()) == 1)[: TOPICS * TRIES]


def _named(table: PaperTable) -> list[Paper]:
    """Papers with a name, most votes first, then the newest."""
    best = table.top(Filters(), 50)
    seen = {paper.arxiv_id for paper in best}
    newest = [paper for paper in reversed(table.all()) if paper.arxiv_id not in seen]
    return [paper for paper in [*best, *newest] if name_of(paper)][: 2 * TRIES]


def _first_answered(questions: Iterator[str], library: Library) -> Iterator[str]:
    for question, _ in zip(questions, range(TRIES), strict=False):
        if _answered(question, library):
            yield question
            return


def _answered(question: str, library: Library, intent: Intent | None = None) -> bool:
    from rag_app import pipeline

    answer, _ = pipeline.answer(question, library)
    return not answer.refused and bool(answer.citations) and intent in {None, answer.intent}


class ExampleJob:
    """The questions of one snapshot in one language, asked in a thread of their own."""

    def __init__(self, library: Library, language: str) -> None:
        self.questions: tuple[str, ...] = ()
        self._thread = threading.Thread(target=self._run, args=(library, language), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def _run(self, library: Library, language: str) -> None:
        try:
            for question in of_contents(library, language):
                self.questions += (question,)
        except Exception as error:  # the page does without; a question of the reader's will say why
            log.warning("no example questions: %s", error)


def job(library: Library, language: str) -> ExampleJob:
    """The job of this snapshot, begun at the first call."""
    return _job(library.snapshot.name, language, library)


@st.cache_resource(show_spinner=False, max_entries=4)
def _job(snapshot: str, language: str, _library: Library) -> ExampleJob:
    del snapshot  # only the cache's key
    return ExampleJob(_library, language)
