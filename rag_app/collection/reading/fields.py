"""The lines of an entry -> its votes, authors, days and sections.

Knows: label lines, votes and lists of authors among the lines of one entry, and where its sections
begin. Does not know: where the entry begins and ends. A section's text is a verbatim slice. Every line
is in some section, or is a field, a section's name, a line of links, or no text at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from rag_app.collection.reading.authors import Authors, authors_of, looks_like_names
from rag_app.collection.reading.days import Day, day_in
from rag_app.collection.reading.labels import Label, Role, label_of
from rag_app.collection.reading.markup import MEDIA, Kind, SourceLine
from rag_app.collection.reading.titles import Definitions, is_generic, links, only_links, without_links
from rag_app.collection.reading.votes import LONGEST_VOTES, marked_votes, votes_alone, votes_of
from rag_app.records import SUMMARY, Section
from rag_app.text.cleaning import clean_line

LONGEST_NAME = 60  # characters; a longer bold start is the emphasis of a sentence

_VOTES = re.compile(
    r"[\s>*_-]*+(?:up)?votes?[\s*_]*+[:：][\s*_]*+(?:(\d[\d,]{0,8}+)|[-–—?]|n/a|)[\s*_]*+$", re.IGNORECASE
)
_NAMED = re.compile(rf" ?(?:[-*+•]\s{{1,4}})?(\*{{2,3}}|__)([^*_\n]{{1,{LONGEST_NAME}}})(?:\*{{1,3}}|__)")
_AFTER_NAME = re.compile(r"[ \t]*+(?:[:：][ \t]*|[-–—][ \t]+|$)")
_TAGS_ALONE = re.compile(
    r"(?:\s*</?[a-z][a-z0-9]{0,12}\b[^<>]{0,300}>)+\s*\Z|\s*\{%[^{}\n]{0,80}%\}\s*\Z", re.IGNORECASE
)
_SUMMARY_TAG = re.compile(
    r"(?:\s*<details\b[^<>]{0,80}>)?\s*<summary\b[^<>]{0,300}>(.{0,400}?)</summary>", re.IGNORECASE
)
_EXPAND = re.compile(
    r"\s*[-–—(（]*\s*(?:click to (?:expand|open|view)[^)）]{0,20}|点击展开\w{0,6}|펼치기|클릭\w{0,10})\s*[)）]*",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,12}(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_ITALIC = re.compile(
    r"\s*(\*{1,2}|_{1,2}|<(?:i|em|sub|small)>)(?P<inside>[^\n]{3,})(?:\1|</(?:i|em|sub|small)>)\s*\Z"
)
_BLANKS = re.compile(r"\s*")
_QUOTE = re.compile(r"(?: {0,3}> ?)+")
_NAMES_WITHIN = 4  # lines below the head among which names may stand without a label


@dataclass(slots=True)
class Fields:
    """What the lines of an entry say besides its text; None where they say nothing."""

    votes: int | None = None
    counted: bool = False  # a line counts votes, even if it says that the count is not known
    authors: Authors | None = None
    day: Day | None = None
    published: Day | None = None
    original: str = ""  # the title in the paper's own language


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of text within one line, and the section that begins with it."""

    line: int
    start: int  # offsets in the file's text
    end: int
    name: str = ""
    whole: int = 0  # where the line's own text starts, for a name without text


@dataclass(slots=True)
class Body:
    """The fields and the text of an entry, while its lines are read."""

    fields: Fields = field(default_factory=Fields)
    marks: list[Mark | None] = field(default_factory=list)  # None where the text is interrupted
    title: str = ""


def within_tags(text: str) -> tuple[int, int]:
    """Where the words of a text begin and end between the tags at its edges; <br> is a word's end."""
    start, end = 0, len(text.rstrip())
    while (tag := _TAG.match(text, start + _blanks(text, start))) and tag.end() <= end:
        start = tag.end()
    while end > start and text.startswith(">", end - 1):
        opening = text.rfind("<", start, end)
        if opening < 0 or end - opening > 220 or not _TAG.fullmatch(text, opening, end):
            break
        end = len(text[start:opening].rstrip()) + start
    return start + _blanks(text, start) if start < end else end, end


def _blanks(text: str, start: int) -> int:
    found = _BLANKS.match(text, start)
    return found.end() - start if found else 0


def without_tags(text: str) -> str:
    """The text without the tags and blanks at its edges."""
    start, end = within_tags(text)
    return text[start:end]


