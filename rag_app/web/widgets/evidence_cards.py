"""The evidence of an answer as a row of cards, one a paper, best first.

Knows: how a card looks, and that the row scrolls sideways, so that the answer below stays in place.
Does not know: how the papers were found. Text of digests is untrusted: all of it is escaped.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from rag_app.records import Evidence, Hit
from rag_app.web.i18n.text import Words, votes
from rag_app.web.state.saved_progress import KEPT_PAPERS
from rag_app.web.widgets.gloss import PageReader, as_read
from rag_app.web.widgets.markdown import label

CARDS = KEPT_PAPERS  # in the row
PASSAGE_LENGTH = 140  # characters of a passage on a card


def evidence_cards(
    evidence: Evidence, reader: PageReader, key: str, open_source: Callable[[str], None]
) -> None:
    """Draw the row; where nothing was found, say so."""
    words = reader.words
    if not evidence.hits:
        st.caption(words["evidence_none"])
        return
    st.caption(words["evidence"].format(scanned=f"{evidence.scanned:,}", seconds=f"{evidence.seconds:.2f}"))
    with st.container(horizontal=True, wrap=False, gap="small", key=f"{key}-cards"):
        hits = evidence.hits[:CARDS]
        said = as_read([p for hit in hits for p in hit.passages[:1]], reader, PASSAGE_LENGTH)
        texts = iter(said)
        for hit in hits:
            _card(hit, next(texts) if hit.passages else "", words, key, open_source)


def _card(hit: Hit, text: str, words: Words, key: str, open_source: Callable[[str], None]) -> None:
    paper = hit.paper
    with st.container(border=True, width=272, height="stretch", gap="xsmall"):
        st.markdown(f"**{label(paper.title, 80)}**")
        st.caption(" · ".join((paper.date or words["date_unknown"], votes(words, paper.votes))))
        if text:
            st.markdown(f":small[{text}]")
        st.space("stretch")
        st.button(
            words["read"],
            key=f"{key}-card-{paper.arxiv_id}",
            icon=":material/article:",
            type="tertiary",
            on_click=open_source,
            args=(paper.arxiv_id,),
        )
