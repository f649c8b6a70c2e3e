"""Papers like a given one, by the vectors that the index holds.

Knows: how a paper's chunks become one vector. Does not know: questions.
"""

from __future__ import annotations

import numpy as np

from rag_app.collection.library import Library
from rag_app.records import Paper


def similar(arxiv_id: str, library: Library, count: int) -> list[tuple[Paper, float]]:
    """(paper, cosine of the mean chunk vectors) of the nearest papers, nearest first, without itself.

    Raises KeyError where the collection has no such paper.
    """
    vectors, owners = np.asarray(library.snapshot.vectors), library.owners
    row = library.places[arxiv_id]
    own = vectors[owners == row].mean(axis=0)
    sums = np.bincount(owners, weights=vectors @ own, minlength=len(library.places))
    lengths = _lengths(vectors, owners, len(library.places))
    scores = sums / np.maximum(lengths * max(float(np.linalg.norm(own)), 1e-9), 1e-9)
    scores[row] = -np.inf
    nearest = np.argsort(-scores, kind="stable")[: min(count, len(scores) - 1)]
    ids = library.lexical.papers
    return [(library.snapshot.papers.get(ids[place]), float(scores[place])) for place in nearest]


def _lengths(vectors: np.ndarray, owners: np.ndarray, papers: int) -> np.ndarray:
    """The length of the sum of each paper's chunk vectors, shape (papers,)."""
    sums = np.zeros((papers, vectors.shape[1]), np.float32)
    np.add.at(sums, owners, vectors)
    return np.linalg.norm(sums, axis=1)
