"""What this tab has open above its page: the source of an answer, a paper, or the list of keys.

Knows: where Streamlit keeps it between two runs of the page, and that one thing is open at a time. Does
not know: how it looks.

It is kept, and not only drawn by the run in which a button is pressed: a page is drawn again whenever
something it waits for has come, which would close what somebody reads.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_OPENED, _PAGE = "opened", "opened-on"


@dataclass(frozen=True, slots=True)
class OpenedSource:
    """A paper, opened from an answer."""

    answer: int  # place of the answer in the conversation
    arxiv_id: str


@dataclass(frozen=True, slots=True)
class OpenedPaper:
    """A paper, outside of any answer."""

    arxiv_id: str


@dataclass(frozen=True, slots=True)
class OpenedKeys:
    """The list of keys."""


Opened = OpenedSource | OpenedPaper | OpenedKeys


def open_source(answer: int, arxiv_id: str) -> None:
    st.session_state[_OPENED] = OpenedSource(answer, arxiv_id)


def open_paper(arxiv_id: str) -> None:
    st.session_state[_OPENED] = OpenedPaper(arxiv_id)


def open_keys() -> None:
    st.session_state[_OPENED] = OpenedKeys()


def close() -> None:
    st.session_state.pop(_OPENED, None)


def opened() -> Opened | None:
    found: Opened | None = st.session_state.get(_OPENED)
    return found


def turn_to(page: str) -> None:
    """The page of this name is drawn: what was opened on another one is closed."""
    if st.session_state.setdefault(_PAGE, page) != page:
        st.session_state[_PAGE] = page
        close()
