"""Where to go from an answer: questions that may come next, and what to try after a refusal.

Knows: what is offered when. Does not know: which questions fit an answer (`follow_ups`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.records import Answer, Filters, Intent, Paper
from rag_app.web.i18n.text import Words, words_for
from rag_app.web.state import conversations
from rag_app.web.state.answer_jobs import AnswerProgress
from rag_app.web.widgets.filters import chosen_filters, clear_filters
from rag_app.web.widgets.follow_ups import follow_ups, name_of
from rag_app.web.widgets.markdown import label

if TYPE_CHECKING:
    from rag_app.collection.library import Library

NEAREST = 5  # papers offered after a refusal


def next_questions(place: int, progress: AnswerProgress, words: Words, library: Library) -> None:
    """Questions that may come next, each a button that asks it."""
    questions = follow_ups(progress)
    if not questions:
        return
    with st.container(horizontal=True, gap="small", key=f"answer-{place}-next"):
        st.caption(words["follow_ups"], width="content")
        for number, question in enumerate(questions):
            st.button(
                label(question, 90),
                key=f"answer-{place}-next-{number}",
                on_click=_ask,
                args=(question, library),
            )


def after_refusal(
    place: int, progress: AnswerProgress, answer: Answer, words: Words, library: Library
) -> None:
    """What can be done after a refusal: ask without the filters, or about one of the nearest papers."""
    if chosen_filters() and progress.query:
        st.button(
            words["without_filters"],
            key=f"answer-{place}-without-filters",
            icon=":material/filter_alt_off:",
            on_click=_ask_without_filters,
            args=(progress.query.question, library),
        )
    papers = [progress.papers[arxiv_id] for arxiv_id in answer.nearest if arxiv_id in progress.papers]
    if papers:
        st.caption(words["nearest"])
    with st.container(gap=None, key=f"answer-{place}-nearest"):
        for paper in papers[:NEAREST]:
            _ask_about(place, paper, answer.language, words, library)
    if not papers and answer.intent is not Intent.OFF:  # which says itself what can be asked
        st.caption(words["refused_next"])


def _ask_about(place: int, paper: Paper, language: str, words: Words, library: Library) -> None:
    question = words_for(language)["ask_about_question"].format(title=name_of(paper))
    day = f" :gray[{paper.date}]" if paper.date else ""
    st.button(
        f"{label(paper.title, 80)}{day}",
        key=f"answer-{place}-nearest-{paper.arxiv_id}",
        icon=":material/arrow_forward:",
        type="tertiary",
        wrap=False,
        help=label(question, 120),
        on_click=partial(conversations.ask, question, library),
    )


def _ask(question: str, library: Library) -> None:
    conversations.ask(question, library, chosen_filters())


def _ask_without_filters(question: str, library: Library) -> None:
    clear_filters()
    conversations.ask(question, library, Filters())
