"""The ingest on the page: its progress, how it ended, and the report of what was read.

Knows: how a report looks. Does not know: how digests are read or indexed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state
from rag_app.web.widgets.job_progress import job_failure, job_progress
from rag_app.web.widgets.skipped_entries import skipped_entries

if TYPE_CHECKING:
    from rag_app.pipeline import IngestResult
    from rag_app.web.state.background_jobs import Job


def ingest_state(words: Words) -> None:
    """Draw the ingest under way, and how the last one ended; nothing before the first.

    How the one before ended stays as well where the app began another by itself.
    """
    work = app_state.background()
    if work.ingest_before is not None:
        _ending(work.ingest_before, words, "ingest-before-ended")
    if work.ingest is not None:
        job_progress(work.ingest, words["ingesting"], words)
        _ending(work.ingest, words, "ingest-ended")


def _ending(job: Job[IngestResult], words: Words, key: str) -> None:
    """What came of it, once it has ended; from then on it counts as told."""
    if job.running:
        return
    with st.container(key=key):
        if job.error:
            job_failure(job, words["ingest_failed"], words)
        if job.result:
            ended = words["ingest_unchanged" if job.result.unchanged else "ingest_done"]
            st.success(ended, icon=":material/check_circle:")
            _report(job.result, words)
    job.told = True


def _report(result: IngestResult, words: Words) -> None:
    report = result.report
    with st.expander(words["report"], expanded=bool(report.skipped)):
        with st.container(horizontal=True):
            st.metric(words["report_files"], report.files)
            st.metric(words["report_entries"], report.entries)
            st.metric(words["report_papers"], report.papers)
            st.metric(words["report_merged"], len(report.merged))
            st.metric(words["report_skipped"], len(report.skipped))
        skipped_entries(report.skipped, words)
        st.caption(words["report_time"].format(embedded=result.embedded, seconds=f"{result.seconds:.1f}"))
