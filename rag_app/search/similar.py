"""A paper -> the papers most like it, and the words they share.

Knows: how likeness by meaning and by words become one score, and which shared words are worth showing.
Does not know: questions, or how a paper looks.

Measured over 1,500 of 5,487 papers, on their 8 nearest: the share that has an author in common, and
the share that has a rare phrase of the title in common (one of 2 to 40 papers).

    mean of the vectors                      .036   .19
    the same without the collection's mean   .041   .22
    words (cosine of BM25 weights)           .042   .30
    vectors + 2 words                        .048   .31
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

import numpy as np

from rag_app.collection.bm25 import LexicalIndex
from rag_app.collection.library import Library
from rag_app.collection.paper_names import shaped
from rag_app.collection.paper_vectors import Vectors
from rag_app.lang import language_of
from rag_app.records import Filters, Paper
from rag_app.search.relevance import language_of_papers
from rag_app.text.cleaning import clean
from rag_app.text.terms import STOP_WORDS, WORD, fold_word, only_nouns

WORDS = 2.0  # weight of the words' cosine beside the vectors' cosine, which spreads four times as far
# Share of a word's translations that makes one the usual one, and one among a few; one paper of so many uses
# a word worth showing.
USUAL, LIKELY, USED = 0.4, 0.3, 500
TELLING = 0.3  # rarity of a word worth showing: of one in ten of 5,500 papers
SHORTEST = 2  # letters
SHARED = 4  # words shown of those that two papers share
ADDRESS = re.compile(r"https?://\S+|\b[\w.]+\.(?:com|io|org|net|ai)\b\S*")  # says nothing of a paper


@dataclass(frozen=True, slots=True)
class Similar:
    """A paper like another one."""

    paper: Paper
    score: float  # cosine of the vectors + `WORDS` * cosine of the words
    shared: tuple[str, ...]  # words of both digests, those that tell most first


def similar(
    arxiv_id: str, library: Library, limit: int = 6, filters: Filters = Filters()
) -> tuple[Similar, ...]:
    """The papers most like that one, itself left out, best first, ties in the collection's order.

    Only papers that meet `filters` are found. Raises KeyError where the collection lacks the paper.
    """
    own = library.places[arxiv_id]
    table = library.snapshot.papers
    allowed = np.array([library.places[found] for found in table.ids(filters) if found != arxiv_id], np.intp)
    scores = likeness(arxiv_id, library)[allowed]
    best = np.argsort(-scores, kind="stable")[: max(limit, 0)]
    spellings, translated = _spellings(table.get(arxiv_id)), _translated(library.lexical)
    of_papers = language_of_papers(library)
    plain = {term for term, spelled in spellings.items() if language_of(spelled) == of_papers}
    return tuple(
        Similar(
            table.get(library.lexical.papers[row]),
            float(score),
            _shown(library.lexical.shared_terms(own, row), spellings, plain, translated, library),
        )
        for row, score in zip(allowed[best].tolist(), scores[best], strict=True)
    )


def likeness(arxiv_id: str, library: Library) -> Vectors:
    """How like that paper every paper is, shape (papers,); it is itself the likest. Raises KeyError."""
    row = library.places[arxiv_id]
    by_meaning = library.paper_vectors @ library.paper_vectors[row]
    scores: Vectors = by_meaning + WORDS * library.lexical.likeness(row)
    return scores


def _shown(
    terms: Iterable[str],
    spellings: Mapping[str, str],
    plain: Set[str],
    translated: Mapping[str, list[str]],
    library: Library,
) -> tuple[str, ...]:
    """The first of these terms worth showing, as they are spelled: terms of the field that not every other
    paper has, or `plain` ones, which need no translation to be told from verbs. Of a compound and its parts,
    and of a word and its translations, one.
    """
    lexical = library.lexical
    chosen: list[str] = []
    said = set(STOP_WORDS)
    for term in terms:
        english = translated.get(term, ())
        spelled = spellings.get(term, term)
        of_the_field = term in plain or bool(english) or shaped(spelled) or library.spellings.is_term(spelled)
        if term in said or len(term) < SHORTEST or not of_the_field or not only_nouns(spelled):
            continue
        # A common word is rare in its English form, where digests are in another language.
        likely = [word for word, share in lexical.translations(term).items() if share >= LIKELY]
        if min(map(lexical.rarity, (term, *likely))) < TELLING:
            continue
        chosen.append(spelled)
        said |= {term, *term.split("-"), *english, *lexical.translations(term)}
        if len(chosen) == SHARED:
            break
    return tuple(chosen)


def _translated(lexical: LexicalIndex) -> dict[str, list[str]]:
    """Terms in the digests' other language -> the English words that they usually translate.

    Terms without any are left out: common verbs, and what few pairs of the glossary happened to hold.
    """
    least = max(2, len(lexical.papers) // USED)
    found: dict[str, list[str]] = defaultdict(list)
    for word, translations in lexical.glossary.items():
        if lexical.papers_with(word) >= least:
            for term, share in translations.items():
                if share >= USUAL:
                    found[term].append(word)
    return found


def _spellings(paper: Paper) -> dict[str, str]:
    """The words in Latin letters of a paper as they are written, by their terms; the title decides."""
    found: dict[str, str] = {}
    for text in (paper.title, *(clean(section.text) for section in paper.sections)):
        for match in WORD.finditer(ADDRESS.sub(" ", text)):
            if not match[0][0].isdigit():
                found.setdefault(fold_word(match[0]), match[0])
    return found
