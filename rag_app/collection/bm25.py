"""BM25 search over the terms of papers, with translated query terms.

Knows: how papers are scored for a bag of weighted terms, and what the words of a question weigh: a
query's English words also count as their Korean translations (`text.glossary`). One document is one
paper, its title and all its sections, because a paraphrased question draws on several of them.
Does not know: how text becomes terms (`text.terms`), vectors, filters, intents.

Source: BM25 as Lucene scores it, through the bm25s library.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag_app.collection.term_cache import TermCache
from rag_app.records import Paper
from rag_app.text.cleaning import clean
from rag_app.text.glossary import mine_glossary
from rag_app.text.terms import (
    STOP_WORDS,
    analysis_version,
    fold_word,
    morphemes,
    terms_of,
    words,
)

if TYPE_CHECKING:
    pass

ANALYSES = "morphemes.json"


def document(paper: Paper) -> str:
    """The text of a paper that is indexed: its title and every section, cleaned."""
    return "\n".join([paper.title, *(clean(section.text) for section in paper.sections)])


def build(papers: Sequence[Paper], folder: Path, last: Path | None = None) -> None:
    """Write the lexical index of `papers`, in their order, into `folder` (arrays and JSON, no
    pickle).

    Only texts that are new since the index in `last` are analysed.
    """
    import bm25s

    analyse = TermCache(morphemes, analysis_version(), last / ANALYSES if last else None)
    texts = [document(paper) for paper in papers]
    vocabulary: dict[str, int] = {}
    encoded = [
        [vocabulary.setdefault(term, len(vocabulary)) for term in terms] for terms in terms_of(texts, analyse)
    ]
    model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    model.index((encoded or [[]], vocabulary or {"": 0}), create_empty_token=False, show_progress=False)
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("data", "indices", "indptr"):
        np.save(folder / f"{name}.npy", model.scores[name], allow_pickle=False)
    for name, value in {
        "vocabulary": vocabulary,
        "glossary": mine_glossary(texts, analyse),
        "papers": [paper.arxiv_id for paper in papers],
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    analyse.save(folder / ANALYSES)


class LexicalIndex:
    """A lexical index opened for reading; safe to share between threads."""

    # English word -> Korean terms with their translation probability
    glossary: dict[str, dict[str, float]]
    _vocabulary: dict[str, int]  # term -> column

    def __init__(self, folder: Path) -> None:
        """Open what `build` wrote; OSError or ValueError if files are missing or damaged."""
        papers, self.glossary, self._vocabulary = (
            json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("papers", "glossary", "vocabulary")
        )
        self.papers: tuple[str, ...] = tuple(papers)
        self._data, self._rows, self._starts = (
            np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("data", "indices", "indptr")
        )
        every, found = max(len(self.papers), 2), np.maximum(np.diff(self._starts), 1)
        self._rarities = np.log(every / found) / np.log(every)

    def own_terms(self, text: str) -> list[str]:
        """Content terms of a question as written, stop words left out."""
        korean = next(iter(morphemes([text])))
        return [t for t in dict.fromkeys(korean + words(text)) if t not in STOP_WORDS]

    def query_terms(self, text: str) -> dict[str, float]:
        """Weighted terms of a question: its own at 1, translations of its English words at their
        probability.
        """
        weights = dict.fromkeys(self.own_terms(text), 1.0)
        for word in list(weights):
            for term, share in self.glossary.get(word, {}).items():
                weights[term] = max(weights.get(term, 0.0), share)
        return weights

    def paper_scores(self, text: str) -> dict[str, float]:
        """arXiv id -> BM25 score of the papers that share a term with `text`."""
        scores = self.scores(self.query_terms(text))
        return {self.papers[row]: float(scores[row]) for row in np.flatnonzero(scores)}

    def scores(self, weights: dict[str, float]) -> NDArray[np.float32]:
        """BM25 score of every paper, shape (papers,), for weighted terms."""
        scores = np.zeros(len(self.papers), dtype=np.float32)
        for term, weight in weights.items():
            column = self._vocabulary.get(term)
            if column is not None:
                span = slice(self._starts[column], self._starts[column + 1])
                scores[self._rows[span]] += weight * self._data[span]
        return scores

    def coverage(self, claim: str, text: str) -> float | None:
        """The share of a claim's content terms, rare ones counting more, that `text` holds in
        either language.

        Terms that the collection has no word for are left out; None when nothing can be checked.
        """
        folded, english = text.casefold(), set(words(text))
        total = held = 0.0
        for term in self.own_terms(claim):
            spellings = [t for t in (term, *self.glossary.get(term, {})) if t in self._vocabulary]
            if spellings:
                worth = 0.1 + max(map(self.rarity, spellings))
                total += worth
                held += worth * any(t in english or (len(t) > 1 and t in folded) for t in spellings)
        return held / total if total else None

    def knows(self, word: str) -> bool:
        """Whether any paper's text uses the English word."""
        return fold_word(word) in self._vocabulary

    def papers_with(self, term: str) -> int:
        """How many papers have the term."""
        column = self._vocabulary.get(term)
        return 0 if column is None else int(self._starts[column + 1] - self._starts[column])

    def rarity(self, term: str) -> float:
        """Inverse document frequency in [0, 1]: 1 for a term of one paper, 0 for one of all papers
        or of none.
        """
        column = self._vocabulary.get(term)
        if column is None or len(self.papers) < 2:
            return 0.0
        return float(self._rarities[column])
