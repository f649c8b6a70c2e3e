"""The plan for a table: a row for each paper, a cell for each thing that is asked of it.

Knows: which papers have a row, which sentence of a digest fills a cell, and that a digest which says
nothing leaves it empty. Does not know: how papers are scored, or how a table looks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag_app.answer import choosing
from rag_app.answer.points import AnswerPlan, Form, Group, Point
from rag_app.answer.selection import Selection
from rag_app.answer.templates import words
from rag_app.collection.paper_names import TITLE_HEAD
from rag_app.records import Paper, Passage
from rag_app.search import open_patterns
from rag_app.text import numbers

ROWS, FEWEST = 6, 5
FEWEST_ROWS = 2  # of a table with the columns that were asked for
LONGEST_CELL = 22  # words; a longer sentence gives the clauses with its figures
FILLED = 0.6  # share of the best score that a digest with every figure asked for gains
LOOKED_AT = 120  # papers among which those with figures are looked for
SAYS = 0.3  # share of a column's terms in a sentence that speaks of it
CLAUSE = re.compile(r"(?<=[,;])\s+|(?<=며|고)\s+|(?<=지만)\s+|(?<=으며,)\s+")


def table(selection: Selection) -> AnswerPlan | None:
    """The papers that are named and those that fit best, with what their digests say to each column."""
    query = selection.query
    named = _named(selection)
    columns = open_patterns.columns(query.question)
    subject = open_patterns.narrow_subject(open_patterns.without_columns(query.topic))
    # What the columns name tells the papers, too, where no colon sets it apart.
    told = open_patterns.narrow_subject(query.topic.partition(":")[0])
    ranked = choosing.ranked(selection, told, LOOKED_AT)
    asked = [column for column in columns if _asks_figures(column)]
    gain = FILLED * ranked[0].score if ranked else 0.0
    fit = sorted(ranked, key=lambda hit: -(hit.score + gain * _filled(selection, hit.paper, asked)))
    hits = choosing.sure(fit, query.limit or ROWS, FEWEST)
    others = [hit.paper for hit in hits if hit.paper not in named]
    papers = [*named, *others][: max(query.limit or ROWS, len(named) + 1)]
    return of_papers(selection, papers, columns, subject)


def _filled(selection: Selection, paper: Paper, columns: Sequence[str]) -> float:
    """How well a digest fills the columns that ask for figures, 0 to 1."""
    lexical = selection.library.lexical
    holding = [p.text for p in choosing.whole(paper) if numbers.values_of(p.text)]
    best = [
        max((lexical.coverage(column, text) or 0.0 for text in holding), default=0.0) for column in columns
    ]
    return sum(best) / len(best) if best else 0.0


def of_papers(
    selection: Selection, papers: Sequence[Paper], columns: Sequence[str], subject: str
) -> AnswerPlan | None:
    """A row for each of `papers`; without columns, what they do and their figures."""
    if not papers:
        return None
    phrases = words(selection.query.language)
    usual = [phrases["does"], phrases["result"]]
    asked = [column for column in columns if not _is_name(column)] or usual
    rows = _rows(selection, papers, asked, subject)
    if len(rows) < FEWEST_ROWS and asked != usual:
        asked, rows = usual, _rows(selection, papers, usual, subject)
    return AnswerPlan(tuple(rows), Form.TABLE, columns=tuple(asked)) if rows else None


def _rows(selection: Selection, papers: Sequence[Paper], columns: Sequence[str], subject: str) -> list[Group]:
    """The rows of the papers whose digests say something to a column."""
    rows = [Group(tuple(_cells(selection, paper, columns, subject))) for paper in papers]
    return [row for row in rows if any(point.passages for point in row.points)]


def _cells(selection: Selection, paper: Paper, columns: Sequence[str], subject: str) -> list[Point]:
    """A cell for each column; a sentence fills one of them."""
    free = list(choosing.whole(paper))
    told: dict[str, Passage] = {}
    for column in sorted(columns, key=_asks_figures, reverse=True):  # few sentences hold figures
        first = column == columns[0] and not _asks_figures(column)
        passage = _best(selection, free, column, subject, first=first)
        if passage:
            free.remove(passage)
            told[column] = _clauses(passage)
    return [Point(paper, (told[c],) if c in told else (), column=c) for c in columns]


def _best(
    selection: Selection, passages: Sequence[Passage], column: str, subject: str, *, first: bool
) -> Passage | None:
    """The sentence that says most to the column: with a figure, where one is asked for. The first
    column, which mostly says what a paper is, is not left empty.
    """
    lexical = selection.library.lexical
    figures = _asks_figures(column)
    fit = [p for p in passages if not figures or numbers.values_of(p.text)]

    results = figures and bool(open_patterns.RESULTS.search(column))
    sizes = figures and bool(open_patterns.SIZE_ASKED.search(column))

    def says(passage: Passage) -> float:
        if results:
            return SAYS * bool(open_patterns.SCORES.search(passage.text))
        said = lexical.coverage(column, passage.text) or 0.0
        return max(said, SAYS * bool(sizes and open_patterns.SIZES.search(passage.text)))

    def worth(passage: Passage) -> float:
        return says(passage) + 0.3 * (lexical.coverage(subject, passage.text) or 0.0)

    best = max(fit, key=worth, default=None)
    if best and (first or results or says(best) >= SAYS):
        return best
    return next(iter(passages), None) if first else None


def _asks_figures(column: str) -> bool:
    return bool(open_patterns.FIGURES_ASKED.search(column))


def _clauses(passage: Passage) -> Passage:
    """The sentence, or of a long one the clauses that hold its figures, as one verbatim stretch."""
    if len(passage.text.split()) <= LONGEST_CELL:
        return passage
    cuts = [0, *(match.end() for match in CLAUSE.finditer(passage.text)), len(passage.text)]
    spans = list(pairwise(cuts))
    holding = [span for span in spans if numbers.values_of(passage.text[slice(*span)])]
    if not holding or len(holding) == len(spans):
        return passage
    start, end = holding[0][0], holding[-1][1]
    text = passage.text[start:end].rstrip()
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
