"""A long job on the page: its progress with a Stop button, and how it failed.

Knows: how progress looks, and that the whole page is drawn again when the job ends. Does not know:
what the job does.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words, stage
from rag_app.web.state import background_jobs
from rag_app.web.widgets.notices import show_error
from rag_app.web.widgets.stop_button import stop_button

REFRESH_SECONDS = 0.5


def job_progress(job: background_jobs.Job[Any], title: str, words: Words) -> None:
    """Draw the job while it runs."""
    running = job.running
    every = REFRESH_SECONDS if running else None
    st.fragment(_redraw, run_every=every, key=job.name)(job, running, title, words)


def _redraw(job: background_jobs.Job[Any], was_running: bool, title: str, words: Words) -> None:
    if was_running and not job.running:
        st.rerun()
    if not job.running:
        return
    name, done, total = job.stage
    with st.container(border=True, key=f"progress-{job.name}"):
        count = f" {done:,} / {total:,}" if total else "…"
        st.markdown(f":shimmer[{title}]")
        st.progress(min(done / total, 1.0) if total else 0.0, escape_markdown(stage(words, name)) + count)
        stop_button(words, f"stop-{job.name}", job.stop, stopping=job.stopping.is_set())


def job_failure(job: background_jobs.Job[Any], title: str, words: Words) -> None:
    """Say that it was stopped, or why it failed."""
    if isinstance(job.error, background_jobs.StoppedError):
        st.info(words["work_stopped"], icon=":material/stop_circle:")
    elif job.error:
        st.error(title, icon=":material/error:")
        show_error(job.error, words)
