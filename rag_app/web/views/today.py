"""The page Today: what is new, in groups with a line each, and what the reader does with it.

Knows: which papers are shown and in which order. Does not know: how a brief comes about (`daily.brief`),
or how a row looks (`widgets.paper_row`). It needs no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.daily import for_you, period
from rag_app.daily.brief import (
    Brief,
    BriefGroup,
    BriefLine,
    brief,
    by_votes,
    line_of,
    papers_of,
)
from rag_app.daily.following import FollowMatches
from rag_app.daily.period import Period
from rag_app.export.reference import references
from rag_app.records import Paper
from rag_app.web.i18n.text import Words, span
from rag_app.web.state import app_state, reading
from rag_app.web.state.reading import ReadingState
from rag_app.web.widgets.export_menu import paper_exports
from rag_app.web.widgets.follows_bar import follows_bar
from rag_app.web.widgets.gloss import PageReader, as_read
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.paper_row import dismissed_row, paper_row, short_title
from rag_app.web.widgets.rising import rising_topics

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

    from rag_app.collection.library import Library

LATEST = 10  # papers of a follow that are shown where none is new
OPEN = 24  # papers up to which every group is open; beyond, those after the first ones are folded


@dataclass(frozen=True, slots=True)
class TodayChoice:
    """What the reader wants to see."""

    view: str  # day, week or new
    period: Period
    unread: bool  # only unread papers
    for_you: bool  # in the reader's own order


def page(words: Words, language: str, library: Library) -> None:
    state, reader = reading.reading_state(library), PageReader(language, words, library)
    st.title(words["today"], anchor=False)
    choice = _choose(state, words, library)
    followed = follows_bar(reading.follow_matches(library, state.new), words, library)
    if followed:
        _of_follow(followed, state, reader)
    else:
        _brief(choice, state, reader)


def _brief(choice: TodayChoice, state: ReadingState, reader: PageReader) -> None:
    words, library = reader.words, reader.library
    papers = _papers(choice, state, library)
    shown = [paper for paper in papers if state.shown(paper.arxiv_id)]
    if choice.unread:
        shown = [paper for paper in shown if paper.arxiv_id not in state.read]
    if not shown:
        st.info(_nothing(choice, papers, words), icon=":material/wb_sunny:")
    else:
        state = state.without_badges(shown)
        # of all papers: what is read or dismissed must not move the others
        made = brief(papers, choice.period, library, app_state.topics(library))
        _count(shown, choice, state, words)
        _lead(made, reader)
        _rows(_without_hidden(made, shown), choice, state, reader)
        paper_exports(references(by_votes(shown)), words, "today")
    _dismissed([paper for paper in papers if not state.shown(paper.arxiv_id)], words)


# --- what is shown ------------------------------------------------------------------------------


def _choose(state: ReadingState, words: Words, library: Library) -> TodayChoice:
    views = {name: words[f"today_{name}"] for name in ("day", "week", "new")}
    if state.new:
        views["new"] += f" · {len(state.new):,}"
    with st.container(horizontal=True, vertical_alignment="center", key="today-choice"):
        view = st.segmented_control(
            words["today_view"],
            list(views),
            default="new" if state.new else "day",
            required=True,
            format_func=views.__getitem__,
            key="today-view",
            label_visibility="collapsed",
            persist_state="session",
        )
        shown = _period(str(view), words, library)
        unread = st.toggle(words["today_unread"], key="today-unread", persist_state="session")
        ready = for_you.enough(list(state.bookmarks), state.dismissed)
        missing = words["today_for_you_off"].format(n=state.judged, enough=for_you.ENOUGH)
        mine = st.toggle(
            words["today_for_you"],
            key="today-for-you",
            persist_state="session",
            disabled=not ready,
            help=words["today_for_you_help"] if ready else missing,
        )
    return TodayChoice(str(view), shown, unread, mine and ready)


def _period(view: str, words: Words, library: Library) -> Period:
    """The days of a view; a single day can be picked among those that have a digest."""
    table = library.snapshot.papers
    if view == "week":
        return period.newest_week(table)
    days = dict(reversed(table.days()))
    if view == "new" or not days:
        return period.newest_day(table)
    day = st.selectbox(
        words["today_of_day"],
        list(days),
        format_func=lambda day: words["today_day_option"].format(day=day, n=days[day]),
        key="today-day",
        label_visibility="collapsed",
        width=200,
        persist_state="session",
    )
    return Period(day, day)


def _papers(choice: TodayChoice, state: ReadingState, library: Library) -> list[Paper]:
    if choice.view == "new":
        return [paper for paper in library.snapshot.papers.all() if paper.arxiv_id in state.new]
    return papers_of(choice.period, library)


def _nothing(choice: TodayChoice, papers: Sequence[Paper], words: Words) -> str:
    if papers and choice.unread:
        return words["today_none_unread"]
    return words["today_none_new" if choice.view == "new" else "today_none"]


# --- how it is drawn ----------------------------------------------------------------------------


def _count(papers: Sequence[Paper], choice: TodayChoice, state: ReadingState, words: Words) -> None:
    """The days of the papers, how many they are, and how many of them are unread."""
    unread = sum(paper.arxiv_id not in state.read for paper in papers)
    text = words["today_count_one" if len(papers) == 1 else "today_count"]
    days = sorted({paper.date for paper in papers if paper.date})
    # of one day the day that was picked stands above
    shown = span(words, days[0], days[-1]) if days and choice.view != "day" else ""
    count = text.format(n=f"{len(papers):,}", unread=f"{unread:,}")
    st.caption(f"{shown} · {count}" if shown else count)


def _lead(made: Brief, reader: PageReader) -> None:
    """The lead, and what rose."""
    if not made.lead and not made.rising:
        return
    with st.container(border=True, key="today-lead"):
        if made.lead:
            st.markdown(f"**{reader.words['today_lead']}**")
            said = as_read([line.passage for line in made.lead if line.passage], reader)
            cited = (f":small[[{short_title(line.paper.title)}]({line.paper.url})]" for line in made.lead)
            st.markdown("\n".join(f"- {text} {link}" for text, link in zip(said, cited, strict=True)))
        rising_topics(made.rising, reader.words)


def _without_hidden(made: Brief, shown: Sequence[Paper]) -> Brief:
    """The brief with the lines of these papers alone; groups stay in their order."""
    ids = {paper.arxiv_id for paper in shown}
    groups = (
        BriefGroup(group.name, tuple(line for line in group.lines if line.paper.arxiv_id in ids))
        for group in made.groups
    )
    return replace(made, groups=tuple(group for group in groups if group.lines))


def _rows(made: Brief, choice: TodayChoice, state: ReadingState, reader: PageReader) -> None:
    """The groups, or the papers in the reader's own order with the reason for each place."""
    dated = len({line.paper.date for line in made.lines}) > 1
    if choice.for_you and (mine := _in_own_order(made, state, reader.library)):
        for line, nearest in mine:
            paper_row(line, state, reader, nearest, dated=dated)
        return
    if len(made.groups) == 1 and not made.groups[0].name:  # a few papers of no topic: nothing to fold
        for line in made.lines:
            paper_row(line, state, reader, dated=dated)
        return
    before = 0
    for group in made.groups:
        fold = _group(group, reader.words, opened=before < OPEN)
        if fold.open:  # what is folded costs nothing
            with fold:
                for line in group.lines:
                    paper_row(line, state, reader, dated=dated)
        before += len(group.lines)


