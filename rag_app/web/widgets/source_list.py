"""The sources of an answer by number, page by page; each opens its paper.

Knows: how a source looks in the list. Does not know: how an opened source looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from rag_app.records import Citation
from rag_app.web.i18n.text import Words
from rag_app.web.widgets.markdown import badge, label

SOURCES_PER_PAGE = 10


def source_list(
    citations: Sequence[Citation], words: Words, key: str, open_source: Callable[[str], None]
) -> None:
    """The cited papers by number; each opens its source."""
    st.markdown(f"**{words['sources']}** :gray[:small[{words['sources_help']}]]")
    pages = -(-len(citations) // SOURCES_PER_PAGE)
    page = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    with st.container(gap=None, key=f"{key}-sources"):
        for citation in citations[(page - 1) * SOURCES_PER_PAGE : page * SOURCES_PER_PAGE]:
            day = (
                f" :gray[{citation.date}]" if citation.date else ""
            )  # first: what is too long is cut at its end
            st.button(
                f"{badge(citation.n)}{day} {label(citation.title, 120)}",
                key=f"{key}-source-{citation.n}",
                type="tertiary",
                wrap=False,
                on_click=open_source,
                args=(citation.arxiv_id,),
            )
