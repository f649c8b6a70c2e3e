"""The history page: conversations found again, renamed, exported and deleted.

Knows: what can be done with a conversation. Does not know: how it is kept (`history.store`) or
exported (`export.conversation`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.errors import RagError
from rag_app.export.conversation import FILES, export
from rag_app.history.store import Conversation
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state, conversations
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.notices import show_error

if TYPE_CHECKING:
    from rag_app.collection.library import Library

PER_PAGE = 20


def page(words: Words, library: Library | None, open_chat: Callable[[], None]) -> None:
    st.title(words["history"], anchor=False)
    st.caption(words["history_caption"])
    search = st.text_input(words["history_search"], key="history-search", icon=":material/search:")
    try:
        found = app_state.history().conversations(search)
    except RagError as error:
        show_error(error, words)
        return
    if not found:
        st.info(words["history_nothing" if search else "history_empty"], icon=":material/history:")
    pages = -(-len(found) // PER_PAGE)
    shown = st.pagination(pages, key="history-page") if pages > 1 else 1
    for conversation in found[(shown - 1) * PER_PAGE : shown * PER_PAGE]:
        _conversation_row(conversation, words, library, open_chat)
    if found:
        _delete_everything(words)


def _conversation_row(
    conversation: Conversation, words: Words, library: Library | None, open_chat: Callable[[], None]
) -> None:
    key = f"history-{conversation.id}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=key):
        with st.container(gap="xsmall"):
            if st.button(
                label(conversation.title, 80) or "…", key=f"{key}-open", type="tertiary", wrap=False
            ):
                conversations.open_conversation(conversation.id)
                open_chat()
            when = f"{datetime.fromisoformat(conversation.updated).astimezone():%Y-%m-%d %H:%M}"
            turns = "history_row_one" if conversation.turns == 1 else "history_row"
            st.caption(words[turns].format(when=when, turns=conversation.turns))
        # on a narrow screen they go below together
        with st.container(horizontal=True, wrap=False, width="content"):
            _export_menu(conversation, words, library, key)
            _rename_menu(conversation, words, key)
            _delete_menu(conversation, words, key)


def _export_menu(conversation: Conversation, words: Words, library: Library | None, key: str) -> None:
    menu = st.popover(
        words["export"], icon=":material/download:", type="tertiary", key=f"{key}-export", on_change="rerun"
    )
    if not menu.open:  # documents are made when they are asked for, not for every row of the list
        return
    for format_, file in FILES.items():
        menu.download_button(
            file.title,
            partial(_document, conversation, format_, library),
            f"conversation-{conversation.id}.{file.suffix}",
            file.mime,
            key=f"{key}-{format_}",
            on_click="ignore",
            width="stretch",
        )


def _document(conversation: Conversation, format_: str, library: Library | None) -> bytes:
    """The conversation as it is at the moment of the download."""
    papers = library.snapshot.papers.find if library else _nothing
    turns = app_state.history().turns(conversation.id)
    return FILES[format_].encoded(export(conversation, turns, format_, papers))


def _nothing(arxiv_id: str) -> None:
    """What a page without a collection knows of a paper."""


def _rename_menu(conversation: Conversation, words: Words, key: str) -> None:
    with (
        st.popover(words["rename"], icon=":material/edit:", type="tertiary", key=f"{key}-rename"),
        st.form(f"{key}-rename-form", border=False),
    ):
        title = st.text_input(words["history_title"], conversation.title, max_chars=200)
        if st.form_submit_button(words["save"]) and title.strip():
            _change(lambda: app_state.history().rename(conversation.id, title), words)


def _delete_menu(conversation: Conversation, words: Words, key: str) -> None:
    with st.popover(words["delete"], icon=":material/delete:", type="tertiary", key=f"{key}-delete"):
        st.markdown(words["delete_sure"])
        if st.button(words["delete_yes"], key=f"{key}-delete-yes", type="primary"):
            _change(lambda: conversations.delete(conversation.id), words)


def _delete_everything(words: Words) -> None:
    with st.expander(words["delete_all"], icon=":material/delete_forever:"):
        st.markdown(words["delete_all_sure"])
        st.code(str(app_state.history().file), language=None, wrap_lines=True)
        sure = st.checkbox(words["delete_all_yes"], key="delete-all-sure")
        if st.button(words["delete_all"], key="delete-all", type="primary", disabled=not sure):
            _change(conversations.delete_all, words)


def _change(action: Callable[[], None], words: Words) -> None:
    try:
        action()
    except RagError as error:
        show_error(error, words)
    else:
        st.rerun()
