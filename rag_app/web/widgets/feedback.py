"""Thumbs under an answer, and the reason for one that points down.

Knows: that both are kept in the history, and nothing is sent anywhere. Does not know: the answer.
"""

from __future__ import annotations

import streamlit as st

from rag_app.errors import RagError
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state
from rag_app.web.state.answer_jobs import AnswerJob
from rag_app.web.widgets.notices import show_error


def feedback(place: int, job: AnswerJob, words: Words) -> None:
    """The thumbs, and a line for the reason once one points down; nothing where nothing can be saved."""
    if job.turn_id is None:
        return
    thumb = st.feedback(
        "thumbs", key=f"answer-{place}-thumb-{job.turn_id}", default={1: 1, -1: 0}.get(job.thumb)
    )
    pointed = {None: 0, 0: -1, 1: 1}[thumb]
    reason = job.reason
    if pointed < 0:
        reason = st.text_input(
            words["why_bad"],
            job.reason,
            key=f"answer-{place}-reason-{job.turn_id}",
            placeholder=words["why_bad"],
            label_visibility="collapsed",
            max_chars=500,
        )
    if (pointed, reason) != (job.thumb, job.reason):
        _keep(job, pointed, reason, words)


def _keep(job: AnswerJob, thumb: int, reason: str, words: Words) -> None:
    try:
        app_state.history().set_feedback(job.turn_id or 0, thumb, reason)
    except RagError as error:
        show_error(error, words)
        return
    job.thumb, job.reason = thumb, reason
