"""A word of a question as the digests spell it: "speach" -> "speech", "summarisation" -> "summarization".

Knows: that a word of a language is meant as it stands ("knitting"), and that a mistyped one differs by a
letter or two from what the digests say. Does not know: names (`collection.name_book` has those), which
spellings a language has beside each other, or how a question is read.

Letters are counted by optimal string alignment (rapidfuzz).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rag_app.lang import LANGUAGES
from rag_app.text.dictionaries import is_common, is_word
from rag_app.text.terms import fold_word

SHORTEST = 5  # letters: of a shorter word another word is as near as the one that was meant
SHORTEST_SWAPPED = 4  # letters: "adn" and "wto" may be abbreviations
LONG = 8  # letters from which two of them may be wrong
FEWEST = 2  # papers that say a word that may be meant


def respelled(word: str, papers_with: Mapping[str, int]) -> str:
    """The word as the digests spell it, of whose terms so many papers say each; empty if it is right, a word
    of its own, or like none of theirs.
    """
    term = fold_word(word)
    said = papers_with.get(term, 0)
    across = max(_spelled_otherwise(term), key=lambda other: papers_with.get(other, 0), default="")
    if papers_with.get(across, 0) > said:
        return across
    if said:
        return ""
    swapped = _with_letters_swapped(word)
    if swapped and (len(word) < SHORTEST or papers_with.get(fold_word(swapped), 0) >= FEWEST):
        return swapped
    return _meant(word, term, papers_with)


def _spelled_otherwise(term: str) -> Iterator[str]:
    """The other spellings that a language has of a word, as British and American ones are."""
    for one, other, end in (
        endings for language in LANGUAGES.values() for endings in language.spelled_two_ways
    ):
        yield re.sub(f"{one}(?={end}$)", other, term)
        yield re.sub(f"{other}(?={end}$)", one, term)


def _with_letters_swapped(word: str) -> str:
    """The word of every day that it is where two letters change places, "many" for "mnay", if any."""
    if len(word) < SHORTEST_SWAPPED or is_word(word):
        return ""
    swaps = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    return next(filter(is_common, swaps), "")


def _meant(word: str, term: str, papers_with: Mapping[str, int]) -> str:
    """The term that a mistyped word was meant to be: of two that are equally near, the one of more papers."""
    if len(word) < SHORTEST or not (word.isascii() and word.isalpha()) or is_word(word):
        return ""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = 2 if len(word) >= LONG else 1
    alike = [
        other
        for other, papers in papers_with.items()
        # the first letter is rarely wrong
        if papers >= FEWEST and other[0] == term[0] and other.isalpha() and _as_long(other, term, most)
    ]
    near = process.extract(term, alike, scorer=OSA.distance, score_cutoff=most, limit=None)
    found = min(near, key=lambda one: (one[1], -papers_with[one[0]]), default=("",))
    return str(found[0])


def _as_long(other: str, term: str, most: int) -> bool:
    """Whether so few wrong letters may make one of the other; "stablelm" is no "stable"."""
    return abs(len(other) - len(term)) <= most and len(other) >= (SHORTEST if most == 1 else LONG - 1)
