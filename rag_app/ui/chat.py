"""The chat page: a greeting with questions to try, the conversation, the input, and the opened source.

Knows: the order in which a conversation is drawn. Does not know: which conversation it is (`ui.conversations`),
or how an answer looks (`ui.answer`). Called by `app`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.cleaning import escape_markdown
from rag_app.records import Paper
from rag_app.ui import answer, conversations, resources
from rag_app.ui.evidence import close_source, opened_source, source_drawer
from rag_app.ui.filters import chosen_filters, filter_bar
from rag_app.ui.jobs import AnswerJob
from rag_app.ui.notices import show_no_model
from rag_app.ui.text import EXAMPLES, Words

if TYPE_CHECKING:
    from rag_app.library import Library


def page(words: Words, language: str, library: Library) -> None:
    """The chat over an opened collection."""
    conversation = conversations.current(library)
    if not conversation:
        _greeting(words, language, library)
    if error := resources.engine().error:
        show_no_model(error, words)
    for place, job in enumerate(conversation):
        with st.chat_message("user", avatar=":material/person:"):
            st.markdown(escape_markdown(job.question))
        with st.chat_message("assistant", avatar=":material/menu_book:"):
            answer.draw(place, job, words, library, last=place == len(conversation) - 1)
    busy = bool(conversation) and conversation[-1].running
    filter_bar(words, library)
    typed = st.chat_input(words["ask_busy" if busy else "ask_placeholder"], key="question", disabled=busy)
    if typed and typed.strip():
        conversations.ask(typed.strip(), library, chosen_filters())
        st.rerun()
    _opened(conversation, words, library)


def _greeting(words: Words, language: str, library: Library) -> None:
    table = library.generation.papers
    st.header(words["greeting"], anchor=False)
    st.caption(
        words["greeting_caption"].format(
            papers=f"{library.generation.manifest.papers:,}", first=table.first_day, last=table.last_day
        )
    )
    st.markdown(f"**{words['examples']}**")
    with st.container(horizontal=True, key="examples"):
        for question in EXAMPLES[language]:
            st.button(question, key=f"example-{question}", on_click=_try, args=(question, library))


def _try(question: str, library: Library) -> None:
    conversations.ask(question, library, chosen_filters())


def _opened(conversation: Sequence[AnswerJob], words: Words, library: Library) -> None:
    """The drawer of the opened source. It is drawn by the page, not by a fragment that would take it away again."""
    opened = opened_source()
    if opened is None or opened.answer >= len(conversation):
        return
    progress = conversation[opened.answer].progress
    paper = progress.papers.get(opened.arxiv_id)
    if paper is None:
        return

    def ask_about(paper: Paper) -> None:
        conversations.ask(words["ask_about_question"].format(title=paper.title), library)
        st.rerun()

    drawer = st.dialog(words["source"], width="medium", position="right", on_dismiss=close_source)(source_drawer)
    drawer(paper, progress, words, ask_about)
