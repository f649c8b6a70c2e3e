"""Lines -> a tree of parts: headings with what stands below them, folded blocks, quotes, items, paragraphs.

Knows: where a part begins and ends. Does not know: which parts are papers (`choice`). Headings inside
a folded block (`<details>`) or a quote end with it, so they break nothing outside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from rag_app.collection.reading.addresses import BARE, PaperAddress, addresses, bare_id
from rag_app.collection.reading.labels import Role, label_of, role_of
from rag_app.collection.reading.markup import Kind, SourceLine, SourceText
from rag_app.collection.reading.strays import Stray, stray_at
from rag_app.collection.reading.titles import is_generic, links, start_of_title
from rag_app.text.cleaning import clean_line


class PartShape(IntEnum):
    """What a part is, in the order in which parts hold each other."""

    FILE = 0
    HEADING = 1
    FOLDED = 2  # <details>, its summary is the head
    QUOTE = 3  # a block of quoted lines, the title of a callout is its head
    BOLD = 4  # a line that is bold as a whole, as a heading would be
    LABELLED = 5  # "Title: ...", the first of a run of label lines
    PARAGRAPH = 6  # one that holds an address
    ITEM = 7
    ROW = 8


class EntryShape(StrEnum):
    """What an entry is in its file, as reports name it."""

    FILE = "file"
    HEADING = "heading"
    FOLDED = "folded block"
    QUOTE = "quote"
    BOLD = "bold line"
    LABELLED = "label lines"
    PARAGRAPH = "paragraph"
    ITEM = "list item"
    ROW = "table row"
    JSON_OBJECT = "JSON object"
    JSON_STRING = "JSON string"
    FRONT_MATTER = "file with front matter"
    NAMED_FILE = "file named by its id"


def entry_shape(shape: PartShape) -> EntryShape:
    """The shape of an entry that is a part of a Markdown file."""
    return EntryShape[shape.name]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: where its text stands, and the name and role of its column."""

    start: int
    end: int
    name: str = ""
    role: Role | None = None


@dataclass(slots=True, eq=False)
class Part:
    """A part of a file. Lines are indices into the source's lines, offsets are into the file's text."""

    shape: PartShape
    level: int  # of a heading 1 to 6, of an item its indentation
    first: int  # its first line
    body: int  # the line below its head
    end: int  # the line behind it
    head: tuple[int, int] = (0, 0)  # where the words of its head stand
    parent: Part | None = None
    children: list[Part] = field(default_factory=list)
    key: str = ""  # of the address in the head of a heading
    cells: tuple[Cell, ...] = ()  # of a row
    stray: Stray = Stray.NONE  # of a bold or other line: it is another paper's title within an entry


@dataclass(frozen=True, slots=True)
class Outline:
    """The tree, the innermost part of every line, and the addresses of every line that has some."""

    root: Part
    owners: list[Part]
    found: dict[int, list[PaperAddress]]  # line -> addresses, offsets into the text

    def take_apart(self) -> None:
        """Free the parts, which hold each other, before the next piece of a text is read."""
        parts = [self.root]
        while parts:
            part = parts.pop()
            parts += part.children
            part.parent, part.children = None, []


_OPAQUE = (Kind.CODE, Kind.HIDDEN, Kind.LEFT_OUT)
DEEPEST = 40  # parts within parts; what lies deeper is text

_DETAILS = re.compile(r"<(/?)(details|summary)\b[^<>]{0,300}>", re.IGNORECASE)
_CALLOUT = re.compile(r"\[!\w{1,30}\][+-]?\s*")
_BOLD = re.compile(
    r"\s{0,3}(?:\*\*|__)([^\n]{2,400}?)(?:\*\*|__)(?P<after>[^\n]{0,80})\Z|\s{0,3}<(b|strong)>([^<>\n]{2,400})</\3>\s*(?:<br\s*/?>)?\Z"
)
_BEFORE_BARE = re.compile(
    r"[\s>*_`\"'\[(（【#-]*\Z|[^|]{0,300}[*_\])”\"』】》][*_]{0,3}\s?[(\[（【`]{1,2}\Z|[^|]{0,40}[:：]\s?[*_`]{0,3}\Z"
)


