"""BM25 search over the terms of papers, with translated query terms.

Knows: how papers are scored for a bag of weighted terms, and what the words of a question weigh: a
query's English words also count as their translations (`text.glossary`). One document is one
paper, its title and all its sections, because a paraphrased question draws on several of them.
Does not know: how text becomes terms (`text.terms`), vectors, filters, intents.

Source: BM25 as Lucene scores it, through the bm25s library. That the spellings of one term count as
the best of them, and not as their sum, follows Pirkola (1998, "The effects of query structure and
dictionary setups in dictionary-based cross-language information retrieval").
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_app import json_files
from rag_app.collection.term_cache import TermCache
from rag_app.records import Paper
from rag_app.text.cleaning import clean
from rag_app.text.dictionaries import is_common
from rag_app.text.glossary import LEAST_SHARE, mine_glossary
from rag_app.text.terms import (
    STOP_WORDS,
    analysis_version,
    fold_word,
    morphemes,
    nouns,
    stem,
    terms_of,
    words,
)

ANALYSES, PAPERS, DOCUMENTS, TRANSLATIONS = (
    "morphemes.json",
    "papers.json",
    "documents.json",
    "translations.json",
)
TRANSLATED = 1  # version of what is kept of translations; another one is made anew
# Exponents, fitted on lookups over 5,487 Korean digests (`rag-app eval --part fit`); .3 to .7 do alike.
# A whole rarity lets one odd word of a question outweigh all that the question is about.
RARITY_KEPT = 0.5
WELL_TRANSLATED = 0.3  # probability of a translation from which no other is looked for
BY_MEANING = 0.7  # what a translation by its meaning counts as: it is nearly always right
HARDLY = 6  # papers: a word of more is no name
EVERYDAY = 3  # papers: a word of more may be a term
INFLECTION = re.compile(r"(?:ing|ed|es|s|e)$")
LEAST_ROOT = 4  # letters before the inflection
LEAST_RARITY = 0.1  # of a term that nearly all papers hold


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
        "documents": texts,
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    analyse.save(folder / ANALYSES)
    translations = {"version": TRANSLATED, "stems": LexicalIndex(folder).pooled()}
    (folder / TRANSLATIONS).write_text(json.dumps(translations, ensure_ascii=False), encoding="utf-8")


def papers_of(folder: Path) -> tuple[str, ...]:
    """The arXiv ids of an index in the order of its rows; OSError or ValueError if it is damaged."""
    return tuple(json_files.read(folder / PAPERS))


def documents_of(folder: Path) -> list[str]:
    """The text of each paper as `document` gave it, without the second that cleaning 5,000 takes; empty in an
    index of a version that kept none.
    """
    texts: list[str] = _kept(folder / DOCUMENTS) or []
    return texts


def _kept(file: Path) -> Any:
    """What a JSON file of the index holds; None where a version before wrote none."""
    try:
        return json_files.read(file)
    except (FileNotFoundError, ValueError):  # a damaged file is found when the index is verified
        return None


Meanings = Callable[[str], Sequence[str]]


def _no_meanings(word: str) -> Sequence[str]:
    return ()


class LexicalIndex:
    """A lexical index opened for reading; safe to share between threads."""

    # English word -> terms of other scripts with their translation probability
    glossary: dict[str, dict[str, float]]
    _vocabulary: dict[str, int]  # term -> column

    def __init__(self, folder: Path, meanings: Meanings = _no_meanings) -> None:
        """Open what `build` wrote; `meanings` gives words in other scripts that mean what a word does.
        OSError or ValueError if files are missing or damaged.
        """
        self._folder = folder
        self._meanings = meanings
        papers, self.glossary, self._vocabulary = (
            json_files.read(folder / f"{name}.json") for name in ("papers", "glossary", "vocabulary")
        )
        self.papers: tuple[str, ...] = tuple(papers)
        self._data, self._rows, self._starts = (
            np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("data", "indices", "indptr")
        )

    def own_terms(self, text: str) -> list[str]:
        """Content terms of a question as written, stop words left out."""
        (terms,) = terms_of([text])
        return [t for t in dict.fromkeys(terms) if t not in STOP_WORDS]

    def query_terms(self, text: str) -> dict[str, float]:
        """Weighted terms of a text: its own at 1, translations of its English words at their
        probability.
        """
        return self._weighted(text, self.translations)

    def question_terms(self, text: str) -> dict[str, float]:
        """The same of a question, with the words of other scripts that mean what it says: of a word that no
        digest has that takes a hundredth of a second.
        """
        return self._weighted(text, self.all_translations)

    def _weighted(self, text: str, translations: Callable[[str], dict[str, float]]) -> dict[str, float]:
        weights = dict.fromkeys(self.own_terms(text), 1.0)
        for word in list(weights):
            for term, share in translations(word).items():
                weights[term] = max(weights.get(term, 0.0), share)
        return weights

    def all_translations(self, word: str) -> dict[str, float]:
        """Those of a word with their probability: what the digests' own pairs say, and where that is little,
        the words of other scripts whose meaning is nearest and which more papers say.
        """
        mined = self.translations(word)
        if max(mined.values(), default=0.0) >= WELL_TRANSLATED:
            return mined
        own = self.papers_with(word)
        meant = [twin for twin in self._meanings(word) if self.papers_with(twin) > own]
        return {**dict.fromkeys(meant, BY_MEANING), **mined}

    def is_everyday(self, term: str) -> bool:
        """Whether a term is a word of every day that hardly a digest says or translates: it names no topic
        where anything else does.
        """
        rare = self.papers_with(term) <= EVERYDAY
        return rare and is_common(term) and not self.all_translations(term)

    @cached_property
    def document_frequencies(self) -> dict[str, int]:
        """How many papers hold each term."""
        return dict(zip(self._vocabulary, np.diff(self._starts).tolist(), strict=True))

    def translations(self, word: str) -> dict[str, float]:
        """The translations of an English word with their probability, learned from all its forms: a text
        writes "생성 (generation)", and a question asks what generates.
        """
        return self._translated.get(stem(word), {})

    def forms(self, word: str) -> list[str]:
        """Other inflections of an English word in the index: "watermarking" of "watermark", but not
        "animation" of "animal", whose stem is the same.
        """
        root = INFLECTION.sub("", word)
        if not word.isascii() or not word.isalpha() or len(root) < LEAST_ROOT:
            return []
        alike = [other for other in self._english if other.startswith(root)]
        return [other for other in alike if other != word and INFLECTION.sub("", other) == root]

    @cached_property
    def sources(self) -> dict[str, dict[str, float]]:
        """Term in another script -> the English words that it translates, with its probability for each."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for word, translations in self.glossary.items():
            for term, share in translations.items():
                found[term][word] = share
        return found

    @cached_property
    def _english(self) -> list[str]:
        return [term for term in self._vocabulary if term.isascii() and term.isalpha()]

    @cached_property
    def _translated(self) -> dict[str, dict[str, float]]:
        """What `pooled` gave when the index was built, without the tenth of a second that it takes."""
        kept = _kept(self._folder / TRANSLATIONS) or {}
        stems: dict[str, dict[str, float]] = (
            kept["stems"] if kept.get("version") == TRANSLATED else self.pooled()
        )
        return stems

    def pooled(self) -> dict[str, dict[str, float]]:
        """Stem of English words -> their translations; a form counts by how many papers hold it."""
        forms: dict[str, list[str]] = defaultdict(list)
        for word in self.glossary:
            forms[stem(word)].append(word)
        return {one: self._pooled(words) for one, words in forms.items()}

    def _pooled(self, words: Sequence[str]) -> dict[str, float]:
        weights = {word: 1 + self.papers_with(word) for word in words}
        shares: dict[str, float] = defaultdict(float)
        for word, weight in weights.items():
            for term, share in self.glossary[word].items():
                shares[term] += weight * share
        every = sum(weights.values())
        return {term: share / every for term, share in shares.items() if share >= LEAST_SHARE * every}

    def paper_scores(self, text: str) -> dict[str, float]:
        """arXiv id -> BM25 score of the papers that share a term with `text`."""
        scores = self.scores(self.query_terms(text))
        return {self.papers[row]: float(scores[row]) for row in np.flatnonzero(scores)}

    def question_scores(self, text: str) -> NDArray[np.float32]:
        """Score of every paper for a question, shape (papers,): of each term its best spelling."""
        scores = np.zeros(len(self.papers), dtype=np.float32)
        for term in self.own_terms(text):
            own = self._foreign if term.isascii() else 1.0
            best = np.zeros(len(self.papers), dtype=np.float32)
            for spelling, weight in {**self.all_translations(term), term: own}.items():
                rows, values = self._postings(spelling)
                best[rows] = np.maximum(best[rows], weight * values)
            held = np.flatnonzero(best)
            scores[held] += best[held] / max(self._rarity_of(len(held)), LEAST_RARITY) ** (1 - RARITY_KEPT)
        return scores

    def scores(self, weights: dict[str, float]) -> NDArray[np.float32]:
        """BM25 score of every paper, shape (papers,), for weighted terms."""
        scores = np.zeros(len(self.papers), dtype=np.float32)
        for term, weight in weights.items():
            rows, values = self._postings(term)
            scores[rows] += weight * values
        return scores

    def likeness(self, row: int) -> NDArray[np.float32]:
        """How like the paper of that row every paper is in its words, shape (papers,): the cosine of
        their BM25 weights, in [0, 1].
        """
        columns, weights = self._terms_of(row)
        scores = np.zeros(len(self.papers), dtype=np.float32)
        for column, weight in zip(columns, weights, strict=True):
            span = slice(self._starts[column], self._starts[column + 1])
            scores[self._rows[span]] += weight * self._data[span]
        likeness: NDArray[np.float32] = scores / np.maximum(self._lengths * self._lengths[row], 1e-6)
        return likeness

    def shared_terms(self, row: int, other: int) -> list[str]:
        """The terms of both papers, those that make them most alike first."""
        (columns, weights), (others, other_weights) = self._terms_of(row), self._terms_of(other)
        shared, here, there = np.intersect1d(columns, others, assume_unique=True, return_indices=True)
        order = np.argsort(-weights[here] * other_weights[there], kind="stable")
        return [self._terms[column] for column in shared[order]]

    def _terms_of(self, row: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """(columns of a paper's terms, their BM25 weights)."""
        entries = self._by_paper[self._first_of[row] : self._first_of[row + 1]]
        return np.searchsorted(self._starts, entries, side="right") - 1, self._data[entries]

    @cached_property
    def _by_paper(self) -> NDArray[np.intp]:
        """The entries of the index, which lie by term, in the order of the papers."""
        return np.argsort(self._rows, kind="stable")

    @cached_property
    def _first_of(self) -> NDArray[np.intp]:
        """Where each paper's entries begin in that order, and where the last one's end."""
        return np.searchsorted(self._rows[self._by_paper], np.arange(len(self.papers) + 1))

    @cached_property
    def _lengths(self) -> NDArray[np.float32]:
        """The length of each paper's vector of BM25 weights."""
        squares = np.bincount(self._rows, weights=self._data**2, minlength=len(self.papers))
        return np.sqrt(squares).astype(np.float32)

    @cached_property
    def _terms(self) -> list[str]:
        """The terms by column."""
        return list(self._vocabulary)

    def papers_with(self, term: str) -> int:
        """How many papers hold the term."""
        return len(self._postings(term)[0])

    def _postings(self, term: str) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """(rows of the papers that hold a term, its BM25 score in each)."""
        column = self._vocabulary.get(term)
        span = slice(0, 0) if column is None else slice(self._starts[column], self._starts[column + 1])
        return self._rows[span], self._data[span]

    @cached_property
    def _foreign(self) -> float:
        """What an English word of a question weighs as it stands, beside its translations: the root of the
        share of papers that write it in English, as a mean over the glossary. 1 where nothing is translated.
        """
        shares = []
        for word, terms in self.glossary.items():
            own, translated = self.papers_with(word), max(map(self.papers_with, terms))
            shares.append(own / max(1, own + translated))
        return float(np.mean(shares)) ** 0.5 if shares else 1.0

    def _rarity_of(self, papers: int) -> float:
        """Inverse document frequency in [0, 1] of a term that so many papers hold."""
        every = max(len(self.papers), 2)
        return math.log(every / max(papers, 1)) / math.log(every)

    def coverage(
        self, claim: str, text: str, *, unknown: float = 0.0, by_meaning: bool = False
    ) -> float | None:
        """The share of a claim's content terms, rare ones counting more, that `text` holds in
        either language.

        Terms that the collection has no word for count as not held with the weight `unknown`; None
        when nothing can be checked. `by_meaning`: words of other scripts count that mean the same.
        """
        translations = self.all_translations if by_meaning else self.translations
        folded, english = text.casefold(), set(words(text))
        total = held = 0.0
        for term in self.own_terms(claim):
            spellings = [t for t in (term, *translations(term)) if t in self._vocabulary]
            if spellings:
                worth = 0.1 + max(map(self.rarity, spellings))
                total += worth
                held += worth * any(t in english or (len(t) > 1 and t in folded) for t in spellings)
            else:
                total += unknown
        return held / total if total else None

    def knows(self, word: str) -> bool:
        """Whether any paper's text uses the English word."""
        return fold_word(word) in self._vocabulary

    def rare_nouns(self, text: str) -> list[tuple[int, int]]:
        """Places of the Korean words of a text that the collection hardly uses: perhaps names."""
        return [
            place for place, parts in nouns(text)
            if self.papers_with("".join(parts)) <= HARDLY
            and (len(parts) > 1 or self.papers_with(parts[0]) <= HARDLY)
        ]  # fmt: skip

    def rarity(self, term: str) -> float:
        """Inverse document frequency in [0, 1]: 1 for a term of one paper, 0 for one of all papers
        or of none.
        """
        found = self.papers_with(term)
        return self._rarity_of(found) if found and len(self.papers) > 1 else 0.0
