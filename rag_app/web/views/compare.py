"""The compare page: two to four papers side by side, and the way from there into the chat.

Knows: how papers are chosen. Does not know: how a comparison looks (`widgets.comparison`) or is made
(`answer.templates`). It needs no model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.answer import templates
from rag_app.records import Hit, Paper, Passage
from rag_app.search import passages
from rag_app.web.i18n.text import Words
from rag_app.web.state import conversations
from rag_app.web.state.opened import open_paper
from rag_app.web.widgets import gloss
from rag_app.web.widgets.compare_button import MOST, PICKED
from rag_app.web.widgets.comparison import comparison

if TYPE_CHECKING:
    from rag_app.collection.library import Library

SENTENCES = 60  # of a paper; a digest rarely has more


def page(words: Words, language: str, library: Library, open_chat: Callable[[], None]) -> None:
    st.title(words["compare"], anchor=False)
    st.caption(words["compare_caption"])
    papers = _chosen_papers(words, library)
    if len(papers) < 2:
        st.info(words["compare_few"], icon=":material/compare_arrows:")
        return
    if st.button(words["compare_ask"], type="primary", icon=":material/chat:", key="compare-ask"):
        conversations.begin()
        conversations.ask(question_about(papers, words), library)
        open_chat()
    reader = gloss.PageReader(language, words, library)
    comparison(papers, aspects(papers, library), reader, "compare", open_paper)


def _chosen_papers(words: Words, library: Library) -> list[Paper]:
    table = library.snapshot.papers
    picked = st.session_state.get(PICKED, [])
    if lost := [arxiv_id for arxiv_id in picked if not table.has(arxiv_id)]:  # its digest is gone
        st.session_state[PICKED] = [arxiv_id for arxiv_id in picked if arxiv_id not in lost]
    chosen = st.multiselect(
        words["compare_choose"],
        [paper.arxiv_id for paper in table.all()],
        format_func=lambda arxiv_id: f"{table.get(arxiv_id).title} ({arxiv_id})",
        key=PICKED,
        max_selections=MOST,
        persist_state="session",
        select_all=False,  # Enter would choose it
        placeholder=words["compare_placeholder"],
    )
    return [table.get(arxiv_id) for arxiv_id in chosen]


def aspects(papers: list[Paper], library: Library) -> dict[str, dict[str, tuple[Passage, ...]]]:
    """Aspect -> arXiv id -> the first sentences that each digest has on it."""
    hits = [passages.with_best_passages(Hit(paper, 0.0), {}, library, limit=SENTENCES) for paper in papers]
    return templates.comparison(hits)


def question_about(papers: list[Paper], words: Words) -> str:
    """The question that the chat takes for a comparison: short names, since titles hold commas and "and"."""
    names = [paper.title.partition(":")[0] for paper in papers]
    return words["compare_question"].format(names=words["compare_join"].join(names))
