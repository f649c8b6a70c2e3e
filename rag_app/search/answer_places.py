"""Places in the answer before that a question points to: "number 3", "the second one", "the last".

Knows: that places count from 0, and that -1 is the last. Does not know: a language's words, or the answer.
"""

from __future__ import annotations

from rag_app.lang import LANGUAGES
from rag_app.lang.wording import Wording, matched_group, wording

ORDINALS = (
    (wording(lambda one: one.questions.ordinals[0]), 0),
    (wording(lambda one: one.questions.ordinals[1]), 1),
    (wording(lambda one: one.questions.ordinals[2]), 2),
    (wording(lambda one: one.questions.ordinals[3]), 3),
    (wording(lambda one: one.questions.ordinals[4]), -1),
)
PLACES = tuple(Wording(part) for one in LANGUAGES.values() for part in one.turns.places)
_PLACE_WORDS = {word: n for one in LANGUAGES.values() for word, n in one.turns.place_words.items()}


def places(text: str) -> tuple[int, ...]:
    """The places in the answer before that a text names, in its order, counted from 0; -1 is the last."""
    named = {
        match.start(): matched_group(match).casefold()
        for pattern in PLACES
        for match in pattern.finditer(text)
    }
    numbers = [int(word) if word.isdigit() else _PLACE_WORDS[word] for _, word in sorted(named.items())]
    return tuple(dict.fromkeys(n - 1 if n > 0 else n for n in numbers if n))


def place_spans(text: str) -> list[tuple[int, int]]:
    """Where a text names them."""
    patterns = (*PLACES, *(pattern for pattern, _ in ORDINALS))
    return [match.span() for pattern in patterns for match in pattern.finditer(text)]


def ordinal(text: str) -> int | None:
    """The place that "the second one" points to, counted from 0; -1 is the last."""
    return next((place for pattern, place in ORDINALS if pattern.search(text)), None)
