"""Tables of Markdown and HTML -> rows of cells, each with the name and the role of its column.

Knows: how cells are divided, that a row may be broken over lines, and what a column's head says. Does
not know: which rows are papers. Linear in the length of the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag_app.collection.reading.labels import role_of
from rag_app.collection.reading.markup import Kind, SourceLine, SourceText
from rag_app.collection.reading.outline import Cell, Outline, Part, PartShape
from rag_app.text.cleaning import clean_line

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*\Z")
_TAG = re.compile(r"<(/?)(table|tr|t[dh])\b[^<>]{0,300}>", re.IGNORECASE)
_COLUMNS = 40


def add_rows(source: SourceText, tree: Outline) -> None:
    """Hang the rows of every table that holds an address below the part that the table stands in."""
    for first, last in _tables(source.lines):
        owner = tree.owners[first]
        if any(index in tree.found for index in range(first, last)) and not _within_entry(owner):
            kind = source.lines[first].kind
            rows = _html_rows(source, first, last) if kind == Kind.HTML_ROW else _rows(source, first, last)
            _hang(owner, list(rows))


def _within_entry(part: Part | None) -> bool:
    while part is not None:
        if part.key:
            return True
        part = part.parent
    return False


def _tables(lines: Sequence[SourceLine]) -> Iterator[tuple[int, int]]:
    first = -1
    for index, line in enumerate(lines):
        in_table = line.kind in (Kind.ROW, Kind.HTML_ROW)
        if first >= 0 and (not in_table or line.kind != lines[first].kind):
            yield first, index
            first = -1
        if in_table and first < 0:
            first = index
    if first >= 0:
        yield first, len(lines)


def _hang(owner: Part, rows: list[Part]) -> None:
    for row in rows:
        row.parent = owner
    owner.children += rows
    owner.children.sort(key=lambda part: part.first)


def _rows(source: SourceText, first: int, last: int) -> Iterator[Part]:
    lines = source.lines[first:last]
    named = len(lines) > 1 and _RULE.match(lines[1].inner) is not None
    columns = _cells(source.text, lines[:1]) if named else []
    for begin, end in _extents(lines, 2 if named else 0):
        cells = _cells(source.text, lines[begin:end])
        if cells and not _RULE.match(lines[begin].inner):
            yield _row(first + begin, first + end, _with_columns(source.text, cells, columns))


def _extents(lines: Sequence[SourceLine], begin: int) -> Iterator[tuple[int, int]]:
    """The lines of each row: one, or more where a row goes on below."""
    closed_style = bool(lines) and lines[0].text.rstrip().endswith("|")
    at = begin
    while at < len(lines):
        end = at + 1
        if closed_style:
            while end < len(lines) and not lines[end - 1].text.rstrip().endswith("|"):
                end += 1
        yield at, end
        at = end


def _cells(text: str, lines: Sequence[SourceLine]) -> list[Cell]:
    if not lines:
        return []
    start = lines[0].start + lines[0].content
    end = lines[-1].start + len(lines[-1].text.rstrip())
    bars = [found.start() for found in _BAR.finditer(text, start, end)]
    if bars and not text[start : bars[0]].strip():
        start = bars.pop(0) + 1
    if bars and not text[bars[-1] + 1 : end].strip():
        end = bars.pop()
    edges = [start, *[at for bar in bars for at in (bar, bar + 1)], end]
    return [_stripped(text, edges[i], edges[i + 1]) for i in range(0, len(edges), 2)][:_COLUMNS]


def _stripped(text: str, start: int, end: int) -> Cell:
    raw = text[start:end]
    return (
        Cell(start + len(raw) - len(raw.lstrip()), max(start, end - len(raw) + len(raw.rstrip())))
        if raw.strip()
        else Cell(start, start)
    )


def _with_columns(text: str, cells: list[Cell], head: list[Cell]) -> tuple[Cell, ...]:
    named = []
    for index, cell in enumerate(cells):
        name = clean_line(text[head[index].start : head[index].end]) if index < len(head) else ""
        named.append(Cell(cell.start, cell.end, name.strip(" :*"), role_of(name) if name else None))
    return tuple(named)


def _row(first: int, end: int, cells: tuple[Cell, ...]) -> Part:
    return Part(PartShape.ROW, 0, first, end, end, (cells[0].start, cells[-1].end), cells=cells)


def _html_rows(source: SourceText, first: int, last: int) -> Iterator[Part]:
    """Rows of <table>; the cells of a row that is all <th> name the columns."""
    start, end = source.lines[first].start, source.lines[last - 1].start + len(source.lines[last - 1].text)
    head: list[Cell] = []
    cells: list[Cell] = []
    opened, kinds = -1, ""
    for tag in _TAG.finditer(source.text, start, end):
        name = tag[2].lower()
        if name in ("td", "th"):
            if opened >= 0 and len(cells) < _COLUMNS:
                cells.append(_stripped(source.text, opened, tag.start()))
                kinds += name[1]
            opened = -1 if tag[1] else tag.end()
        elif name == "tr":
            if cells and not head and set(kinds) == {"h"}:
                head = cells
            elif cells:
                yield _html_row(source, _with_columns(source.text, cells, head))
            cells, kinds, opened = [], "", -1
    if cells:
        yield _html_row(source, _with_columns(source.text, cells, head))


def _html_row(source: SourceText, cells: tuple[Cell, ...]) -> Part:
    first, last = (source.index_at(offset) for offset in (cells[0].start, cells[-1].end))
    return _row(first, last + 1, cells)
