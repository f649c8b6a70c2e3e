"""Which figures a question asks for: their units, and what digests call what it measures.

Does not know: a language's words, or which figures a digest states.
"""

from __future__ import annotations

from itertools import islice

from rag_app.lang import LANGUAGES
from rag_app.lang.wording import Wording, matched_group, wording

NUMBER_ASKED = wording(lambda one: one.questions.number_asked)
UNITS = tuple(
    (Wording(asked), Wording(figure))
    for one in LANGUAGES.values()
    for asked, figure in one.questions.units.items()
)
MEASURES = tuple(
    (Wording(asked), name) for one in LANGUAGES.values() for asked, name in one.questions.measures.items()
)


MOST_COUNTED = 6  # words
COUNTED = wording(lambda one: one.questions.counted)
# Of a thing, before or behind it; between them at most a word of scale, a counter or a particle.
COUNT = (
    r"\d[\d.,]*\s?[^\W\d]{{0,3}}(?:\s?(?:여|개의|개|장의|쌍의|가지))?\s?{thing}"
    r"|{thing}s?\S?\s?[(（]?\s?(?:약|총|about )?\s?\d"
)


def counted(text: str) -> tuple[str, ...]:
    """The things of which it is asked how many there are, in the question's words; the first few."""
    words = (word for match in COUNTED.finditer(text) for word in matched_group(match).split())
    return tuple(islice(words, MOST_COUNTED))


def figures_asked(text: str) -> tuple[Wording, ...]:
    """How a figure stands in a digest in the units that a question asks for; empty where it names none."""
    return tuple(figure for asked, figure in UNITS if asked.search(text))


def with_measures(text: str) -> str:
    """A question that asks how much of something, with the word that digests use for it: "how much faster" is
    of speed.
    """
    if not NUMBER_ASKED.search(text):
        return text
    return " ".join([text, *(name for asked, name in MEASURES if asked.search(text))])
