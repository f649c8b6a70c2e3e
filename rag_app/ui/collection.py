"""The collection page: what is in it, adding digests, and the report of the last reading.

Knows: the states of an ingest and how its report looks. Does not know: how digests are read or indexed.
Called by `app`. An ingest is a job; the chat goes on answering from the generation before until it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from rag_app.cleaning import escape_markdown
from rag_app.ui import resources
from rag_app.ui.jobs import IngestJob
from rag_app.ui.notices import show_error
from rag_app.ui.text import Words, stage

if TYPE_CHECKING:
    from rag_app.digest import Report
    from rag_app.library import Library
    from rag_app.pipeline import IngestResult

REFRESH_SECONDS = 0.4


def page(words: Words, library: Library | None) -> None:
    st.title(words["collection"], anchor=False)
    if library is None:
        first_page(words)
        return
    st.caption(words["collection_caption"])
    _contents(library, words)
    _ingest_state(words)
    if _running():
        st.caption(words["ingest_goes_on"])
    _add(words)


def first_page(words: Words) -> None:
    """What a newcomer sees: the offer to read the default digests."""
    st.header(words["first_title"], anchor=False)
    st.markdown(words["first_text"])
    st.caption(words["first_folder"])
    st.code(str(resources.settings().digests), language=None)
    if not _running():
        st.button(words["first_start"], type="primary", icon=":material/auto_stories:", on_click=_start)
    _ingest_state(words)


def _contents(library: Library, words: Words) -> None:
    table, manifest = library.generation.papers, library.generation.manifest
    with st.container(horizontal=True):
        st.metric(words["papers"], f"{manifest.papers:,}", border=True)
        st.metric(words["passages"], f"{manifest.chunks:,}", border=True)
        st.metric(words["days"], f"{len(table.days()):,}", border=True)
    st.caption(words["span"].format(first=table.first_day, last=table.last_day))
    st.markdown(f"**{words['folders']}**")
    st.code("\n".join(str(root) for root in manifest.roots), language=None, wrap_lines=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            words["refresh"],
            icon=":material/refresh:",
            help=words["refresh_help"],
            disabled=_running(),
            on_click=_start,
        )
        st.caption(words["created"].format(when=_local_time(manifest.created)))


def _local_time(moment: str) -> str:
    """An ISO moment as this machine's clock shows it, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"


# --- adding -----------------------------------------------------------------------------------


def _add(words: Words) -> None:
    st.subheader(words["add"], anchor=False)
    from_folder, from_files = st.tabs([words["add_folder"], words["add_files"]])
    with from_folder, st.form("add-folder", border=False):
        path = st.text_input(words["folder_path"])
        if st.form_submit_button(words["folder_add"], disabled=_running()) and path.strip():
            _start([Path(path.strip()).expanduser()])
            st.rerun()
    with from_files, st.form("add-files", border=False, clear_on_submit=True):
        files = st.file_uploader(words["upload"], type="md", accept_multiple_files=True)
        if st.form_submit_button(words["upload_add"], disabled=_running()) and files:
            _start([save_uploads(files, resources.settings().home / "uploads")])
            st.rerun()


def save_uploads(files: Sequence[UploadedFile], folder: Path) -> Path:
    """Save uploaded digests under their own names, without any folder the browser sent along."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        name = Path(file.name.replace("\\", "/")).name
        (folder / name).write_bytes(file.getvalue())
    return folder


def _start(folders: Sequence[Path] = ()) -> None:
    workbench = resources.workbench()
    if not _running():
        workbench.ingest = IngestJob(resources.settings(), folders)


def _running() -> bool:
    job = resources.workbench().ingest
    return job is not None and job.running


# --- the ingest and its report -----------------------------------------------------------------


def _ingest_state(words: Words) -> None:
    job = resources.workbench().ingest
    if job is None:
        return
    st.fragment(_progress, run_every=REFRESH_SECONDS if job.running else None, key="ingest")(job, job.running, words)
    if job.result:
        _result(job.result, words)


def _progress(job: IngestJob, was_running: bool, words: Words) -> None:
    if was_running and not job.running:
        st.rerun()
    if job.error:
        st.error(words["ingest_failed"], icon=":material/error:")
        show_error(job.error, words)
    elif job.result:
        st.success(words["ingest_unchanged" if job.result.unchanged else "ingest_done"], icon=":material/check_circle:")
    else:
        name, done, total = job.stage
        with st.container(border=True):
            count = f" {done:,} / {total:,}" if total else "…"
            st.markdown(f":shimmer[{words['ingesting']}]")
            st.progress(min(done / total, 1.0) if total else 0.0, escape_markdown(stage(words, name)) + count)


def _result(result: IngestResult, words: Words) -> None:
    report = result.report
    with st.expander(words["report"], expanded=bool(report.skipped)):
        with st.container(horizontal=True):
            st.metric(words["report_files"], report.files)
            st.metric(words["report_entries"], report.entries)
            st.metric(words["report_papers"], report.papers)
            st.metric(words["report_merged"], len(report.merged))
            st.metric(words["report_skipped"], len(report.skipped))
        _skipped(report, words)
        st.caption(words["report_time"].format(embedded=result.embedded, seconds=f"{result.seconds:.1f}"))


def _skipped(report: Report, words: Words) -> None:
    if not report.skipped:
        st.caption(words["skipped_none"])
        return
    rows = [{words["skipped_where"]: f"{s.file}:{s.line}", words["skipped_why"]: s.reason} for s in report.skipped]
    st.markdown(f"**{words['skipped_title'].format(n=len(rows))}**")
    st.dataframe(rows, hide_index=True)
