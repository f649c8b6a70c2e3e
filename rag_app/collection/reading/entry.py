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
from rag_app.collection.reading.days import day_in, starts_with_day
from rag_app.collection.reading.elsewhere import Chosen
from rag_app.collection.reading.fields import (
    Body,
    Fields,
    read_body,
    sections_of,
)
from rag_app.collection.reading.heads import titled
from rag_app.collection.reading.markup import Kind, SourceLine, SourceText
from rag_app.collection.reading.outline import Part, PartShape
from rag_app.collection.reading.rows import read_row
from rag_app.collection.reading.spans import count_votes, read_span
from rag_app.collection.reading.titles import (
    is_generic,
    links,
    plain_title,
    unnumbered,
    without_links,
)
from rag_app.collection.reading.votes import marked_votes
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
    shape: PartShape
    fields: Fields
    sections: tuple[Section, ...]


_ADDRESS = re.compile(r"<?https?://\S++", re.IGNORECASE)
_SEPARATORS = " \t\n-–—:：,，;；|·•*_`)]>.。"


def entry_of(
    source: SourceText, chosen: Chosen, inner: Sequence[Part], year: int
) -> tuple[Entry, list[LeftOut]]:
    """The entry of a chosen part without the entries `inner` to it, and what is too long for one.
    `year` completes its days.
    """
    left_out: list[LeftOut] = []
    part, body = chosen.part, Body()
    if part.shape == PartShape.ROW:
        read_row(source, part, body, year)
    else:
        _read_head(source, chosen, body, year)
        lines = _within(source.lines, part, inner, left_out)
        read_body(lines, body, source.definitions, _indent(source, part))
    title = _short(body.title or body.fields.original or chosen.key, part, source, left_out)
    sections = sections_of(body.marks, source.text)
    line = source.lines[part.first].number
    return Entry(chosen.key, title, line, part.shape, body.fields, sections), left_out


def _indent(source: SourceText, part: Part) -> int:
    """How far the lines of an item are indented."""
    if part.shape != PartShape.ITEM:
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


def _short(title: str, part: Part, source: SourceText, left_out: list[LeftOut]) -> str:
    if len(title) <= LONGEST_TITLE:
        return title
    left_out.append((source.lines[part.first].number, f"the title is cut: it has {len(title):,} characters"))
    return f"{title[: LONGEST_TITLE - 1].rstrip()}…"


# --- heads ------------------------------------------------------------------------------------


def _read_head(source: SourceText, chosen: Chosen, body: Body, year: int) -> None:
    part = chosen.part
    start, end = part.head
    text = source.text[start:end]
    if chosen.head is None:
        title, beside = _of_heading(text, source)
        body.title = title
        count_votes(beside, body.fields)
        return
    head = chosen.head
    if not head.title and head.use == 0:
        head = titled(text, source.definitions)
    body.title = head.title
    if head.before and (looks_like_names(head.before.strip(" .,")) or "et al" in head.before):
        body.fields.authors = authors_of(head.before.strip(" .,"))
    if (skipped := starts_with_day(text.lstrip("*_[(【 "))) and (day := day_in(text[: skipped + 8], year)):
        body.fields.day = day
    count_votes(text[head.rest :][:120], body.fields)
    read_span(source, start + head.rest, end, SUMMARY, body)


def _of_heading(heading: str, source: SourceText) -> tuple[str, str]:
    """The heading's title, and the words beside a link that is the title."""
    address = next(addresses(heading), None)
    middle = heading.rfind("](", 0, address.start) if address else -1
    label = _bracketed(heading, middle) if middle >= 0 else ""
    if address is None or is_generic(label):
        spare = clean_line(label) if len(label.split()) > 1 else ""  # "[Paper 7](…)" is all there is
        return plain_title(heading, source.definitions) or spare, heading
    title = _linked_title(heading, address.end, middle)
    bare = unnumbered(title)
    return bare if bare == title else clean_line(bare), heading[:middle][: heading.find("[")] + heading[
        address.end :
    ]


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
