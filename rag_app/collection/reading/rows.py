"""A row of a table -> the fields and text of an entry.

Knows: what each cell holds, by the role of its column and by its content. Does not know: tables as a
whole (`tables`).
"""

from __future__ import annotations

from rag_app.collection.reading.authors import authors_of
from rag_app.collection.reading.days import day_in
from rag_app.collection.reading.fields import Body, Fields
from rag_app.collection.reading.heads import Head, head_of, titled
from rag_app.collection.reading.labels import Role
from rag_app.collection.reading.markup import SourceText
from rag_app.collection.reading.outline import Cell, Part
from rag_app.collection.reading.spans import count_votes, read_span
from rag_app.collection.reading.titles import links, only_links
from rag_app.collection.reading.votes import votes_of
from rag_app.records import SUMMARY
from rag_app.text.cleaning import clean_line

_NOTHING = {"", "-", "null", "none", "n/a", "nan"}


def read_row(source: SourceText, part: Part, body: Body, year: int) -> None:
    """Add what the cells of a row say. `year` completes its days."""
    title_cell = _title_cell(source, part)
    if title_cell:
        head = _cell_head(source, title_cell)
        body.title = head.title.replace("\\|", "|")
        count_votes(source.text[title_cell.start + head.rest : title_cell.end][:120], body.fields)
        read_span(source, title_cell.start + head.rest, title_cell.end, SUMMARY, body)
    for cell in part.cells:
        if cell is not title_cell and cell.start < cell.end:
            _read_cell(source, cell, body, year)


def _cell_head(source: SourceText, cell: Cell) -> Head:
    text = source.text[cell.start : cell.end]
    found = head_of(text, source.definitions)
    return found if found.title else titled(text, source.definitions)


def _title_cell(source: SourceText, part: Part) -> Cell | None:
    """The cell that holds the title: the column named so, or else the first cell with words that are
    no field of another kind.
    """
    words = [cell for cell in part.cells if not _is_links_alone(source, cell)]
    named = [cell for cell in words if cell.role == Role.TITLE and _has_words(source, cell)]
    if named:
        return named[0]
    linked = [
        cell for cell in words if cell.role in (None, Role.LINK, Role.OTHER) and _cell_head(source, cell).key
    ]
    if linked:
        return linked[0]
    free = [cell for cell in words if cell.role in (None, Role.LINK) and _has_words(source, cell)]
    return max(free[:2], key=lambda cell: "**" in source.text[cell.start : cell.end], default=None)


def _has_words(source: SourceText, cell: Cell) -> bool:
    plain = clean_line(source.text[cell.start : min(cell.end, cell.start + 400)])
    return any(map(str.isalpha, plain)) and day_in(plain[:30], 1) is None and votes_of(plain) is None


def _is_links_alone(source: SourceText, cell: Cell) -> bool:
    text = source.text[cell.start : cell.end]
    return only_links(text, links(text, source.definitions)) if text else True


def _read_cell(source: SourceText, cell: Cell, body: Body, year: int) -> None:
    fields, raw = body.fields, source.text[cell.start : cell.end]
    plain = clean_line(raw) if len(raw) < 2_000 else ""
    if cell.role == Role.AUTHORS and fields.authors is None and (listed := authors_of(raw)):
        fields.authors = listed
    elif cell.role == Role.VOTES and (count := votes_of(plain)):
        fields.votes, fields.counted = count.count, True
    elif cell.role in (Role.DAY, Role.PUBLISHED, Role.UPDATED):
        _take_day(cell.role, plain, fields, year)
    elif (
        cell.role is None
        and not cell.name
        and fields.day is None
        and len(plain) < 40
        and (day := day_in(plain, year))
    ):
        fields.day = day
    elif (
        cell.role in (Role.NUMBER, Role.ELSEWHERE)
        or _is_links_alone(source, cell)
        or plain.casefold() in _NOTHING
    ):
        return
    else:
        count_votes(raw if len(raw) < 60 and cell.role is None else "", fields)
        read_span(source, cell.start, cell.end, cell.name[:60] or SUMMARY, body)


def _take_day(role: Role, text: str, fields: Fields, year: int) -> None:
    day = day_in(text, year)
    if role == Role.DAY:
        fields.day = fields.day or day
    elif role == Role.PUBLISHED:
        fields.published = fields.published or day
