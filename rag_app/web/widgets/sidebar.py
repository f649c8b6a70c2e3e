"""The sidebar of every page: conversations, model, collection, connections, language.

Knows: what is said about the machine and the collection. Does not know: the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag_app.errors import RagError
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.text import LANGUAGES, Words, device, span
from rag_app.web.state import app_state, conversations
from rag_app.web.widgets.home_choice import collection_choice
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.token_speed import last_token_speed

if TYPE_CHECKING:
    from rag_app.collection.library import Library

REFRESH_SECONDS = 1.0  # while the model loads
LATEST = 6  # conversations; the history page has all


def choose_language(place: DeltaGenerator) -> str:
    """The language of the interface: as chosen, else as set, else as the browser asks."""
    browser = "ko" if (st.context.locale or "").startswith("ko") else "en"
    chosen = place.segmented_control(
        f"{ENGLISH['language']} / 언어",
        list(LANGUAGES),
        default=app_state.settings().language or browser,
        format_func=LANGUAGES.__getitem__,
        key="lang",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    return str(chosen)


def sidebar(
    place: DeltaGenerator, words: Words, library: Library | None, open_chat: Callable[[], None]
) -> DeltaGenerator:
    """Draw all but the watch over the folders, whose place is returned."""
    with place:
        collection_choice(words)
        if library:
            _conversations(words, library, open_chat)
        every = REFRESH_SECONDS if app_state.engine().loading else None
        st.fragment(_model, run_every=every, key="model")(words, app_state.engine().loading, library)
        if library:
            table = library.snapshot.papers
            days = span(words, table.first_day, table.last_day)
            st.caption(f"**{words['papers']}** {library.snapshot.manifest.papers:,}  \n{days}")
        watch = st.container()
        _connections(words)
        if notice := app_state.history().notice:
            st.warning(escape_markdown(notice), icon=":material/history:")
    return watch


def _connections(words: Words) -> None:
    """The offline badge, or a warning of servers on other machines; and the servers that the user has set."""
    servers = app_state.servers()
    if any(not server.loopback for server in servers):
        st.badge(words["remote"], icon=":material/cloud_upload:", color="orange", help=words["remote_help"])
    else:
        st.badge(words["offline_short"], icon=":material/cloud_off:", color="green", help=words["offline"])
    for server in servers:
        st.caption(escape_markdown(str(server)))


def _conversations(words: Words, library: Library, open_chat: Callable[[], None]) -> None:
    """A new conversation, and the latest ones."""
    if st.button(
        words["new_conversation"], icon=":material/add_comment:", width="stretch", key="new-conversation"
    ):
        conversations.begin()
        open_chat()
    try:
        latest = app_state.history().conversations(limit=LATEST)
    except RagError:
        return  # the history page says why
    with st.container(gap=None, key="latest-conversations"):
        for conversation in latest:
            shown = label(conversation.title, 34)
            current = conversation.id == conversations.current_id()
            if st.button(
                f"**{shown}**" if current else shown,
                key=f"latest-{conversation.id}",
                type="tertiary",
                wrap=False,
            ):
                conversations.open_conversation(conversation.id)
                open_chat()


def _model(words: Words, was_loading: bool, library: Library | None) -> None:
    """Model, device and the speed of the last answer."""
    engine = app_state.engine()
    if was_loading and not engine.loading:
        st.rerun()
    if engine.loading:
        st.caption(
            f"**{words['model']}** :shimmer[{words['model_loading_short']}]", help=words["model_loading"]
        )
        return
    if engine.generator is None:
        st.caption(f"**{words['model']}** {words['model_none_short']}")
        return
    lines = [f"**{words['model']}** {escape_markdown(engine.generator.model)}"]
    lines.append(f"**{words['device']}** {escape_markdown(device(words, engine.generator.device))}")
    if library and (speed := last_token_speed(library, words)):
        lines.append(f"**{words['last_answer']}** {speed}")
    st.caption("  \n".join(lines))
