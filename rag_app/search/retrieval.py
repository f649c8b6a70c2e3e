"""`Query` -> `Evidence`: which papers a question is about, and which of their sentences say so.

Knows: how dense and BM25 scores are fused and how papers are ranked. Every paper is scored, so that lists
are complete; in a collection too large for that, those that the vector store proposes and those with the
words of the question. Does not know: how a question was understood, where a list ends (`search.membership`),
which sentences of a paper say so (`search.passages`), or how an answer is written.

Scores of the two retrievers are put on one scale by standardising each over the whole collection
(z-scores), which keeps how far a paper stands out; ranks (reciprocal rank fusion) would lose that.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag_app.collection.library import Library
from rag_app.records import Evidence, Hit, Intent, Query, Reason, Why
from rag_app.search import open_patterns, patterns
from rag_app.search.membership import Members, are_few, members, saying_any
from rag_app.search.passages import PASSAGES, with_best_passages
from rag_app.search.topic import joined_topics

RANKED = 50  # papers kept in the ranking
SHOWN = 8  # of them with passages from the start
# Chunks that the vector store proposes, and papers by their words, where not every paper is scored.
NEIGHBOURS = 2_000
# Of BM25 beside vectors at 1, in either language; fitted on lookups, .4 to .6 do alike.
LEXICAL_WEIGHT = 0.5
NAMED_BOOST = 100.0  # in standard deviations: above whatever similarity can give

# Kinds that are answered from many papers: a name in such a question is part of its subject.
OF_MANY = {Intent.OVERVIEW, Intent.SUMMARY, Intent.CONCEPT, Intent.RECOMMEND, Intent.CONDITION, Intent.EXISTS}

Scores = NDArray[np.float32]
Rows = NDArray[np.intp]


def retrieve(query: Query, library: Library, *, beside: str = "") -> Evidence:
    """Score every paper for `query`, filter, rank, and choose sentences; `beside` says the same in other
    words.
    """
    started = time.perf_counter()
    allowed = [one for one in library.snapshot.papers.ids(query.filters) if one not in query.excluded]
    places = [library.places[arxiv_id] for arxiv_id in allowed]
    text = f"{searched(query)} {beside}".strip()
    weights = library.lexical.question_terms(text)
    vector = _between(searched(query), beside, library) if beside else None
    scores, why = score(text, library, np.array(places, dtype=np.intp), vector=vector)
    boosted = scores.copy()
    for arxiv_id in () if query.intent in OF_MANY else query.papers:
        boosted[library.places[arxiv_id]] += NAMED_BOOST
    order = [places[at] for at in np.argsort(-boosted[places], kind="stable")]
    listed = query.intent in {Intent.LIST, Intent.TREND}
    found = _members(text, query.topic, order, scores, library) if listed else ([], [], [])
    matched, borderline, unsure = found
    chosen = {*matched, *borderline}
    order = [*matched, *borderline, *(row for row in order if row not in chosen)]
    kept = order[: max(RANKED, len(chosen))]
    hits = [_hit(row, boosted, why, query, library) for row in kept]
    with_passages = max(SHOWN, len(matched) + len(borderline))
    hits[:with_passages] = [
        with_best_passages(hit, weights, library, PASSAGES if place < RANKED else 1)
        for place, hit in enumerate(hits[:with_passages])
    ]
    ids = library.lexical.papers
    return Evidence(
        hits=tuple(hits),
        scanned=len(allowed),
        matched=tuple(ids[row] for row in matched),
        borderline=tuple(ids[row] for row in borderline),
        unsure=tuple(ids[row] for row in unsure),
        beside=beside,
        strength=float(scores[order].max()) if order else 0.0,
        seconds=time.perf_counter() - started,
    )


def searched(query: Query) -> str:
    """The words that are searched for: a list's or trend's topic, the side of a comparison that is
    described, else the whole question.
    """
    if query.intent is Intent.COMPARE and len(query.papers) == 1:
        return patterns.described(query.standalone) or query.standalone
    if query.intent is Intent.LIST:
        return patterns.topic(query.topic) or query.standalone
    if query.intent is Intent.TREND:
        return patterns.trend_topic(query.topic) or query.standalone
    many = query.intent in OF_MANY or query.intent is Intent.TABLE
    many = many or (query.intent is Intent.PAPER and not query.papers)  # "summarize" is no word of the paper
    subject = open_patterns.subject(query.topic) if many else ""
    return subject or query.standalone


def score(
    text: str, library: Library, allowed: Rows | None = None, *, vector: Scores | None = None
) -> tuple[Scores, dict[Reason, Rows]]:
    """(score of every paper, shape (papers,); for each retriever the place of every paper, 1 for
    the best).

    `allowed` are the rows of the papers that may be found, by default all; it matters where not every
    paper is scored. `vector` is that of `text`, where it is known.
    """
    vector = library.embedder.query(text) if vector is None else vector
    lexical = _standardised(library.lexical.question_scores(text))
    if library.snapshot.scored_whole:
        dense = _standardised(_by_paper(library.snapshot.scores(vector), library.owners))
    else:
        among = np.arange(len(lexical)) if allowed is None else allowed
        dense = _of_proposed(vector, _proposed(vector, lexical, among, library), library)
    return dense + LEXICAL_WEIGHT * lexical, {Reason.DENSE: _ranks(dense), Reason.LEXICAL: _ranks(lexical)}


def _between(one: str, other: str, library: Library) -> Scores:
    """The (d,) unit vector in the middle of two texts."""
    middle = library.embedder.query(one) + library.embedder.query(other)
    unit: Scores = middle / max(float(np.linalg.norm(middle)), 1e-6)
    return unit


def _proposed(vector: Scores, lexical: Scores, allowed: Rows, library: Library) -> Rows:
    """Rows of the papers worth scoring: all that are allowed if they are few, else the nearest and
    best by words.
    """
    if len(allowed) <= NEIGHBOURS:
        return allowed
    ids = library.lexical.papers
    within = None if len(allowed) == len(ids) else {ids[row] for row in allowed}
    near = [row for row, _ in library.snapshot.nearest(vector, NEIGHBOURS, within)]
    by_words = allowed[np.argsort(-lexical[allowed], kind="stable")[:NEIGHBOURS]]
    return np.union1d(library.owners[near], by_words)


def _of_proposed(vector: Scores, proposed: Rows, library: Library) -> Scores:
    """Standard scores of these papers, shape (papers,), beside an even sample of all; the rest
    count as usual ones.
    """
    count = len(library.lexical.papers)
    sample = np.arange(0, count, max(1, count // NEIGHBOURS))
    papers = np.union1d(sample, proposed)
    chunks = np.flatnonzero(np.isin(library.owners, papers))
    scores = _by_paper(
        library.snapshot.vectors[chunks] @ vector, np.searchsorted(papers, library.owners[chunks])
    )
    usual = scores[np.isin(papers, sample)]
    dense = np.zeros(count, np.float32)
    dense[papers] = (scores - usual.mean()) / max(float(usual.std()), 1e-6)
    return dense


def _ranks(scores: Scores) -> Rows:
    """The place of each paper, 1 for the best."""
    ranks = np.empty(len(scores), dtype=np.intp)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def _by_paper(chunk_scores: Scores, owners: Rows) -> Scores:
    """A paper's score is its best chunk plus the mean of all: one strong section, and the paper as
    a whole.
    """
    count = int(owners.max()) + 1 if len(owners) else 0
    best = np.full(count, -1.0, dtype=np.float32)
    np.maximum.at(best, owners, chunk_scores)
    mean = np.bincount(owners, weights=chunk_scores, minlength=count) / np.maximum(np.bincount(owners), 1)
    return (best + mean).astype(np.float32)


def _standardised(scores: Scores) -> Scores:
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)


def _hit(row: int, scores: Scores, why: dict[Reason, Rows], query: Query, library: Library) -> Hit:
    paper = library.snapshot.papers.get(library.lexical.papers[row])
    return Hit(paper, float(scores[row]), why=_reasons(row, why, paper.arxiv_id in query.papers))


def _reasons(row: int, ranks: dict[Reason, Rows], named: bool) -> tuple[Why, ...]:
    places = [Why(reason, int(places[row])) for reason, places in ranks.items()]
    return (Why(Reason.NAMED), *places) if named else tuple(places)


def _on_any(topics: Sequence[str], allowed: NDArray[np.bool_], library: Library) -> Members | None:
    """The few papers that conditions leave on any of the topics, of which none is on all: "on May 2, time
    series forecasting and protein design"; None where there is but one topic.
    """
    rows = np.flatnonzero(allowed)
    texts = map(patterns.topic, topics)
    found = [members(text, score(text, library, rows)[0], allowed, library.spellings) for text in texts]
    return saying_any(found) if found and all(one.worded.any() for one in found) else None


def _members(
    text: str, topic: str, order: Sequence[int], scores: Scores, library: Library
) -> tuple[list[int], list[int], list[int]]:
    """(rows that belong on a list, rows in doubt, those of both that a score decided), best first."""
    allowed = np.zeros(len(scores), bool)
    allowed[list(order)] = True
    found = members(text, scores, allowed, library.spellings)
    if are_few(allowed) and not found.worded.any():
        found = _on_any(joined_topics(topic, library.spellings), allowed, library) or found
    matched, borderline = ([row for row in order if mask[row]] for mask in (found.matched, found.borderline))
    return matched, borderline, [*borderline, *(row for row in reversed(matched) if not found.worded[row])]
