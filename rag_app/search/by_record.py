"""Papers that are asked for by the record of another: with more votes than it, or by its authors.

Knows: which conditions follow from the votes, authors and day of the one paper that a question is about.
Does not know: which paper that is, or the wordings of a language.
"""

from __future__ import annotations

from dataclasses import replace

from rag_app.collection.library import Dictionary
from rag_app.records import Fact, Filters, Intent, Query
from rag_app.search import patterns
from rag_app.search.parts import QuestionParts
from rag_app.search.topic import LITTLE
from rag_app.text.spans import masked


def beside_a_paper(query: Query, parts: QuestionParts, dictionary: Dictionary) -> Query:
    """The query for other papers, where they are asked for by the record of the one it is about; else as it
    is.
    """
    return _by_its_authors(_voted_beside(query, parts, dictionary), parts, dictionary)


def _voted_beside(query: Query, parts: QuestionParts, dictionary: Dictionary) -> Query:
    """The papers with more votes than the one that is asked about, or with fewer, if they are asked for."""
    votes = dictionary.papers.get(query.papers[0]).votes if len(query.papers) == 1 else None
    more = patterns.MORE_VOTED.search(parts.rest)
    asked = more or patterns.FEWER_VOTED.search(parts.rest)
    if votes is None or not asked or not patterns.PAPERS.search(parts.question):
        return query
    least, most = (votes + 1, query.filters.max_votes) if more else (query.filters.min_votes, votes - 1)
    filters = replace(query.filters, min_votes=least, max_votes=most)
    return _with_its_record(query, parts, asked.span(), filters, dictionary)


def _by_its_authors(query: Query, parts: QuestionParts, dictionary: Dictionary) -> Query:
    """The other papers by the authors of the one that is asked about, or by its first or last, if they are
    asked for.
    """
    asked = patterns.SAME_AUTHORS.search(parts.question) if len(query.papers) == 1 else None
    authors = dictionary.papers.get(query.papers[0]).authors if asked else ()
    if not asked or not authors:
        return query
    if patterns.FIRST_AUTHOR.search(asked[0]):
        authors = authors[:1]
    elif patterns.LAST_AUTHOR.search(asked[0]):
        authors = authors[-1:]
    filters = replace(query.filters, any_author=authors, other_than=query.papers)
    day = dictionary.papers.get(query.papers[0]).date
    if patterns.NEWER.search(parts.question):
        filters = replace(filters, since=max(filters.since, day))
    elif patterns.OLDER.search(parts.question):
        filters = replace(filters, until=min(filter(None, (filters.until, day)), default=""))
    return _with_its_record(query, parts, asked.span(), filters, dictionary, no_topic=LITTLE)


def _with_its_record(
    query: Query,
    parts: QuestionParts,
    asked: tuple[int, int],
    filters: Filters,
    dictionary: Dictionary,
    *,
    no_topic: frozenset[str] = frozenset(),
) -> Query:
    """The papers that meet filters made of the record of the one asked about, on what the question says
    beside that; `asked` is where it asks for them, and words of `no_topic` say nothing more.
    """
    topic = masked(parts.rest, [asked, *(mention.span for mention in parts.named.mentions)])
    said = set(dictionary.lexical.own_terms(topic)) - patterns.ABOUT_PAPERS - no_topic
    return replace(
        query,
        filters=filters,
        papers=(),
        names=(),
        topic=topic,
        intent=Intent.LIST if said else Intent.METADATA,
        aggregate=Fact.NONE,
        ranking=Fact.NONE,
    )