def _in_own_order(made: Brief, state: ReadingState, library: Library) -> list[tuple[BriefLine, str]]:
    """(line, title of the kept paper that is nearest), best first; empty where nothing can be learned,
    since too many of the judged papers are gone.
    """
    lines = {line.paper.arxiv_id: line for line in made.lines}
    table = library.snapshot.papers
    ranked = for_you.rank(list(lines), list(state.bookmarks), state.dismissed, library)
    return [(lines[one.arxiv_id], table.get(one.nearest).title) for one in ranked]


def _group(group: BriefGroup, words: Words, *, opened: bool) -> ExpanderContainer:
    name = label(group.name, 60) or words["today_others"]
    return st.expander(
        words["today_group"].format(name=name, n=len(group.lines)),
        expanded=opened,
        key=f"today-group-{group.name}",
        on_change="rerun",
    )


def _of_follow(found: FollowMatches, state: ReadingState, reader: PageReader) -> None:
    """The new papers of what is followed, newest first; where none is new, the latest."""
    ids = [arxiv_id for arxiv_id in reversed(found.new or found.papers[-LATEST:]) if state.shown(arxiv_id)]
    if not found.papers:
        st.info(reader.words["follow_none"], icon=":material/add_alert:")
    elif not found.new:
        st.caption(reader.words["follow_none_new"])
    for paper in reader.library.snapshot.papers.many(ids):
        paper_row(line_of(paper), state, reader)


def _dismissed(papers: Sequence[Paper], words: Words) -> None:
    if papers:
        with st.expander(words["today_dismissed"].format(n=len(papers)), icon=":material/thumb_down:"):
            for paper in papers:
                dismissed_row(paper, words)
