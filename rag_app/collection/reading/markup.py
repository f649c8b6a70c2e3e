"""The lines of a text, each with what it is: heading, item, row, code, rule.

Knows: which lines are opaque (fences, comments, definitions), quote marks, and how headings and items
are written in Markdown and HTML. Does not know: what belongs to which heading (`outline`). One pass,
linear in the length of the text.

A comment that never closes is none, and a fence that never closes goes as far as its last "# comment" before
the next entry, so that a slip does not swallow the rest of a file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from rag_app.collection.reading.addresses import addresses
from rag_app.collection.reading.titles import Definitions, folded
from rag_app.text.cleaning import IMAGE


class Kind(IntEnum):
    """What a line is."""

    BLANK = 0
    TEXT = 1
    HEADING = 2
    ITEM = 3
    ROW = 4
    CODE = 5  # inside a fence, or its marks
    HIDDEN = 6  # comments, definitions of references, front matter
    RULE = 7
    UNDERLINE = 8  # below a setext heading
    HTML_ROW = 9  # inside <table>
    LEFT_OUT = 10  # stands for many lines that are no part of an entry, or beyond its room


class SourceLine(NamedTuple):
    """A line and where it stands. `content` and `end` are offsets in its own text: of a heading the
    words, of an item what follows the marker, of any other line what follows the quote marks.
    """

    number: int  # 1-based
    start: int  # offset in the file's text
    text: str
    kind: Kind
    level: int = 0  # of a heading 1 to 6, of an item its indentation
    content: int = 0
    end: int = 0
    quoted: bool = False

    @property
    def inner(self) -> str:
        """The words of a heading, an item or a quoted line."""
        return self.text[self.content : self.end]

    @property
    def is_text(self) -> bool:
        """Whether it holds words, and not only images or a rule."""
        return bool(self.text.strip()) and not MEDIA.match(self.text)


MEDIA = re.compile(
    rf"\s*+(?:(?:{IMAGE.pattern}|</?(?:div|p|a|center|img|video|source|picture|figure|iframe|br)\b[^<>]*+>|"
    r"\[[^\[\]\n]*+\]\(?https?://[^\s()]+\.(?:mp4|webm|mov|gif|png|jpe?g|svg|webp)\)?)\s*+)++$|\s*+([-*_])\1{2,}+\s*+$",
    re.IGNORECASE,
)
# Blanks of web pages and of other scripts, and characters that do not show, which are pasted with a text.
_ODD = "\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f-\u2064\u3000\ufeff"
_BEFORE_MARKS = rf"[{_ODD}]{{0,4}} {{0,3}}[{_ODD}]{{0,4}}"
_HEADING = re.compile(
    rf"{_BEFORE_MARKS}(#{{1,6}}|＃{{1,6}})(?:[ \t{_ODD}]+|$|(?=\[))"  # "###[Title](…)" is a slip, not a text
)
# Marks that Markdown takes for text, escaped or too many: with a link behind them a heading is meant.
_MEANT_HEADING = re.compile(
    rf"{_BEFORE_MARKS}(\\#{{1,6}}|#{{7,12}})(?:[ \t{_ODD}]+|(?=\[))(?=[^\n]{{0,400}}(?:\]\(|://|\[\[))"
)
_HEADING_STARTS = frozenset("#＃\\") | {c for c in map(chr, range(0x80, 0x10000)) if re.match(f"[{_ODD}]", c)}
_HTML_HEADING = re.compile(r"\s{0,8}<h([1-6])\b[^<>]{0,300}>\s*", re.IGNORECASE)
_QUOTE = re.compile(r"(?: {0,3}> ?)+")
_ITEM = re.compile(r"([ \t]*)(?:(?:[-*+•●▪·]|\d{1,4}[.)])(?:[ \t]+|$)|(?:\d{1,4}[、．]|[①-⑳])[ \t]*)")
_HTML_ITEM = re.compile(r"([ \t]*)(?:</li>\s*)?<li\b[^<>]{0,200}>\s*", re.IGNORECASE)
_COMMENT = re.compile(r"^ {0,3}#{1,6}(?:[ \t]|$)", re.MULTILINE)
_MARKS = re.compile(r"^ {0,3}(#{2,6})[ \t]+\S", re.MULTILINE)
_RULE = re.compile(r"\s*(?:([-*_])\s?)(?:\1\s?){2,}\Z|\s*<hr\b[^<>]{0,80}>\s*\Z")
_UNDER = re.compile(r" {0,3}(?:={2,}|-{2,})[ \t]*\Z")
_FENCE = re.compile(r"^(?:[ \t]{0,40}>){0,8}[ \t]{0,40}(`{3,}|~{3,})([^\n`]{0,200})$", re.MULTILINE)
_DEFINITION = re.compile(
    r"^ {0,3}\[(?!\^)([^\[\]\n]{1,300})\]:[ \t]{0,8}<?(\S{1,2000}?)>?(?:[ \t]+[\"'(][^\n]{0,300})?[ \t]*$",
    re.MULTILINE,
)
_ROW_MARK = re.compile(
    r"\s{0,3}\|?\s{0,3}:?-{2,}:?\s{0,300}(?:\|\s{0,300}:?-{2,}:?\s{0,300}){1,200}\|?\s*\Z|\s{0,3}\|\s{0,300}:?-+:?\s{0,300}\|?\s*\Z"
)
_TABLE = re.compile(r"<(/?)table\b", re.IGNORECASE)
_LONGEST_SETEXT = 300
_AT_ONCE = 20_000  # characters that are divided into lines at a time
_CONTINUED = 12  # lines that one row of a table may go on over


Span = tuple[int, int, Kind]


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text with the lines between two of its offsets, and the addresses of its reference links."""

    text: str
    lines: list[SourceLine]
    definitions: Definitions
    start: int
    end: int

    def index_at(self, offset: int) -> int:
        """The index of the line that holds an offset."""
        return bisect_right(self.lines, offset, key=_start_of) - 1

    def number_at(self, offset: int) -> int:
        """The number of the line that holds an offset."""
        line = self.lines[max(0, self.index_at(offset))]
        return line.number + self.text.count("\n", line.start, max(line.start, offset))


