"""Pseudo-relevance feedback: what the best papers have in common finds others like them.

Knows: how many papers and terms are taken, and what words and vectors weigh. Does not know: how
papers are scored at first (`search.retrieval`), or which questions it is used for.

Source: relevance models (Lavrenko and Croft 2001, "Relevance-Based Language Models"; RM3 mixes their
terms with the question's), with document frequency among the best papers as the term's probability;
the mean of their vectors beside the question's, as Rocchio's formula has it (Rocchio 1971).
A question that many papers answer gains; one for a single paper would drift, and goes without.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from rag_app.collection.bm25 import document
from rag_app.collection.library import Library

# Fitted on open questions over 5,487 papers: with 6 to 10 papers and 20 to 40 terms alike.
PAPERS, TERMS = 6, 20
SHARED = 2  # papers that must hold a term
WEIGHT = 0.6  # of words, and of vectors, beside the question's own score, all standardised

Scores = NDArray[np.float32]


def fed_back(scores: Scores, library: Library) -> Scores:
    """The scores of all papers, shape (papers,), with what the best of them have in common added: first
    their words, then the vectors of those that are best with these.
    """
    return _by_vectors(_by_words(scores, library), library)


def _by_words(scores: Scores, library: Library) -> Scores:
    best = np.argsort(-scores, kind="stable")[:PAPERS]
    papers = library.snapshot.papers.many(library.lexical.papers[row] for row in best)
    found = Counter(term for paper in papers for term in set(library.lexical.own_terms(document(paper))))
    worth = {
        term: count / PAPERS * library.lexical.rarity(term)
        for term, count in found.items()
        if count >= SHARED
    }
    kept = sorted(worth, key=lambda term: (-worth[term], term))[:TERMS]
    return _mixed(scores, library.lexical.scores({term: worth[term] for term in kept}))


def _by_vectors(scores: Scores, library: Library) -> Scores:
    best = np.argsort(-scores, kind="stable")[:PAPERS]
    vectors = library.paper_vectors
    return _mixed(scores, vectors @ vectors[best].mean(axis=0))


def _mixed(scores: Scores, added: Scores) -> Scores:
    spread = float(added.std())
    if spread < 1e-6:
        return scores
    mixed: Scores = scores + WEIGHT * float(scores.std()) * (added - added.mean()) / spread
    return mixed
