"""The sentences of a collection that say what a thing is, and what goes wrong with it.

Knows: that such a sentence has the thing for its subject, in any of its spellings, and says of it what
kind of thing it is rather than how good or how popular. Does not know: questions, or which papers use
the thing.

They are looked for in every digest that says the thing, not in the papers ranked best for it: those are
about variants ("X-Net is a new kind of X"), while an aside elsewhere says what X is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag_app.answer.points import Point
from rag_app.collection.bm25 import document
from rag_app.collection.library import Library
from rag_app.collection.mentions import split
from rag_app.lang.han import UNSPACED
from rag_app.records import Paper, Passage
from rag_app.search import open_patterns, passages
from rag_app.text.length import word_count

READ = 300  # digests, those first that say the thing most often
SAID_BY = 4  # papers; what fewer say is looked for without its last word, "prompting" or "model"
FEWEST_LETTERS = 5  # of a spelling that is no abbreviation
PLAIN_WORDS = 15  # of a sentence that has said enough
# What a sentence is worth beside having the thing for its subject.
KIND, LONG, SPELLED_OUT = 0.8, 0.4, 0.3
FIGURES, PRAISE, FAULT, OWN, NEW = 0.5, 0.6, 0.5, 0.8, 0.5
DEFINES, LEAST = 0.6, 0.3  # worth of a sentence that still says what it is; of one that still says something
SURE = 1.0
ASIDE = 0.3  # what is lost where the thing is named behind what it is
TRANSLATED = 0.99  # share of a name's terms in a subject that is a translation of it
LATIN = re.compile(r"[^\s'\"‘“-]*[a-z][^\s'\"’”-]*")
WITHOUT_BLANKS = re.compile(f"[{UNSPACED}]")
LONGEST_SUBJECT = 60  # characters
SUBJECT, MENDED = 1.0, 0.5  # worth of the thing as the subject of a fault; of a fault that is mended


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that digests speak of: how they write it, and how a sentence about it begins."""

    name: str
    spellings: tuple[str, ...]
    said: re.Pattern[str]
    subject: re.Pattern[str]
    apposed: re.Pattern[str]  # "the technique X"

    def is_subject(self, text: str, library: Library) -> bool:
        """Whether a sentence is about it: it begins with one of its spellings, or with as many words of
        which each translates one of its own.
        """
        if self.subject.search(text):
            return True
        end = re.search(open_patterns.SUBJECT_END.pattern, text[:LONGEST_SUBJECT], re.IGNORECASE)
        head = open_patterns.PARENTHESES.sub("", text[: end.start()]) if end else ""
        own = {word for one in self.spellings for word in split(one)}
        if (
            not 0 < len(head.split()) <= len(split(self.name))
            or (WITHOUT_BLANKS.search(head) and len(head) > len(self.name))
            or not set(LATIN.findall(head.casefold())) <= own
        ):
            return False
        return (library.lexical.coverage(self.name, head, unknown=1.0) or 0.0) > TRANSLATED

    def is_spelled_out(self, paper: Paper) -> bool:
        """Whether a digest writes it out: another thing may have the same abbreviation."""
        text = document(paper).casefold()
        return any(len(one) > FEWEST_LETTERS and one in text for one in self.spellings)


def thing(name: str, library: Library) -> Thing:
    """What a name stands for: all its spellings, that in its parentheses too; of a name that hardly any
    digest says, those without its last word.
    """
    plain = open_patterns.PARENTHESES.sub(" ", name).strip() or name.strip(" ()")
    parts = [part for part in (plain, open_patterns.term_given(name)) if part]
    spellings = tuple(dict.fromkeys(one for part in parts for one in library.spellings.of(part)))
    shorter = plain.rpartition(" ")[0]
    if shorter and np.count_nonzero(library.spellings.saying(spellings)) < SAID_BY:
        spellings = tuple(dict.fromkeys((*spellings, *library.spellings.of(shorter))))
    forms = sorted({*spellings, plain}, key=len, reverse=True)
    spelled = "|".join(r"[-\s]?".join(map(re.escape, re.split(r"[-\s]+", form))) for form in forms)
    subject = (
        rf"^\W*(?:(?:{open_patterns.OPENING.pattern})(?:,?\s|[、，]|(?<=[{UNSPACED}])))*(?:[A-Za-z0-9]{{1,3}}\s)?['\"‘“]?"
        rf"(?:{spelled})s?(?:\s?(?:{open_patterns.GENERAL_NOUN.pattern}))?['\"’”]?(?:\s?\([^)]*\))?['\"’”]?"
        rf"(?:{open_patterns.SUBJECT_END.pattern})"
    )
    said = rf"(?:(?<![\w-])|(?<=[{UNSPACED}]))(?:{spelled})(?![A-Za-z0-9-])"
    apposed = rf"(?:{open_patterns.APPOSING.pattern})['\"‘“]?{said}"
    found = (re.compile(part, re.IGNORECASE) for part in (said, subject, apposed))
    return Thing(plain, spellings, *found)


