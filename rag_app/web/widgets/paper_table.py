"""Papers as a table: it sorts, one row opens, and the whole of it can be downloaded as CSV.

Knows: the columns, and what a spreadsheet would take for a formula. Does not know: which papers they
are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import streamlit as st

from rag_app.records import Paper
from rag_app.web.i18n.text import Words

HEIGHT = 420  # pixels; longer tables scroll


def paper_table(papers: Sequence[Paper], words: Words, key: str) -> Paper | None:
    """Draw the table and its download; the paper whose row is chosen, if any."""
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
    st.download_button(
        words["csv"],
        lambda: as_csv(papers),
        "papers.csv",
        "text/csv",
        key=f"{key}-csv",
        icon=":material/download:",
        on_click="ignore",
    )
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


def as_csv(papers: Sequence[Paper]) -> bytes:
    """CSV (RFC 4180) in UTF-8 with a byte order mark, by which spreadsheets recognise it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["arxiv_id", "title", "date", "votes", "authors", "url"])
    for paper in papers:
        votes = "" if paper.votes is None else paper.votes
        text = [_cell(value) for value in (paper.arxiv_id, paper.title, paper.date)]
        writer.writerow([*text, votes, _cell("; ".join(paper.authors)), paper.url])
    return out.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    """Text that a spreadsheet does not run: https://owasp.org/www-community/attacks/CSV_Injection."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
