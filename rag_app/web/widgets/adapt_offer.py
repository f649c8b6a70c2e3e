"""Fitting the embedding model to the collection: the offer, its progress and its result.

Knows: which collections it is offered to. Does not know: how a model is fitted. It is a job; the
chat goes on answering from the snapshot before until it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from rag_app.machine import cores
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state, background_jobs
from rag_app.web.state.ingest_job import ingest_running
from rag_app.web.widgets.job_progress import job_failure, job_progress

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.embedding.adapt import AdaptResult

WORTH_ADAPTING = 500  # papers; below, there is too little to learn from


def adapt_offer(library: Library, words: Words) -> None:
    """The job and its result; the offer where the collection is large enough and no model is fitted yet."""
    from rag_app.embedding.adapt import expected_seconds
    from rag_app.embedding.embedder import is_adapted

    job = app_state.background().adapt
    if job is not None:
        job_progress(job, words["adapting"], words)
        if job.error:
            job_failure(job, words["adapt_failed"], words)
        if job.result:
            _show_result(job.result, words)
            return
    papers = library.snapshot.manifest.papers
    if papers < WORTH_ADAPTING or is_adapted(app_state.settings()) or (job and job.running):
        return
    seconds = expected_seconds(papers, app_state.settings().threads or cores())
    told = words["adapt_help"].format(minutes=max(round(seconds / 60), 1), papers=f"{papers:,}")
    with st.container(border=True, key="adapt-offer"):
        st.markdown(f":material/model_training: **{words['adapt_title']}**  \n{told}")
        st.button(
            words["adapt_start"], key="adapt-start", on_click=_start_adapting, disabled=ingest_running()
        )


def _start_adapting() -> None:
    work = app_state.background()
    with work.lock:
        if work.adapt is None or not work.adapt.running:
            work.adapt = background_jobs.adapt_embedder(app_state.settings())


def _show_result(result: AdaptResult, words: Words) -> None:
    found = {"before": f"{result.before:.0%}", "after": f"{result.after:.0%}"}
    text = words["adapt_kept" if result.kept else "adapt_not_kept"].format(**found)
    st.success(text, icon=":material/check_circle:")