def _start_of(line: SourceLine) -> int:
    return line.start


def definitions_in(text: str) -> Definitions:
    """The addresses that reference links of a text are defined by."""
    if "]:" not in text:
        return {}
    return {folded(found[1]): found[2] for found in _DEFINITION.finditer(text)}


def scan(
    text: str,
    start: int,
    end: int,
    definitions: Definitions,
    opaque: Sequence[Span],
    *,
    needed: Callable[[int], bool] | None = None,
) -> SourceText:
    """The lines between two offsets at line starts of a normalised text. Lines that are not `needed`,
    told by their offsets, are hidden as one.
    """
    first = text.count("\n", 0, start) + 1
    lines = _Scanner(text, opaque, bool(definitions), needed).run(start, end, first)
    return SourceText(text, lines, definitions, start, end)


def opaque_spans(text: str, begin: int) -> list[Span]:
    """The spans of fences and of closed comments that begin a line, in order."""
    spans = [*_fences(text, begin)] if "```" in text or "~~~" in text else []
    if "<!--" in text:
        spans = _apart(sorted([*spans, *_comments(text, begin)]))
    return spans


def _fences(text: str, begin: int) -> Iterator[Span]:
    opened: re.Match[str] | None = None
    looked = begin  # up to where headings were looked for
    for found in _FENCE.finditer(text, begin):
        if opened is None:
            opened, looked = found, found.end()
        elif found[1][0] != opened[1][0] or len(found[1]) < len(opened[1]):
            continue
        elif not found[2].strip():
            yield opened.start(), found.end(), Kind.CODE
            opened = None
        else:
            if end := _entry_between(text, looked, found.start()):
                yield opened.start(), end, Kind.CODE  # never closed: an entry begins, and another fence
                opened = found
            looked = found.end()
    if opened and (end := _end_of_unclosed(text, opened)):
        yield opened.start(), end, Kind.CODE


def _entry_between(text: str, start: int, end: int) -> int:
    """Where the line ends above the first heading with an address in or below it, or 0."""
    at = start
    for address in addresses(text, start, end):
        if heading := _MARKS.search(text, at, address.start):
            return heading.start() - 1
        line = text.rfind("\n", max(at, address.start - _LONGEST_SETEXT), address.start) + 1
        if line and _HEADING.match(text, line):
            return line - 1
        at = address.end
    return 0


