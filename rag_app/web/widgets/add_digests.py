"""Adding digests from a folder or by upload, after a preview of what will be read and what will not.

Knows: what the preview says, and that nothing is written before it is confirmed. Does not know: how
digests are read or indexed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.collection import digests
from rag_app.errors import RagError
from rag_app.home import Home
from rag_app.text.cleaning import escape_markdown, nfc
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state
from rag_app.web.state.digest_preview import DigestPreview, preview_or_error, preview_uploads
from rag_app.web.state.ingest_job import ingest_running, start_ingest
from rag_app.web.state.uploads import Upload, by_stored_name, replaced_by, save_uploads
from rag_app.web.widgets.notices import show_error
from rag_app.web.widgets.skipped_entries import skipped_entries

if TYPE_CHECKING:
    from rag_app.collection.library import Library

TYPES = [suffix.removeprefix(".") for suffix in digests.SUFFIXES]


def add_digests(words: Words, library: Library | None) -> None:
    """Both ways of adding digests."""
    st.subheader(words["add"], anchor=False)
    from_folder, from_files = st.tabs([words["add_folder"], words["add_files"]])
    with from_folder:
        _from_folder(words, library)
    with from_files:
        _from_files(words, library)


def _from_folder(words: Words, library: Library | None) -> None:
    with st.form("preview-folder", border=False):
        typed = st.text_input(words["folder_path"], key="add-path", placeholder="~/digests").strip()
        asked = st.form_submit_button(words["preview"], icon=":material/preview:")
    if asked and typed:
        with st.spinner(words["previewing"]):
            st.session_state["preview-of"] = (typed, preview_or_error(Path(typed).expanduser()))
    of, shown = st.session_state.get("preview-of", ("", None))
    if not of or of != typed:
        return
    if isinstance(shown, RagError):
        show_error(shown, words)
    elif isinstance(shown, DigestPreview):
        _show_preview(shown, words, library)
        if st.button(words["folder_add"], type="primary", key="add-folder", disabled=ingest_running()):
            del st.session_state["preview-of"]
            start_ingest([Path(typed).expanduser()])
            st.rerun()


def _from_files(words: Words, library: Library | None) -> None:
    round_ = st.session_state.setdefault("upload-round", 0)  # a new key empties the uploader
    files = st.file_uploader(words["upload"], TYPES, accept_multiple_files=True, key=f"uploads-{round_}")
    if not files:
        return
    uploads = Home(app_state.settings().home).uploads
    shown = preview_uploads(files)
    _show_preview(shown, words, library)
    chosen = {name: file for name, file in by_stored_name(files).items() if name in shown.good}
    _names_that_change(chosen, uploads, words)
    if not chosen:
        return
    if st.button(words["upload_add"], type="primary", key="add-uploads", disabled=ingest_running()):
        _save_and_ingest(list(chosen.values()), uploads, words)


def _names_that_change(chosen: Mapping[str, Upload], uploads: Path, words: Words) -> None:
    """Which files of earlier uploads give way, and which names are not the browser's own."""
    if replaced := [name for name in chosen if replaced_by(name, uploads)]:
        st.caption(words["upload_replaces"].format(names=_as_code(replaced)))
    # the same letters in another Unicode form are the same name to a reader
    if renamed := [name for name, file in chosen.items() if name != nfc(file.name)]:
        st.caption(words["upload_renamed"].format(names=_as_code(renamed)))


def _save_and_ingest(files: Sequence[Upload], folder: Path, words: Words) -> None:
    try:
        save_uploads(files, folder)
    except RagError as error:
        show_error(error, words)
        return
    st.session_state["upload-round"] += 1
    start_ingest([folder])
    st.rerun()


def _show_preview(preview: DigestPreview, words: Words, library: Library | None) -> None:
    known = sum(library.snapshot.papers.has(arxiv_id) for arxiv_id in preview.papers) if library else 0
    with st.container(horizontal=True, key="preview"):
        st.metric(words["preview_files"], f"{preview.files:,}", border=True)
        st.metric(words["preview_new"], f"{len(preview.papers) - known:,}", border=True)
        st.metric(words["preview_known"], f"{known:,}", border=True)
        st.metric(words["report_skipped"], f"{len(preview.skipped):,}", border=True)
    _show_reading(preview, words)
    skipped_entries(preview.skipped, words)


def _show_reading(preview: DigestPreview, words: Words) -> None:
    """What the entries look like in their files, which fields are missing, and other encodings."""
    if preview.shapes:
        shapes = ", ".join(
            f"{words[f'shape_{shape.name.lower()}']} {count:,}" for shape, count in preview.shapes
        )
        st.caption(words["read_shapes"].format(shapes=shapes))
    if preview.missing:
        fields = ", ".join(f"{words[f'missing_{name}']} {count:,}" for name, count in preview.missing)
        st.caption(words["read_missing"].format(fields=fields, n=f"{len(preview.papers):,}"))
    for note in preview.notes:
        st.caption(f"{_as_code([note.file])}: {escape_markdown(note.reason)}")


def _as_code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name.replace('`', '')}`" for name in names)
