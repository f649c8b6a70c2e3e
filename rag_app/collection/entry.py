"""One entry of a digest -> `Paper`: its address, title, votes, authors and sections.

Knows: the Markdown of an entry, and where one ends.
Does not know: files, days, other entries.

A section's text is a verbatim slice. Every line of an entry is in some section, or is its title,
votes, authors, a section's name, or not text at all (images, videos, rules).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from rag_app.records import SUMMARY, Paper, Section
from rag_app.text.cleaning import IMAGE, clean_line

LONGEST_NAME = 60  # characters; a longer bold start is the emphasis of a sentence
LONGEST_AUTHOR = 120  # characters; a line with a longer name is text
LONGEST_TITLE = 300  # characters
# Characters; a whole paper has half as many. Lines beyond are left out.
LONGEST_ENTRY = 200_000
LONGEST_VOTES = 80  # characters; a longer line is no vote count
LINK_LINES = 6  # lines below a heading among which the entry's address may start
LINK_START = 40  # characters before that address; more of them are a sentence that mentions a paper

# New and old identifiers (https://info.arxiv.org/help/arxiv_identifier.html), on whatever site.
_ARXIV = re.compile(
    r"(?<![\w-])(?:arxiv\.org/(?:abs|pdf|html)/|(?:huggingface\.co|hf\.co)/papers/|alphaxiv\.org/abs/|arxiv:\s?)"
    r"(\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[a-z]{2})?/\d{7})(?!\d)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"<?https?://\S++", re.IGNORECASE)
_DAY_OF_DIGEST = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$|(?=\[))")  # "###[Title](…)" is a slip, not a text
_HEADING_LINE = re.compile(rf"^{_HEADING.pattern}(.*)$", re.MULTILINE)
_VOTES = re.compile(
    r"[\s>*_-]*+(?:up)?votes?[\s*_]*+[:：][\s*_]*+(?:(\d[\d,]{0,8}+)|[-–—?]|n/a|)[\s*_]*+$", re.IGNORECASE
)
_AUTHORS = re.compile(r"[\s>*_-]{0,8}authors?[\s*_]{0,6}[:：][\s*_]{0,6}", re.IGNORECASE)
_UNNAMED = re.compile(r"\+\s?(\d{0,6})(?: more| others| authors)?$")
_NAMED = re.compile(rf" ?(?:[-*+•]\s{{1,4}})?(\*{{2,3}}|__)([^*_\n]{{1,{LONGEST_NAME}}})(?:\*{{1,3}}|__)")
_AFTER_NAME = re.compile(r"[ \t]*+(?:[:：][ \t]*|[-–—][ \t]+|$)")
_MEDIA = re.compile(
    rf"\s*+(?:(?:{IMAGE.pattern}|</?(?:div|p|a|center|img|video|source|picture|figure|iframe|br)\b[^<>]*+>|"
    r"\[[^\[\]\n]*+\]\(?https?://[^\s()]+\.(?:mp4|webm|mov|gif|png|jpe?g|svg|webp)\)?)\s*+)++$|\s*+([-*_])\1{2,}+\s*+$",
    re.IGNORECASE,
)


LeftOut = tuple[int, str]  # number of the line, and why


@dataclass(frozen=True, slots=True)
class Line:
    number: int  # 1-based
    start: int  # offset in the file's text
    text: str

    @property
    def heading(self) -> tuple[int, str]:
        """Level and text of a heading; level 0 for any other line."""
        match = _HEADING.match(self.text)
        return (len(match[1]), self.text[match.end() :].strip()) if match else (0, "")

    @property
    def is_text(self) -> bool:
        return bool(self.text.strip()) and not _MEDIA.match(self.text)

    @property
    def has_address(self) -> bool:
        return _ARXIV.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Block:
    """A heading that is not a section's, and the lines up to the next such heading; a file may be
    one huge block.
    """

    text: str  # of the file
    line: int  # 1-based, of the heading; 0 for the block above all headings
    level: int  # 0 there
    heading: str
    start: int  # offsets of the heading, of the line below it, and behind the last line
    below: int
    end: int

    @property
    def body(self) -> Iterator[Line]:
        number, at = self.line + 1, self.below
        while at < self.end:
            found = self.text.find("\n", at, self.end)
            behind = self.end if found < 0 else found
            yield Line(number, at, self.text[at:behind])
            number, at = number + 1, behind + 1

    def line_at(self, offset: int) -> int:
        """The number of the line at an offset into the file's text."""
        return max(self.line, 1) + self.text.count("\n", self.start, offset)

    @property
    def has_text(self) -> bool:
        return any(line.is_text for line in self.body)

    @property
    def arxiv_id(self) -> str:
        """The id without version, from the heading or from an address that starts one of the lines
        right below.
        """
        if not self.level:
            return ""
        match = _ARXIV.search(self.heading)
        if match or _DAY_OF_DIGEST.search(self.heading):
            return match[1] if match else ""
        below = (line.text for line in islice(self.body, 2 * LINK_LINES) if line.text.strip())
        for text in islice(below, LINK_LINES):
            match = _ARXIV.search(text[: 2 * LINK_START])
            if match and match.start() <= LINK_START:
                return match[1]
        return ""


