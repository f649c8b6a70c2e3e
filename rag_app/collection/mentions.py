"""Where the texts of a collection say a phrase, as whole words.

Knows: which endings, hyphens and blanks leave a phrase the same one, and how one is found quickly.
Does not know: that two phrases mean the same (`collection.spellings`), or what is made of the counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag_app.lang import alternatives, other_scripts
from rag_app.text.terms import HAN, KATAKANA, fold_word

Counts = NDArray[np.int32]

HYPHENS = re.compile("[-‐‑–]")
IN_TITLE = 2  # mentions that one in the title counts for
NOTHING = re.compile("(?!)")
KEPT = 500  # phrases whose places are remembered, some 2 MB

_OTHER = other_scripts()
_OTHERS = re.compile(f"[{_OTHER}]")
_ENDING = alternatives(lambda one: one.after_nouns)
_OF_NOUNS = alternatives(lambda one: one.of_nouns)
# "수학적 추론" is "수학 추론", "LLM-based agents" are "LLM agents"
_BETWEEN = rf"(?:{_OF_NOUNS})?[-‐‑–\s]?(?:(?:{alternatives(lambda one: one.made_with)})\s)?"
# Of a word that is made of a noun, the noun: "수학적".
MADE_OF = re.compile(rf"(?<=[{_OTHER}]{{2}})(?:{_OF_NOUNS})$")


class Mentions:
    """Phrases looked for in texts; safe to share between threads."""

    def __init__(self, texts: Sequence[str]) -> None:
        """`texts` are casefolded, one a paper, its title first."""
        self._text = "\0".join(texts)  # one text is searched much faster than thousands
        lengths = np.array([len(text) for text in texts], np.intp)
        self._starts = np.cumsum(lengths + 1) - lengths - 1
        self._title_ends = self._starts + np.array([text.find("\n") for text in texts], np.intp)
        # A topic's phrases are asked for several times while it is read, and followed topics share them.
        self._places = lru_cache(maxsize=KEPT)(self._found)

    def counts(self, phrases: Iterable[str]) -> Counts:
        """How often each paper says one of the phrases, shape (papers,); its title says it twice."""
        found = [self._places(phrase) for phrase in phrases]
        places = np.concatenate([np.zeros((0, 2), np.int32), *found])
        # Where two phrases end at one place, the one is part of the other.
        starts = places[np.unique(places[:, 1], return_index=True)[1], 0]
        rows = np.searchsorted(self._starts, starts, side="right") - 1
        counts = np.bincount(rows, minlength=len(self._starts)).astype(np.int32)
        counts[np.unique(rows[starts < self._title_ends[rows]])] += IN_TITLE - 1
        return counts

    def _found(self, phrase: str) -> NDArray[np.int32]:
        """Start and end of each mention, shape (mentions, 2)."""
        spans = [hit.span() for hit in pattern(phrase).finditer(self._text)]
        return np.array(spans, np.int32).reshape(-1, 2)


def split(phrase: str) -> list[str]:
    """The words of a phrase, those between hyphens too."""
    return HYPHENS.sub(" ", phrase.casefold()).split()


def is_other(written: str) -> bool:
    """Whether it is not in Latin letters alone."""
    return bool(_OTHERS.search(written))


@lru_cache(maxsize=KEPT)
def pattern(phrase: str) -> re.Pattern[str]:
    """The phrase as whole words of a casefolded text, whatever its blanks, hyphens, plural and particles.

    Expressions that begin with plain letters are found three times as fast, so that what must not stand
    before the first word is looked at behind it.
    """
    if HAN.search(phrase) or KATAKANA.search(phrase):
        return re.compile(re.escape(phrase.casefold()))  # no blank tells where a word ends
    words = split(phrase)
    if not words:
        return NOTHING
    last = words[-1] if is_other(words[-1]) else fold_word(words[-1])
    *first, last = map(re.escape, [*(MADE_OF.sub("", word) for word in words[:-1]), last])
    if is_other(words[-1]):
        tail = rf"(?=(?:{_ENDING})?(?![{_OTHER}a-z0-9]))"
    elif last.endswith("y"):
        last, tail = last[:-1], "(?:ys?|ies)(?![a-z0-9])"
    else:
        tail = "(?:e?s)?(?![a-z0-9])"
    begin, *rest = [*first, last]
    within = rf"(?<![{_OTHER}a-z0-9]{begin})"
    return re.compile(_BETWEEN.join([begin + within, *rest]) + tail)