def definitions(one: Thing, library: Library, most: int, least: float = DEFINES) -> list[Point]:
    """The sentences that say best what a thing is, best first, no two of one paper; none where no digest
    says so. `least` is what such a sentence is worth; `SURE` one that says what kind of thing it is.
    """

    def worth(passage: Passage, spelled_out: bool) -> float:
        if one.is_subject(passage.text, library):
            return _defines(passage.text) + SPELLED_OUT * spelled_out
        if one.apposed.search(passage.text):
            return _defines(passage.text) + KIND - ASIDE
        return 0.0

    return _best(one, library, worth, most, least)


def statements(one: Thing, library: Library, most: int) -> list[Point]:
    """The sentences that have a thing for their subject, whatever they say of it, the plainest first."""

    def worth(passage: Passage, spelled_out: bool) -> float:
        if not one.is_subject(passage.text, library):
            return 0.0
        return SUBJECT + _defines(passage.text) + SPELLED_OUT * spelled_out

    return _best(one, library, worth, most, LEAST)


def contrasts(one: Thing, other: Thing, library: Library, most: int) -> list[Point]:
    """The sentences that tell a thing from another one: they speak of both."""

    def worth(passage: Passage, spelled_out: bool) -> float:
        text = passage.text
        if not one.said.search(text) or not other.said.search(text):
            return 0.0
        compares = bool(open_patterns.COMPARING.search(text))
        return SUBJECT * one.is_subject(text, library) + KIND * compares + SPELLED_OUT * spelled_out

    return _best(one, library, worth, most, KIND)


def faults(one: Thing, library: Library, most: int) -> list[Point]:
    """The sentences that say best what goes wrong with a thing, best first, no two of one paper."""

    def worth(passage: Passage, spelled_out: bool) -> float:
        text = passage.text
        if not one.said.search(text) or not open_patterns.FAULTS.search(text):
            return 0.0
        return (
            LEAST
            + SUBJECT * one.is_subject(text, library)
            + SPELLED_OUT * spelled_out
            + LONG * _length(text)
            - MENDED * bool(open_patterns.MENDING.search(text))
            - OWN * bool(open_patterns.CONTRIBUTING.search(text))
        )

    return _best(one, library, worth, most, LEAST)


def _best(
    one: Thing, library: Library, worth_of: Callable[[Passage, bool], float], most: int, least: float
) -> list[Point]:
    """The best sentence of each paper that says the thing, by what it is worth, at least `least`."""
    best: list[tuple[float, Point]] = []
    for paper in _saying(one, library):
        spelled_out = one.is_spelled_out(paper)
        worths = [(worth_of(passage, spelled_out), passage) for passage in passages.whole(paper)]
        worth, passage = max(worths, key=lambda pair: pair[0], default=(0.0, None))
        if passage and worth >= least:
            best.append((worth, Point(paper, (passage,))))
    best.sort(key=lambda pair: -pair[0])
    return [point for _, point in best[:most]]


def _saying(one: Thing, library: Library) -> Sequence[Paper]:
    """The papers that say a thing, most often first."""
    counts = library.spellings.saying(one.spellings)
    rows = np.argsort(-counts, kind="stable")[: min(READ, int(np.count_nonzero(counts)))]
    return library.snapshot.papers.many(library.lexical.papers[row] for row in rows)


def _defines(text: str) -> float:
    """How well a sentence says of its subject what it is."""
    return (
        KIND * bool(open_patterns.DEFINING.search(text))
        + LONG * _length(text)
        - FIGURES * bool(open_patterns.SCORES.search(text))
        - PRAISE * bool(open_patterns.PRAISING.search(text))
        - FAULT * bool(open_patterns.FAULTS.search(text))
        - OWN * bool(open_patterns.OWN_WORK.search(text))
        - NEW * bool(open_patterns.ANNOUNCING.search(text))
    )


def _length(text: str) -> float:
    return min(word_count(text), PLAIN_WORDS) / PLAIN_WORDS
