"""What all tabs share: the settings, the open collection, the history, the engine, work under way.

Knows: that each is made once and given to all sessions, and how long it lives. Does not know: what
any page shows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rag_app import address
from rag_app.address import Address
from rag_app.collection.snapshot import current_name
from rag_app.errors import RagError, SettingsError
from rag_app.history.store import History
from rag_app.home import Home
from rag_app.records import Filters
from rag_app.settings import Settings
from rag_app.text.cleaning import clean_line
from rag_app.web.state.answer_jobs import AnswerJob
from rag_app.web.state.background_jobs import EngineJob, Job

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.daily.topics import TopicMap
    from rag_app.embedding.adapt import AdaptResult
    from rag_app.pipeline import IngestResult

Result = TypeVar("Result")

# The tab's collection, in the session and in the address; and the main one among the choices.
COLLECTION, MAIN = "collection", "-"
_home: ContextVar[Path | None] = ContextVar("home", default=None)  # of a thread that works for a tab
WARM_UP = {"en": "warm-up", "ko": "준비"}  # a question that loads what questions of a language need
# Loading holds Python's lock for up to a second, in which nothing that was drawn would reach the browser.
DRAWN_SECONDS = 0.5


@dataclass
class BackgroundWork:
    """What the app is doing and has done, shared by its tabs and kept until the server ends."""

    conversations: dict[str, list[AnswerJob]] = field(default_factory=dict)
    # Papers to ask among, by conversation; of one without a question yet by its token in the address.
    chosen: dict[str, Filters] = field(default_factory=dict)
    ingest: Job[IngestResult] | None = None
    ingest_before: Job[IngestResult] | None = None  # how it ended is still to be told
    waiting_folders: list[Path] = field(default_factory=list)  # which the ingest that runs reads next
    adapt: Job[AdaptResult] | None = None
    pulls: dict[str, Job[Path]] = field(default_factory=dict)  # by model
    engine: EngineJob | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)  # of starting any of these
    asking: threading.RLock = field(default_factory=threading.RLock)  # of changing a conversation


@st.cache_resource(show_spinner=False)
def served_settings() -> Settings:
    """The settings that the page was started with. Raises SettingsError."""
    return Settings.from_environment()


def settings() -> Settings:
    """The settings of this run, with the home of the collection that this tab shows. Raises SettingsError."""
    served = served_settings()
    return replace(served, home=_home.get() or _shown(Home(served.home)).root)


def _shown(served: Home) -> Home:
    """The home of the collection that the tab has chosen; the one served outside of a tab, and where
    there is none of that name.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return served
    asked = st.session_state.get(COLLECTION) or st.query_params.get(COLLECTION, "")
    if asked == MAIN:
        return served.main
    return served.collection(asked) if asked in served.collections() else served


def in_same_home(work: Callable[..., Result], *arguments: object) -> Callable[..., Result]:
    """`work` for a thread, which has no tab: it keeps the home of the tab that starts it."""
    home = settings().home

    def run(*more: object) -> Result:
        before = _home.set(home)
        try:
            return work(*arguments, *more)
        finally:
            _home.reset(before)

    return run


def servers() -> list[Address]:
    """The servers that the settings name; none where an address is none, which whoever connects reports."""
    try:
        return address.chosen(settings())
    except SettingsError:
        return []


def background() -> BackgroundWork:
    """What is done for this tab's collection."""
    return work_of(settings().home)


def shared_work() -> BackgroundWork:
    """What is done for all collections: the engine, and models that are fetched."""
    return work_of(served_settings().home)


@st.cache_resource(show_spinner=False)
def work_of(home: Path) -> BackgroundWork:
    del home  # only the cache's key
    return BackgroundWork()


def engine() -> EngineJob:
    """The engine, loading in the background from the first call on; one for all collections."""
    work = shared_work()
    with work.lock:
        if work.engine is None:
            work.engine = EngineJob(served_settings())
        return work.engine


def switch_model(model: str) -> None:
    """Run another model of the catalog in place of this one, whose memory is given back.

    Answers under way stop.
    """
    work = shared_work()
    with work.lock:
        for home in homes():
            for job in [job for jobs in list(work_of(home).conversations.values()) for job in jobs]:
                job.stop()
        work.engine = EngineJob(replace(served_settings(), model=model), instead_of=work.engine)


def homes() -> list[Path]:
    """The homes of every collection, the main one first."""
    main = Home(served_settings().home).main
    return [main.root, *(main.collection(name).root for name in main.collections())]


def library() -> Library | None:
    """The collection's current snapshot; None before the first ingest. Raises CollectionError."""
    home = settings().home
    return _library(home, current_name(home)) if Home(home).current.exists() else None


def title_of(arxiv_id: str) -> str:
    """The title of a paper of this tab's collection, cleaned; empty where that cannot be read."""
    with suppress(RagError):
        opened = library()
        if opened and (paper := opened.snapshot.papers.find(arxiv_id)):
            return clean_line(paper.title)
    return ""


# A tab may still answer from the snapshot before, and another one show another collection.
@st.cache_resource(show_spinner=False, max_entries=3)
def _library(home: Path, snapshot: str) -> Library:
    from rag_app import pipeline

    del snapshot  # only the cache's key: `open_library` opens the current one
    return pipeline.open_library(replace(served_settings(), home=home))


def topics(library: Library) -> TopicMap:
    """The topics of the collection, worked out once for each snapshot."""
    return _topics(library.snapshot.name, library)


@st.cache_resource(show_spinner=False, max_entries=2)
def _topics(snapshot: str, _library: Library) -> TopicMap:
    from rag_app.daily.topics import map_topics

    del snapshot  # only the cache's key
    return map_topics(_library)


def warm_up(library: Library, language: str) -> None:
    """Begin to load what the first question in this language would wait for; once for each snapshot."""
    _warmed(library.snapshot.name, language, library)


@st.cache_resource(show_spinner=False, max_entries=4)
def _warmed(snapshot: str, language: str, _library: Library) -> None:
    del snapshot  # only the cache's key
    threading.Thread(target=_warm_up, args=(_library, language), name="warm-up", daemon=True).start()


def _warm_up(library: Library, language: str) -> None:
    """Load the embedding model, the paper table and, for a Korean page, the morphemes; work out topics.

    What fails here fails again for that question, which says so.
    """
    from rag_app.pipeline import understood
    from rag_app.search.retrieval import retrieve

    time.sleep(DRAWN_SECONDS)
    with suppress(RagError):
        retrieve(understood(WARM_UP.get(language, WARM_UP["en"]), library), library)
        topics(library)


def history() -> History:
    """The history of this tab's collection."""
    return history_of(settings().home)


@st.cache_resource(show_spinner=False)
def history_of(home: Path) -> History:
    return History(Home(home).history)