def outline(source: SourceText) -> Outline:
    """The parts of a scanned text."""
    return _Builder(source).run()


def addresses_by_line(source: SourceText) -> dict[int, list[PaperAddress]]:
    """line -> its addresses, those that are written as a bare id where a list is made of them too."""
    starts = [line.start for line in source.lines]
    found: dict[int, list[PaperAddress]] = {}
    for address in addresses(source.text, source.start, source.end):
        found.setdefault(bisect_right(starts, address.start) - 1, []).append(address)
    for match in BARE.finditer(source.text, source.start, source.end):
        index = bisect_right(starts, match.start()) - 1
        line = source.lines[index]
        column = match.start() - line.start
        if index in found or line.kind in _OPAQUE:
            continue
        bare = bare_id(line.text, column)
        if bare and _stands_for_an_entry(line, column):
            found[index] = [PaperAddress(bare.key, match.start(), line.start + bare.end)]
    return {
        index: kept
        for index, every in found.items()
        if source.lines[index].kind not in _OPAQUE
        and (kept := [a for a in every if not _in_image(source.lines[index], a)])
    }


def _stands_for_an_entry(line: SourceLine, column: int) -> bool:
    """Whether a bare id begins a heading, an item or a cell, is a field's value, or follows a title in
    brackets.
    """
    if line.kind in (Kind.ROW, Kind.HTML_ROW):
        cell = max(line.text.rfind("|", 0, column), line.text.rfind(">", 0, column)) + 1
        return not line.text[cell:column].strip(" *_`[(")
    before = line.text[line.content : column] if column >= line.content else ""
    return _BEFORE_BARE.match(before[-400:]) is not None


def _in_image(line: SourceLine, address: PaperAddress) -> bool:
    """Whether the address is where a picture lies."""
    column = address.start - line.start
    opening = line.text.rfind("](", max(0, column - 200), column)
    if opening >= 0:
        label = line.text.rfind("[", 0, opening)
        within = line.text[label:opening] + line.text[opening:column]
        return label > 0 and line.text[label - 1] == "!" and within.count("]") == 1 and ")" not in within
    return (
        re.search(r"src(?:set)?\s*=\s*[\"']?[^\s\"'<>]{0,200}\Z", line.text[max(0, column - 220) : column])
        is not None
    )