def read_body(
    lines: Iterable[SourceLine | None], body: Body, definitions: Definitions, indent: int = 0
) -> None:
    """Add the lines of an entry to what is known of it; None stands for lines that are not its own."""
    seen = 0
    for line in lines:
        if line is None or line.kind in (Kind.HIDDEN, Kind.LEFT_OUT, Kind.UNDERLINE):
            body.marks.append(None)
        elif line.kind == Kind.CODE:
            body.marks.append(_mark(line, "", len(line.text) - len(line.text.lstrip())))
        elif line.kind != Kind.BLANK:
            seen += 1
            body.marks.append(_read_line(line, body, definitions, indent, seen))


def _read_line(line: SourceLine, body: Body, definitions: Definitions, indent: int, seen: int) -> Mark | None:
    """The text of one line, or None when it is a field or no text."""
    text = line.text
    if _is_votes(text, body.fields) or MEDIA.match(text) or _TAGS_ALONE.match(text):
        return None
    begin = _quote_end(line)
    label = label_of(text[begin:]) if (":" in text or "：" in text) and line.kind != Kind.HEADING else None
    if label and _take_field(label, text[begin + label.value :], body):
        return None
    if (
        seen <= _NAMES_WITHIN
        and body.fields.authors is None
        and _take_names(text[begin:], body.fields, definitions)
    ):
        return None
    linked = (
        "](" in text or "://" in text or "[" in text or "<a" in text or (label and label.role == Role.LINK)
    )
    if linked and _is_links(text[begin:], label, definitions):
        return None
    _take_votes(text, label, body.fields)
    return _named_mark(line, begin, label, indent)


def _quote_end(line: SourceLine) -> int:
    found = _QUOTE.match(line.text) if line.quoted else None
    return found.end() if found else 0


def _is_votes(text: str, fields: Fields) -> bool:
    """Whether the line is the entry's first count of votes, which is then taken."""
    if fields.votes is not None or len(text) > LONGEST_VOTES:
        return False
    found = _VOTES.match(text)
    if found:
        fields.votes = int(found[1].replace(",", "")) if found[1] else fields.votes
        fields.counted = True
        return True
    signed = votes_alone(text)
    if signed:
        fields.votes, fields.counted = signed.count, True
        return True
    return False


def _take_field(label: Label, value: str, body: Body) -> bool:
    """Whether a label line is a field of its own, which is then taken, and no text."""
    fields, plain = body.fields, without_tags(value)
    if label.role == Role.VOTES and fields.votes is None and (count := votes_of(plain)):
        fields.votes, fields.counted = count.count, True
        return True
    if label.role == Role.AUTHORS and fields.authors is None and (listed := authors_of(plain)):
        fields.authors = listed
        return True
    if label.role in (Role.DAY, Role.PUBLISHED) and len(plain) < 60 and (day := day_in(plain)):
        if label.role == Role.DAY:
            fields.day = fields.day or day
        else:
            fields.published = fields.published or day
        return True
    if label.role == Role.ORIGINAL and not fields.original:
        fields.original = clean_line(plain)
    if label.role == Role.TITLE:
        return bool(body.title) and clean_line(plain) == body.title
    return label.role == Role.ELSEWHERE and not any(map(str.isalnum, plain))


def _take_names(text: str, fields: Fields, definitions: Definitions) -> bool:
    """Whether a line without a label lists the authors: in italics, after "by", or beside links."""
    found = _ITALIC.match(text)
    inside = found["inside"] if found else ""
    by = re.match(r"\s*(?:by|👥|✍️?|👤)\s+", text, re.IGNORECASE)
    names = inside or (text[by.end() :] if by else "") or _beside_links(text, definitions)
    if names and looks_like_names(names.strip(" *_")):
        fields.authors = authors_of(names.strip(" *_"))
        return fields.authors is not None
    return False


def _beside_links(text: str, definitions: Definitions) -> str:
    """What stands in a line beside links to papers."""
    found = links(text, definitions) if "](" in text or "://" in text else []
    if not any(link.key for link in found) or len(text) > 2_000:
        return ""
    return without_links(text, found).strip(" \t|·•,;:–—-")


def _is_links(text: str, label: Label | None, definitions: Definitions) -> bool:
    """Whether a line holds nothing but links to papers, and words that name them."""
    if label and label.role == Role.TEXT:
        return False
    value = text[label.value :] if label else text
    found = links(value, definitions)
    if not found:
        return bool(label) and label is not None and label.role == Role.LINK and is_generic(value)
    return any(link.key for link in found) and only_links(value, found)


