"""Papers side by side, aspect by aspect, in the digests' own sentences.

Knows: how the table of a comparison looks. Does not know: how it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from rag_app.records import Paper, Passage
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n.text import votes
from rag_app.web.widgets.gloss import PageReader, in_a_row
from rag_app.web.widgets.markdown import badge, label

Table = Mapping[str, Mapping[str, Sequence[Passage]]]  # aspect -> arXiv id -> sentences


def comparison(
    papers: Sequence[Paper], table: Table, reader: PageReader, key: str, open_source: Callable[[str], None]
) -> None:
    """One column a paper, one row an aspect; each cell repeats its paper's number for narrow screens."""
    words = reader.words
    with st.container(border=True, key=f"{key}-comparison"):
        for n, (column, paper) in enumerate(zip(st.columns(len(papers)), papers, strict=True), start=1):
            with column:
                st.markdown(f"{badge(n)} **{label(paper.title, 90)}**")
                st.caption(" · ".join((paper.date or words["date_unknown"], votes(words, paper.votes))))
                st.button(
                    words["read"],
                    key=f"{key}-compare-{paper.arxiv_id}",
                    icon=":material/article:",
                    type="tertiary",
                    on_click=open_source,
                    args=(paper.arxiv_id,),
                )
        missing = f":gray[{words['not_in_digest']}]"
        for aspect, cells in table.items():
            st.markdown(f"**{escape_markdown(aspect)}**")
            for n, (column, paper) in enumerate(zip(st.columns(len(papers)), papers, strict=True), start=1):
                said = in_a_row(cells.get(paper.arxiv_id, ()), reader)
                column.markdown(f"{badge(n)} {said or missing}")
