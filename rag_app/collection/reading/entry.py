"""One chosen part of a file -> an entry: key, title, fields and sections.

Knows: which lines and cells of a part are its own. Does not know: why the part was chosen, files, the
days of digests. What is too long for an entry is left out and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag_app.collection.reading.addresses import addresses
from rag_app.collection.reading.authors import authors_of, looks_like_names
from rag_app.collection.reading.choice import Chosen
from rag_app.collection.reading.days import day_in, starts_with_day
from rag_app.collection.reading.fields import (
    Body,
    Fields,
    Mark,
    read_body,
    sections_of,
    within_tags,
    without_tags,
)
from rag_app.collection.reading.heads import Head, head_of, titled
from rag_app.collection.reading.labels import Role, label_of
from rag_app.collection.reading.markup import Kind, Source, SourceLine
from rag_app.collection.reading.outline import Cell, Part, Shape
from rag_app.collection.reading.titles import (
    is_generic,
    links,
    only_links,
    plain_title,
    unnumbered,
    without_links,
)
from rag_app.collection.reading.votes import marked_votes, votes_of
from rag_app.records import SUMMARY, Section
from rag_app.text.cleaning import clean_line

# characters; a whole paper has half as many, and the lines beyond are left out
LONGEST_ENTRY = 200_000
LONGEST_TITLE = 300  # characters

LeftOut = tuple[int, str]  # number of the line, and why


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as one place of a file tells it."""

    key: str
    title: str
    line: int  # 1-based, of its head
    shape: Shape
    fields: Fields
    sections: tuple[Section, ...]
    part: Part


