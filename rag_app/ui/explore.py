"""The explore page: papers filtered, plotted, listed, and taken into the chat.

Knows: what can be seen of a collection without a question. Does not know: how papers are kept.
Called by `app`. It needs no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.records import Filters, Paper
from rag_app.ui import conversations, filters
from rag_app.ui.bookmarks import bookmark_button, bookmarked
from rag_app.ui.comparison import compare_button
from rag_app.ui.evidence import paper_drawer
from rag_app.ui.paper_table import paper_table
from rag_app.ui.plots import plots
from rag_app.ui.prose import label
from rag_app.ui.text import Words

if TYPE_CHECKING:
    from rag_app.library import Library

WEEK = timedelta(days=7)


def page(words: Words, library: Library, open_chat: Callable[[], None]) -> None:
    st.title(words["explore"], anchor=False)
    chosen = _choose(words, library)
    table = library.generation.papers
    text = st.text_input(words["explore_text"], key="explore-text", icon=":material/search:")
    papers = matching(table.many(reversed(table.ids(chosen))), text)  # the newest first
    if st.session_state.get("explore-marked"):
        marked = set(bookmarked())
        papers = [paper for paper in papers if paper.arxiv_id in marked]
    total = library.generation.manifest.papers
    st.caption(words["explore_count"].format(n=f"{len(papers):,}", total=f"{total:,}"))
    if not papers:
        st.info(words["explore_none"], icon=":material/search_off:")
        return
    shown = plots(papers, words)
    st.caption(words["plot_help" if len(shown) == len(papers) else "plot_chosen"].format(n=f"{len(shown):,}"))
    above = st.container()
    paper = paper_table(shown, words, "explore-table")
    with above:
        if paper:
            _chosen(paper, words, library, open_chat)
        else:
            st.caption(words["explore_help"])


def _choose(words: Words, library: Library) -> Filters:
    """What to show: everything, the last week or the bookmarks, and the filters of the chat."""
    views = {"all": words["view_all"], "week": words["view_week"], "marked": words["view_marked"]}
    view = st.segmented_control(
        words["view"],
        list(views),
        default="all",
        required=True,
        format_func=views.__getitem__,
        key="explore-view",
        label_visibility="collapsed",
    )
    st.session_state["explore-marked"] = view == "marked"
    with st.expander(words["filters"], icon=":material/filter_alt:"):
        chosen = filters.choose(words, library, "explore-filter")
    last = library.generation.papers.last_day
    if view == "week" and last:
        since = (date.fromisoformat(last) - WEEK + timedelta(days=1)).isoformat()
        st.caption(words["week_is"].format(since=since, until=last))
        chosen = replace(chosen, since=max(chosen.since, since))
    return chosen


def matching(papers: Sequence[Paper], text: str) -> list[Paper]:
    """The papers whose title, authors or digest hold every word of `text`, whatever its case."""
    words = text.casefold().split()
    return [paper for paper in papers if not words or all(word in _searchable(paper) for word in words)]


def _searchable(paper: Paper) -> str:
    parts = (paper.arxiv_id, paper.title, *paper.authors, *(section.text for section in paper.sections))
    return "\n".join(parts).casefold()


def _chosen(paper: Paper, words: Words, library: Library, open_chat: Callable[[], None]) -> None:
    """What can be done with the paper whose row is chosen."""
    with st.container(border=True, key="explore-chosen"):
        st.markdown(f"**{label(paper.title, 160)}**")
        with st.container(horizontal=True):
            if st.button(words["read"], key="explore-read", icon=":material/article:"):
                st.dialog(words["source"], width="medium", position="right")(paper_drawer)(paper, words)
            if st.button(words["ask_about"], key="explore-ask", icon=":material/chat:"):
                conversations.begin()
                conversations.ask(words["ask_about_question"].format(title=paper.title), library)
                open_chat()
            compare_button(paper.arxiv_id, words, "explore")
            bookmark_button(paper.arxiv_id, words, "explore")
