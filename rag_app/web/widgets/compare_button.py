"""The button that picks a paper for the compare page, wherever a paper is open.

Knows: which papers this tab has picked. Does not know: how a comparison looks.
"""

from __future__ import annotations

import streamlit as st

from rag_app.web.i18n.text import Words

MOST = 4  # papers side by side; more columns cannot be read
PICKED = "compare-papers"  # key of the compare page's list of arXiv ids


def compare_button(arxiv_id: str, words: Words, key: str) -> None:
    """Add a paper to those on the compare page; where there are many, the one there longest gives way."""
    if st.button(words["compare_with"], key=f"{key}-compare", icon=":material/compare_arrows:"):
        picked = dict.fromkeys([*st.session_state.get(PICKED, []), arxiv_id])
        st.session_state[PICKED] = list(picked)[-MOST:]
        st.toast(words["compare_added"], icon=":material/compare_arrows:")
