"""Follows -> the papers that match them, and which of those are new.

Knows: that a topic or a question matches the papers that a list of it would hold, and an author those
papers that bear the name. Does not know: a language model, or how follows are kept (`history.follows`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag_app.collection.library import Library
from rag_app.collection.papers import PaperTable, author_key
from rag_app.errors import QuestionError
from rag_app.history.follows import Follow, FollowKind, Follows, Vector
from rag_app.lang import language_of
from rag_app.records import Intent, Query
from rag_app.search import patterns, retrieval
from rag_app.search.membership import members
from rag_app.search.understanding import understand

CLOSE = 75.0  # similarity of names from which one is offered for another that is nobody's


@dataclass(frozen=True, slots=True)
class FollowMatches:
    """What a follow finds."""

    follow: Follow
    papers: tuple[str, ...]  # arXiv ids in the collection's order, oldest first
    new: tuple[str, ...]  # those of them that have come in lately, in the same order


def check(
    follows: Sequence[Follow], library: Library, arrived: Collection[str], kept: Follows | None = None
) -> list[FollowMatches]:
    """The matches of each follow; `arrived` are the ids that count as new.

    Vectors that `kept` holds for this embedding model are not computed again, and new ones are given to it.
    """
    vectors = _vectors(follows, library, kept)
    new = frozenset(arrived)
    found = [(follow, _matching(follow, library, vectors)) for follow in follows]
    return [
        FollowMatches(follow, papers, tuple(paper for paper in papers if paper in new))
        for follow, papers in found
    ]


def author_meant(typed: str, papers: PaperTable) -> str:
    """The author of the collection that is meant, also by a part of the name. Raises QuestionError."""
    if known := papers.author_spellings(author_key(typed)):
        return known[0]
    persons = papers.authors_with(typed)
    if len(persons) == 1:
        return persons[0]
    close = persons or [name for name, _ in papers.find_authors(typed, cutoff=CLOSE)]
    hint = f"did you mean {', or '.join(close[:5])}?" if close else "give a name as the digests spell it"
    raise QuestionError(f"{len(persons) or 'no'} author{'s' * bool(persons)} named {typed}", hint)


def _vectors(follows: Sequence[Follow], library: Library, kept: Follows | None) -> Mapping[int, Vector]:
    """The vector of each topic and question, by id."""
    model = library.embedder.fingerprint
    known = kept.follow_vectors(model) if kept else {}
    missing = [one for one in follows if one.kind is not FollowKind.AUTHOR and one.id not in known]
    fresh = {one.id: library.embedder.query(_query(one, library).topic) for one in missing}
    if kept and fresh:
        kept.keep_follow_vectors(model, fresh)
    return {**known, **fresh}


def _matching(follow: Follow, library: Library, vectors: Mapping[int, Vector]) -> tuple[str, ...]:
    table = library.snapshot.papers
    if follow.kind is FollowKind.AUTHOR:
        return tuple(table.ids_of_author(follow.text))
    query = _query(follow, library)
    allowed = table.ids(query.filters)
    rows = np.array([library.places[arxiv_id] for arxiv_id in allowed], dtype=np.intp)
    if not len(rows):
        return ()
    vector = np.asarray(vectors[follow.id], np.float32)
    scores, _ = retrieval.score(query.topic, library, rows, vector=vector)
    among = np.isin(np.arange(len(scores)), rows)
    matched = members(query.topic, scores, among, library.spellings).matched
    return tuple(allowed[at] for at in np.flatnonzero(matched[rows]))


def _query(follow: Follow, library: Library) -> Query:
    """What a follow searches for: a topic its own words, a question what a list of it is about."""
    if follow.kind is FollowKind.TOPIC:
        language = language_of(follow.text)
        return Query(follow.text, follow.text, language, Intent.LIST, topic=follow.text)
    query = understand(follow.text, library.dictionary)
    topic = patterns.topic(query.topic) or query.standalone
    return Query(follow.text, follow.text, query.language, Intent.LIST, query.filters, topic=topic)
