"""Which parts of a file are papers.

Knows: how the address, the title and the text of a paper lie in a tree of parts, and how parts beside
each other tell an entry from a group of entries and from a reference. Does not know: what an entry
holds (`entry`). Every part is looked at a bounded number of times.

A part whose head holds the address is a paper. Of a part below which exactly one paper's address
stands, either it is the paper or something inside it is; the kind of part decides of which most hold
exactly one (headings of the same level, items of one list). A part below which several stand is a
group, unless a line of links right below its head says whose text the rest is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rag_app.collection.reading.addresses import PaperAddress, is_arxiv
from rag_app.collection.reading.days import day_in, without_day
from rag_app.collection.reading.elsewhere import Chosen, kind_of, like_siblings
from rag_app.collection.reading.heads import Head, Use, head_of
from rag_app.collection.reading.labels import Role, label_of, role_of
from rag_app.collection.reading.markup import Kind, SourceText
from rag_app.collection.reading.outline import Cell, Outline, Part, PartShape
from rag_app.collection.reading.strays import Stray, stray_at
from rag_app.collection.reading.titles import is_generic, links, only_links, plain_title

LINK_LINES = 6  # lines below a heading among which the entry's address may start
LINK_START = 40  # characters before that address; more of them are a sentence that mentions a paper
_SEVERAL = 3  # different keys of a part that are remembered: it is a group from two on


@dataclass(slots=True)
class Facts:
    """What is known of a part before it is chosen."""

    head: Head
    links: dict[str, int] = field(default_factory=dict)  # keys of its lines of links -> first such line
    keys: dict[str, None] = field(default_factory=dict)  # keys in it, at most `_SEVERAL`


@dataclass(frozen=True, slots=True)
class Choice:
    """The papers of a file in order, and the parts within them whose paper cannot be told."""

    chosen: list[Chosen]
    strays: list[Part]


def choose(source: SourceText, tree: Outline) -> Choice:
    """The parts that are papers."""
    return _Chooser(source, tree).run()


class _Chooser:
    def __init__(self, source: SourceText, tree: Outline) -> None:
        self.source, self.tree = source, tree
        self.facts: dict[Part, Facts] = {}
        self.kinds: dict[object, Counter[str]] = {}
        self.chosen: list[Chosen] = []
        self.strays: list[Part] = []

    def run(self) -> Choice:
        parts = list(_walk(self.tree.root))
        for part in parts:
            self.facts[part] = Facts(self._head(part))
        self._take_links()
        for part in reversed(parts):
            self._gather(part)
        for part in parts:
            self._count(part)
        self._choose_children(self.tree.root)
        self.chosen += like_siblings(self.source, parts, self.chosen, self._is_free)
        self.chosen.sort(key=lambda chosen: (chosen.part.first, chosen.part.head[0]))
        self.strays.sort(key=lambda part: part.first)
        return Choice(self.chosen, self.strays)

    # --- what is known of each part -----------------------------------------------------------

    def _head(self, part: Part) -> Head:
        if part.key:
            return Head(Use.ENTRY, part.key, "", 0)
        if part.stray == Stray.DOUBTFUL:
            return Head(Use.NONE, "", "", 0)
        if part.shape == PartShape.ROW:
            return self._row_head(part)
        start, end = part.head
        if part.shape in (PartShape.FILE, PartShape.HEADING) or start >= end:
            return Head(Use.NONE, "", "", 0)
        text = self.source.text[start:end]
        here = self._addresses(part.first, start, end)
        if part.shape in (PartShape.ITEM, PartShape.PARAGRAPH, PartShape.BOLD) and (here or "[" in text):
            return head_of(text, self.source.definitions, here)
        return Head(Use.NONE, "", "", 0)

    def _addresses(self, line: int, start: int, end: int) -> list[PaperAddress]:
        return [
            PaperAddress(a.key, a.start - start, a.end - start)
            for a in self.tree.found.get(line, ())
            if start <= a.start and a.end <= end
        ]

    def _row_head(self, part: Part) -> Head:
        heads = [(cell, self._cell_head(part, cell)) for cell in part.cells]
        keyed = [(cell, head) for cell, head in heads if head.key and head.use != Use.NONE]
        if not keyed:
            return Head(Use.NONE, "", "", 0)
        by_role = [pair for pair in keyed if pair[0].role in (Role.TITLE, Role.LINK)]
        _, head = (by_role or keyed)[0]
        arxiv = [pair for pair in keyed if is_arxiv(pair[1].key)]
        if not is_arxiv(head.key) and arxiv:
            _, head = arxiv[0]
        return Head(Use.ENTRY, head.key, "", 0)

    def _cell_head(self, part: Part, cell: Cell) -> Head:
        here = [
            PaperAddress(a.key, a.start - cell.start, a.end - cell.start)
            for line in range(part.first, part.end)
            for a in self.tree.found.get(line, ())
            if cell.start <= a.start < cell.end
        ]
        return (
            head_of(self.source.text[cell.start : cell.end], self.source.definitions, here)
            if here
            else _NO_HEAD
        )

    def _take_links(self) -> None:
        """Give each line of links to the part whose address it is."""
        for index, here in self.tree.found.items():
            line = self.source.lines[index]
            owner = self.tree.owners[index]
            head, begins = self.facts[owner].head, owner.first == index
            if begins and head.use == Use.LINK:
                self._give(owner.parent, here, index)
            if line.kind in (Kind.ROW, Kind.HTML_ROW) or (begins and head.key):
                continue
            if owner.first == index and owner.shape in (PartShape.HEADING, PartShape.ITEM, PartShape.BOLD):
                continue
            if self._is_link_line(line.inner, here[0], line.start + line.content, owner, index):
                self._give(owner, here, index)

    def _give(self, part: Part | None, here: list[PaperAddress], index: int) -> None:
        while part and part.parent and self.facts[part].head.use == Use.LINK:
            part = part.parent
        if part:
            best = next((a for a in here if is_arxiv(a.key)), here[0])
            self.facts[part].links.setdefault(best.key, index)

    def _is_link_line(self, text: str, first: PaperAddress, start: int, owner: Part, index: int) -> bool:
        """Whether the line is there for the address: nothing but links, or a link near its start."""
        at = first.start - start
        found = links(text[: 4 * LINK_START + 400], self.source.definitions)
        if only_links(text, found):
            return True
        label = label_of(text)
        if label and at >= label.value:
            inside = text[label.value :]
            if label.role == Role.LINK and at - label.value <= LINK_START:
                return True
            return only_links(inside, links(inside, self.source.definitions))
        near = self._lines_between(owner, index) <= LINK_LINES
        return (
            near
            and at <= LINK_START
            and owner.shape == PartShape.HEADING
            and (not text[:at].strip(" *_<[(") or "](" in text[:at])
        )

    def _lines_between(self, owner: Part, index: int) -> int:
        """Lines with words from a part's head to one of its lines, as far as the number matters."""
        if index - owner.body > 4 * LINK_LINES:
            return index
        return sum(
            self.source.lines[at].kind not in (Kind.BLANK, Kind.HIDDEN) for at in range(owner.body, index + 1)
        )

    def _gather(self, part: Part) -> None:
        """The keys below a part; where an arXiv id is known, other addresses are of the same paper."""
        facts = self.facts[part]
        own = dict.fromkeys([*([facts.head.key] if facts.head.use > Use.LINK else []), *facts.links])
        if any(map(is_arxiv, own)):
            own = {key: None for key in own if is_arxiv(key)}
            facts.links = {key: line for key, line in facts.links.items() if is_arxiv(key)}
        for key in own:
            if len(facts.keys) < _SEVERAL:
                facts.keys[key] = None
        if part.parent and not part.stray and not (facts.head.use == Use.WEAK and not self._list_made(part)):
            above = self.facts[part.parent].keys
            for key in facts.keys:
                if len(above) < _SEVERAL:
                    above[key] = None

    def _list_made(self, part: Part) -> bool:
        """Whether at least half of the items around one are entries too."""
        siblings = [s for s in part.parent.children if s.shape == part.shape] if part.parent else []
        entries = sum(self.facts[s].head.use >= Use.WEAK for s in siblings[:200])
        return len(siblings) > 1 and 2 * entries >= min(len(siblings), 200)

    def _count(self, part: Part) -> None:
        counts = self.kinds.setdefault(kind_of(part), Counter())
        counts["one" if len(self.facts[part].keys) == 1 else "other"] += 1

    def _purity(self, part: Part) -> float:
        """Of the parts of this kind, the share that holds exactly one paper."""
        counts = self.kinds[kind_of(part)]
        return counts["one"] / counts.total()

    # --- choosing -----------------------------------------------------------------------------

    def _choose_children(self, part: Part) -> None:
        for child in part.children:
            if self.facts[child].keys:
                self._choose(child)

    def _choose(self, part: Part) -> None:
        facts = self.facts[part]
        if part.shape == PartShape.PARAGRAPH and part.parent is self.tree.root and not self._list_made(part):
            return  # one paragraph above all headings is a remark
        if (
            part.key
            or (facts.head.use == Use.ENTRY)
            or (facts.head.use == Use.WEAK and (part.stray or self._list_made(part)))
        ):
            self._take(part, part.key or facts.head.key)
        elif len(facts.keys) == 1 and facts.head.use != Use.WEAK:
            self._choose_on_path(part, next(iter(facts.keys)))
        elif (key := self._near(part)) and self._has_title(part):
            self._take(part, key)
        else:
            self._choose_children(part)
            self._take_bare(part)

    def _take(self, part: Part, key: str) -> None:
        head = (
            None
            if part.shape in (PartShape.HEADING, PartShape.FOLDED, PartShape.QUOTE)
            else self.facts[part].head
        )
        self.chosen.append(Chosen(part, key, head))
        for inner in _walk(part):
            if inner.stray == Stray.DOUBTFUL:
                self.strays.append(inner)
            elif (
                inner is not part
                and self._is_apart(inner, part, key)
                and _outermost_entry(inner, part, self.facts)
            ):
                self._choose(inner)

    def _is_apart(self, inner: Part, part: Part, key: str) -> bool:
        """Whether a part within a paper is a paper of its own: a heading with another address, a line in
        bold that is another title, or an item with an address below an item.
        """
        facts = self.facts[inner]
        if part.shape == PartShape.HEADING and inner.shape == PartShape.BOLD and not inner.stray:
            head = self.source.text[slice(*part.head)]
            return stray_at(self.source.lines, inner.first, self.source.definitions, key, head) == Stray.ENTRY
        if (
            inner.stray == Stray.ENTRY
            or inner.key
            or (part.shape == inner.shape == PartShape.ITEM and facts.head.use == Use.ENTRY)
        ):
            return facts.head.key != key
        if inner.shape != PartShape.HEADING or not facts.links or self._purity(inner) < 0.5:
            return False
        return self._near(inner) not in ("", key) and self._has_title(inner)

    def _near(self, part: Part) -> str:
        """The key of the only line of links right below a head; empty where there are several."""
        found = self.facts[part].links
        near = [key for key, line in found.items() if self._lines_between(part, line) <= LINK_LINES]
        return near[0] if len(near) == 1 and len(found) == 1 and part.shape != PartShape.FILE else ""

    def _choose_on_path(self, part: Part, key: str) -> None:
        """Of a part and those inside it that hold the only address, the one that is the paper."""
        path = [part]
        while not self._holds(path[-1], key):
            inner = next((c for c in path[-1].children if key in self.facts[c].keys), None)
            if inner is None:
                break
            path.append(inner)
        worthy = [candidate for candidate in path if self._has_title(candidate)]
        if not worthy:
            return
        best = max(worthy, key=lambda candidate: (self._purity(candidate), self._preference(candidate, path)))
        self._take(best, key)

    def _holds(self, part: Part, key: str) -> bool:
        return key in self.facts[part].links or self.facts[part].head.key == key

    def _preference(self, part: Part, path: list[Part]) -> tuple[int, int]:
        """Between kinds that are equally pure: headings before what stands in for them, the deeper
        before the higher; but an item with a title of its own before a heading without other text.
        """
        depth = path.index(part)
        if part.shape in (PartShape.HEADING, PartShape.FOLDED, PartShape.ROW):
            return (2, depth)
        if (
            part.shape == PartShape.ITEM
            and self.facts[part].head.use >= Use.WEAK
            and not self._has_prose(path[0], part)
        ):
            return (3, depth)
        return (1, depth)

    def _has_prose(self, part: Part, without: Part) -> bool:
        """Whether lines of text stand in a part outside one of its items."""
        lines = self.source.lines
        outside = [lines[i] for i in range(part.body, part.end) if not without.first <= i < without.end]
        return any(line.kind in (Kind.TEXT, Kind.CODE, Kind.ITEM) and line.is_text for line in outside)

    def _has_title(self, part: Part) -> bool:
        """Whether the words of a head can be a paper's title."""
        if part.shape == PartShape.ROW or self.facts[part].head.use >= Use.WEAK:
            return True
        if part.shape in (PartShape.FILE, PartShape.PARAGRAPH) or part.head[0] >= part.head[1]:
            return False
        if self.facts[part].head.use == Use.LINK:
            return False
        text = self.source.text[part.head[0] : min(part.head[1], part.head[0] + 2_000)]
        if (
            part.shape == PartShape.ITEM
            and (label := label_of(text))
            and label.role not in (None, Role.TITLE)
        ):
            return False
        title = plain_title(text, self.source.definitions)
        if day_in(text):
            title = plain_title(without_day(text))
            return len([word for word in title.split() if not is_generic(word)]) >= 3
        if role_of(title) is not None and role_of(title) != Role.TITLE:
            return False
        return any(map(str.isalnum, title)) and not is_generic(title)

    def _is_free(self, part: Part) -> bool:
        """Whether a part has a title and holds no known address."""
        return not self.facts[part].keys and (part.shape == PartShape.ROW or self._has_title(part))

    def _take_bare(self, part: Part) -> None:
        """A list, or lines, of nothing but addresses: each is a paper without a title."""
        facts = self.facts[part]
        if len(facts.links) < 2 or part.shape in (PartShape.ITEM, PartShape.PARAGRAPH):
            return
        taken = {chosen.key for chosen in self.chosen}
        for key, line in facts.links.items():
            if key not in taken:
                self.chosen.append(Chosen(self._line_part(line), key, Head(Use.ENTRY, key, "", 0)))

    def _line_part(self, line: int) -> Part:
        found = self.source.lines[line]
        owner = self.tree.owners[line]
        if owner.first == line and owner.shape in (PartShape.ITEM, PartShape.PARAGRAPH):
            return owner
        return Part(
            PartShape.PARAGRAPH,
            0,
            line,
            line + 1,
            line + 1,
            (found.start + found.end, found.start + found.end),
            owner,
        )


_NO_HEAD = Head(Use.NONE, "", "", 0)


def _walk(part: Part) -> Iterator[Part]:
    stack = [part]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(here.children))


def _outermost_entry(inner: Part, outer: Part, facts: dict[Part, Facts]) -> bool:
    """Whether no other entry stands between a part and the entry around it."""
    above = inner.parent
    while above is not None and above is not outer:
        if above.key or (facts[above].head.use == Use.ENTRY and above.shape == PartShape.ITEM):
            return False
        above = above.parent
    return True
