"""Papers as a table: it sorts, one row opens, and the whole of it can be downloaded.

Knows: the columns. Does not know: which papers they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag_app.export.reference import references
from rag_app.records import Paper
from rag_app.web.i18n.text import Words
from rag_app.web.widgets.export_menu import paper_exports

HEIGHT = 420  # pixels; longer tables scroll


def paper_table(papers: Sequence[Paper], words: Words, key: str) -> Paper | None:
    """Draw the table and its downloads; the paper whose row is chosen, if any."""
    event = st.dataframe(
        [_row(place, paper, words) for place, paper in enumerate(papers, start=1)],
        hide_index=True,
        height=min(HEIGHT, 36 * (len(papers) + 1) + 2),
        key=key,
        placeholder="–",  # unknown votes
        alt=words["table_of"].format(n=f"{len(papers):,}"),
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            words["column_link"]: st.column_config.LinkColumn(words["column_link"], display_text=r"abs/(.*)"),
            words["column_title"]: st.column_config.TextColumn(words["column_title"], width="large"),
        },
    )
    paper_exports(references(papers), words, key)
    rows = event["selection"]["rows"]
    return papers[rows[0]] if rows and rows[0] < len(papers) else None


def _row(place: int, paper: Paper, words: Words) -> dict[str, object]:
    return {
        words["column_place"]: place,
        words["column_title"]: paper.title,
        words["column_date"]: paper.date,
        words["column_votes"]: paper.votes,
        words["column_authors"]: ", ".join(paper.authors),
        words["column_link"]: paper.url,
    }