_ADDRESS = re.compile(r"<?https?://\S++", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>|</?p>", re.IGNORECASE)
_FOLD = re.compile(
    r"<details\b[^<>]{0,80}>\s*(?:<summary\b[^<>]{0,80}>[^<>]{0,200}</summary>)?\s*(?:<p>)?", re.IGNORECASE
)
_WHO = re.compile(
    r"(?:\A|[.。;；|,，·—–-]\s{0,3}|\s\s)[*_]{0,2}(?:Authors?|By|저자|作者|著者|Tác giả)\s?[:：][*_]{0,2}\s*",
    re.IGNORECASE,
)
_ET_AL = re.compile(
    r"(?:\A|[,，|;(（])\s*([^,，|;:：()\[\]<>*]{3,80}?)[,\s]+et\.?\s?al\b\.?,?", re.IGNORECASE
)
_STOP = re.compile(r"\s\|\s|;\s|；|<br|\.\s+(?=[A-Z][a-z]+ [a-z])|\s[-–—]\s")
_SEPARATORS = " \t\n-–—:：,，;；|·•*_`)]>.。"


def entry_of(source: Source, chosen: Chosen, inner: Sequence[Part], year: int) -> tuple[Entry, list[LeftOut]]:
    """The entry of a chosen part without the entries `inner` to it, and what is too long for one.
    `year` completes its days.
    """
    left_out: list[LeftOut] = []
    part, body = chosen.part, Body()
    if part.shape == Shape.ROW:
        _read_row(source, part, chosen, body, year)
    else:
        _read_head(source, chosen, body, year)
        lines = _within(source.lines, part, inner, left_out)
        read_body(lines, body, source.definitions, _indent(source, part))
    title = _short(body.title or body.fields.original or chosen.key, part, source, left_out)
    sections = sections_of(body.marks, source.text)
    line = source.lines[part.first].number
    return Entry(chosen.key, title, line, part.shape, body.fields, sections, part), left_out


def _indent(source: Source, part: Part) -> int:
    """How far the lines of an item are indented."""
    if part.shape != Shape.ITEM:
        return 0
    inside = (line for line in source.lines[part.body : part.end] if line.text.strip())
    return min((len(line.text) - len(line.text.lstrip()) for line in inside), default=0)


def _within(
    lines: Sequence[SourceLine], part: Part, inner: Sequence[Part], left_out: list[LeftOut]
) -> Iterator[SourceLine | None]:
    """The lines that an entry has room for, and None in place of the others, which are reported together."""
    room, first, count = LONGEST_ENTRY, 0, 0
    skip = {index for other in inner for index in range(other.first, other.end)} if inner else set()
    for index in range(part.body, part.end):
        line = lines[index]
        if index in skip:
            yield None
        elif line.kind == Kind.LEFT_OUT:
            behind = lines[index + 1].number if index + 1 < len(lines) else line.number + 1
            first, count = first or line.number, count + behind - line.number
            yield None
        elif len(line.text) <= room:
            room -= len(line.text) + 1
            yield line
        else:
            first, count = first or line.number, count + 1
            yield None
    if count:
        left_out.append((first, f"beyond the {LONGEST_ENTRY:,} characters of an entry: {count:,} lines"))


def _short(title: str, part: Part, source: Source, left_out: list[LeftOut]) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    left_out.append((source.lines[part.first].number, f"the title is cut: it has {len(title):,} characters"))
    return f"{title[: LONGEST_TITLE - 1].rstrip()}…"


# --- heads ------------------------------------------------------------------------------------


def _read_head(source: Source, chosen: Chosen, body: Body, year: int) -> None:
    part = chosen.part
    start, end = part.head
    text = source.text[start:end]
    if chosen.head is None:
        title, beside = _of_heading(text, source)
        body.title = title
        _count(beside, body.fields)
        return
    head = chosen.head
    if not head.title and head.use == 0:
        head = titled(text, source.definitions)
    body.title = head.title
    if head.before and (looks_like_names(head.before.strip(" .,")) or "et al" in head.before):
        body.fields.authors = authors_of(head.before.strip(" .,"))
    if (skipped := starts_with_day(text.lstrip("*_[(【 "))) and (day := day_in(text[: skipped + 8], year)):
        body.fields.day = day
    _count(text[head.rest :][:120], body.fields)
    _read_span(source, start + head.rest, end, SUMMARY, body)


def _of_heading(heading: str, source: Source) -> tuple[str, str]:
    """The heading's title, and the words beside a link that is the title."""
    address = next(addresses(heading), None)
    middle = heading.rfind("](", 0, address.start) if address else -1
    label = _bracketed(heading, middle) if middle >= 0 else ""
    if address is None or is_generic(label):
        spare = clean_line(label) if len(label.split()) > 1 else ""  # "[Paper 7](…)" is all there is
        return plain_title(heading, source.definitions) or spare, heading
    title = _linked_title(heading, address.end, middle)
    return unnumbered(title) if title else "", heading[:middle][: heading.find("[")] + heading[address.end :]


def _bracketed(heading: str, middle: int) -> str:
    opening = _opening(heading, middle)
    return heading[opening:middle].strip("[ ")


def _opening(heading: str, middle: int) -> int:
    if heading.count("[", 0, middle) == 1 and "]" not in heading[:middle]:
        return heading.find("[")
    opening, depth = middle, 1
    while depth and opening > 0:
        opening -= 1
        depth += {"]": 1, "[": -1}.get(heading[opening], 0)
    return opening


def _linked_title(heading: str, address_end: int, middle: int) -> str:
    """The heading's words: the link's text (brackets in it may nest), without addresses and closing marks."""
    opening = _opening(heading, middle)
    closing = heading.find(")", address_end)
    after = heading[closing + 1 :] if closing >= 0 else ""
    inside = heading[opening + 1 : middle] if heading[opening] == "[" else heading[opening:middle]
    if "](" in after:
        after = without_links(after, links(after))
    whole = heading[:opening] + inside + after
    bare = whole.rstrip("#")
    title = clean_line(_ADDRESS.sub("", bare if bare.endswith(" ") else whole))
    votes = marked_votes(title)
    return (
        title[: votes.start].rstrip(_SEPARATORS + "(（")
        if votes and votes.end >= len(title) - 1 and votes.start
        else title
    )


def _count(text: str, fields: Fields) -> None:
    found = marked_votes(text)
    if found and found.count is not None and fields.votes is None:
        fields.votes, fields.counted = found.count, True


# --- words behind a title, and cells ----------------------------------------------------------


def _read_span(source: Source, start: int, end: int, name: str, body: Body) -> None:
    """Fields and text of a run of words: labelled parts divided by <br>, authors, and the rest as text."""
    at, run = start, -1
    text = source.text
    fold = _FOLD.match(text, start, end)
    at = fold.end() if fold else start
    edges = [(found.start(), found.end()) for found in _BREAK.finditer(text, at, end)]
    for stop, behind in [*edges, (end, end)]:
        piece = text[at:stop]
        first, _ = within_tags(piece)
        label = label_of(piece[first:]) if ":" in piece[first : first + 60] or "：" in piece[:60] else None
        value = at + first + label.value if label else at
        if label and _take(label.role, text[value:stop], body):
            run = _close(source, run, at, name, body)
        elif label and (label.role in (Role.TEXT, Role.OTHER) or (label.marked and label.role is None)):
            run = _close(source, run, at, name, body)
            _add(source, value, stop, clean_line(label.name) or name, body)
        elif run < 0:
            run = at
        at = behind
    _close(source, run, end, name, body)


def _close(source: Source, start: int, end: int, name: str, body: Body) -> int:
    """Take the authors out of a run of words, and keep the rest as text; -1 for "no open run"."""
    if start < 0:
        return -1
    words = source.text[start:end]
    gap = _authors_in(words, body.fields) if body.fields.authors is None else None
    if gap:
        _add(source, start, start + gap[0], name, body)
        _add(source, start + gap[1], end, name, body)
    else:
        _add(source, start, end, name, body)
    return -1


def _authors_in(words: str, fields: Fields) -> tuple[int, int] | None:
    """Where authors stand among other words ("Authors: ...", "X et al."); they are taken."""
    who = _WHO.search(words)
    if who:
        stop = _STOP.search(words, who.end())
        until = stop.start() if stop else len(words)
        listed = authors_of(without_tags(words[who.end() : until]))
        if listed and listed.names:
            fields.authors = listed
            return who.start() + (words[who.start()] in ".。"), until
    short = _ET_AL.search(words[:300])
    if short and (listed := authors_of(short[1] + " et al.")):
        fields.authors = listed
        return short.start(), short.end()
    return None


def _take(role: Role | None, value: str, body: Body) -> bool:
    """Whether a labelled value is a field, which is then taken."""
    plain = clean_line(value)
    if role == Role.AUTHORS and body.fields.authors is None and (listed := authors_of(value)):
        body.fields.authors = listed
        return True
    if role == Role.VOTES and (count := votes_of(plain)):
        body.fields.votes, body.fields.counted = count.count, True
        return True
    if role == Role.PUBLISHED and (day := day_in(plain)):
        body.fields.published = day
        return True
    if role in (Role.LINK, Role.ELSEWHERE):
        return is_generic(without_links(value, links(value)))
    return False


def _add(source: Source, start: int, end: int, name: str, body: Body) -> None:
    """A slice as text of a section, without tags and marks at its edges, if it holds words of its own."""
    raw = source.text[start:end]
    first, last = within_tags(raw)
    inner = raw[first:last].lstrip(_SEPARATORS)
    begin = last - len(inner)
    inner = inner.rstrip(" \t\n*_|,，–—-([（【")
    bare = (
        without_links(inner, links(inner, source.definitions)) if "](" in inner or "://" in inner else inner
    )
    if is_generic(bare) or not any(map(str.isalnum, bare)):
        return
    number = source.number_at(start + begin)
    body.marks += [None, Mark(number, start + begin, start + begin + len(inner), name, start + begin)]


def _read_row(source: Source, part: Part, chosen: Chosen, body: Body, year: int) -> None:
    title_cell = _title_cell(source, part)
    if title_cell:
        head = _cell_head(source, title_cell)
        body.title = head.title.replace("\\|", "|")
        _count(source.text[title_cell.start + head.rest : title_cell.end][:120], body.fields)
        _read_span(source, title_cell.start + head.rest, title_cell.end, SUMMARY, body)
    for cell in part.cells:
        if cell is not title_cell and cell.start < cell.end:
            _read_cell(source, part, cell, body, year)


def _cell_head(source: Source, cell: Cell) -> Head:
    text = source.text[cell.start : cell.end]
    found = head_of(text, source.definitions)
    return found if found.title else titled(text, source.definitions)


def _title_cell(source: Source, part: Part) -> Cell | None:
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


def _has_words(source: Source, cell: Cell) -> bool:
    plain = clean_line(source.text[cell.start : min(cell.end, cell.start + 400)])
    return any(map(str.isalpha, plain)) and day_in(plain[:30], 1) is None and votes_of(plain) is None


def _is_links_alone(source: Source, cell: Cell) -> bool:
    text = source.text[cell.start : cell.end]
    return only_links(text, links(text, source.definitions)) if text else True


def _read_cell(source: Source, part: Part, cell: Cell, body: Body, year: int) -> None:
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
        _count(raw if len(raw) < 60 and cell.role is None else "", fields)
        _read_span(source, cell.start, cell.end, cell.name[:60] or SUMMARY, body)


_NOTHING = {"", "-", "null", "none", "n/a", "nan"}


def _take_day(role: Role, text: str, fields: Fields, year: int) -> None:
    day = day_in(text, year)
    if role == Role.DAY:
        fields.day = fields.day or day
    elif role == Role.PUBLISHED:
        fields.published = fields.published or day
