"""The chat's watch over its conversation: what another tab asks, edits or deletes appears here too.

Knows: how often it looks. Does not know: what is asked, or how an answer looks. An answer on its way is
looked at more often (`answer_progress`).
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag_app.web.state import conversations
from rag_app.web.state.answer_jobs import AnswerJob

LOOK_SECONDS = 2.0


def tab_watch(drawn: Sequence[AnswerJob]) -> None:
    """Draw the whole page again once the conversation is no longer what was drawn."""
    st.fragment(_look, run_every=LOOK_SECONDS, key="tab-watch")(tuple(drawn))


def _look(drawn: tuple[AnswerJob, ...]) -> None:
    if conversations.as_it_is() != drawn:
        st.rerun()