def _take_votes(text: str, label: Label | None, fields: Fields) -> None:
    """Votes that a sign marks in a short line of other words ("来源: HF，⬆️ 142")."""
    if fields.votes is None and len(text) <= LONGEST_VOTES and not (label and label.role == Role.NUMBER):
        found = marked_votes(text)
        if found and found.count is not None:
            fields.votes, fields.counted = found.count, True


def _named_mark(line: SourceLine, begin: int, label: Label | None, indent: int) -> Mark | None:
    """The text of a line, with the section's name that starts it."""
    text = line.text
    first = len(text) - len(text[begin:].lstrip())
    if line.kind == Kind.HEADING:
        name = clean_line(line.inner.rstrip("#"))
        named = bool(name) and len(line.inner.strip()) <= LONGEST_NAME
        return _mark(
            line, name[:LONGEST_NAME] if named else "", len(text.rstrip()) if named else first, first
        )
    if summary := _SUMMARY_TAG.match(text):
        name = _EXPAND.sub("", clean_line(summary[1]))[:LONGEST_NAME].strip(" -")
        at = summary.end() + len(text[summary.end() :]) - len(text[summary.end() :].lstrip())
        if at >= len(text.rstrip()) and (not name or is_generic(name)):
            return None
        return _mark(line, name or SUMMARY, at, first)
    cut = begin + min(indent, len(text[begin:]) - len(text[begin:].lstrip()))
    found = _bold_name(text, cut)
    if (
        found is None
        and label
        and label.role in (Role.TEXT, Role.OTHER)
        and not (label.marked and "*" in text)
    ):
        name = clean_line(label.name)
        found = (
            (name, begin + label.value) if name and begin + label.value - cut <= LONGEST_NAME + 20 else None
        )
    if found:
        at = found[1] + len(text[found[1] :]) - len(text[found[1] :].lstrip())
        return _mark(line, found[0], at, first)
    return _mark(line, "", first, first)


def _mark(line: SourceLine, name: str, at: int, first: int | None = None) -> Mark:
    end = len(line.text.rstrip())
    if line.text.startswith(">", end - 1):
        end = within_tags(line.text)[1]
    whole = line.start + (at if first is None else first)
    return Mark(line.number, min(line.start + at, line.start + end), line.start + end, name, whole)


@lru_cache(4096)
def _clean_name(name: str) -> str:
    return clean_line(name).replace("’", "'").strip(" :：-–—")


def _bold_name(text: str, cut: int) -> tuple[str, int] | None:
    """The section's name that starts a line in bold, and where its text starts."""
    match = _NAMED.match(text, cut)
    if not match:
        return None
    after = _AFTER_NAME.match(text, match.end())
    inside = match[2].rstrip().endswith((":", "："))
    name = _clean_name(match[2])
    if not (after or inside) or not any(map(str.isalnum, name)):
        return None
    return name, after.end() if after else match.end()


# --- sections ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Piece:
    name: str
    start: int
    end: int
    line: int
    is_name: bool = False  # holds but the name itself, until text follows


def sections_of(marks: Iterable[Mark | None], text: str) -> tuple[Section, ...]:
    """Runs of text under one name. A name without text is its own text, so that it is not lost; a
    name seen before gets a number.
    """
    pieces: list[_Piece] = []
    name, broken = SUMMARY, True
    for mark in marks:
        if mark is None:
            broken = True
            continue
        if mark.name:
            name = mark.name
            alone = mark.start >= mark.end
            if not alone or mark.whole < mark.end:
                pieces.append(_Piece(name, mark.whole if alone else mark.start, mark.end, mark.line, alone))
        elif broken and not (pieces and pieces[-1].is_name):
            pieces.append(_Piece(name, mark.start, mark.end, mark.line))
        elif pieces and pieces[-1].is_name:
            pieces[-1] = _Piece(name, mark.start, mark.end, mark.line)
        elif pieces:
            pieces[-1].end = mark.end
        broken = False
    return _unique(_stripped(piece, text) for piece in pieces)


def _stripped(piece: _Piece, text: str) -> Section:
    raw = text[piece.start : piece.end]
    return Section(piece.name, raw.strip(), piece.line + raw[: len(raw) - len(raw.lstrip())].count("\n"))


def _unique(sections: Iterator[Section]) -> tuple[Section, ...]:
    """The same sections; a name seen before gets a number."""
    taken: dict[str, Section] = {}
    counts: dict[str, int] = {}
    for section in sections:
        if not section.text:
            continue
        name = section.name
        while name in taken:
            counts[section.name] = counts.get(section.name, 1) + 1
            name = f"{section.name} ({counts[section.name]})"
        taken[name] = Section(name, section.text, section.line)
    return tuple(taken.values())