def whole(text: str) -> Block:
    """A file as one block without a heading."""
    return Block(text, 0, 0, "", 0, 0, len(text))


def blocks(text: str) -> Iterator[Block]:
    """Cuts a file at the headings of days, groups and entries; deeper headings without a link name
    sections.

    The first block holds the lines above all headings.
    """
    block = whole(text)
    # The line at offset `counted`; the id of the open block, once it is known.
    number, counted, arxiv_id = 1, 0, ""
    for found in _HEADING_LINE.finditer(text):
        number += text.count("\n", counted, found.start())
        counted = found.start()
        level, heading = len(found[1]), found[2].strip()
        arxiv_id = arxiv_id or replace(block, end=found.start()).arxiv_id
        if level <= block.level or not arxiv_id or "](" in heading or _ARXIV.search(heading):
            yield replace(block, end=found.start())
            block = Block(text, number, level, heading, found.start(), found.end() + 1, len(text))
            arxiv_id = ""
    yield block


def paper_of(block: Block, source: str, day: str) -> tuple[Paper, list[LeftOut]]:
    """The paper of a block that has an arXiv id, and what is too long for one."""
    votes: int | None = None
    authors: tuple[str, ...] | None = None
    unnamed = 0
    title, left_out = _short_title(block)
    rest: list[Line | None] = []  # None where the text is interrupted
    for line in _within(block, left_out):
        counted = (
            _VOTES.match(line.text) if line and votes is None and len(line.text) <= LONGEST_VOTES else None
        )
        listed = _authors_in(line) if line and authors is None else None
        if counted:
            votes = int(counted[1].replace(",", "")) if counted[1] else votes
        elif listed:
            authors, unnamed = listed
        if line is None or counted or listed or _MEDIA.match(line.text):
            rest.append(None)
        elif line.text.strip():
            rest.append(line)
    sections = _unique(_sections(rest, block.text))
    dates = (day,) if day else ()
    paper = Paper(block.arxiv_id, title, dates, sections, votes, authors or (), unnamed, source, block.line)
    return paper, left_out


def _within(block: Block, left_out: list[LeftOut]) -> Iterator[Line | None]:
    """The lines that an entry has room for, and None in place of the others, which are reported together."""
    room, first, count = LONGEST_ENTRY, 0, 0
    for line in block.body:
        if len(line.text) <= room:
            room -= len(line.text) + 1
            yield line
        else:
            first, count = first or line.number, count + 1
            yield None
    if count:
        left_out.append((first, f"beyond the {LONGEST_ENTRY:,} characters of an entry: {count:,} lines"))


def _short_title(block: Block) -> tuple[str, list[LeftOut]]:
    title = _title(block.heading) or block.arxiv_id
    if len(title) <= LONGEST_TITLE:
        return title, []
    cut = f"{title[: LONGEST_TITLE - 1].rstrip()}…"
    return cut, [(block.line, f"the title is cut: it has {len(title):,} characters")]


