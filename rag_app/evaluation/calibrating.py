"""A calibration: questions made of the collection asked of it, their signs, the table fitted to them.

Knows: the order of the steps. Does not know: how questions are made, which signs there are, or how a
table is fitted.
"""

from __future__ import annotations

from rag_app.errors import RagError
from rag_app.pipeline import Library, understood
from rag_app.progress import Progress, silent
from rag_app.search import probes, relevance
from rag_app.search.calibration import Calibration, Labelled, fitted
from rag_app.search.retrieval import retrieve

FEWEST = 30  # questions that papers are about: of fewer, one in a hundred is none


def calibrated(library: Library, progress: Progress = silent) -> Calibration:
    """The table for the collection's embedding model. Raises RagError for a collection too small."""
    papers = library.snapshot.papers.all()
    asked = [(question, True) for question in probes.about_papers(papers)]
    asked += [(question, False) for question in probes.foreign()]
    labelled: list[Labelled] = []
    for place, (question, about) in enumerate(asked, start=1):
        one = _labelled(question, about, library)
        labelled += [one] if one else []
        progress("asking", place, len(asked))
    for half in (True, False):
        for about in (True, False):
            if sum((one.held_out, one.about) == (half, about) for one in labelled) < FEWEST / 2:
                raise RagError(
                    f"{len(papers)} papers give too few questions to measure thresholds on",
                    "the table that ships with rag-app is used; calibrate a larger collection",
                )
    return fitted(labelled, {"papers": len(papers), "fingerprint": library.embedder.fingerprint[:16]})


def _labelled(question: str, about: bool, library: Library) -> Labelled | None:
    """The signs of a question; None where it names a paper, which no signs are asked for."""
    query = understood(question, library)
    if query.papers:
        return None
    return Labelled(question, relevance.row(relevance.signs(query, retrieve(query, library), library)), about)
