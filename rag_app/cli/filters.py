"""Conditions on papers as the command line words them.

Knows: which options there are. Does not know: how conditions are met.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from rag_app.errors import RagError
from rag_app.records import Filters

if TYPE_CHECKING:
    from rag_app.collection.papers import PaperTable


def filters_of(options: argparse.Namespace) -> Filters:
    """The filters as typed; authors may still be parts of names (`with_authors`). Raises RagError."""
    since, until = day("--since", options.since), day("--until", options.until)
    if since and until and since > until:
        raise RagError(f"--since {since} is after --until {until}", "exchange the two")
    if not all(author.strip() for author in options.author):
        raise RagError("--author is empty", "name an author, or leave the option out")
    return Filters(since=since, until=until, authors=tuple(options.author), min_votes=options.min_votes)


def with_authors(filters: Filters, papers: PaperTable) -> Filters:
    """The filters with each author as the collection spells the name. Raises RagError."""
    return replace(filters, authors=tuple(papers.author_meant(name) for name in filters.authors))


def day(option: str, text: str) -> str:
    """The day as an ISO string, or an empty string where none is given. Raises RagError."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise RagError(f"{option} {text} is not a day", "write it as YYYY-MM-DD") from None
