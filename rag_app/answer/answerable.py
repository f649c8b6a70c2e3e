"""How likely sentences of a named paper's digest answer a question, by signs that need no language model.

Knows: the signs of a sentence, which mean the same for every digest and collection. Does not know: how
sentences are ranked, or what is said where none of them answers (`answer.selection`).

How near a sentence is to a question says nothing by itself: it is measured in the spread of how near
questions come to this very digest that no paper is about. How signs weigh, and which probability is enough,
is calibrated on the project's own questions about named papers (`evaluation.fact_table`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag_app.collection.library import Library
from rag_app.lang import language_of
from rag_app.lang.language import MONEY
from rag_app.records import Passage
from rag_app.search import figures, relevance
from rag_app.text import numbers

IN_ANOTHER_UNIT = 0.5  # of a figure, where one is asked for

Row = tuple[float, ...]


def rows(
    asked: str, passages: Sequence[Passage], library: Library, *, language: str, figure: bool
) -> list[Row]:
    """The signs of each sentence of one digest, for what is asked without the paper's name; `figure` tells
    whether a figure is.
    """
    if not passages:
        return []
    embed = library.embedder.query
    vectors = np.stack([embed(passage.text) for passage in passages])
    usual = (relevance.probes(library, language) @ vectors.T).max(axis=1)
    spread = max(float(usual.std()), relevance.LEAST_SPREAD)
    nearness = (vectors @ embed(asked) - float(usual.mean())) / spread
    return [
        (
            float(near),
            _held(asked, passage.text, library, language),
            _has_figure(asked, passage.text) if figure else 1.0,
        )
        for near, passage in zip(nearness, passages, strict=True)
    ]


def _held(asked: str, text: str, library: Library, language: str) -> float:
    """The share of the question's terms in a sentence. In the language of the sentence a word that the
    collection never uses is asked for in vain; in another one it may only lack a translation.
    """
    unknown = relevance.UNKNOWN if language_of(text) == language else 0.0
    return library.lexical.coverage(asked, text, unknown=unknown) or 0.0


def _has_figure(asked: str, text: str) -> float:
    """Whether a sentence holds a figure, as a share: one in another unit than the one asked for is half, but
    what is no money is none.
    """
    if not numbers.quantities(text):
        return 0.0
    units = figures.figures_asked(asked)
    if not units or any(unit.search(text) for unit in units):
        return 1.0
    return 0.0 if any(unit.pattern == MONEY for unit in units) else IN_ANOTHER_UNIT
