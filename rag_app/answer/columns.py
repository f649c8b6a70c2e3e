"""What the columns of a table ask for, and how much a sentence of a digest says to one.

Knows: that results are scores, that a count is a number beside what is counted, that some things are said
in other words than a column names them, and that of two columns for the same thing ("total parameters,
active parameters") each wants its own word. Does not know: which papers have a row, or how a table looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.collection.bm25 import LexicalIndex
from rag_app.lang.wording import Wording
from rag_app.search import open_patterns
from rag_app.text import numbers

LEAST = 0.3  # of what a sentence says that fills a cell
FIGURED = 0.35  # of a result with a figure, before one without
IN_OTHER_WORDS = 0.6  # of a sentence that says what a column asks for in other words than it
WHOLE = 0.99  # share of an option's terms in a sentence that says it
SLASH = re.compile(r"[/·]|,\s")
SIZE = "parameters"  # what the size of a model is counted in, whatever the column calls it
BESIDE = 16  # characters between a number and what it counts


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a question names it, and what fills it."""

    name: str
    figures: bool  # only sentences that hold a number
    scores: bool  # results, whatever they measure
    counted: Wording | None  # a number beside what is counted
    any_size: bool  # a size, of whatever
    said: Wording | None  # in other words
    options: tuple[str, ...]  # one of which it wants: "kind (text, images)"
    own: tuple[str, ...] = ()  # terms of which one must be said, in either language
    asked: str = ""  # the name without what all rows are about
    faults: bool = False  # the paper's own, not those that it mends or finds in others
    method: bool = False  # what the paper does, not what was before it
    purpose: bool = False  # what it is for

    @property
    def open(self) -> bool:
        """Whether any sentence on the paper fills it: it asks for nothing that digests say in words of
        their own.
        """
        return not self.figures and self.said is None

    def told_by(self, text: str, lexical: LexicalIndex) -> float:
        """How much a sentence says to it, 0 to 1."""
        if self.figures and not numbers.values_of(text):
            outdone = open_patterns.OUTDONE.search(text) or open_patterns.OUTDONE_BEFORE.search(text)
            outdoes = open_patterns.RISING.search(text) and outdone
            return LEAST * bool(self.scores and outdoes)  # a result without a figure is one
        if self.own and not any(term in text.casefold() for term in self.own):
            return 0.0
        if self.scores:
            improves = FIGURED * bool(open_patterns.RISING.search(text))
            return 1.0 if open_patterns.SCORES.search(text) else improves
        if self.counted:
            counted = self.counted.search(open_patterns.PARENTHESES.sub("", text))
            return IN_OTHER_WORDS * bool(counted or (self.said and self.said.search(text)))
        if self.faults and (open_patterns.MENDING.search(text) or open_patterns.BACKGROUND.match(text)):
            return 0.0
        if self.method:
            before = open_patterns.BACKGROUND.search(text) or open_patterns.LEANING.search(text)
            result = open_patterns.PRAISING.search(text)
            does = bool(open_patterns.CONTRIBUTING.search(text)) and not (before or result)
            return max(
                IN_OTHER_WORDS * does, LEAST * bool(self.said and self.said.search(text) and not before)
            )
        said = IN_OTHER_WORDS * bool(self.said and self.said.search(text))
        sized = LEAST * bool(self.any_size and open_patterns.SIZES.search(text))
        if any((lexical.coverage(option, text) or 0.0) > WHOLE for option in self.options):
            return IN_OTHER_WORDS
        return max(said, sized, lexical.coverage(self.asked, text) or 0.0)


def columns(names: Sequence[str], lexical: LexicalIndex, subject: str = "", told: str = "") -> list[Column]:
    """What columns of these names ask for, in a table about the `subject`; what the question has
    `told` before it lists them says more: "human" after "human scores".
    """
    made = [_column(name, lexical, subject, told) for name in names]
    return [_apart(one, made[:place], lexical) for place, one in enumerate(made)]


def _column(name: str, lexical: LexicalIndex, subject: str, told: str) -> Column:
    key = open_patterns.column_key(name)
    said = open_patterns.COLUMNS_SAID.get(key)
    counting = bool(open_patterns.COUNTING.search(name))
    called = [name, *re.findall(rf"{re.escape(name)}\s?\w+", told, re.IGNORECASE)]
    figures = counting or any(map(open_patterns.FIGURES_ASKED.search, called))
    thing = lexical.query_terms(open_patterns.COUNTING.sub(" ", name)) if counting else {}
    return Column(
        name,
        figures,
        scores=figures and bool(open_patterns.RESULTS.search(name)),
        counted=said if key == SIZE else _beside_a_number(sorted(term for term in thing if len(term) > 1)),
        any_size=counting and not thing,
        said=said,
        options=_options(name),
        asked=_apart_from(subject, name, lexical),
        faults=key == "faults",
        method=key == "method",
        purpose=key == "purpose",
    )


def _apart_from(subject: str, name: str, lexical: LexicalIndex) -> str:
    """The terms of a column's name that the subject has not: every sentence on a row may say those. All of
    them where it has no others.
    """
    about = set(lexical.own_terms(subject))
    return " ".join(term for term in lexical.own_terms(name) if term not in about) or name


def _options(name: str) -> tuple[str, ...]:
    listed = [part for match in open_patterns.PARENTHESES.finditer(name) for part in SLASH.split(match[0])]
    return tuple(part.strip(" ()") for part in listed) if len(listed) > 1 else ()


def _beside_a_number(terms: Sequence[str]) -> Wording | None:
    """A number just before or behind one of the terms, within a clause."""
    if not terms:
        return None
    counted = "|".join(map(re.escape, terms))
    before, behind = (
        rf"\d[^.,;]{{0,{BESIDE}}}?(?:{counted})",
        rf"(?:{counted})(?![을를])\w{{0,2}}\s[^.,;\d]{{0,4}}\d",
    )
    return Wording(f"{before}|{behind}")


def _apart(one: Column, before: Sequence[Column], lexical: LexicalIndex) -> Column:
    """The column with the terms that tell it from an earlier one for the same thing."""
    alike = [other for other in before if one.said and other.said is one.said]
    if not alike:
        return one
    known = {term for other in alike for term in lexical.own_terms(other.name)}
    new = [term for term in lexical.own_terms(one.name) if term not in known]
    own = tuple(dict.fromkeys(spelling for term in new for spelling in lexical.query_terms(term)))
    return replace(one, own=own)
