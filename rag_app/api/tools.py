"""What other programs may look up, as plain JSON values: search, one paper, whole lists, similar
papers, the brief of some days.

Knows: what a look-up returns, and how much at most. Does not know: the protocol that it goes over. All
of it reads; nothing changes the collection, and no language model is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from rag_app.collection.library import Library
from rag_app.collection.papers import PaperTable
from rag_app.daily import brief as briefs
from rag_app.daily import period
from rag_app.daily.brief_text import as_json
from rag_app.daily.following import author_meant
from rag_app.daily.topics import map_topics
from rag_app.errors import QuestionError
from rag_app.pipeline import accepted
from rag_app.records import Filters, Hit, Intent, Paper, Query
from rag_app.search import similar as likeness
from rag_app.search.retrieval import retrieve
from rag_app.search.similar import Similar
from rag_app.search.understanding import understand
from rag_app.text.cleaning import clean, clean_line

MOST_FOUND = 20  # papers of one search
MOST_LISTED = 100  # papers of one page of a list
MOST_CHARACTERS = 12_000  # of one paper's digest
_QUOTES = 2  # sentences of a found paper

Json = dict[str, Any]


def search(library: Library, question: str, *, limit: int = 10, filters: Filters = Filters()) -> Json:
    """The papers nearest to a question or topic, best first, each with its best sentences."""
    query = understand(accepted(question), library.dictionary, (), filters)
    evidence = retrieve(query, library)
    found = evidence.hits[: _within(limit, MOST_FOUND)]
    return {"scanned": evidence.scanned, "papers": [_found(hit) for hit in found]}


def listed(
    library: Library, topic: str, *, offset: int = 0, limit: int = 50, filters: Filters = Filters()
) -> Json:
    """One page of the complete list of papers about a topic, or of all that the filters leave where
    the topic is empty; `count` is of the whole list.
    """
    table = library.snapshot.papers
    if topic.strip():
        query = _as_list(understand(accepted(topic), library.dictionary, (), filters))
        evidence = retrieve(query, library)
        ids, scanned = list(evidence.matched), evidence.scanned
    else:
        ids = table.ids(filters)
        scanned = len(ids)
    return {"scanned": scanned, **_page(table.many(_some(ids, offset, limit)), len(ids), offset)}


def paper(library: Library, arxiv_id: str) -> Json:
    """Everything that the digests say of a paper, as plain text. Raises QuestionError."""
    found = _known(library, arxiv_id)
    sections, left = {}, MOST_CHARACTERS
    for section in found.sections:
        text = clean(section.text)
        sections[section.name] = text[:left]
        left -= min(left, len(text))
    return {**_head(found), "authors": list(found.authors), "unnamed_authors": found.unnamed_authors,
            "dates": list(found.dates), "sections": sections, "cut": not left}  # fmt: skip


def similar(library: Library, arxiv_id: str, *, limit: int = 10) -> Json:
    """The papers most like a given one, best first, with words that both share. Raises QuestionError."""
    found = _known(library, arxiv_id)
    near = likeness.similar(found.arxiv_id, library, _within(limit, MOST_FOUND))
    return {"paper": _head(found), "papers": [_alike(other) for other in near]}


def brief(library: Library, *, day: str = "", since: str = "") -> Json:
    """The brief of the newest day, of one day, or from a day on: its papers in groups, most votes first,
    at most `MOST_LISTED` of them; `papers` counts all. Raises QuestionError.
    """
    span = _span(day, since, library.snapshot.papers)
    made = as_json(briefs.brief(briefs.papers_of(span, library), span, library, map_topics(library)))
    left = MOST_LISTED
    for group in made["groups"]:
        group["papers"] = group["papers"][:left]
        left -= len(group["papers"])
    return {**made, "groups": [group for group in made["groups"] if group["papers"]]}


def _span(day: str, since: str, table: PaperTable) -> period.Period:
    if day:
        return period.one_day(day, table)
    return period.since(since, table) if since else period.newest_day(table)


def conditions(
    library: Library, since: str = "", until: str = "", author: str = "", min_votes: int = 0
) -> Filters:
    """The filters that a program sends; what is empty or 0 is none. Raises QuestionError."""
    authors = (author_meant(author, library.snapshot.papers),) if author.strip() else ()
    return Filters(since=_day(since), until=_day(until), authors=authors, min_votes=min_votes or None)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text.strip() else ""
    except ValueError:
        raise QuestionError(f"{text} is not a day", "write it as YYYY-MM-DD") from None


def _known(library: Library, arxiv_id: str) -> Paper:
    found = library.snapshot.papers.find(arxiv_id.strip().removeprefix("arXiv:"))
    if found is None:
        raise QuestionError(f"the collection has no paper {arxiv_id}", "give an id that a search returned")
    return found


def _as_list(query: Query) -> Query:
    return (
        query if query.intent is Intent.LIST else replace(query, intent=Intent.LIST, topic=query.standalone)
    )


def _page(papers: Sequence[Paper], count: int, offset: int) -> Json:
    end = offset + len(papers)
    return {"count": count, "offset": offset, "next_offset": end if end < count else None,
            "papers": [_head(paper) for paper in papers]}  # fmt: skip


def _some(ids: Sequence[str], offset: int, limit: int) -> Iterable[str]:
    start = max(offset, 0)
    return ids[start : start + _within(limit, MOST_LISTED)]


def _within(limit: int, most: int) -> int:
    return max(1, min(limit, most))


def _head(paper: Paper) -> Json:
    return {"id": paper.arxiv_id, "title": clean_line(paper.title), "date": paper.date, "votes": paper.votes,
            "url": paper.url}  # fmt: skip


def _alike(other: Similar) -> Json:
    return {**_head(other.paper), "similarity": round(other.score, 3), "shared_words": list(other.shared)}


def _found(hit: Hit) -> Json:
    quotes = [{"section": p.section, "text": clean_line(p.text)} for p in hit.passages[:_QUOTES]]
    return {**_head(hit.paper), "quotes": quotes}
