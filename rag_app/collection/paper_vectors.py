"""One vector a paper, made of the vectors of its chunks.

Knows: how chunks become papers, and why the collection's mean is taken away.
Does not know: where vectors come from, or what papers are compared for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


def paper_vectors(vectors: Vectors, owners: NDArray[np.intp], count: int) -> Vectors:
    """Unit vectors (count, d) of papers from their chunks' `vectors` (n, d); `owners` (n,) says whose
    chunk each is. A paper without a chunk, or the only one of a collection, has zeros.

    The mean over papers is taken away: what all digests share (they are digests, of AI papers, of one
    layout) brings all of them near each other and says nothing of one of them.
    """
    sums = np.zeros((count, vectors.shape[1]), np.float32)
    np.add.at(sums, owners, vectors)
    whole = _unit(sums)
    return _unit(whole - whole.mean(axis=0)) if count else whole


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = np.where(lengths > 1e-6, rows / np.maximum(lengths, 1e-6), 0.0).astype(np.float32)
    return unit
