"""What is followed, with the count of new papers of each, and the way to follow more or less.

Knows: how follows are shown and chosen. Does not know: how they match.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from rag_app.daily.following import FollowMatches, author_meant
from rag_app.errors import RagError
from rag_app.history.follows import LONGEST, FollowKind
from rag_app.web.i18n.text import Words
from rag_app.web.state import app_state, reading
from rag_app.web.widgets.markdown import label
from rag_app.web.widgets.notices import show_error

if TYPE_CHECKING:
    from rag_app.collection.library import Library


def follows_bar(found: Sequence[FollowMatches], words: Words, library: Library) -> FollowMatches | None:
    """Draw the bar; the follow that is chosen, if any."""
    by_id = {one.follow.id: one for one in found}
    chosen = None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="today-follows"):
        if found:
            chosen = st.pills(
                words["follows"],
                list(by_id),
                format_func=lambda follow: _said(by_id[follow], words),
                key="today-follow",
                label_visibility="collapsed",
                width="content",
            )
        _menu(found, words, library)
    return by_id.get(chosen) if chosen is not None else None


def _said(one: FollowMatches, words: Words) -> str:
    text = label(one.follow.text, 40)
    return words["follow_count"].format(text=text, n=len(one.new)) if one.new else text


def _menu(found: Sequence[FollowMatches], words: Words, library: Library) -> None:
    with st.popover(
        words["follow_new"], icon=":material/add_alert:", type="tertiary", key="today-follow-menu"
    ):
        with st.form("today-follow-form", border=False, clear_on_submit=True):
            kind = st.segmented_control(
                words["follow_kind"],
                list(FollowKind),
                default=FollowKind.TOPIC,
                required=True,
                format_func=lambda kind: words[f"follow_{kind}"],
            )
            text = st.text_input(words["follow_text"], max_chars=LONGEST)
            if st.form_submit_button(words["follow_add"], type="primary") and text.strip():
                _add(FollowKind(kind), text, words, library)
        for one in found:
            st.button(
                words["follow_remove"].format(text=label(one.follow.text, 40)),
                key=f"today-unfollow-{one.follow.id}",
                icon=":material/close:",
                type="tertiary",
                on_click=_remove,
                args=(one.follow.id,),
            )


def _add(kind: FollowKind, text: str, words: Words, library: Library) -> None:
    try:
        meant = author_meant(text, library.snapshot.papers) if kind is FollowKind.AUTHOR else text
        app_state.history().follow(kind, meant)
    except RagError as error:
        show_error(error, words)
    else:
        st.rerun()


def _remove(follow_id: int) -> None:
    reading.changed(lambda: app_state.history().unfollow(follow_id))
