"""What this reader has read, kept, dismissed and follows, and what is new since the last look.

Knows: that a history which cannot be read or written has none of it and must keep nobody from reading.
Does not know: how anything looks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import RagError
from rag_app.history.shelf import Bookmark, PaperMark
from rag_app.records import Paper
from rag_app.web.state import app_state

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.daily.following import FollowMatches

PLACE = "today"  # of the history's looks
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadingState:
    """What is known of the reader, by arXiv id."""

    read: frozenset[str]
    dismissed: tuple[str, ...]  # latest first
    bookmarks: dict[str, Bookmark]  # latest first
    new: frozenset[str]  # came in since the last look

    def shown(self, arxiv_id: str) -> bool:
        return arxiv_id not in self.dismissed

    def without_badges(self, papers: Sequence[Paper]) -> ReadingState:
        """The same, but that none of the papers counts as new where all of them are: it tells nothing."""
        every = all(paper.arxiv_id in self.new for paper in papers)
        return replace(self, new=frozenset()) if every else self

    @property
    def judged(self) -> int:
        """Papers that an order for this reader can be learned from."""
        return len({*self.bookmarks, *self.dismissed})


def reading_state(library: Library) -> ReadingState:
    """As the history has it at this moment."""
    history = app_state.history()
    try:
        marks = history.marks()
        kept = {bookmark.arxiv_id: bookmark for bookmark in history.bookmarked()}
    except RagError as error:
        log.warning("not read: %s", error.message)
        return ReadingState(frozenset(), (), {}, frozenset())
    read = frozenset(paper for paper, mark in marks.items() if mark is PaperMark.READ)
    dismissed = tuple(paper for paper, mark in marks.items() if mark is PaperMark.DISMISSED)
    return ReadingState(read, dismissed, kept, new_papers(library))


def note_arrivals(library: Library) -> None:
    """Write down once, for each snapshot, which papers it has brought."""
    _noted(app_state.settings().home, library.snapshot.name, library)


@st.cache_resource(show_spinner=False, max_entries=2)
def _noted(home: Path, snapshot: str, _library: Library) -> None:
    del home, snapshot  # only the cache's key
    changed(lambda: app_state.history().note_arrivals(p.arxiv_id for p in _library.snapshot.papers.all()))


def has_news() -> bool:
    """Whether papers have come in since somebody last looked at Today."""
    try:
        return app_state.history().arrived_since_look(PLACE) > 0
    except RagError:
        return False


def new_papers(library: Library) -> frozenset[str]:
    """The papers that came in since the look before this one; a tab looks once for each snapshot."""
    state, snapshot = st.session_state, library.snapshot.name
    history = app_state.history()
    try:
        if state.get("looked-at") != snapshot:
            state["looked-since"], state["looked-at"] = history.look(PLACE), snapshot
        return history.arrived_after(state["looked-since"])
    except RagError as error:
        log.warning("not looked: %s", error.message)
        return frozenset()


def changed(change: Callable[[], object]) -> bool:
    """Change the history; where it cannot be written, say so and go on."""
    try:
        change()
    except RagError as error:
        log.warning("not written: %s", error.message)
        st.toast(error.message, icon=":material/error:")
        return False
    return True


def follow_matches(library: Library, new: frozenset[str]) -> Sequence[FollowMatches]:
    """What each follow finds; none where the history cannot be read or the embedding model is missing."""
    try:
        follows = app_state.history().follows()
        return (
            _matches(library.snapshot.name, tuple(one.id for one in follows), new, library) if follows else ()
        )
    except RagError as error:
        log.warning("not checked: %s", error.message)
        return ()


@st.cache_resource(show_spinner=False, max_entries=4)
def _matches(
    snapshot: str, follows: tuple[int, ...], new: frozenset[str], _library: Library
) -> Sequence[FollowMatches]:
    from rag_app.daily.following import check

    del snapshot, follows  # only the cache's key
    history = app_state.history()
    return check(history.follows(), _library, new, history)
