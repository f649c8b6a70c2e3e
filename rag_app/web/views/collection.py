"""The collection page: what is in it, its folders, adding digests, and the report of the last
reading.

Knows: the states of an ingest and of an adaptation, and how their results look. Does not know: how
digests are read or indexed. Called by `app`. Both are jobs; the chat goes on answering from the
snapshot before until they end.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words, stage
from rag_app.web.state import app_state, background_jobs
from rag_app.web.state.folder_changes import changes_since_reading
from rag_app.web.state.ingest_job import ingest_running, start_ingest
from rag_app.web.widgets.folder_watch import changes_text
from rag_app.web.widgets.notices import show_error
from rag_app.web.widgets.upload import add, show_skipped

if TYPE_CHECKING:
    from rag_app.collection.library import Library
    from rag_app.embedding.adapt import AdaptResult
    from rag_app.pipeline import IngestResult

REFRESH_SECONDS = 0.5
WORTH_ADAPTING = 500  # papers; below, there is too little to learn from


def page(words: Words, library: Library | None) -> None:
    st.title(words["collection"], anchor=False)
    if library is None:
        first_page(words)
        return
    st.caption(words["collection_caption"])
    _contents(library, words)
    _ingest_state(words)
    if ingest_running():
        st.caption(words["ingest_goes_on"])
    _adapt_offer(library, words)
    add(words, library)


def first_page(words: Words) -> None:
    """What a newcomer sees: the offer to read the default digests, or digests of one's own."""
    st.header(words["first_title"], anchor=False)
    st.markdown(words["first_text"])
    st.caption(words["first_folder"])
    st.code(str(app_state.settings().digests), language=None, wrap_lines=True)
    if not ingest_running():
        st.button(words["first_start"], type="primary", icon=":material/auto_stories:", on_click=start_ingest)
    _ingest_state(words)
    add(words, None)


def _contents(library: Library, words: Words) -> None:
    table, manifest = library.snapshot.papers, library.snapshot.manifest
    with st.container(horizontal=True, key="collection-size"):
        st.metric(words["papers"], f"{manifest.papers:,}", border=True)
        st.metric(words["passages"], f"{manifest.chunks:,}", border=True)
        st.metric(words["days"], f"{len(table.days()):,}", border=True)
    st.caption(words["span"].format(first=table.first_day, last=table.last_day))
    st.markdown(f"**{words['folders']}**")
    st.code("\n".join(str(root) for root in manifest.roots), language=None, wrap_lines=True)
    found = changes_since_reading(library.snapshot)
    st.caption(
        changes_text(found, words) if found else words["watch_same"].format(files=manifest.report["files"])
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            words["refresh"],
            icon=":material/refresh:",
            help=words["refresh_help"],
            disabled=ingest_running(),
            type="primary" if found else "secondary",
            on_click=start_ingest,
        )
        st.caption(words["created"].format(when=_local_time(manifest.created)))


def _local_time(moment: str) -> str:
    """An ISO moment as this machine's clock shows it, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


# --- the ingest and its report -----------------------------------------------------------------


def _ingest_state(words: Words) -> None:
    job = app_state.background().ingest
    if job is None:
        return
    every = REFRESH_SECONDS if job.running else None
    st.fragment(_progress, run_every=every, key="ingest")(job, job.running, words, "ingesting")
    if job.error:
        _failure(job, words["ingest_failed"], words)
    if job.result:
        said_done = words["ingest_unchanged" if job.result.unchanged else "ingest_done"]
        st.success(said_done, icon=":material/check_circle:")
        _report(job.result, words)


def _progress(job: background_jobs.Job[Any], was_running: bool, words: Words, title: str) -> None:
    if was_running and not job.running:
        st.rerun()
    if not job.running:
        return
    name, done, total = job.stage
    with st.container(border=True, key=f"progress-{job.name}"):
        count = f" {done:,} / {total:,}" if total else "…"
        st.markdown(f":shimmer[{words[title]}]")
        st.progress(min(done / total, 1.0) if total else 0.0, escape_markdown(stage(words, name)) + count)
        st.button(
            words["stop"],
            key=f"stop-{job.name}",
            icon=":material/stop_circle:",
            on_click=job.stop,
            disabled=job.stopping.is_set(),
        )


def _failure(job: background_jobs.Job[Any], title: str, words: Words) -> None:
    if isinstance(job.error, background_jobs.StoppedError):
        st.info(words["work_stopped"], icon=":material/stop_circle:")
    elif job.error:
        st.error(title, icon=":material/error:")
        show_error(job.error, words)


def _report(result: IngestResult, words: Words) -> None:
    report = result.report
    with st.expander(words["report"], expanded=bool(report.skipped)):
        with st.container(horizontal=True):
            st.metric(words["report_files"], report.files)
            st.metric(words["report_entries"], report.entries)
            st.metric(words["report_papers"], report.papers)
            st.metric(words["report_merged"], len(report.merged))
            st.metric(words["report_skipped"], len(report.skipped))
        show_skipped(report.skipped, words)
        st.caption(words["report_time"].format(embedded=result.embedded, seconds=f"{result.seconds:.1f}"))


# --- fitting the embedding model ----------------------------------------------------------------


def _adapt_offer(library: Library, words: Words) -> None:
    """Offered to collections that are large enough and have no fitted model yet; then its progress
    and its result.
    """
    from rag_app.embedding.embedder import is_adapted

    job = app_state.background().adapt
    if job is not None:
        every = REFRESH_SECONDS if job.running else None
        st.fragment(_progress, run_every=every, key="adapt")(job, job.running, words, "adapting")
        if job.error:
            _failure(job, words["adapt_failed"], words)
        if job.result:
            _adapted(job.result, words)
            return
    settings = app_state.settings()
    if library.snapshot.manifest.papers < WORTH_ADAPTING or is_adapted(settings) or (job and job.running):
        return
    with st.container(border=True, key="adapt-offer"):
        st.markdown(f":material/model_training: **{words['adapt_title']}**  \n{words['adapt_help']}")
        st.button(
            words["adapt_start"], key="adapt-start", on_click=_start_adapting, disabled=ingest_running()
        )


def _start_adapting() -> None:
    work = app_state.background()
    with work.lock:
        if work.adapt is None or not work.adapt.running:
            work.adapt = background_jobs.adapt_embedder(app_state.settings())


def _adapted(result: AdaptResult, words: Words) -> None:
    found = {"before": f"{result.before:.0%}", "after": f"{result.after:.0%}"}
    text = words["adapt_kept" if result.kept else "adapt_not_kept"].format(**found)
    st.success(text, icon=":material/check_circle:")
