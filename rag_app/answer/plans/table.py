"""The plan for a table: a row for each paper, a cell for each thing that is asked of it.

Knows: which papers have a row, which sentence of a digest fills a cell, and that a digest which says
nothing leaves it empty. Does not know: what a column asks for (`answer.columns`), how papers are scored, or
how a table looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag_app.answer import choosing, columns
from rag_app.answer.columns import Column
from rag_app.answer.points import AnswerPlan, Form, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.collection.bm25 import LexicalIndex
from rag_app.collection.paper_names import TITLE_HEAD
from rag_app.lang.wording import Wording
from rag_app.records import Hit, Paper, Passage
from rag_app.search import open_patterns, passages
from rag_app.text import numbers
from rag_app.text.length import word_count

ROWS, FEWEST = 6, 5
FEWEST_ROWS = 2  # of a table with the columns that were asked for
LONGEST_CELL = 22  # words; a longer sentence gives the clauses that speak of the column
FILLED = 1.2  # share of the best score that a digest with every figure asked for gains
LOOKED_AT = 120  # papers among which those with figures are looked for
MADE = 0.7  # share of the best score that a paper gains which makes what is asked for
# What a sentence loses that fills another cell of the row; more in one without a figure of its own.
USED_AGAIN, SAID_AGAIN = 0.2, 0.35
# Where a clause ends, outside parentheses, and what it ends with.
CLAUSE = re.compile(r"(?:(?<=[,;])\s+|(?<=며|고)\s+|(?<=지만)\s+)(?![^()]*\))")
AFTER_CLAUSE = " ,;"


def table(selection: Selection) -> AnswerPlan | None:
    """The papers that are named and those that fit best, with what their digests say to each column."""
    query = selection.query
    named = _named(selection)
    names = open_patterns.columns(query.topic)  # without its days
    subject = open_patterns.narrow_subject(open_patterns.without_columns(query.topic))
    # What the columns name tells the papers, too, where no colon sets it apart.
    told = open_patterns.narrow_subject(query.topic.partition(":")[0])
    ranked = choosing.ranked(selection, told, LOOKED_AT)
    asked = [column for column in _columns(selection, names, subject) if not column.open]
    best = ranked[0].score if ranked else 0.0
    thing = open_patterns.made_thing(subject)

    def worth(hit: Hit) -> float:
        made = MADE * bool(thing and _makes(hit.paper, thing))
        return hit.score + best * (made + FILLED * _filled(selection, hit.paper, asked))

    fit = sorted(ranked, key=lambda hit: -worth(hit))
    hits = choosing.sure(fit, query.limit or ROWS, FEWEST)
    others = [hit.paper for hit in hits if hit.paper not in named]
    papers = [*named, *others][: max(query.limit or ROWS, len(named) + 1)]
    return of_papers(selection, papers, names, subject)


def _makes(paper: Paper, thing: Wording) -> bool:
    """Whether a paper gives the thing itself rather than uses it: its title or a sentence says so."""
    if thing.search(paper.title):
        return True
    return any(
        thing.search(p.text) and open_patterns.CONTRIBUTING.search(p.text) for p in passages.whole(paper)[:3]
    )


def _filled(selection: Selection, paper: Paper, asked: Sequence[Column]) -> float:
    """How well the sentences of a digest that hold figures fill columns, 0 to 1."""
    lexical = selection.library.lexical
    holding = [p.text for p in passages.whole(paper) if numbers.values_of(p.text)]
    best = [max((column.told_by(text, lexical) for text in holding), default=0.0) for column in asked]
    return sum(best) / len(best) if best else 0.0


def of_papers(
    selection: Selection, papers: Sequence[Paper], names: Sequence[str], subject: str
) -> AnswerPlan | None:
    """A row for each of `papers`; without names of columns, what they do and their figures."""
    if not papers:
        return None
    phrases = words(selection.query.language)
    usual = [phrases["does"], phrases["result"]]
    asked = [name for place, name in enumerate(names) if place or not _is_name(name)] or usual
    rows = _rows(selection, papers, asked, subject)
    if len(rows) < FEWEST_ROWS and asked != usual:
        asked, rows = usual, _rows(selection, papers, usual, subject)
    return AnswerPlan(tuple(rows), Form.TABLE, columns=tuple(asked)) if rows else None


def _columns(selection: Selection, names: Sequence[str], subject: str) -> list[Column]:
    told = open_patterns.without_columns(selection.query.question)
    return columns.columns(names, selection.library.lexical, subject, told)


def _rows(selection: Selection, papers: Sequence[Paper], names: Sequence[str], subject: str) -> list[Group]:
    """The rows of the papers whose digests say something to a column."""
    asked = _columns(selection, names, subject)
    rows = [Group(tuple(_cells(selection, paper, asked, subject))) for paper in papers]
    return [row for row in rows if any(point.passages for point in row.points)]


def _cells(selection: Selection, paper: Paper, asked: Sequence[Column], subject: str) -> list[Point]:
    """A cell for each column. A sentence fills several where it speaks of each."""
    told: dict[str, Passage] = {}
    every = passages.whole(paper)
    for column in sorted(asked, key=lambda one: -one.figures):  # few sentences hold figures
        used = tuple(told.values())
        passage = _best(selection, every, used, column, subject)
        if passage is None and column is asked[0] and (column.open or column.method or column.purpose):
            passage = _of_the_paper([p for p in every if p not in used])
        if passage:
            told[column.name] = passage
    lexical = selection.library.lexical
    cut = {
        column.name: _clauses(told[column.name], column, lexical) for column in asked if column.name in told
    }
    return [Point(paper, (cut[c.name],) if c.name in cut else ()) for c in asked]


def _of_the_paper(passages: Sequence[Passage]) -> Passage | None:
    """The sentence that says what a paper does, the first where none says so; none where there is none."""
    says = (passage for passage in passages if open_patterns.CONTRIBUTING.search(passage.text))
    return next(says, passages[0] if passages else None)


def _best(
    selection: Selection, passages: Sequence[Passage], used: Sequence[Passage], column: Column, subject: str
) -> Passage | None:
    """The sentence that says most to the column, one that is `used` only where it says much."""
    lexical = selection.library.lexical
    again = USED_AGAIN if column.figures else SAID_AGAIN
    told = {
        passage: column.told_by(passage.text, lexical) - again * (passage in used) for passage in passages
    }

    def worth(passage: Passage) -> float:
        return told[passage] + 0.3 * (lexical.coverage(subject, passage.text) or 0.0)

    fit = [passage for passage in passages if told[passage] >= columns.LEAST]
    return max(fit, key=worth, default=None)


def _clauses(passage: Passage, column: Column, lexical: LexicalIndex) -> Passage:
    """The sentence, or of a long one the clauses that speak of the column or else hold its figures, as one
    verbatim stretch.
    """
    if word_count(passage.text) <= LONGEST_CELL:
        return passage
    cuts = [0, *(match.end() for match in CLAUSE.finditer(passage.text)), len(passage.text)]
    parts = [_part(passage, *span) for span in pairwise(cuts)]
    speaking = [part for part in parts if column.told_by(part.text, lexical) >= columns.LEAST]
    holding = speaking or [part for part in parts if numbers.values_of(part.text)]
    if not holding or len(holding) == len(parts):
        return passage
    last = holding[-1]
    return _part(passage, holding[0].start - passage.start, last.start + len(last.text) - passage.start)


def _part(passage: Passage, start: int, end: int) -> Passage:
    """A stretch of a sentence, as a passage of its own."""
    text = passage.text[start:end].rstrip(AFTER_CLAUSE)
    at = passage.start + start
    return Passage(passage.arxiv_id, passage.section, at, at + len(text), text, passage.score)


def _named(selection: Selection) -> list[Paper]:
    """The papers that the question names by the head of their title."""
    library = selection.library
    found = library.names.find(selection.query.question, library.lexical.knows, library.snapshot.papers.has)
    firm = [mention.papers[0] for mention in found.mentions if mention.firmness == TITLE_HEAD]
    return library.snapshot.papers.many(dict.fromkeys(firm))


def _is_name(column: str) -> bool:
    """Whether a column asks for the name of the paper, which every row begins with."""
    return bool(open_patterns.NAME_COLUMN.fullmatch(column.strip()))
