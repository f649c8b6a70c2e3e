"""Whether the collection is about what a question asks.

Knows: the signs that tell it, which mean the same in a collection of one paper and of thousands, and
how a calibration weighs them. Does not know: how papers are ranked, or how a refusal is worded.

How near the nearest paper is says nothing by itself: it depends on the embedding model, on the
language and on how many papers there are. So it is measured in the spread of how near questions come
that no paper is about (`kinds`' probes), asked of this very collection.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from rag_app.collection.bm25 import document
from rag_app.collection.library import Library
from rag_app.collection.snapshot import Snapshot
from rag_app.lang import LANGUAGES, language_of
from rag_app.records import Evidence, Paper, Query
from rag_app.search import kinds, retrieval
from rag_app.search.calibration import Calibration, calibration

NEAR = 5  # papers whose words are looked at
UNKNOWN = 1.0  # weight of a term that the collection lacks, as of one that a single paper has
# Chunks that are looked at, evenly over all: where there are more, the nearest is hardly farther.
MOST_CHUNKS = 50_000
USUAL = 0.35  # what is held of most questions; said of languages that no paper is written in
READ = 50  # papers that tell in which languages the collection is written
LONGEST_TOPIC = 6  # content terms: more describe papers
FEWEST_PROBES = 20  # of a language, else those of all languages count
LEAST_SPREAD = 0.005  # of cosines, where probes come equally near

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Nearness:
    """What tells whether papers are about a question."""

    closeness: float  # of the nearest chunk, in standard deviations of what foreign questions reach
    words: float  # share of the question's terms in one paper near the top; unknown ones are not
    off: float  # probability, by the wording, that papers are not asked for


def signs(query: Query, evidence: Evidence, library: Library) -> Nearness:
    """The signs for a question that names no paper."""
    text = retrieval.searched(query)
    mean, spread = _foreign(library, query.language)
    nearest = float(_nearest(library, library.embedder.query(text)[None])[0])
    return Nearness((nearest - mean) / spread, _held(text, query.language, evidence, library), query.off)


def _held(text: str, language: str, evidence: Evidence, library: Library) -> float:
    """The largest share of the question's terms in one of the papers near the top."""
    if not is_written(library, language):
        return USUAL
    near = (document(hit.paper) for hit in evidence.hits[:NEAR])
    coverage = library.lexical.coverage
    shares = (coverage(text, paper, unknown=UNKNOWN, by_meaning=True) or 0.0 for paper in near)
    return max(shares, default=0.0)


def is_clear(evidence: Evidence, library: Library) -> bool:
    """Whether the first paper is so far ahead that it is the one looked for, whatever a model makes of it."""
    hits = evidence.hits
    return len(hits) < 2 or hits[0].score - hits[1].score >= known(library).margin


def is_topic(query: Query, library: Library) -> bool:
    """Whether a topic alone is searched for, without the words around it, and not what describes papers."""
    text = retrieval.searched(query)
    return text != query.standalone and len(library.lexical.own_terms(text)) <= LONGEST_TOPIC


def is_foreign(query: Query, evidence: Evidence, library: Library) -> bool:
    """Whether no paper is about a question that names none."""
    found = row(signs(query, evidence, library))
    return known(library).refuses(found, topic=is_topic(query, library))


def row(found: Nearness) -> tuple[float, ...]:
    """The signs in the order in which a calibration weighs them."""
    return found.closeness, found.words, found.off


def probes(library: Library, language: str) -> Vector:
    """Vectors, shape (n, d), of questions in a language that no paper is about."""
    embedder = library.embedder
    learned = kinds.classifier(library.settings.home, embedder.fingerprint, embedder.query)
    own = learned.probes.get(language)
    if own is not None and len(own) >= FEWEST_PROBES:
        return own
    return np.concatenate(list(learned.probes.values()))


def known(library: Library) -> Calibration:
    """The table for the collection's embedding model."""
    return calibration(library.settings.home, library.embedder.fingerprint)[0]


# --- what foreign questions reach ---------------------------------------------------------------

_written: WeakKeyDictionary[Snapshot, set[str]] = WeakKeyDictionary()
_measured: WeakKeyDictionary[Snapshot, dict[str, tuple[float, float]]] = WeakKeyDictionary()


def _foreign(library: Library, language: str) -> tuple[float, float]:
    """(mean, standard deviation) of the cosine of the nearest chunk to the probes of a language."""
    found = _measured.setdefault(library.snapshot, {})
    if language not in found:
        reached = _nearest(library, probes(library, language))
        found[language] = float(reached.mean()), max(float(reached.std()), LEAST_SPREAD)
    return found[language]


def language_of_papers(library: Library) -> str:
    """The language that most sections of digests are in."""
    texts = [section.text for paper in _sample(library) for section in paper.sections]
    return Counter(map(language_of, texts)).most_common(1)[0][0] if texts else next(iter(LANGUAGES))


def is_written(library: Library, language: str) -> bool:
    """Whether papers are in the language: else their words and the question's do not meet."""
    if library.snapshot not in _written:
        texts = (
            text for paper in _sample(library) for text in (paper.title, *(s.text for s in paper.sections))
        )
        _written[library.snapshot] = {language_of(text) for text in texts}
    return language in _written[library.snapshot]


def _sample(library: Library) -> Sequence[Paper]:
    """Papers that stand for all."""
    papers = library.snapshot.papers.all()
    return papers[:: max(1, len(papers) // READ)]


def _nearest(library: Library, vectors: Vector) -> Vector:
    """(n,) cosine of the nearest chunk to each of (n, d) vectors."""
    every = library.snapshot.vectors
    some = every[:: max(1, len(every) // MOST_CHUNKS)]
    nearest: Vector = (some @ vectors.T).max(axis=0) if len(some) else np.zeros(len(vectors), np.float32)
    return nearest
