"""Papers in the order of votes or days that a question asks for, also within each month.

Knows: which papers stand first, and that unknown votes and days have no place. Does not know: how a list
is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from rag_app.collection import periods
from rag_app.records import Fact, Paper, Query
from rag_app.search.record_patterns import BY_DAY


def ranked(papers: Sequence[Paper], query: Query) -> list[Paper]:
    """The first N by votes or day; without a number, all that share the first place; of each period, if
    that is asked for, in order of time. Unknown votes are no votes to rank, unknown days no days.
    """
    known = in_order(papers, query.ranking)
    if query.each:

        def period(paper: Paper) -> str:
            return periods.counted_in(paper.dates, query.filters, query.each)

        groups = groupby(sorted(known, key=period), period)
        once = replace(query, each=Fact.NONE)
        return [paper for time, group in groups if time for paper in ranked(list(group), once)]
    if query.limit:
        return known[: query.limit]
    return [paper for paper in known if _rank(paper, query.ranking) == _rank(known[0], query.ranking)]


def in_order(papers: Sequence[Paper], ranking: Fact) -> list[Paper]:
    """The papers whose votes or day are known, in that order; papers of one place stay as they are."""
    known = [paper for paper in papers if _rank(paper, ranking) is not None]
    return sorted(known, key=lambda paper: _rank(paper, ranking), reverse=ranking in {Fact.TOP, Fact.NEWEST})


def _rank(paper: Paper, ranking: Fact) -> Any:
    """What a paper is ranked by; None where that is unknown."""
    return (paper.date or None) if ranking in BY_DAY else paper.votes