class _Builder:
    """One pass over the lines with a stack of the open parts."""

    def __init__(self, source: SourceText) -> None:
        self.source, self.lines = source, source.lines
        self.found = addresses_by_line(source)
        self.root = Part(PartShape.FILE, 0, 0, 0, len(self.lines))
        self.stack = [self.root]
        self.owners: list[Part] = []
        self.folds = self._pairs() if "<details" in source.text.lower() else {}
        self.open_folds: list[tuple[Part, int]] = []  # with their last lines
        self.open_quote: Part | None = None
        self.keyed = 0  # how many of the open parts are headings with an address

    def run(self) -> Outline:
        before = Kind.BLANK
        for index, line in enumerate(self.lines):
            self._take(index, line, before)
            self.owners.append(self.stack[-1])
            before = line.kind
        while len(self.stack) > 1:
            self._pop(len(self.lines))
        return Outline(self.root, self.owners, self.found)

    def _pairs(self) -> dict[int, int]:
        """line of `<details>` -> line of its `</details>`; what has no partner is left out."""
        opened: list[int] = []
        pairs: dict[int, int] = {}
        for index, line in enumerate(self.lines):
            if "<" not in line.text or line.kind in (Kind.ROW, Kind.HTML_ROW) or line.kind in _OPAQUE:
                continue
            for tag in _DETAILS.finditer(line.text):
                if tag[2].lower() == "summary":
                    continue
                if not tag[1]:
                    opened.append(index)
                elif opened:
                    first = opened.pop()
                    if first != index and first not in pairs:
                        pairs[first] = index
        return pairs

    def _take(self, index: int, line: SourceLine, before: Kind) -> None:
        self._leave(index, line, before)
        if line.kind == Kind.HEADING:
            self._heading(index, line)
        elif index in self.folds:
            self._fold(index, line)
        elif self.keyed and (stray := self._stray(index, line)):
            self._push_stray(index, line, stray)
        elif line.quoted and not self.open_quote:
            self._quote(index, line)
        elif self.keyed or line.kind in (Kind.BLANK, Kind.RULE) or line.kind in _OPAQUE:
            return
        elif line.kind == Kind.ITEM:
            self._push(
                Part(
                    PartShape.ITEM,
                    line.level,
                    index,
                    index + 1,
                    0,
                    (line.start + line.content, line.start + line.end),
                )
            )
        elif line.kind == Kind.TEXT and before != Kind.TEXT:
            self._text(index, line)

    def _stray(self, index: int, line: SourceLine) -> Stray:
        """What a line within an entry whose heading has an address does as the title of another paper."""
        if line.kind not in (Kind.TEXT, Kind.ITEM) or (index not in self.found and "[[" not in line.text):
            return Stray.NONE
        entry = next((part for part in reversed(self.stack) if part.key), self.root)
        head = self.source.text[entry.head[0] : entry.head[1]]
        return stray_at(self.lines, index, self.source.definitions, entry.key, head)

    def _push_stray(self, index: int, line: SourceLine, stray: Stray) -> None:
        while self.stack[-1].shape in (PartShape.BOLD, PartShape.QUOTE):
            self._pop(index)
        start = line.start + line.content
        self._push(Part(PartShape.BOLD, 0, index, index + 1, 0, (start, line.start + line.end), stray=stray))

    def _leave(self, index: int, line: SourceLine, before: Kind) -> None:
        """Close what the line ends."""
        while self.open_folds and index > self.open_folds[-1][1]:
            self._pop_through(self.open_folds[-1][0], index)
        if self.open_quote and not line.quoted:
            self._pop_through(self.open_quote, index)
        while len(self.stack) > 1 and self._ends(self.stack[-1], index, line, before):
            self._pop(index)

    def _ends(self, part: Part, index: int, line: SourceLine, before: Kind) -> bool:
        if part.shape == PartShape.ITEM:
            return self._ends_item(part, index, line, before)
        if part.shape in (PartShape.PARAGRAPH, PartShape.LABELLED):
            return line.kind in (Kind.HEADING, Kind.RULE)
        return False

    def _ends_item(self, part: Part, index: int, line: SourceLine, before: Kind) -> bool:
        if line.kind == Kind.ITEM:
            return line.level <= part.level
        if line.kind in (Kind.HEADING, Kind.RULE):
            return True
        if line.kind == Kind.BLANK or line.kind in _OPAQUE:
            return False
        inside = len(line.text) - len(line.text.lstrip(" \t>"))
        if (
            line.kind in (Kind.ROW, Kind.HTML_ROW)
            or index in self.folds
            or line.quoted
            or before == Kind.BLANK
        ):
            return inside <= part.level
        return re.match(r"\s*</(?:ol|ul|li)>", line.text) is not None and inside <= part.level

    def _heading(self, index: int, line: SourceLine) -> None:
        while self.stack[-1].shape not in (PartShape.FILE, PartShape.FOLDED, PartShape.QUOTE):
            if self.stack[-1].shape == PartShape.HEADING and self.stack[-1].level < line.level:
                break
            self._pop(index)
        here = self.found.get(index)
        part = Part(
            PartShape.HEADING,
            line.level,
            index,
            index + 1,
            0,
            (line.start + line.content, line.start + line.end),
        )
        part.key = here[0].key if here else self._wiki_or_reference(line)
        self._push(part)

    def _wiki_or_reference(self, line: SourceLine) -> str:
        """The key of a heading whose address is defined elsewhere, `[Title][1]`."""
        if not self.source.definitions or "[" not in line.text:
            return ""
        return next((link.key for link in links(line.inner, self.source.definitions) if link.key), "")

    def _fold(self, index: int, line: SourceLine) -> None:
        last = self.folds[index]
        part = Part(PartShape.FOLDED, 0, index, index + 1, 0)
        for at in range(index, min(index + 4, last)):
            text = self.lines[at].text
            opening = re.search(r"<summary\b[^<>]{0,300}>", text, re.IGNORECASE)
            if opening:
                closing = text.lower().find("</summary", opening.end())
                end = closing if closing >= 0 else len(text)
                part.head = (self.lines[at].start + opening.end(), self.lines[at].start + end)
                part.body = at + 1
                here = [a for a in self.found.get(at, []) if part.head[0] <= a.start < part.head[1]]
                part.key = here[0].key if here else ""
                break
        self._push(part)

    def _quote(self, index: int, line: SourceLine) -> None:
        part = Part(PartShape.QUOTE, 0, index, index, 0)
        callout = _CALLOUT.match(line.inner)
        if callout:
            part.body = index + 1
            part.head = (line.start + line.content + callout.end(), line.start + line.end)
            here = self.found.get(index)
            part.key = here[0].key if here else ""
        self._push(part)
        if not callout and not self.keyed and line.kind in (Kind.ITEM, Kind.TEXT):
            self._take(index, line._replace(quoted=True), Kind.BLANK)

    def _text(self, index: int, line: SourceLine) -> None:
        """A line that begins a paragraph: bold as a heading, the first of label lines, or with an address."""
        if self.stack[-1].shape == PartShape.ITEM:
            return
        if shape := self._shape_of(index, line):
            while (
                self.stack[-1].shape in (PartShape.BOLD, PartShape.LABELLED, PartShape.PARAGRAPH)
                and self.stack[-1].shape >= shape
            ):
                self._pop(index)
            start = line.start + line.content
            if shape == PartShape.LABELLED and (label := label_of(line.inner)):
                start += label.value
            part = Part(shape, 0, index, index + 1, 0, (start, line.start + line.end))
            self._push(part)

    def _shape_of(self, index: int, line: SourceLine) -> PartShape | None:
        text = line.inner
        bold = _BOLD.match(text) if text.lstrip()[:2] in ("**", "__", "<b", "<s") else None
        if bold and _could_be_a_heading(bold[1] or bold[4] or "", bold["after"] or ""):
            return PartShape.BOLD
        label = label_of(text) if ":" in text[:60] or "：" in text[:60] else None
        if label and label.role == Role.TITLE and len(text) > label.value + 3:
            return PartShape.LABELLED
        return PartShape.PARAGRAPH if index in self.found or index + 1 in self.found else None

    def _push(self, part: Part) -> None:
        if len(self.stack) >= DEEPEST:
            return
        part.parent = self.stack[-1]
        part.parent.children.append(part)
        self.stack.append(part)
        self.keyed += bool(part.key)
        if part.shape == PartShape.FOLDED:
            self.open_folds.append((part, self.folds[part.first]))
        elif part.shape == PartShape.QUOTE:
            self.open_quote = part

    def _pop(self, index: int) -> None:
        part = self.stack.pop()
        part.end = index
        self.keyed -= bool(part.key)
        if part is self.open_quote:
            self.open_quote = None
        elif part.shape == PartShape.FOLDED:
            self.open_folds.pop()

    def _pop_through(self, part: Part, index: int) -> None:
        while part in self.stack:
            self._pop(index)


def _could_be_a_heading(words: str, after: str) -> bool:
    """Whether a line in bold has the words of a title, not of a label or a remark."""
    plain = clean_line(words[start_of_title(words) :])
    if plain.endswith((":", "：")) or (any(map(str.isalnum, after.strip(" ⭐👍"))) and len(after) > 40):
        return False
    if role_of(plain) is not None or is_generic(plain):
        return False
    return len(plain.split()) >= 2 or len(plain) >= 6