def _title(heading: str) -> str:
    """The heading's words: the link's text (brackets in it may nest), without addresses and closing marks."""
    address = _ARXIV.search(heading)
    middle = heading.rfind("](", 0, address.start()) if address else -1
    if address and middle >= 0:
        opening, depth = middle, 1
        while depth and opening > 0:
            opening -= 1
            depth += {"]": 1, "[": -1}.get(heading[opening], 0)
        closing = heading.find(")", address.end())
        after = heading[closing + 1 :] if closing >= 0 else ""
        inside = heading[opening + 1 : middle] if heading[opening] == "[" else heading[opening:middle]
        heading = heading[:opening] + inside + after
    bare = heading.rstrip("#")
    return clean_line(_ADDRESS.sub("", bare if bare.endswith(" ") else heading))


def _authors_in(line: Line) -> tuple[tuple[str, ...], int] | None:
    """Names in order, each once, and how many more a "+N" stands for; a bare "+" is at least one."""
    listed = _AUTHORS.match(line.text)
    parts = line.text[listed.end() :].split(",") if listed else []
    if not listed or max(map(len, parts)) > LONGEST_AUTHOR:
        return None
    names = [name for name in map(clean_line, parts) if name]
    unnamed = [match for match in map(_UNNAMED.match, names) if match]
    named = (name for name in names if not _UNNAMED.match(name))
    return tuple(dict.fromkeys(named)), sum(int(match[1] or 1) for match in unnamed)


@dataclass(slots=True)
class _Piece:
    name: str
    start: int
    end: int
    line: int
    is_name: bool = False  # holds but the name itself, until text follows


def _sections(lines: list[Line | None], text: str) -> Iterator[Section]:
    """Runs of text lines under one name. A name without text is its own text, so that it is not lost."""
    pieces: list[_Piece] = []
    name, broken = SUMMARY, True
    for line in lines:
        if line is None:
            broken = True
            continue
        end = line.start + len(line.text.rstrip())
        named = _name(line)
        if named:
            name, offset = named
            start = end - len(line.text[offset:].strip())
            alone = start >= end
            pieces.append(_Piece(name, _first(line) if alone else start, end, line.number, alone))
        elif broken and not (pieces and pieces[-1].is_name):
            pieces.append(_Piece(name, _first(line), end, line.number))
        elif pieces[-1].is_name:
            pieces[-1] = _Piece(name, _first(line), end, line.number)
        else:
            pieces[-1].end = end
        broken = False
    return (Section(piece.name, text[piece.start : piece.end], piece.line) for piece in pieces)


def _first(line: Line) -> int:
    """Offset of the line's first character that is no blank."""
    return line.start + len(line.text) - len(line.text.lstrip())


def _name(line: Line) -> tuple[str, int] | None:
    """The section's name that starts this line, and where its text starts in the line."""
    level, heading = line.heading
    if level:
        name = clean_line(heading.rstrip("#"))[:LONGEST_NAME]
        return (name, len(line.text)) if name and len(heading) <= LONGEST_NAME else None
    match = _NAMED.match(line.text)
    if not match:
        return None
    after = _AFTER_NAME.match(line.text, match.end())
    inside = match[2].rstrip().endswith((":", "："))
    name = clean_line(match[2]).replace("’", "'").strip(" :：-–—")
    if not (after or inside) or not any(map(str.isalnum, name)):
        return None
    return name, after.end() if after else match.end()


def _unique(sections: Iterator[Section]) -> tuple[Section, ...]:
    """The same sections; a name seen before gets a number."""
    taken: dict[str, Section] = {}
    counts: dict[str, int] = {}
    for section in sections:
        name = section.name
        while name in taken:
            counts[section.name] = counts.get(section.name, 1) + 1
            name = f"{section.name} ({counts[section.name]})"
        taken[name] = Section(name, section.text, section.line)
    return tuple(taken.values())
