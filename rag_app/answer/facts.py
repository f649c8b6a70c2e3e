"""Answers read off the table of papers: what its records say, and counts over them.

Knows: which fact is told how. Every number comes from the table. Does not know: a language's words, digests'
sentences beyond the first of a cited paper, retrieval or the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from statistics import mean, median

from rag_app.answer import trends, verification
from rag_app.answer.ranking import in_order, ranked
from rag_app.answer.templates import (
    Composed,
    assumptions,
    first_passage,
    most_and_fewest,
    numbered,
    of_each_period,
    ranking_head,
    released_head,
    rounded,
    table_of_counts,
    title_of,
    votes,
    words,
)
from rag_app.collection.papers import PaperTable
from rag_app.records import Fact, Hit, Paper, Query, Reason, Why
from rag_app.search.record_patterns import BY_DAY, PERIODS, record_facts, several
from rag_app.text.cleaning import escape_markdown

DAYS_SHOWN = 10  # of a table of days
AUTHORS_SHOWN, TOPICS_SHOWN = 10, 10
FEW_AUTHORS = 2  # that a reader counts at a glance


def record(query: Query, papers: Sequence[Paper], table: PaperTable) -> Composed:
    """Counts, votes, authors and days over `papers` (all that meet the filters), formatted by code."""
    if query.papers:
        return _one_record(query, [table.get(arxiv_id) for arxiv_id in query.papers])
    if query.aggregate in PERIODS:
        return _periods(query, table.by_period(query.aggregate, query.filters))
    if query.aggregate is Fact.SPAN:
        return _span(query, table)
    if query.aggregate is Fact.VOTE_STATISTICS:
        return _vote_statistics(query, papers)
    if query.aggregate is Fact.TOPICS:
        return _topics(query, papers)
    if query.aggregate is Fact.AUTHORS and not query.filters.authors:
        return _top_authors(query, table.authors(query.filters))
    phrases, shown = words(query.language), list(papers)
    if query.ranking in BY_DAY and not any(paper.dates for paper in papers):
        return Composed(phrases["no_days"])
    head = phrases["count_one" if len(shown) == 1 else "count"].format(count=len(shown))
    head += released_head(query)
    if query.ranking in BY_DAY and query.filters and not query.limit and several(query.question):
        head += " " + phrases[query.ranking]
        shown = in_order(shown, query.ranking)
    elif query.ranking:
        unknown = sum(paper.votes is None for paper in shown) if query.ranking not in BY_DAY else 0
        head += " " + ranking_head(query)
        head += f" {phrases['unknown_votes'].format(unknown=unknown)}" if unknown else ""
        shown = ranked(shown, query)
    elif query.aggregate is Fact.COUNT and query.periods:
        head += "\n\n" + of_each_period(query, shown)
    return numbered(
        query, head, [Hit(paper, 0.0, why=(Why(Reason.RECORD),)) for paper in shown], quoted=False
    )


def _one_record(query: Query, papers: Sequence[Paper]) -> Composed:
    """What is asked of the records of named papers."""
    phrases, lines, cited = words(query.language), [], []
    for n, paper in enumerate(papers, start=1):
        fact = "; ".join(_fact(paper, asked, phrases) for asked in _facts(query))
        lines.append(f"{title_of(paper)}: {fact} [{n}]")
        cited.append(verification.quote(first_passage(paper), n, f"{paper.title}: {fact}"))
    hits = tuple(Hit(paper, 0.0, why=(Why(Reason.NAMED),)) for paper in papers)
    return Composed("\n".join([*assumptions(query), *lines]), hits, tuple(cited))


def _facts(query: Query) -> tuple[Fact, ...]:
    """What is asked of a record: several facts, one, or the whole where no wording tells which."""
    asked = record_facts(query.topic)
    if query.aggregate is Fact.NONE:
        return asked or (Fact.AUTHORS, Fact.DATE, Fact.VOTES)
    return asked if query.aggregate in asked else (query.aggregate,)


def _fact(paper: Paper, asked: Fact, phrases: Mapping[str, str]) -> str:
    match asked:
        case Fact.VOTES:
            return votes(phrases, paper.votes)
        case Fact.DATE:
            return ", ".join(paper.dates) or phrases["date_unknown"]
        case Fact.LINK:
            return paper.url
        case _:
            return phrases["authors_are"].format(authors=escape_markdown(_author_list(paper, phrases)))


def _author_list(paper: Paper, phrases: Mapping[str, str]) -> str:
    if not paper.authors:
        return phrases["authors_unknown"]
    named = ", ".join(paper.authors)
    if paper.unnamed_authors:
        return named + phrases["and_more"]
    counted = len(paper.authors) > FEW_AUTHORS
    return f"{named} ({phrases['authors_count'].format(count=len(paper.authors))})" if counted else named


def _periods(query: Query, counted: Sequence[tuple[str, int]]) -> Composed:
    """How many papers each day, week, month or year has; of many days those that have most."""
    phrases = words(query.language)
    if not counted:
        return Composed(phrases["no_days"])
    total = sum(count for _, count in counted)
    head = phrases["count_one" if total == 1 else "count"].format(count=total)
    if len(counted) > 1:
        head += " " + most_and_fewest(counted, query.language)
    if query.aggregate is Fact.DAYS and len(counted) > DAYS_SHOWN:
        counted = sorted(counted, key=itemgetter(1), reverse=True)[:DAYS_SHOWN]
    table = table_of_counts(counted, phrases[query.aggregate], query.language)
    return Composed("\n".join([*assumptions(query), head, "", table]))


def _top_authors(query: Query, authors: Sequence[tuple[str, int]]) -> Composed:
    phrases, shown = words(query.language), authors[: query.limit or AUTHORS_SHOWN]
    counted = phrases["authors_head_line"].format(count=len(authors))
    head = [*assumptions(query), counted, "", phrases["authors_head"], "|---|---:|"]
    return Composed("\n".join([*head, *(f"| {escape_markdown(name)} | {count} |" for name, count in shown)]))


def _topics(query: Query, papers: Sequence[Paper]) -> Composed:
    phrases = words(query.language)
    found = trends.common(papers, query.limit or TOPICS_SHOWN)
    rows = [f"- **{escape_markdown(topic)}**: {phrases['papers'].format(count=n)}" for topic, n in found]
    return Composed("\n".join([*assumptions(query), phrases["topics_head"], "", *rows]))


def _span(query: Query, table: PaperTable) -> Composed:
    """From when to when, and how many days of it have papers."""
    phrases = words(query.language)
    days = table.by_period(Fact.DAYS, query.filters)
    if not days:
        return Composed(phrases["no_days"])
    counts = phrases["span_days"].format(days=len(days), papers=sum(count for _, count in days))
    told = f"{phrases['span'].format(first=days[0][0], last=days[-1][0])} {counts}"
    return Composed("\n".join([*assumptions(query), told]))


def _vote_statistics(query: Query, papers: Sequence[Paper]) -> Composed:
    phrases = words(query.language)
    votes = [paper.votes for paper in papers if paper.votes is not None]
    if not votes:
        return Composed(phrases["votes_unknown"])
    told = phrases["vote_statistics"].format(
        known=len(votes),
        total=sum(votes),
        mean=rounded(mean(votes)),
        median=rounded(median(votes)),
        least=min(votes),
        most=max(votes),
    )
    return Composed("\n".join([*assumptions(query), told]))
