"""The source that this tab has open: the paper behind a citation or an evidence card.

Knows: where Streamlit keeps it between two runs of the page. Does not know: how it looks.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A paper, opened from an answer."""

    answer: int  # place of the answer in the conversation
    arxiv_id: str


def open_source(answer: int, arxiv_id: str) -> None:
    st.session_state["opened"] = OpenedSource(answer, arxiv_id)


def close_source() -> None:
    st.session_state.pop("opened", None)


def opened_source() -> OpenedSource | None:
    """What this tab has open."""
    opened: OpenedSource | None = st.session_state.get("opened")
    return opened
