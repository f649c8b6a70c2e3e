"""The evidence of an answer as a row of cards, one a paper, best first.

Knows: how a card looks, and that the row scrolls sideways, so that the answer below stays in place.
Does not know: how the papers were found. Text of digests is untrusted: all of it is escaped.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rag_app.records import Evidence, Hit
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import Words, reason, votes
from rag_app.web.state.saved_progress import KEPT_PAPERS
from rag_app.web.widgets.markdown import label

CARDS = KEPT_PAPERS  # in the row
PASSAGE_LENGTH = 140  # characters of a passage on a card


def evidence_cards(evidence: Evidence, words: Words, key: str, open_source: Callable[[str], None]) -> None:
    """Draw the row; where nothing was found, say so."""
    if not evidence.hits:
        st.caption(words["evidence_none"])
        return
    st.caption(words["evidence"].format(scanned=f"{evidence.scanned:,}", seconds=f"{evidence.seconds:.2f}"))
    with st.container(horizontal=True, wrap=False, gap="small", key=f"{key}-cards"):
        for hit in evidence.hits[:CARDS]:
            _card(hit, words, key, open_source)


def _card(hit: Hit, words: Words, key: str, open_source: Callable[[str], None]) -> None:
    paper = hit.paper
    with st.container(border=True, width=272, height="stretch", gap="xsmall"):
        st.markdown(f"**{label(paper.title, 80)}**")
        st.caption(" · ".join((paper.date or words["date_unknown"], votes(words, paper.votes))))
        if hit.passages:
            st.markdown(f":small[{label(hit.passages[0].text, PASSAGE_LENGTH)}]")
        if hit.why:
            st.caption(" · ".join(escape_markdown(reason(words, why)) for why in hit.why))
        st.space("stretch")
        st.button(
            words["read"],
            key=f"{key}-card-{paper.arxiv_id}",
            icon=":material/article:",
            type="tertiary",
            on_click=open_source,
            args=(paper.arxiv_id,),
        )
