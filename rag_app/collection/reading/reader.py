"""The text of one Markdown or plain file -> its entries, with their days, and what was not taken.

Knows: the order of the stages (lines, parts, choice, entries), and which day an entry takes. Does not
know: files, encodings, JSON. Whatever the text holds, reading raises nothing and takes linear time.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice

from rag_app.collection.reading.addresses import BARE, addresses
from rag_app.collection.reading.choice import Choice, choose
from rag_app.collection.reading.days import Day, day_in, has_impossible_day, names_month, worded_day, year_in
from rag_app.collection.reading.entry import LONGEST_ENTRY, Entry, LeftOut, entry_of
from rag_app.collection.reading.markup import Kind, SourceText, Span, definitions_in, opaque_spans, scan
from rag_app.collection.reading.outline import Outline, Part, PartShape, outline
from rag_app.collection.reading.tables import add_rows

LEAP_YEAR = 2000  # has every day
LONG = 500_000  # characters; a longer text is read in pieces
NOT_UTF8 = "not UTF-8: byte"
_NO_TEXT = re.compile("[\0\udc80-\udcff]")  # NUL, and bytes that are not UTF-8 (`encoding`)
_DOUBTFUL = (
    "an arXiv address alone on its line within an entry: the text below it is left out, since it may be of "
    "either paper"
)
_UPDATED = re.compile(
    r"(?:last )?updated?\b(?: on| at| date)?|generated (?:on|at)"
    r"|更新|最終更新|作成日|生成(?:时间|日期)|업데이트|갱신|cập nhật",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries of a piece of a file in order, each with its day, and what was not taken."""

    entries: list[tuple[Entry, Day | None]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that hold in a file: `digest` until a heading names one, `year` for days without it."""

    digest: Day | None = None
    year: int = 0


def read_text(text: str, days: Days, begin: int = 0) -> Iterator[Reading]:
    """The entries of a normalised text, piece by piece. What stands before `begin` (front matter) is no
    text of any.
    """
    definitions, opaque = definitions_in(text), opaque_spans(text, begin)
    near = _near_addresses(text) if len(text) > LONG else None
    for start, end in _segments(text, begin, opaque):
        source = scan(text, start, end, definitions, opaque, needed=near)
        tree = outline(source)
        add_rows(source, tree)
        dated = _Dated(source, tree, choose(source, tree), days)
        yield dated.run()
        days = dated.days_behind
        tree.take_apart()


def _segments(text: str, begin: int, opaque: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """A text in pieces of some size, so that memory is bounded; each begins with a heading that holds
    an address.
    """
    start = begin
    spans = [(first, behind) for first, behind, _ in opaque]
    while len(text) - start > LONG:
        cut = 0
        for address in addresses(text, start + LONG):
            line = text.rfind("\n", 0, address.start) + 1
            inside = bisect_right(spans, line, key=lambda span: span[0]) - 1
            if text.startswith("#", line) and line > start and not (inside >= 0 and line < spans[inside][1]):
                cut = line
                break
        if not cut:
            break
        yield start, cut
        start = cut
    yield start, len(text)


def _near_addresses(text: str) -> Callable[[int], bool]:
    """Whether an offset is so near to an address that its line may belong to an entry."""
    places = array("q", merge((a.start for a in addresses(text)), (m.start() for m in BARE.finditer(text))))

    def near(offset: int) -> bool:
        at = bisect_right(places, offset)
        below = at < len(places) and places[at] - offset <= LONGEST_ENTRY
        return below or (at > 0 and offset - places[at - 1] <= LONGEST_ENTRY + 1_000)

    return near


def damage(text: str, start: int, end: int) -> tuple[int, str] | None:
    """The offset of the first byte between two offsets that is no text, and what it is."""
    found = _NO_TEXT.search(text, start, end)
    if not found:
        return None
    byte = ord(found[0]) & 0xFF
    return found.start(), f"{NOT_UTF8} 0x{byte:02x}" if byte else "binary: a NUL byte"


class _Dated:
    """Entries with the days of the headings above them."""

    def __init__(self, source: SourceText, tree: Outline, choice: Choice, days: Days) -> None:
        self.source, self.tree, self.choice, self.days = source, tree, choice, days
        self.taken = {chosen.part for chosen in choice.chosen}
        self.damaged = _NO_TEXT.search(source.text, source.start, source.end) is not None
        self.left_out: list[LeftOut] = []
        self.changes: list[tuple[int, Day | None, int]] = []  # (line, the day from there on, the year)
        self.weak: Day | None = None

    def run(self) -> Reading:
        self._days_of_headings()
        if not self.days.digest:
            self.weak = self._updated()
        entries = []
        parts = [chosen.part for chosen in self.choice.chosen]
        parts = sorted([*parts, *self.choice.strays], key=lambda part: part.first)
        for chosen in self.choice.chosen:
            inner = [p for p in _following(parts, chosen.part) if p.first >= chosen.part.body]
            day, year = self._context(chosen.part)
            if self.damaged and self._is_damaged(chosen.part, inner):
                continue
            entry, left_out = entry_of(self.source, chosen, inner, year)
            self.left_out += left_out
            entries.append((entry, self._day(entry, day)))
        self._untaken()
        self.left_out += [(self.source.lines[part.first].number, _DOUBTFUL) for part in self.choice.strays]
        return Reading(entries, sorted(self.left_out))

    # --- days ---------------------------------------------------------------------------------

    def _days_of_headings(self) -> None:
        digest, year = self.days.digest, self.days.year
        named_at = 0  # level of the heading that named the day
        above: list[tuple[int, int]] = []  # (level, year) of the headings around
        for part in _outside(self.tree.root, self.taken):
            if part.shape != PartShape.HEADING:
                continue
            while above and above[-1][0] >= part.level:
                above.pop()
            text = self.source.text[part.head[0] : part.head[1]]
            if not any(map(str.isdigit, text)):
                continue
            around = above[-1][1] if above else self.days.year
            year = year_in(text) or around or year
            above.append((part.level, year_in(text) or around))
            day = day_in(text, around)
            if not day and day_in(text, LEAP_YEAR):
                digest = self.days.digest  # a day of a year that nobody names
            elif names_month(text) and part.level <= named_at:
                digest = self.days.digest  # another month, not within the day above
            number = self.source.lines[part.first].number
            if impossible := not day and has_impossible_day(text):
                self.left_out.append((number, f"{impossible} is not a day"))
                day = self.days.digest
            if (worded := worded_day(text)) and (part.level <= named_at or not named_at):
                self.left_out.append((number, f"{worded}: a day whose month is not read, so there is no day"))
                digest = None
            if day and _UPDATED.search(text):
                self.weak = self.weak or day
            elif day:
                digest, named_at = day, part.level
            self.changes.append((part.first, digest, year))

    def _context(self, part: Part) -> tuple[Day | None, int]:
        """The day of the digest at a part, and the year that completes its own days."""
        at = bisect_right(self.changes, part.first, key=lambda change: change[0]) - 1
        _, day, year = self.changes[at] if at >= 0 else (0, self.days.digest, self.days.year)
        above = part.parent
        while above is not None:
            if above.shape in (PartShape.FOLDED, PartShape.BOLD, PartShape.ITEM) and above not in self.taken:
                own = day_in(self.source.text[above.head[0] : above.head[1]], year)
                if own:
                    return own, year
            above = above.parent
        return day, year

    def _day(self, entry: Entry, digest: Day | None) -> Day | None:
        """The digest's day, before which comes that of a table's row; where it has none, the paper's own,
        the digest's week, or the day on which the page was written.
        """
        if entry.shape == PartShape.ROW and entry.fields.day:
            return entry.fields.day
        if digest and not digest.until:
            return digest
        return entry.fields.day or entry.fields.published or digest or self.weak

    def _updated(self) -> Day | None:
        """The day on which the page says that it was written."""
        if self.weak:
            return self.weak
        places = _UPDATED.finditer(self.source.text, self.source.start, self.source.end)
        for found in islice(places, 200):
            end = self.source.text.find("\n", found.start())
            day = day_in(self.source.text[found.start() : end if end >= 0 else None][:120])
            index = self.source.index_at(found.start())
            if day and not any(p in self.taken for p in _up(self.tree.owners[index])):
                return day
        return None

    # --- what is not taken --------------------------------------------------------------------

    def _is_damaged(self, part: Part, inner: list[Part]) -> bool:
        """Whether a paper's own lines hold a byte that is no text, which is then reported."""
        at = part.first
        for first, end in [*((p.first, p.end) for p in inner), (part.end, part.end)]:
            start, stop = self._span(at, max(at, first))
            if found := damage(self.source.text, start, stop):
                self.left_out.append((self.source.number_at(found[0]), found[1]))
                return True
            at = max(at, end)
        return False

    def _span(self, first: int, end: int) -> tuple[int, int]:
        starts = [
            self.source.lines[i].start if i < len(self.source.lines) else self.source.end
            for i in (first, end)
        ]
        return starts[0], starts[1]

    @property
    def days_behind(self) -> Days:
        """The day and year that hold at the end."""
        _, digest, year = self.changes[-1] if self.changes else (0, self.days.digest, self.days.year)
        return Days(digest, year)

    def _untaken(self) -> None:
        for part in _outside(self.tree.root, self.taken):
            if part.shape in (PartShape.FILE, PartShape.HEADING):
                self._report(part)

    def _report(self, part: Part) -> None:
        """One line for a heading whose text is no paper's."""
        own = list(self._own_lines(part))
        if self.damaged and (found := self._damage_in(part, own)):
            self.left_out.append(found)
            return
        text = self.source.text[part.head[0] : part.head[1]]
        lost = next((i for i in own if i in self.tree.found), None)
        if part.shape == PartShape.FILE:
            if lost is not None:
                self.left_out.append((self.source.lines[lost].number, "an arXiv address without a heading"))
        elif day_in(text) or has_impossible_day(text):
            if lost is not None:
                self.left_out.append(
                    (self.source.lines[lost].number, "an arXiv address in running text: a reference")
                )
        elif lost is not None:
            where = self.source.lines[lost].number
            reason = (
                f"no arXiv address in or under the heading: the one on line {where} stands in running text"
            )
            self.left_out.append((self.source.lines[part.first].number, reason))
        elif (
            any(self.source.lines[i].is_text for i in own if self.source.lines[i].kind != Kind.HIDDEN)
            or "](" in text
        ):
            self.left_out.append(
                (self.source.lines[part.first].number, "no arXiv address in or under the heading")
            )

    def _own_lines(self, part: Part) -> Iterator[int]:
        """The lines of a part up to its first heading, without those of entries."""
        end = min((c.first for c in part.children if c.shape == PartShape.HEADING), default=part.end)
        at = part.body
        entries = iter(sorted(_within(part, self.taken), key=lambda p: p.first))
        entry = next(entries, None)
        while at < end:
            while entry is not None and entry.end <= at:
                entry = next(entries, None)
            if entry is not None and entry.first <= at:
                at = max(entry.end, at + 1)
                continue
            yield at
            at += 1

    def _damage_in(self, part: Part, own: list[int]) -> LeftOut | None:
        for index in [part.first, *own] if part.shape == PartShape.HEADING else own:
            line = self.source.lines[index]
            found = damage(line.text, 0, len(line.text))
            if found:
                return line.number, found[1]
        return None


def _following(parts: list[Part], part: Part) -> Iterator[Part]:
    """The chosen parts that begin within one, which come right behind it."""
    at = bisect_right(parts, part.first, key=lambda other: other.first)
    while at < len(parts) and parts[at].first < part.end:
        yield parts[at]
        at += 1


def _outside(root: Part, taken: set[Part]) -> Iterator[Part]:
    """The parts that are not within a paper, in order."""
    stack = [root]
    while stack:
        part = stack.pop()
        if part in taken:
            continue
        yield part
        stack.extend(reversed(part.children))


def _within(part: Part, taken: set[Part]) -> list[Part]:
    """The papers in a part that are not below a heading of their own."""
    found, stack = [], list(part.children)
    while stack:
        inner = stack.pop()
        if inner in taken:
            found.append(inner)
        elif inner.shape != PartShape.HEADING:
            stack.extend(inner.children)
    return found


def _up(part: Part | None) -> Iterator[Part]:
    while part is not None:
        yield part
        part = part.parent
