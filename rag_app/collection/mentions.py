"""Where the texts of a collection say a phrase, as whole words.

Knows: which endings, hyphens and blanks leave a phrase the same one, and how one is found quickly.
Does not know: that two phrases mean the same (`collection.spellings`), or what is made of the counts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from rag_app.lang import alternatives, other_scripts
from rag_app.text.terms import HAN, KATAKANA, fold_word

Counts = NDArray[np.int32]

HYPHENS = re.compile("[-‐‑–]")
IN_TITLE = 2  # mentions that one in the title counts for
AROUND = 24  # characters read beyond a phrase: the longest ending, and what joins its words

_OTHER = other_scripts()
_OTHERS = re.compile(f"[{_OTHER}]")
_ENDING = alternatives(lambda one: one.after_nouns)


class Mentions:
    """Phrases looked for in texts; safe to share between threads."""

    def __init__(self, texts: Sequence[str], papers_with: Callable[[str], int]) -> None:
        """`texts` are casefolded, one a paper, its title first; `papers_with` tells how many have a word."""
        self._text = "\0".join(texts)  # one text is searched much faster than thousands
        self._titles = [text.find("\n") for text in texts]  # their lengths
        self._ends = [end - 1 for end in accumulate(len(text) + 1 for text in texts)]
        self._starts = [end - len(text) for end, text in zip(self._ends, texts, strict=True)]
        self._papers_with = papers_with

    def counts(self, phrases: Iterable[str]) -> Counts:
        """How often each paper says one of the phrases, shape (papers,); its title says it twice."""
        counts = np.zeros(len(self._starts), np.int32)
        titled = np.zeros(len(self._starts), bool)
        # Of two phrases that end at one place, the one is part of the other.
        for start, _ in {
            end: (start, end) for phrase in phrases for start, end in self._places(phrase)
        }.values():
            row = bisect_right(self._starts, start) - 1
            counts[row] += 1
            titled[row] |= start < self._starts[row] + self._titles[row]
        return counts + (IN_TITLE - 1) * titled.astype(np.int32)

    def _places(self, phrase: str) -> Iterator[tuple[int, int]]:
        """Start and end of each mention: the rarest word is looked for, then the phrase around it."""
        mark = self._rarest(phrase)
        if not mark:  # the empty text is found at every place
            return
        said, at = pattern(phrase), self._text.find(mark)
        while at >= 0:
            found = said.search(self._text, max(0, at - len(phrase)), at + len(phrase) + AROUND)
            if found and found.start() <= at:
                yield found.span()
            at = self._text.find(mark, at + len(mark))

    def _rarest(self, phrase: str) -> str:
        """What every form of a phrase holds, and fewest papers."""
        words = split(phrase)
        if not words:
            return ""
        known = {word: self._papers_with(fold_word(word)) for word in words}
        rarest = min(words, key=lambda word: (not known[word], known[word], -len(word)))
        folded = rarest if is_other(rarest) else fold_word(rarest)
        return folded if len(folded) == 1 else folded.removesuffix("y")


def split(phrase: str) -> list[str]:
    """The words of a phrase, those between hyphens too."""
    return HYPHENS.sub(" ", phrase.casefold()).split()


def is_other(written: str) -> bool:
    """Whether it is not in Latin letters alone."""
    return bool(_OTHERS.search(written))


@lru_cache(maxsize=500)
def pattern(phrase: str) -> re.Pattern[str]:
    """The phrase as whole words of a casefolded text, whatever its blanks, hyphens, plural and particles."""
    if HAN.search(phrase) or KATAKANA.search(phrase):
        return re.compile(re.escape(phrase.casefold()))  # no blank tells where a word ends
    *first, last = split(phrase)
    if is_other(last):
        tail = rf"{re.escape(last)}(?=(?:{_ENDING})?(?![{_OTHER}a-z0-9]))"
    else:
        stem = re.escape(fold_word(last))
        tail = (rf"{stem[:-1]}(?:ys?|ies)" if stem.endswith("y") else rf"{stem}(?:e?s)?") + "(?![a-z0-9])"
    return re.compile(rf"(?<![{_OTHER}a-z0-9])" + r"[-‐‑–\s]?".join([*map(re.escape, first), tail]))
