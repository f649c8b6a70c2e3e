"""A paper as a row of Today: its title, a line, and what can be done with one click or key.

Knows: how a row looks and what its buttons change. Does not know: which papers are shown, or in which
order.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from rag_app.daily.brief import BriefLine
from rag_app.history.shelf import PaperMark
from rag_app.records import Paper
from rag_app.text.cleaning import clean_line
from rag_app.web.i18n.text import Words, votes
from rag_app.web.state import app_state, reading
from rag_app.web.state.opened import open_paper
from rag_app.web.state.reading import ReadingState
from rag_app.web.widgets.gloss import PageReader, as_read
from rag_app.web.widgets.markdown import label

AUTHORS = 2  # that are named; the drawer names all
LONGEST = 320  # characters of the line


def paper_row(
    line: BriefLine, state: ReadingState, reader: PageReader, why: str = "", *, dated: bool = True
) -> None:
    """Draw the row; `why` is the title of the kept paper that brought it here, `dated` whether the day
    is said.
    """
    paper, words = line.paper, reader.words
    with st.container(key=f"today-paper-{_name(paper)}", gap=None):
        st.markdown(_head(paper, state, words), anchors=False)
        st.caption(_facts(paper, words, why, dated=dated))
        if line.passage and paper.arxiv_id not in state.read:
            st.markdown(as_read([line.passage], reader, LONGEST)[0])
        with st.container(horizontal=True, gap="small"):
            _buttons(paper, state, words)


def dismissed_row(paper: Paper, words: Words) -> None:
    """A paper that did not interest the reader, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[{label(paper.title, 120)}]", width="stretch")
        st.button(
            words["today_restore"],
            key=f"today-restore-{_name(paper)}",
            icon=":material/undo:",
            type="tertiary",
            on_click=partial(_unmark, paper.arxiv_id),
        )


def short_title(title: str, length: int = 48) -> str:
    """The part of a title that people call a paper by."""
    return label(clean_line(title).partition(":")[0], length)


def _head(paper: Paper, state: ReadingState, words: Words) -> str:
    title = f"[{label(clean_line(paper.title), 220)}]({paper.url})"
    badge = f" :blue-badge[{words['today_is_new']}]" if paper.arxiv_id in state.new else ""
    return f":material/done: {title}{badge}" if paper.arxiv_id in state.read else f"**{title}**{badge}"


def _facts(paper: Paper, words: Words, why: str, *, dated: bool) -> str:
    names = ", ".join(paper.authors[:AUTHORS])
    others = len(paper.authors) - AUTHORS + paper.unnamed_authors
    more = f" {words['authors_more'].format(n=others)}" if names and others > 0 else ""
    liked = words["today_like"].format(title=short_title(why)) if why else ""
    facts = (
        votes(words, paper.votes),
        label(names, 80) + more if names else "",
        paper.date if dated else "",
        liked,
    )
    return " · ".join(fact for fact in facts if fact)


def _buttons(paper: Paper, state: ReadingState, words: Words) -> None:
    name, arxiv_id = _name(paper), paper.arxiv_id
    read, kept = arxiv_id in state.read, state.bookmarks.get(arxiv_id)
    button = partial(st.button, type="tertiary")
    button(
        words["today_was_read" if read else "today_read"],
        key=f"today-read-{name}",
        icon=":material/mark_email_unread:" if read else ":material/done:",
        on_click=partial(_unmark, arxiv_id) if read else partial(_mark, arxiv_id, PaperMark.READ),
    )
    button(
        words["today_was_saved" if kept else "today_save"],
        key=f"today-save-{name}",
        icon=":material/bookmark_added:" if kept else ":material/bookmark_add:",
        on_click=partial(_toggle_bookmark, arxiv_id, words),
    )
    button(
        words["today_dismiss"],
        key=f"today-dismiss-{name}",
        icon=":material/thumb_down:",
        on_click=partial(_mark, arxiv_id, PaperMark.DISMISSED),
    )
    button(
        words["today_open"],
        key=f"today-open-{name}",
        icon=":material/article:",
        on_click=partial(open_paper, arxiv_id),
    )


def _name(paper: Paper) -> str:
    """The id as a part of a class name."""
    return "".join(c if c.isalnum() else "-" for c in paper.arxiv_id)


def _mark(arxiv_id: str, mark: PaperMark) -> None:
    reading.changed(lambda: app_state.history().mark(arxiv_id, mark))


def _unmark(arxiv_id: str) -> None:
    reading.changed(lambda: app_state.history().unmark(arxiv_id))


def _toggle_bookmark(arxiv_id: str, words: Words) -> None:
    """Keep the paper or give it up; one that carries words of the reader's is not lost by one key."""
    history = app_state.history()
    kept = {bookmark.arxiv_id: bookmark for bookmark in history.bookmarked()}.get(arxiv_id)
    if kept is None:
        reading.changed(lambda: history.bookmark(arxiv_id, app_state.title_of(arxiv_id)))
    elif kept.annotated:
        st.toast(words["today_annotated"], icon=":material/bookmark:")
    else:
        reading.changed(lambda: history.unbookmark(arxiv_id))
