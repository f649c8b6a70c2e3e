"""Digests added from a folder or by upload, after a preview of what will be read and what will not.

Knows: what the preview says, and that nothing is written before it is confirmed. Does not know: how
digests are read (`digest`) or indexed (`pipeline`). Called by `ui.collection`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

import streamlit as st

from rag_app.collection import digests
from rag_app.errors import RagError
from rag_app.files import private_folder, replacing
from rag_app.home import Home
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state
from rag_app.web.state.folder_watch import ingesting, start_ingest
from rag_app.web.widgets.notices import show_error

if TYPE_CHECKING:
    from rag_app.collection.library import Library

TYPES = [suffix.removeprefix(".") for suffix in digests.SUFFIXES]


class Upload(Protocol):
    """What Streamlit gives of an uploaded file."""

    @property
    def name(self) -> str: ...

    def getvalue(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be read, and what would not."""

    files: int
    papers: tuple[str, ...] = ()  # arXiv ids
    skipped: tuple[digests.Skipped, ...] = ()
    good: tuple[str, ...] = ()  # names of the uploads that hold an entry
    shapes: tuple[tuple[str, int], ...] = ()  # what the entries are in their files
    missing: tuple[tuple[str, int], ...] = ()  # papers without a field
    notes: tuple[digests.Skipped, ...] = ()


def add(words: Words, library: Library | None) -> None:
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
            st.session_state["preview-of"] = (typed, _preview_or_error(Path(typed).expanduser()))
    of, shown = st.session_state.get("preview-of", ("", None))
    if not of or of != typed:
        return
    if isinstance(shown, RagError):
        show_error(shown, words)
    elif isinstance(shown, Preview):
        _show(shown, words, library)
        if st.button(words["folder_add"], type="primary", key="add-folder", disabled=ingesting()):
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
    _show(shown, words, library)
    if replaced := [name for name in shown.good if (uploads / name).exists()]:
        st.caption(words["upload_replaces"].format(names=_code(replaced)))
    if not shown.good:
        return
    if st.button(words["upload_add"], type="primary", key="add-uploads", disabled=ingesting()):
        try:
            save_uploads([file for file in files if plain_name(file.name) in shown.good], uploads)
        except RagError as error:
            show_error(error, words)
            return
        st.session_state["upload-round"] = round_ + 1
        start_ingest([uploads])
        st.rerun()


# --- the preview --------------------------------------------------------------------------------


def preview_folder(folder: Path) -> Preview:
    """What `ingest` would read below a folder. Raises DigestError."""
    papers, report = digests.read([folder])
    ids = tuple(paper.arxiv_id for paper in papers)
    return Preview(report.files, ids, report.skipped, (), report.shapes, report.missing, report.notes)


def preview_uploads(files: Sequence[Upload]) -> Preview:
    """What would be read of uploaded files; they stay in memory and in a folder that is gone at the end."""
    papers: list[str] = []
    skipped: list[digests.Skipped] = []
    notes: list[digests.Skipped] = []
    good: list[str] = []
    shapes: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        for file in files:
            path = Path(folder, plain_name(file.name))
            path.write_bytes(file.getvalue())
            try:
                found, report = digests.read([path])
            except RagError as error:
                why = f"{error.message}; {error.hint}".replace(str(path), path.name)
                skipped.append(digests.Skipped(path.name, 0, why))
                continue
            good.append(path.name)
            papers += [paper.arxiv_id for paper in found]
            skipped += report.skipped
            notes += report.notes
            shapes.update(dict(report.shapes))
            missing.update(dict(report.missing))
    return Preview(
        len(files),
        tuple(dict.fromkeys(papers)),
        tuple(skipped),
        tuple(good),
        tuple(shapes.most_common()),
        tuple(missing.items()),
        tuple(notes),
    )


def _preview_or_error(folder: Path) -> Preview | RagError:
    try:
        return preview_folder(folder)
    except RagError as error:
        return error


def _show(preview: Preview, words: Words, library: Library | None) -> None:
    known = sum(library.snapshot.papers.has(arxiv_id) for arxiv_id in preview.papers) if library else 0
    with st.container(horizontal=True, key="preview"):
        st.metric(words["preview_files"], f"{preview.files:,}", border=True)
        st.metric(words["preview_new"], f"{len(preview.papers) - known:,}", border=True)
        st.metric(words["preview_known"], f"{known:,}", border=True)
        st.metric(words["report_skipped"], f"{len(preview.skipped):,}", border=True)
    _show_reading(preview, words)
    show_skipped(preview.skipped, words)


def _show_reading(preview: Preview, words: Words) -> None:
    """What the entries look like in their files, which fields are missing, and other encodings."""
    if preview.shapes:
        shapes = ", ".join(f"{words[f'shape_{name}']} {count:,}" for name, count in preview.shapes)
        st.caption(words["read_shapes"].format(shapes=shapes))
    if preview.missing:
        fields = ", ".join(f"{words[f'missing_{name}']} {count:,}" for name, count in preview.missing)
        st.caption(words["read_missing"].format(fields=fields, n=f"{len(preview.papers):,}"))
    for note in preview.notes:
        st.caption(f"{_code([note.file])}: {escape_markdown(note.reason)}")


def show_skipped(skipped: Sequence[digests.Skipped], words: Words) -> None:
    """What was left out, with the place and the reason."""
    if not skipped:
        st.caption(words["skipped_none"])
        return
    st.markdown(f"**{words['skipped_title'].format(n=len(skipped))}**")
    rows = [
        {words["skipped_file"]: s.file, words["skipped_line"]: s.line or None, words["skipped_why"]: s.reason}
        for s in skipped
    ]
    st.dataframe(rows, hide_index=True, placeholder="–", alt=words["skipped_title"].format(n=len(skipped)))


# --- uploads ------------------------------------------------------------------------------------


def save_uploads(files: Sequence[Upload], folder: Path) -> None:
    """Save uploaded digests under their own names, each whole or not at all. Raises RagError."""
    try:
        private_folder(folder)
        for file in files:
            with replacing(folder / plain_name(file.name)) as stream:
                stream.write(file.getvalue())
    except OSError as error:
        raise RagError(
            f"the upload cannot be saved: {error}", "check the folder's rights and free space"
        ) from None


def plain_name(name: str) -> str:
    """A file's name without any folder that the browser sent along; composed, so that a name from a Mac
    replaces the same name from elsewhere.
    """
    return unicodedata.normalize("NFC", Path(name.replace("\\", "/")).name)


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name.replace('`', '')}`" for name in names)
