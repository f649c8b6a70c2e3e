"""The explore page: papers filtered, plotted, listed, and taken into the chat.

Knows: what can be seen of a collection without a question. Does not know: how papers are kept. It
needs no model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.answer import trends
from rag_app.records import Filters, Paper
from rag_app.web.i18n.text import Words, votes
from rag_app.web.state import conversations
from rag_app.web.state.opened import open_paper
from rag_app.web.widgets import filters
from rag_app.web.widgets.ask_only import ask_only_button
from rag_app.web.widgets.bookmarks import bookmark_all_button, bookmark_button, bookmarked, gone_bookmarks
from rag_app.web.widgets.compare_button import compare_button
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.paper_table import paper_table
from rag_app.web.widgets.plots import plots
from rag_app.web.widgets.rising import rising_topics

if TYPE_CHECKING:
    from rag_app.collection.library import Library

WEEK = timedelta(days=7)
TOP = 3  # papers of the week that are named


def page(words: Words, library: Library, open_chat: Callable[[], None]) -> None:
    st.title(words["explore"], anchor=False)
    view, chosen = _view_and_filters(words, library)
    papers = _papers_to_show(view, chosen, words, library)
    if view == "marked":
        gone_bookmarks(library, words)
    total = library.snapshot.manifest.papers
    st.caption(words["explore_count"].format(n=f"{len(papers):,}", total=f"{total:,}"))
    if not papers:
        st.info(words["explore_none"], icon=":material/search_off:")
        return
    if view == "week":
        _new_this_week(chosen, words, library)
    shown = plots(papers, words, library)
    if len(shown) < len(papers):
        st.caption(words["plot_chosen"].format(n=f"{len(shown):,}"))
    if len(shown) < total:
        whole_view = view != "all" and len(shown) == len(papers)
        _actions(words[f"view_{view}" if whole_view else "selection"], shown, words, open_chat)
    above = st.container()
    paper = paper_table(shown, words, "explore-table")
    with above:
        if paper:
            _selected_paper(paper, words, library, open_chat)
        else:
            st.caption(words["explore_help"])


def _view_and_filters(words: Words, library: Library) -> tuple[str, Filters]:
    """What to show: the view (everything, the last week or the bookmarks), and filters as in the chat."""
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
    with st.expander(words["filters"], icon=":material/filter_alt:"):
        chosen = filters.filter_inputs(words, library, "explore-filter")
    last = library.snapshot.papers.last_day
    if view == "week" and last:
        since = (date.fromisoformat(last) - WEEK + timedelta(days=1)).isoformat()
        st.caption(words["week_is"].format(since=since, until=last))
        chosen = replace(chosen, since=max(chosen.since, since))
    return str(view), chosen


def _papers_to_show(view: str, chosen: Filters, words: Words, library: Library) -> list[Paper]:
    """The papers that meet the filters and hold the words typed, newest first."""
    table = library.snapshot.papers
    text = st.text_input(words["explore_text"], key="explore-text", icon=":material/search:")
    papers = newest_first(matching(table.many(table.ids(chosen)), text))
    if view == "marked":
        marked = set(bookmarked())
        papers = [paper for paper in papers if paper.arxiv_id in marked]
    return papers


def _new_this_week(period: Filters, words: Words, library: Library) -> None:
    """What is new: how much, the papers with most votes, and the topics that rose."""
    table = library.snapshot.papers
    top = table.top(period, TOP)
    topics = trends.rising(table.all(), replace(period, authors=(), min_votes=None))
    with st.container(border=True, key="explore-week"):
        if top:
            st.markdown(f"**{words['week_top']}**")
            st.markdown("\n".join(f"1. {label(p.title, 110)} :gray[{votes(words, p.votes)}]" for p in top))
        rising_topics(topics, words)


def matching(papers: Sequence[Paper], text: str) -> list[Paper]:
    """The papers whose title, authors or digest hold every word of `text`, whatever its case."""
    words = text.casefold().split()
    return [paper for paper in papers if not words or all(word in _searchable(paper) for word in words)]


def newest_first(papers: Sequence[Paper]) -> list[Paper]:
    """By day, and of one day those with most votes first; those without come last."""
    return sorted(papers, key=lambda p: (p.date, -1 if p.votes is None else p.votes), reverse=True)


def _searchable(paper: Paper) -> str:
    parts = (paper.arxiv_id, paper.title, *paper.authors, *(section.text for section in paper.sections))
    return "\n".join(parts).casefold()


def _actions(name: str, papers: Sequence[Paper], words: Words, open_chat: Callable[[], None]) -> None:
    """What can be done with a part of the collection, all of it at once."""
    ids = [paper.arxiv_id for paper in papers]
    with st.container(horizontal=True, key="explore-actions"):
        ask_only_button(name, ids, words, "explore", open_chat)
        bookmark_all_button(ids, words, "explore")


def _selected_paper(paper: Paper, words: Words, library: Library, open_chat: Callable[[], None]) -> None:
    """What can be done with the paper whose row is chosen."""
    with st.container(border=True, key="explore-chosen"):
        st.markdown(f"**{label(paper.title, 160)}**")
        with st.container(horizontal=True):
            st.button(
                words["read"],
                key="explore-read",
                icon=":material/article:",
                on_click=open_paper,
                args=(paper.arxiv_id,),
            )
            if st.button(words["ask_about"], key="explore-ask", icon=":material/chat:"):
                conversations.begin()
                conversations.ask(words["ask_about_question"].format(title=paper.title), library)
                open_chat()
            compare_button(paper.arxiv_id, words, "explore")
            bookmark_button(paper.arxiv_id, words, "explore")
