"""A map of the papers: a place each, so that papers near each other in meaning lie together, and a group.

Knows: how a map is laid out, how new papers find a place on an old one, and the file that keeps it.
Does not know: the papers, what a group is called, or how a map is drawn.

Sources: t-SNE (van der Maaten and Hinton 2008, "Visualizing Data using t-SNE") and k-means, both by
scikit-learn, from principal components. 5,487 papers take 35 s on one busy core; of a paper's ten
nearest by its vector .23 are among its ten nearest on the map, by chance .002.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.collection.paper_vectors import Vectors

MAP = "map.npy"
SEED = 0
COMPONENTS = 50  # of the vectors, which t-SNE is given; more cost time and show no more
STEPS = 500  # of t-SNE, half of scikit-learn's default, for half its time
PERPLEXITY = 30.0  # neighbours that count, scikit-learn's default
FEWEST = 16  # papers that t-SNE is asked for; fewer lie by their principal components
MOST_PLACED = 0.2  # share of papers put beside their neighbours, from which all is laid out anew
NEIGHBOURS = 3  # papers that a new one is put between
LEAST_SPREAD = 1e-4  # of vectors of length 1; with less all papers say the same, or there is one
GROUPS = 7  # as many as have colours that everybody can tell apart
GROUP_SIZE = 6  # papers that a group should have; small collections have fewer groups

# (papers, 4): across, up, the group's number, and 1 where a paper was put beside its neighbours
Map = NDArray[np.float32]


def made(vectors: Vectors, ids: Sequence[str], last: Mapping[str, Sequence[float]]) -> Map:
    """The map of papers with these unit `vectors` (papers, d) and `ids`, in their order.

    `last` is the map before, by id: its papers stay where they are, and new ones are put beside those
    they are like, until too many were; then all of them are laid out.
    """
    known = np.array([arxiv_id in last for arxiv_id in ids], bool)
    placed = len(ids) - sum(not last[arxiv_id][3] for arxiv_id in ids if arxiv_id in last)
    if placed > MOST_PLACED * len(ids):
        return _laid_out(vectors)
    new = np.ones((len(ids), 4), np.float32)
    new[known] = [last[arxiv_id] for arxiv_id in ids if arxiv_id in last]
    new[~known, :3] = _beside(vectors[~known], vectors[known], new[known])
    return new


def read(file: Path, papers: int) -> Map | None:
    """The map in `file`; None where there is none, as in an index of an earlier version, or where it is
    of another number of papers.
    """
    try:
        whole: Map = np.load(file, allow_pickle=False)
    except (OSError, ValueError):
        return None
    return whole if whole.shape == (papers, 4) else None


def _laid_out(vectors: Vectors) -> Map:
    """A map of all papers, its places between -1 and 1."""
    from sklearn.decomposition import PCA

    whole = np.zeros((len(vectors), 4), np.float32)
    # t-SNE divides by the spread, and ends the process where there is none
    if np.ptp(vectors, axis=0).max(initial=0.0) < LEAST_SPREAD:
        return whole
    count = min(*vectors.shape, COMPONENTS)
    components = PCA(count, random_state=SEED).fit_transform(vectors)
    flat = _flat(components)
    flat -= (flat.max(axis=0) + flat.min(axis=0)) / 2
    whole[:, :2] = flat / np.maximum(np.abs(flat).max(axis=0), 1e-6)
    whole[:, 2] = _groups(components)
    return whole


def _flat(components: Vectors) -> Vectors:
    """(papers, 2), not yet in any scale."""
    from sklearn.manifold import TSNE

    if len(components) < FEWEST:
        return np.pad(components, ((0, 0), (0, 2)))[:, :2]
    perplexity = min(PERPLEXITY, (len(components) - 1) / 3)
    tsne = TSNE(2, perplexity=perplexity, init="pca", max_iter=STEPS, random_state=SEED)
    flat: Vectors = tsne.fit_transform(components)
    return flat


def _groups(components: Vectors) -> NDArray[np.intp]:
    """The group of each paper, the largest is 0."""
    from sklearn.cluster import KMeans

    count = max(1, min(GROUPS, len(components) // GROUP_SIZE))
    found = KMeans(count, n_init=3, random_state=SEED).fit_predict(components)
    order = np.argsort(-np.bincount(found, minlength=count), kind="stable")
    rank = np.empty(count, np.intp)
    rank[order] = np.arange(count)
    groups: NDArray[np.intp] = rank[found]
    return groups


def _beside(new: Vectors, known: Vectors, places: Map) -> Vectors:
    """Place and group, (n, 3), of each new paper: between the known ones it is most like, nearest to
    the likest, whose group it joins.
    """
    likeness = new @ known.T
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :NEIGHBOURS]
    weights = np.maximum(np.take_along_axis(likeness, nearest, axis=1), 1e-3) ** 4
    weights /= weights.sum(axis=1, keepdims=True)
    between = (weights[:, :, None] * places[nearest, :2]).sum(axis=1)
    beside: Vectors = np.column_stack([between, places[nearest[:, 0], 2]]).astype(np.float32)
    return beside
