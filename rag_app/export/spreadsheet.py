"""References as CSV (RFC 4180).

Knows: the columns, and what a spreadsheet would take for a formula. Does not know: which papers they
are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from rag_app.export.reference import Reference

COLUMNS = ("arxiv_id", "title", "date", "votes", "authors", "url", "tags")


def write(papers: Sequence[Reference]) -> str:
    """One row a paper below the names of the columns; votes that are not known are empty."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for paper in papers:
        votes = "" if paper.paper.votes is None else paper.paper.votes
        head = [_cell(paper.paper.arxiv_id), _cell(paper.title), paper.paper.date, votes]
        rows.writerow([*head, _cell("; ".join(paper.authors)), paper.url, _cell("; ".join(paper.keywords))])
    return out.getvalue()


def _cell(text: str) -> str:
    """Text that a spreadsheet does not run: https://owasp.org/www-community/attacks/CSV_Injection."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
