"""The plan for whether anyone has done something.

Knows: when a digest says that its paper has done it. Does not know: how papers are scored or sentences chosen
(`answer.choosing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from rag_app.answer import choosing
from rag_app.answer.denied import WELL_KNOWN
from rag_app.answer.points import AnswerPlan, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.collection.bm25 import document
from rag_app.collection.mentions import pattern
from rag_app.records import Hit, Paper
from rag_app.search import open_patterns, passages
from rag_app.search.topic import all_phrases

# Share of a subject's terms in the digest of a paper that has done it, and in one sentence of it.
SAID, SAID_TOGETHER = 0.75, 0.5
TOGETHER = 6.0  # standard deviations of score that a sentence with all terms is worth
ANSWERING, NEAREST = 4, 3  # papers


def exists(selection: Selection) -> AnswerPlan | None:
    """Yes, with the papers that have done it; or that no digest says so, with the nearest."""
    weights = choosing.with_terms(selection, open_patterns.subject(selection.query.topic))
    done, nearest = having_done(selection)
    chosen = done or nearest
    points = [Point(hit.paper, choosing.telling(hit.paper, weights, selection.library)) for hit in chosen]
    lead = words(selection.query.language)["exists" if done else "exists_not"]
    return AnswerPlan((Group(tuple(points)),), lead=lead) if points else None


def having_done(selection: Selection) -> tuple[list[Hit], list[Hit]]:
    """(the papers whose digests say that they have done what is asked for, the nearest papers)."""
    subject = open_patterns.subject(selection.query.topic)
    wordings = [subject, *filter(None, [open_patterns.subject(selection.evidence.beside)])]
    ranked = choosing.ranked(selection, subject)
    held = [(max(_said(selection, hit.paper, wording) for wording in wordings), hit) for hit in ranked]
    # What a digest says counts before how near it is: few of the papers on music use reinforcement learning.
    held.sort(key=lambda pair: -(pair[1].score + TOGETHER * pair[0]))
    says_terms = _saying_terms(selection, wordings)
    says_phrases = _saying_phrases(selection, wordings)
    done = [hit for said, hit in held if (said >= SAID_TOGETHER and says_terms(hit)) or says_phrases(hit)]
    # The whole question may fit another best.
    near = {hit.paper.arxiv_id: hit for hit in (*selection.evidence.hits[:1], *(hit for _, hit in held))}
    return done[:ANSWERING], list(near.values())[:NEAREST]


def _saying_terms(selection: Selection, wordings: Sequence[str]) -> Callable[[Hit], bool]:
    """Whether a digest says each well-known term of the field that one of the wordings has, whole:
    reinforcement and learning apart are not reinforcement learning.
    """
    spellings, places = selection.library.spellings, selection.library.places
    asked = []
    for wording in wordings:
        terms = filter(spellings.is_of_the_field, all_phrases(wording, spellings))
        told = [spellings.saying(spellings.of(term)) for term in terms]
        asked.append([times for times in told if np.count_nonzero(times) >= WELL_KNOWN])

    def says(hit: Hit) -> bool:
        row = places[hit.paper.arxiv_id]
        return any(all(times[row] > 0 for times in terms) for terms in asked)

    return says


def _saying_phrases(selection: Selection, wordings: Sequence[str]) -> Callable[[Hit], bool]:
    """Whether one sentence of a digest, with its title, says every phrase of one of the wordings, in whatever
    spelling.
    """
    spellings = selection.library.spellings
    asked = [
        [[pattern(one) for one in spellings.of(phrase)] for phrase in all_phrases(wording, spellings)]
        for wording in wordings
    ]

    def says(hit: Hit) -> bool:
        texts = [f"{hit.paper.title}\n{p.text}".casefold() for p in passages.whole(hit.paper)]
        return any(phrases and any(_says_all(text, phrases) for text in texts) for phrases in asked)

    return says


def _says_all(text: str, phrases: Sequence[Sequence[re.Pattern[str]]]) -> bool:
    return all(any(one.search(text) for one in phrase) for phrase in phrases)


def _said(selection: Selection, paper: Paper, subject: str) -> float:
    """The share of a subject's terms that one sentence of a digest holds, with the paper's title; 0 where
    the whole digest lacks some of them.
    """

    def share(text: str) -> float:
        # A word that no digest has is one that this digest lacks.
        return selection.library.lexical.coverage(subject, text, unknown=1.0) or 0.0

    if share(document(paper)) < SAID:
        return 0.0
    return max((share(f"{paper.title}\n{p.text}") for p in passages.whole(paper)), default=0.0)
