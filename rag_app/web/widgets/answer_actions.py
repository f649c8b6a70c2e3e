"""What can be done with an answer: ask again, copy or export it, look at its details, rate it.

Knows: which of these an answer offers. Does not know: how the answer looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from rag_app.history.store import SavedTurn
from rag_app.records import Answer
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words
from rag_app.web.state import conversations
from rag_app.web.state.answer_jobs import AnswerJob, AnswerProgress
from rag_app.web.state.saved_progress import trace_of
from rag_app.web.widgets.answer_details import answer_details
from rag_app.web.widgets.export_menu import answer_exports
from rag_app.web.widgets.feedback import feedback

if TYPE_CHECKING:
    from rag_app.collection.library import Library


def answer_actions(place: int, job: AnswerJob, words: Words, library: Library, last: bool) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"answer-{place}-actions"
    ):
        if last:
            _again_button(place, words, library)
        if job.progress.answer:
            _copy_menu(place, job, job.progress.answer, words, library)
            _details_menu(place, job.progress, job.progress.answer, words, library)
        feedback(place, job, words)


def _again_button(place: int, words: Words, library: Library) -> None:
    st.button(
        words["again"],
        key=f"answer-{place}-again",
        type="tertiary",
        icon=":material/refresh:",
        on_click=conversations.ask_again,
        args=(library,),
    )


def _copy_menu(place: int, job: AnswerJob, answer: Answer, words: Words, library: Library) -> None:
    """The answer as Markdown to copy, and as files."""
    key = f"answer-{place}-copy"
    menu = st.popover(
        words["copy"], icon=":material/content_copy:", type="tertiary", key=key, on_change="rerun"
    )
    if not menu.open:
        return
    with menu:
        if answer.citations:
            turn = SavedTurn(0, job.question, "", None, answer, trace=trace_of(job.progress))
            answer_exports(turn, library.snapshot.papers.find, words, key)
        st.caption(words["copy_help"])
        st.code(with_sources(answer), language="markdown", wrap_lines=True, height=220)


def _details_menu(
    place: int, progress: AnswerProgress, answer: Answer, words: Words, library: Library
) -> None:
    menu = st.popover(
        words["details"],
        icon=":material/info:",
        type="tertiary",
        key=f"answer-{place}-details",
        on_change="rerun",
    )
    if menu.open:  # a long conversation has many, which nobody may look at
        with menu:
            answer_details(progress, answer, words, library)


def with_sources(answer: Answer) -> str:
    """The answer and, below it, the papers behind its numbers, as Markdown."""
    sources = [f"[{c.n}] {escape_markdown(c.title)}, {c.url}" for c in answer.citations]
    return "\n\n".join([answer.text, *(["  \n".join(sources)] if sources else [])])
