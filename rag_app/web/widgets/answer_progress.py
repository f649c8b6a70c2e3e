"""An answer while it is written: the text so far, the Stop button, and how long it will take.

Knows: what is shown at each step, and that it looks at the job a few times a second. Does not know:
how the answer comes about, or how it looks once it is finished.
"""

from __future__ import annotations

import time

import streamlit as st

from rag_app.records import Sentence
from rag_app.web.i18n.text import Words
from rag_app.web.state import conversations
from rag_app.web.state.answer_jobs import AnswerJob, AnswerProgress
from rag_app.web.state.eta import waiting_line
from rag_app.web.widgets.markdown import escape_with_badges
from rag_app.web.widgets.page_style import LEAD
from rag_app.web.widgets.stop_button import stop_button

REFRESH_SECONDS = 0.3


def answer_progress(place: int, job: AnswerJob, drawn: AnswerProgress, words: Words) -> None:
    """Draw what is written so far, again and again until the answer ends.

    `drawn` is what the rest of the page shows: when it falls behind, the whole page is drawn again.
    """
    st.fragment(_redraw, run_every=REFRESH_SECONDS, key=f"in-progress-{place}")(place, job, drawn, words)


def _redraw(place: int, job: AnswerJob, drawn: AnswerProgress, words: Words) -> None:
    progress = job.progress
    if progress.finished or (progress.evidence is None) != (drawn.evidence is None):
        st.rerun()
    text_so_far(progress, words)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"writing-{place}"):
        stop_button(words, f"stop-answer-{place}", job.stop, stopping=job.stopped.is_set())
        if (call := job.model_call) and not job.stopped.is_set():
            usual = conversations.usual_speed(call.model)
            st.caption(waiting_line(usual, call, time.monotonic(), words))


def text_so_far(progress: AnswerProgress, words: Words) -> None:
    if progress.lead is not None:
        # Written last and read first: its place is kept, so that what stands below stays where it is.
        with st.container(key=LEAD):
            st.markdown(f":gray[{escape_with_badges(progress.lead)}]" if progress.lead else "")
    for sentence in progress.sentences:
        st.markdown(sentence_text(sentence, words))
    if (working := progress.working) and not progress.finished:
        st.caption(words["points_written"].format(done=working.done, total=working.total))
    if progress.draft:
        st.markdown(f":gray[{escape_with_badges(progress.draft)} ▍]")
    elif not progress.finished:
        state = "understanding" if not progress.query else "writing" if progress.evidence else "searching"
        st.markdown(f":shimmer[{words[state]}…]")


def sentence_text(sentence: Sentence, words: Words) -> str:
    text = escape_with_badges(sentence.text)
    return text if sentence.supported else f":gray[~~{text}~~] :orange-badge[{words['unsupported']}]"