def _end_of_unclosed(text: str, opened: re.Match[str]) -> int:
    """Where a fence that never closes ends: behind the paragraph of its last comment, which would be a
    heading, as far as the next entry may begin; 0 where it has none.

    An entry may begin with a heading of a level that was seen above, or with the paragraph of an address.
    """
    levels = {found[1] for found in _MARKS.finditer(text, 0, opened.start())}
    end = next((m.start() for m in _MARKS.finditer(text, opened.end()) if m[1] in levels), len(text) + 1) - 1
    if address := next(addresses(text, opened.end(), end), None):
        blank = text.rfind("\n\n", opened.end(), address.start)
        end = blank if blank >= 0 else text.rfind("\n", 0, address.start)
    last = 0
    for comment in _COMMENT.finditer(text, opened.end(), max(end, opened.end())):
        last = comment.end()
    blank = text.find("\n\n", last, end) if last else 0
    return blank if blank >= 0 else end


def _comments(text: str, begin: int) -> Iterator[Span]:
    at = begin
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            return
        at = end + 3
        line = text.rfind("\n", 0, start) + 1
        if not text[line:start].strip(" \t>") and text.count("\n", start, at):
            yield start, at, Kind.HIDDEN


def _apart(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


class _Scanner:
    """One pass over the lines; remembers the line before and whether a table is open."""

    def __init__(
        self, text: str, opaque: Sequence[Span], defined: bool, needed: Callable[[int], bool] | None
    ) -> None:
        self.text, self.opaque, self.defined, self.needed = text, opaque, defined, needed
        self.lines: list[SourceLine] = []
        self.span = 0  # of `opaque`, the next
        self.row_open = 0  # lines over which the last row of a table has gone on, 0 when it is closed
        self.in_table = False
        self.html_table = 0

    def run(self, start: int, end: int, number: int) -> list[SourceLine]:
        lines = self.lines
        while start < end or (start == end and not lines):
            behind = self.text.find("\n", min(start + _AT_ONCE, end), end)
            stop = end if behind < 0 else behind
            if self.needed and not self.needed(start) and not self.needed(stop):
                if not lines or lines[-1].kind != Kind.LEFT_OUT:
                    lines.append(SourceLine(number, start, "", Kind.LEFT_OUT))
                number += self.text.count("\n", start, stop) + 1
                start = stop + 1
                continue
            for line in self.text[start:stop].split("\n"):
                lines.append(self._line(number, start, line))
                number += 1
                start += len(line) + 1
        return lines

    def _line(self, number: int, start: int, line: str) -> SourceLine:
        if self.opaque and (kind := self._opaque_at(start, line)):
            self.in_table = False
            return SourceLine(number, start, line, kind, 0, 0, len(line))
        if not line or line.isspace():
            self.in_table, self.row_open = False, 0
            return SourceLine(number, start, line, Kind.BLANK)
        first = line[0] if line[0] not in " \t>" else line.lstrip(" \t")[:1]
        if first == ">":
            return self._quoted(number, start, line)
        return self._plain(number, start, line, first, 0)

    def _opaque_at(self, start: int, line: str) -> Kind | None:
        while self.span < len(self.opaque) and self.opaque[self.span][1] <= start:
            self.span += 1
        if self.span == len(self.opaque):
            return None
        first, _, kind = self.opaque[self.span]
        return kind if first < start + len(line) + 1 else None

    def _quoted(self, number: int, start: int, line: str) -> SourceLine:
        mark = _QUOTE.match(line)
        at = mark.end() if mark else 0
        inner = line[at:]
        if not inner.strip():
            return SourceLine(number, start, line, Kind.BLANK, 0, at, len(line), True)
        found = self._plain(number, start, inner, inner.lstrip()[:1], at)
        return found._replace(text=line, content=found.content + at, end=found.end + at, quoted=True)

    def _plain(self, number: int, start: int, line: str, first: str, at: int) -> SourceLine:
        """A line without quote marks."""
        if self.html_table or (first == "<" and "<table" in line[:400].lower()):
            return self._html_table(number, start, line)
        if (self.row_open and first != "#") or first == "|" or (self.in_table and "|" in line):
            return self._row(number, start, line)
        if first in _HEADING_STARTS and (found := _HEADING.match(line) or _MEANT_HEADING.match(line)):
            level = min(6, len(found[1].lstrip("\\")))
            return SourceLine(number, start, line, Kind.HEADING, level, found.end(), len(line))
        if first in "-=" and (underlined := self._underline(line)):
            return underlined._replace(number=number, start=start)
        if first in "-*_<" and _RULE.match(line):
            return SourceLine(number, start, line, Kind.RULE, 0, 0, len(line))
        if (first in "-*+•●▪·" or first.isdigit() or "①" <= first <= "⑳") and (item := _ITEM.match(line)):
            return SourceLine(number, start, line, Kind.ITEM, _width(item[1]), item.end(), len(line))
        if first == "<":
            return self._html(number, start, line)
        if first == "[" and self.defined and _DEFINITION.match(line):
            return SourceLine(number, start, line, Kind.HIDDEN)
        if "|" in line and _ROW_MARK.match(line) and self._header_above(at):
            return self._row(number, start, line)
        return SourceLine(number, start, line, Kind.TEXT, 0, 0, len(line))

    def _html(self, number: int, start: int, line: str) -> SourceLine:
        if found := _HTML_HEADING.match(line):
            closing = line.lower().find("</h", found.end())
            end = closing if closing >= 0 else len(line)
            return SourceLine(number, start, line, Kind.HEADING, int(found[1]), found.end(), end)
        if found := _HTML_ITEM.match(line):
            closing = line.lower().rfind("</li")
            end = closing if closing >= found.end() else len(line)
            return SourceLine(number, start, line, Kind.ITEM, _width(found[1]), found.end(), end)
        return SourceLine(number, start, line, Kind.TEXT, 0, 0, len(line))

    def _html_table(self, number: int, start: int, line: str) -> SourceLine:
        for tag in _TABLE.finditer(line):
            self.html_table = max(0, self.html_table + (-1 if tag[1] else 1))
        return SourceLine(number, start, line, Kind.HTML_ROW, 0, 0, len(line))

    def _row(self, number: int, start: int, line: str) -> SourceLine:
        closed = line.rstrip().endswith("|")
        if not self.in_table:
            self.in_table = True
            self.row_open = 0
        elif closed or self.row_open >= _CONTINUED:
            self.row_open = 0
        elif self._closed_before():
            self.row_open += 1
        return SourceLine(number, start, line, Kind.ROW, 0, 0, len(line))

    def _closed_before(self) -> bool:
        """Whether the rows of this table end with a mark, so that one without it goes on below."""
        before = self.lines[-1].text.rstrip() if self.lines else ""
        return before.endswith("|") or self.row_open > 0

    def _header_above(self, at: int) -> bool:
        """Turns the line above a table's rule into its first row."""
        if not self.lines or self.lines[-1].kind != Kind.TEXT or "|" not in self.lines[-1].text:
            return False
        self.lines[-1] = self.lines[-1]._replace(kind=Kind.ROW)
        self.in_table = True
        return True

    def _underline(self, line: str) -> SourceLine | None:
        """The line below a setext heading; the line above becomes the heading."""
        if not _UNDER.match(line) or not self.lines or self.lines[-1].kind != Kind.TEXT:
            return None
        above, before = self.lines[-1], self.lines[-2] if len(self.lines) > 1 else None
        words = above.text.strip()
        level, marks = (1 if "=" in line else 2), len(line.strip())
        linked = "](" in words or "://" in words
        if (before and before.kind == Kind.TEXT) or len(words) > _LONGEST_SETEXT or words.startswith("<"):
            return None
        if not linked and (
            marks < (2 if level == 1 else 4) or words.endswith((".", "。", ":", "：", ";", "다", "！"))
        ):
            return None
        inside = len(above.text) - len(above.text.lstrip())
        self.lines[-1] = above._replace(kind=Kind.HEADING, level=level, content=inside, end=len(above.text))
        return SourceLine(0, 0, line, Kind.UNDERLINE)


def _width(blanks: str) -> int:
    return len(blanks.expandtabs(4))
