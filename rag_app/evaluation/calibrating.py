"""A calibration: questions asked of a collection, their signs, the table fitted to them.

Knows: which questions are asked, and of which collection. Does not know: how questions are made,
which signs there are, or how a table is fitted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rag_app.evaluation import fact_table, questions
from rag_app.llm.protocol import Generator
from rag_app.pipeline import Library, understood
from rag_app.progress import Progress, silent
from rag_app.records import Evidence, Intent, Query
from rag_app.search import probes, relevance
from rag_app.search.calibration import Calibration, Labelled, Search, fitted
from rag_app.search.retrieval import retrieve

FEWEST = 40  # papers: of fewer, too few questions can be made
OF_RECORDS = {"metadata", "day", "period"}  # kinds of question files that no text answers
# Kinds that are answered without asking whether papers are about them.
UNASKED = {Intent.METADATA, Intent.SUMMARY, Intent.OFF, Intent.CHAT, Intent.RESTYLE}


def calibrated(
    library: Library, samples: Library, generator: Generator | None = None, progress: Progress = silent
) -> Calibration:
    """The table for the embedding model of the collection: questions made of it, or of `samples` where it is
    small, the project's own questions over `samples` unless those have another embedding model, and its
    questions about named papers, some of them put to the language model too.
    """
    papers = library.snapshot.papers.all()
    if len(papers) < FEWEST:
        library, papers = samples, samples.snapshot.papers.all()
    of_papers = probes.about_papers(papers)
    asked = [(question, library, True) for question in of_papers]
    asked += [(question, library, False) for question in probes.foreign()]
    alike = samples.embedder.fingerprint == library.embedder.fingerprint
    worded = [(question, samples, True) for question in _worded()] if alike else []
    labelled: list[list[Labelled]] = [[], []]
    searches: list[Search] = []
    for place, (question, over, about) in enumerate([*asked, *worded], start=1):
        query = understood(question, over)
        if not query.papers:
            evidence = retrieve(query, over)
            labelled[place > len(asked)] += _labelled(query, evidence, over, about)
            searches += _search(query, evidence, of_papers.get(question))
        progress("asking", place, len(asked) + len(worded))
    told: dict[str, float | int | str] = {
        "papers": len(papers),
        "embedder": library.embedder.fingerprint[:16],
    }
    # Their papers are named, so it does not matter where the samples' vectors are another model's.
    named = replace(samples, embedder=library.embedder)
    known = fact_table.asked(named, progress)
    facts = fact_table.fitted(known)
    made = fitted(labelled[0], labelled[1], searches, facts, told)
    if generator is None:
        return made
    judged = fact_table.judged(known, named, generator, progress)
    return replace(made, models={generator.model: fact_table.fitted_with_model(judged, facts)})


def _worded() -> Iterable[str]:
    """The project's own questions that papers of its samples answer."""
    return (
        question.turns[0]
        for question in [*questions.of_samples(), *questions.of_memory()]
        if len(question.turns) == 1 and question.answerable and question.kind not in OF_RECORDS
    )


def _labelled(query: Query, evidence: Evidence, library: Library, about: bool) -> list[Labelled]:
    """The signs of a question; none where it is of a kind that needs no signs."""
    if query.intent in UNASKED:
        return []
    found = relevance.signs(query, evidence, library)
    return [Labelled(query.question, relevance.row(found), about, relevance.is_topic(query, library))]


def _search(query: Query, evidence: Evidence, made_of: str | None) -> list[Search]:
    """By how much the first paper leads, where it is known of which one the question was made."""
    hits = evidence.hits
    if made_of is None or len(hits) < 2 or query.intent in UNASKED:
        return []
    return [Search(query.question, hits[0].score - hits[1].score, hits[0].paper.arxiv_id == made_of)]
