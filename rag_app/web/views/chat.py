"""The chat page: greeting and example questions, the conversation, the question box, an opened source.

Knows: the order in which a conversation is drawn. Does not know: which conversation it is
(`conversations`), or how an answer looks (`widgets.answer`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import RagError
from rag_app.pipeline import LONGEST_QUESTION
from rag_app.records import Filters, Paper
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state, conversations, examples
from rag_app.web.state.answer_jobs import AnswerJob
from rag_app.web.state.examples import ExampleJob
from rag_app.web.state.opened import OpenedSource, close, open_source, opened
from rag_app.web.widgets import answer
from rag_app.web.widgets.filters import chosen_filters, filter_bar
from rag_app.web.widgets.in_view import bring_into_view
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.notices import show_no_model, show_not_opened
from rag_app.web.widgets.paper_drawer import DrawerActions, source_drawer
from rag_app.web.widgets.shortcuts import QUESTION
from rag_app.web.widgets.tab_watch import tab_watch

if TYPE_CHECKING:
    from rag_app.collection.library import Library

EXAMPLE_SECONDS = 1.0  # between looks at the example questions while they are found


def page(words: Words, language: str, library: Library) -> None:
    """The chat over an opened collection."""
    conversation = tuple(conversations.current(library))  # another tab may change it while this one draws
    conversations.write_address()
    if error := conversations.not_opened():
        show_not_opened(error, words)
    # A place of its own, so that the first question takes the examples off the screen at once.
    greeting = st.empty()
    if not conversation:
        with greeting.container():
            _greeting(words, language, library)
    if error := app_state.engine().error:
        show_no_model(error, words)
    busy = conversations.busy(library)
    # before the answers, the last of which may wait for its evidence
    _question_box(words, library, busy=busy)
    for place, job in enumerate(conversation):
        question = st.container(key=f"question-{place}")
        with question, st.chat_message("user", avatar=":material/person:"):
            _question(place, job, words, library, busy=busy)
        with st.chat_message("assistant", avatar=":material/menu_book:"):
            answer.draw(place, job, words, library, last=place == len(conversation) - 1)
    _drawer(conversation, words, library)
    tab_watch(conversation)
    if conversation:
        bring_into_view(f"question-{len(conversation) - 1}", f"{len(conversation)}-{id(conversation[-1])}")
    # it ended meanwhile: the input and the questions still wait for it
    if busy and not conversations.busy(library):
        st.rerun()


def _question(place: int, job: AnswerJob, words: Words, library: Library, *, busy: bool) -> None:
    """The question, and the way to ask another in its place: shut while an answer is being written."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(escape_markdown(job.question), width="stretch")
        _edit_menu(place, job, words, library, busy=busy)


def _edit_menu(place: int, job: AnswerJob, words: Words, library: Library, *, busy: bool) -> None:
    key = f"edit-{place}-{job.turn_id or id(job)}"
    with (
        st.popover(":material/edit:", help=words["edit"], type="tertiary", key=key, disabled=busy),
        st.form(f"{key}-form", border=False),
    ):
        text = st.text_area(
            words["edit_question"], job.question, key=f"{key}-text", max_chars=LONGEST_QUESTION
        )
        st.caption(words["edit_help"])
        if st.form_submit_button(words["resend"], type="primary", icon=":material/send:") and text.strip():
            conversations.edit(place, text.strip(), library, chosen_filters())
            st.rerun()


def _question_box(words: Words, library: Library, *, busy: bool) -> None:
    """The filters that apply and the input, in sight wherever the reader has scrolled to."""
    with st.bottom:
        filter_bar(words, library)
        st.chat_input(
            words["ask_busy" if busy else "ask_placeholder"],
            key=QUESTION,
            # called before the page is drawn: it is drawn once, with the question in it
            on_submit=_send,
            args=(words,),
        )


def _send(words: Words) -> None:
    """Ask; while an answer is being written, the question goes back into the box, which is never shut."""
    typed, library = (st.session_state[QUESTION] or "").strip(), _chosen_library()
    if not typed or not library:
        return
    if conversations.busy(library):
        st.session_state[QUESTION] = typed
        st.toast(words["busy"], icon=":material/hourglass_top:")
    else:
        conversations.ask(typed, library, chosen_filters())


def _chosen_library() -> Library | None:
    """The collection chosen by now: what is sent or pressed may be of the page before, for another one,
    still on the screen.
    """
    with suppress(RagError):  # the page says why
        return app_state.library()
    return None


def _greeting(words: Words, language: str, library: Library) -> None:
    table = library.snapshot.papers
    st.header(words["greeting"], anchor=False)
    st.caption(
        words["greeting_caption"].format(
            papers=f"{library.snapshot.manifest.papers:,}", first=table.first_day, last=table.last_day
        )
    )
    st.markdown(f"**{words['examples']}**")
    job = examples.job(library, language)
    every = EXAMPLE_SECONDS if job.running else None
    st.fragment(_examples, run_every=every, key="examples-watch")(job, job.running, language, library)


def _examples(job: ExampleJob, was_running: bool, language: str, library: Library) -> None:
    """A button for each question; more come while the collection's own are being found."""
    if was_running and not job.running:
        st.rerun()
    questions = (*examples.at_once(library.snapshot.papers, language), *job.questions)
    with st.container(horizontal=True, key="examples"):
        for question in questions:
            st.button(
                label(question, 90),
                key=f"example-{question}",
                on_click=_ask_example,
                args=(question,),
            )


def _ask_example(question: str) -> None:
    if library := _chosen_library():
        conversations.ask(question, library, chosen_filters())


def _drawer(conversation: Sequence[AnswerJob], words: Words, library: Library) -> None:
    """The drawer of the opened source: the page draws it, since a fragment would take it away again."""
    shown = opened()
    if not isinstance(shown, OpenedSource) or shown.answer >= len(conversation):
        return
    progress, table = conversation[shown.answer].progress, library.snapshot.papers
    if shown.arxiv_id not in progress.papers and table.has(shown.arxiv_id):  # a similar paper
        known = progress.papers | {shown.arxiv_id: table.get(shown.arxiv_id)}
        progress = replace(progress, papers=known)
    if (source := progress.papers.get(shown.arxiv_id)) is None:
        return

    def ask_about(paper: Paper) -> None:
        among = conversations.chosen()
        filters = among if paper.arxiv_id in among.only else Filters()
        conversations.ask(words["ask_about_question"].format(title=paper.title), library, filters)
        st.rerun()

    drawer = st.dialog(words["source"], width="small", position="right", on_dismiss=close)(source_drawer)
    actions = DrawerActions(ask_about, partial(open_source, shown.answer))
    drawer(source, progress, words, library, actions)
