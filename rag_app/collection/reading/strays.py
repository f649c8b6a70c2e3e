"""Lines within an entry that are nothing but the title and the address of another paper.

Knows: how such a line is written, and by the lines around it whether text of that paper may follow. Does
not know: parts. A link in a sentence, in a field, in a plain list or below a name ("Related:") is a
reference, and so are several such lines in a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from rag_app.collection.reading.addresses import bare_id, is_arxiv
from rag_app.collection.reading.heads import head_of
from rag_app.collection.reading.labels import label_of
from rag_app.collection.reading.markup import Kind, SourceLine
from rag_app.collection.reading.titles import (
    Definitions,
    Link,
    is_generic,
    keyed,
    label_of_link,
    links,
    plain_title,
)
from rag_app.text.cleaning import clean_line

LONGEST = 600  # characters; a longer line says more than a title


class Stray(IntEnum):
    """What a line that is another paper's title does to the entry around it."""

    NONE = 0  # nothing: the line is the entry's own
    DOUBTFUL = 1  # whose the text below is cannot be told
    ENTRY = 2  # it begins an entry


@dataclass(frozen=True, slots=True)
class TitleLine:
    """The paper whose title a line is, and what the line would do."""

    key: str
    title: str
    stray: Stray


_BOLD = re.compile(r"\s{0,3}(\*\*|__)(?P<inside>[^\n]{2,500}?)\1(?P<after>[^\n]{0,160})\Z")
_STRONG = re.compile(
    r"\s{0,3}(?:<p\b[^<>]{0,80}>\s*)?<(b|strong)>(?P<inside>[^\n]{2,500}?)</\1>(?P<after>[^\n]{0,160})\Z",
    re.IGNORECASE,
)
_WIKI = re.compile(
    r"\s{0,3}(?:[-*+]\s{1,4})?!?\[\[\s?(?P<target>[^\[\]|\n]{4,40})(?:\|(?P<shown>[^\[\]\n]{1,300}))?\]\]\s*\Z"
)
_QUOTE_ITEM = re.compile(r"\s{0,3}(?:[-*+]\s{1,4})?")
_INTRODUCES = re.compile(r"[:：][\s*_]*\Z|\s{0,3}(?:\*\*|__)[^*_\n]{1,60}(?:\*\*|__)\s*\Z")
_BODY = (Kind.TEXT, Kind.ITEM, Kind.ROW, Kind.CODE)


def stray_at(lines: Sequence[SourceLine], index: int, definitions: Definitions, key: str, head: str) -> Stray:
    """What a line does within an entry with the arXiv id `key` and the heading `head`."""
    found = title_line(lines[index], definitions)
    if found is None or found.key == key or not is_arxiv(key) or _says(head, found.title):
        return Stray.NONE
    above, below = _neighbour(lines, index, -1), _neighbour(lines, index, 1)
    if above is None or below is None or below.kind not in _BODY or title_line(below, definitions):
        return Stray.NONE
    is_listed = _introduces(above) or title_line(above, definitions) is not None
    return Stray.NONE if is_listed else found.stray


def title_line(line: SourceLine, definitions: Definitions) -> TitleLine | None:
    """The paper whose title is all that a line holds, in bold, in a quote, or as a link to a note."""
    text = line.text
    if line.kind not in (Kind.TEXT, Kind.ITEM) or len(text) > LONGEST:
        return None
    if line.quoted:
        return _quoted(line, definitions)
    if "[[" in text:
        return _wiki(text)
    return _bold(text, definitions) if line.kind == Kind.TEXT else None


def _bold(text: str, definitions: Definitions) -> TitleLine | None:
    found = _BOLD.match(text) or _STRONG.match(text)
    if found is None or _has_words(plain_title(found["after"], definitions)):
        return None
    inside, papers = found["inside"], keyed(links(text, definitions))
    link = _only(papers)
    title = plain_title(inside, definitions)
    if link is None or is_generic(title) or title.endswith((":", "：")):
        return None
    label = label_of_link(text, link)
    is_linked = label in inside and not is_generic(label) and head_of(text, definitions).key == link.key
    return TitleLine(link.key, title, Stray.ENTRY if is_linked else Stray.DOUBTFUL)


def _quoted(line: SourceLine, definitions: Definitions) -> TitleLine | None:
    mark = _QUOTE_ITEM.match(line.inner)
    words = line.inner[mark.end() if mark else 0 :].strip(" *_")
    link = _only(keyed(links(words, definitions)))
    if link is None or words[: link.start].strip(" *_") or words[link.end :].strip(" *_."):
        return None
    title = label_of_link(words, link)
    return None if is_generic(title) else TitleLine(link.key, clean_line(title), Stray.DOUBTFUL)


def _wiki(text: str) -> TitleLine | None:
    found = _WIKI.match(text)
    paper = bare_id(found["target"].strip()) if found else None
    if found is None or paper is None:
        return None
    return TitleLine(paper.key, clean_line(found["shown"] or ""), Stray.DOUBTFUL)


def _only(papers: Sequence[Link]) -> Link | None:
    """The first of the links to papers, if all lead to one with an arXiv id."""
    keys = {link.key for link in papers}
    return papers[0] if len(keys) == 1 and is_arxiv(papers[0].key) else None


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _says(head: str, title: str) -> bool:
    """Whether an entry's heading has the same title, whatever the id says."""
    return bool(title) and title.casefold() in clean_line(head).casefold()


def _neighbour(lines: Sequence[SourceLine], index: int, step: int) -> SourceLine | None:
    """The next line in a direction that is not blank."""
    at = index + step
    while 0 <= at < len(lines) and lines[at].kind == Kind.BLANK:
        at += step
    return lines[at] if 0 <= at < len(lines) else None


def _introduces(line: SourceLine) -> bool:
    """Whether a line names what stands below it: "Related:", "**Related papers**", a heading without
    an address.
    """
    if line.kind == Kind.HEADING:
        return "://" not in line.text and "[" not in line.text
    label = label_of(line.text[:400])
    return _INTRODUCES.search(line.text[-200:]) is not None or (
        label is not None and label.value >= len(line.text.rstrip())
    )
