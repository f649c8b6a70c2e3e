"""Papers that no known address names: parts beside papers that have any other web address in its place.

Knows: where papers of a kind have their address, and which links are never papers (code, talk,
pictures, the front page of a site). Does not know: how the parts beside them were chosen (`choice`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag_app.collection.reading.heads import Head, titled
from rag_app.collection.reading.labels import Role, label_of
from rag_app.collection.reading.markup import Kind, SourceText
from rag_app.collection.reading.outline import Part, PartShape
from rag_app.collection.reading.titles import Link, is_generic, links, plain_title, web_key

_LINES = 60  # lines of a part in which its address is looked for
# Code, talk and pictures, and the front page of any site.
_NO_PAPER = re.compile(
    r"https?://(?:[\w-]+\.)*(?:github|gitlab|bitbucket|twitter|x|youtube|youtu|reddit|linkedin|discord|t|shields|medium)"
    r"\.(?:com|io|gg|me|be|org)(?:/|\Z)|https?://[^/\s]+/?\Z",
    re.IGNORECASE,
)
_PAPER_WORDS = frozenset(
    "paper pdf link url arxiv preprint doi openreview proceedings 论文 论文链接 논문 論文".split()
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part that is a paper. `head` is that of an item, paragraph or cell; None for a heading."""

    part: Part
    key: str
    head: Head | None


def like_siblings(
    source: SourceText, parts: Sequence[Part], chosen: Sequence[Chosen], is_free: Callable[[Part], bool]
) -> list[Chosen]:
    """The parts of the kinds of chosen ones that have a title and a web address where those have theirs.
    `is_free` tells whether a part has a title and no known address.
    """
    taken = {entry.part for entry in chosen}
    kinds = Counter(kind_of(part) for part in taken)
    found = []
    for part in parts:
        if part in taken or part.parent in taken or not kinds[kind_of(part)] or not is_free(part):
            continue
        if key := _web_key(part, source):
            heading = part.shape in (PartShape.HEADING, PartShape.FOLDED)
            head = None if heading else titled(source.text[slice(*part.head)], source.definitions)
            found.append(Chosen(part, key, head))
    return found


def kind_of(part: Part) -> object:
    """Parts of one kind are compared: headings of a level, folded blocks, items of one list."""
    if part.shape == PartShape.HEADING:
        return (part.shape, part.level)
    if part.shape in (PartShape.ITEM, PartShape.ROW):
        return (part.shape, part.level, id(part.parent))
    return part.shape


def _web_key(part: Part, source: SourceText) -> str:
    """The web address that stands where papers of this kind have theirs, or an empty string."""
    spans = [(c.start, c.end, c.role) for c in part.cells] or [(*part.head, None), *_own_lines(part, source)]
    for start, end, role in spans:
        text = source.text[start:end][:4000]
        if role != Role.ELSEWHERE and "://" in text and (key := _paper_link(text, source, part.shape)):
            return key
    return ""


def _own_lines(part: Part, source: SourceText) -> Iterator[tuple[int, int, Role | None]]:
    for line in source.lines[part.body : min(part.end, part.body + _LINES)]:
        if line.kind in (Kind.TEXT, Kind.ITEM):
            yield line.start + line.content, line.start + line.end, None


def _paper_link(text: str, source: SourceText, shape: PartShape) -> str:
    """The address of a link that is labelled as a paper, or is the title itself."""
    label = label_of(text)
    for link in links(text, source.definitions):
        if link.image or not link.target.lower().startswith("http"):
            continue
        named = label.name if label and link.start >= label.value else plain_title(_shown(text, link))
        if not _PAPER_WORDS.isdisjoint(named.casefold().split()) or _is_title(text, link, shape):
            return "" if _NO_PAPER.match(link.target) else web_key(link.target)
    return ""


def _shown(text: str, link: Link) -> str:
    return text[link.label_start : link.label_end]


def _is_title(text: str, link: Link, shape: PartShape) -> bool:
    if shape not in (PartShape.HEADING, PartShape.ITEM, PartShape.ROW) or text[: link.start].strip(" *_#"):
        return False
    return not is_generic(_shown(text, link))
