"""The page Saved: the papers the reader kept, found by title, tag and note.

Knows: what can be done with a saved paper. Does not know: how it is kept (`history.shelf`). Papers whose
digest is gone stay, with their title and what the reader wrote of them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import RagError
from rag_app.export import reference
from rag_app.history.shelf import Bookmark, matching
from rag_app.records import Paper, url_of
from rag_app.text.cleaning import clean_line
from rag_app.web.i18n.text import Words, votes
from rag_app.web.state import app_state, reading
from rag_app.web.state.opened import open_paper
from rag_app.web.widgets.ask_only import ask_only_button
from rag_app.web.widgets.export_menu import paper_exports
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.notices import show_error

if TYPE_CHECKING:
    from rag_app.collection.library import Library

PER_PAGE = 20


def page(words: Words, library: Library | None, open_chat: Callable[[], None]) -> None:
    st.title(words["saved"], anchor=False)
    st.caption(words["saved_caption"])
    try:
        kept = app_state.history().bookmarked()
        tags = app_state.history().tags()
    except RagError as error:
        show_error(error, words)
        return
    if not kept:
        st.info(words["saved_empty"], icon=":material/bookmark:")
        return
    papers = _papers(kept, library)
    _keep_titles(kept, papers)
    chosen, found = _searched(kept, papers, tags, words)
    st.caption(words["saved_count"].format(n=len(found), total=len(kept)))
    exported = [reference.kept(one.arxiv_id, papers.get(one.arxiv_id), one.tags, one.title) for one in found]
    if held := [bookmark.arxiv_id for bookmark in found if bookmark.arxiv_id in papers]:
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="saved-actions"):
            ask_only_button(", ".join(chosen) or words["saved"], held, words, "saved", open_chat)
            paper_exports(exported, words, "saved")
    if not found:
        st.info(words["saved_nothing"], icon=":material/search_off:")
    pages = -(-len(found) // PER_PAGE)
    shown = st.pagination(pages, key="saved-page") if pages > 1 else 1
    for bookmark in found[(shown - 1) * PER_PAGE : shown * PER_PAGE]:
        _row(bookmark, papers.get(bookmark.arxiv_id), words)


def _papers(kept: list[Bookmark], library: Library | None) -> dict[str, Paper]:
    """Those papers that the collection still holds."""
    table = library.snapshot.papers if library else None
    ids = [bookmark.arxiv_id for bookmark in kept]
    return {one: table.get(one) for one in ids if table.has(one)} if table else {}


def _keep_titles(kept: list[Bookmark], papers: dict[str, Paper]) -> None:
    """For when a digest is gone: of bookmarks from before titles were kept."""
    untitled = [one.arxiv_id for one in kept if not one.title and one.arxiv_id in papers]
    if untitled:
        titles = {arxiv_id: clean_line(papers[arxiv_id].title) for arxiv_id in untitled}
        with suppress(RagError):  # a history that can only be read is shown as well
            app_state.history().keep_titles(titles)


def _searched(
    kept: list[Bookmark], papers: dict[str, Paper], tags: list[tuple[str, int]], words: Words
) -> tuple[list[str], list[Bookmark]]:
    """The search and the tags; the tags chosen, and what both leave."""
    search = st.text_input(words["saved_search"], key="saved-search", icon=":material/search:")
    found = matching(kept, {one: paper.title for one, paper in papers.items()}, search)
    if not tags:
        return [], found
    counts = dict(tags)
    chosen = st.pills(
        words["saved_tags"],
        list(counts),
        selection_mode="multi",
        format_func=lambda tag: f"{label(tag, 30)} · {counts[tag]}",
        key="saved-tags",
        label_visibility="collapsed",
    )
    chosen = list(chosen or ())
    return chosen, [bookmark for bookmark in found if set(chosen) <= set(bookmark.tags)]


def _row(bookmark: Bookmark, paper: Paper | None, words: Words) -> None:
    key = "".join(c if c.isalnum() else "-" for c in bookmark.arxiv_id)
    with st.container(border=True, key=f"saved-{key}", gap="small"):
        title = clean_line(paper.title) if paper else bookmark.title
        name = label(title, 200) if title else label(bookmark.arxiv_id, 80)
        st.markdown(f"**[{name}]({url_of(bookmark.arxiv_id)})**", anchors=False)
        st.caption(_facts(paper, words))
        if bookmark.note:
            st.markdown("  \n".join(label(line, 2_000) for line in bookmark.note.splitlines()))
        if bookmark.tags:
            st.markdown(" ".join(f":gray-badge[{label(tag, 40)}]" for tag in bookmark.tags))
        with st.container(horizontal=True, gap="small"):
            if paper:
                st.button(
                    words["read"],
                    key=f"saved-read-{key}",
                    icon=":material/article:",
                    type="tertiary",
                    on_click=open_paper,
                    args=(paper.arxiv_id,),
                )
            _edit_menu(bookmark, words, key)
            _remove_menu(bookmark, words, key)


def _facts(paper: Paper | None, words: Words) -> str:
    if paper is None:
        return words["saved_gone"]
    return " · ".join([paper.date or words["date_unknown"], votes(words, paper.votes)])


def _edit_menu(bookmark: Bookmark, words: Words, key: str) -> None:
    with (
        st.popover(
            words["saved_edit"], icon=":material/edit_note:", type="tertiary", key=f"saved-edit-{key}"
        ),
        st.form(f"saved-form-{key}", border=False),
    ):
        tags = st.text_input(words["saved_tags"], ", ".join(bookmark.tags), help=words["saved_tags_help"])
        note = st.text_area(words["saved_note"], bookmark.note, max_chars=5_000)
        if st.form_submit_button(words["save"], type="primary") and reading.changed(
            lambda: app_state.history().annotate(bookmark.arxiv_id, tags.split(","), note)
        ):
            st.rerun()


def _remove_menu(bookmark: Bookmark, words: Words, key: str) -> None:
    with st.popover(
        words["saved_remove"], icon=":material/bookmark_remove:", type="tertiary", key=f"saved-remove-{key}"
    ):
        st.markdown(words["saved_remove_sure"])
        if st.button(words["delete_yes"], key=f"saved-remove-{key}-yes", type="primary") and reading.changed(
            lambda: app_state.history().unbookmark(bookmark.arxiv_id)
        ):
            st.rerun()
