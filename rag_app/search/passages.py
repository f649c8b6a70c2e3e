"""The sentences of a paper that a question asks for: those that share most with its terms.

Knows: how sentences are weighed and ordered. Does not know: how papers are ranked, or what is asked within
one digest (`search.aspects`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter

from rag_app.collection.library import Library
from rag_app.records import Hit, Paper, Passage
from rag_app.text import sentences
from rag_app.text.terms import words

# Sentences kept of a paper, best first; papers beyond the ranking keep one, for their line in a list.
PASSAGES = 6
# Sections whose sentences are remembered, some 30 MB; lists ask for those of hundreds of papers.
SPLIT_KEPT = 20_000
ACCENTED = re.compile("[À-ɏ]")


def with_best_passages(hit: Hit, weights: dict[str, float], library: Library, limit: int = PASSAGES) -> Hit:
    """The hit with the sentences of its paper that share most with the question, best first."""
    best = sorted(_relevances(hit.paper, weights, library), key=itemgetter(0), reverse=True)[:limit]
    return replace(hit, passages=tuple(_passage(hit.paper, *found) for found in best))


def whole(paper: Paper) -> tuple[Passage, ...]:
    """Every sentence of a digest, in order."""
    return tuple(
        Passage(paper.arxiv_id, section.name, start, end, section.text[start:end])
        for section in paper.sections
        for start, end in sentences.split(section.text)
    )


def passages_of(paper: Paper, weights: dict[str, float], library: Library) -> Iterable[Passage]:
    """Every sentence of a paper with its relevance: shared terms, rare ones counting more."""
    return (_passage(paper, *found) for found in _relevances(paper, weights, library))


def _passage(paper: Paper, relevance: float, place: int, span: sentences.Span) -> Passage:
    section, (start, end) = paper.sections[place], span
    return Passage(paper.arxiv_id, section.name, start, end, section.text[start:end], relevance)


def _relevances(
    paper: Paper, weights: dict[str, float], library: Library
) -> Iterator[tuple[float, int, sentences.Span]]:
    """(relevance, place of its section, span) of every sentence: lists ask this of hundreds of papers."""
    worth = [(term, weight * (0.1 + library.lexical.rarity(term))) for term, weight in weights.items()]
    # A word's term stands in the word itself, but for accents, "-ies", and single letters, which
    # stand everywhere.
    inside = [
        (term, f"{term[:-1]}ies" if term.endswith("y") else term, w) for term, w in worth if len(term) > 1
    ]
    letters = len(inside) < len(worth)
    for place, section in enumerate(paper.sections):
        for span, folded, accented in _sentences(section.text):
            if letters or accented:
                english = set(words(section.text[slice(*span)]))
                shared = sum(w for term, w in worth if term in english or (len(term) > 1 and term in folded))
            else:
                shared = sum([w for term, plural, w in inside if term in folded or plural in folded])
            # Earlier sentences say what a paper is about: they break ties.
            yield shared - 0.001 * place - 1e-6 * span[0], place, span


@lru_cache(maxsize=SPLIT_KEPT)
def _sentences(text: str) -> tuple[tuple[sentences.Span, str, bool], ...]:
    """(span, its text for matching, whether that has accents) of each sentence."""
    return tuple(
        (span, text[slice(*span)].casefold(), bool(ACCENTED.search(text, *span)))
        for span in sentences.split(text)
    )
