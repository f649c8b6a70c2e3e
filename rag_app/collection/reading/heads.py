"""The head of an item, a paragraph or a cell: its title, its paper's key, and the words behind the title.

Knows: how a title and an address stand beside each other in one line, and how a reference in running
text differs from both. Does not know: what is above and below the line. Linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from rag_app.collection.reading.addresses import PaperAddress
from rag_app.collection.reading.days import starts_with_day
from rag_app.collection.reading.labels import Role, label_of
from rag_app.collection.reading.titles import (
    Definitions,
    Link,
    is_generic,
    keyed,
    label_of_link,
    links,
    only_links,
    plain_title,
    start_of_title,
)

LONGEST_HEAD = 6_000  # characters of a line in which a title and an address are looked for
SHORT = 60  # characters; a longer text before a link is a sentence that mentions it
NEAR = 240  # characters between a title and the address that belongs to it
_LONG_TITLE = 120  # characters, and words, of a title that nothing marks
_MANY_WORDS = 16


class Use(IntEnum):
    """What the address in a head is there for."""

    NONE = 0  # a reference, or no address
    LINK = 1  # the address of what stands above
    WEAK = 2  # an entry, if the items around it are entries too
    ENTRY = 3


@dataclass(frozen=True, slots=True)
class Head:
    """A title and where the words behind it begin (an offset in the head's text)."""

    use: Use
    key: str
    title: str
    rest: int
    before: str = ""  # words before the title that may be its authors


_EMPHASIS = re.compile(r"(\*{1,3}(?!\*)|__?(?!_)|<(?:b|strong|i|em|u)>|[\"“«《「『【])(?=\S)")
_TAGGED = re.compile(
    r"[*_]{0,3}(?:[\[(（][^\[\]()（）\n]{1,30}[\])）]|`[^`\n]{1,30}`|【[^】\n]{0,12}\d[^】\n]{0,12}】)[*_]{0,3}(?!\()[\s:：|·-]{0,3}"
)
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{8,300}?)[.,]?[\"”]")
_CLOSING = {"【": "】", "“": "”", "«": "»", "《": "》", "「": "」", "『": "』"}
_TAG = re.compile(r"<[a-z/][^<>]{0,200}>\s*|&nbsp;\s*", re.IGNORECASE)
_GROUP = re.compile(r"(?:[(（\[【][^()（）\[\]【】\n]{1,40}[)）\]】]|`[^`\n]{1,40}`)[*_]{0,3}[\s:：|-]{0,3}")
_PLAIN_END = re.compile(
    r"<br\s*/?>|(?<=\S)[ \t]{2,}(?=\S)|\s[—–]\s|\s-{1,2}\s(?=[^\n]{60})"
    r"|\n\s{0,9}\n|\s\|\s|,\s(?=[*_]{1,2}\w)|(?<=\w)\.\s+(?=\w[^\n]{20})"
)
_SENTENCE = re.compile(r"[.。!?！？]\s*\Z")
_GAPS = re.compile(r"[\s*_`|:：,，;；·•–—-]*")
_BARE_START = re.compile(r"[*_]{0,3}[\[(`（]\s?(?:arxiv:)?\d{4}\.\d{4,5}", re.IGNORECASE)
_ONLY_MARKS = re.compile(r"[\W_]*\Z")


def head_of(text: str, definitions: Definitions, bare: Sequence[PaperAddress] = ()) -> Head:
    """The title and the address in one head; `bare` are ids written without an address, as offsets
    in the text.
    """
    text = text[:LONGEST_HEAD]
    found = _with_bare(links(text, definitions), bare)
    papers = keyed(found)
    begin = _begin(text)
    if not papers:
        return _untied(text, begin, found)
    if only_links(text, found) or _is_link_field(text, found):
        return Head(Use.LINK, papers[0].key, "", len(text))
    named = next((link for link in papers if not is_generic(label_of_link(text, link))), None)
    if named and (use := _leads(text, begin, named)):
        return Head(use, named.key, plain_title(label_of_link(text, named)), _behind(text, named.end))
    generic = next((link for link in papers if is_generic(label_of_link(text, link))), None)
    if generic is None:
        return Head(Use.NONE, "", "", 0)
    if not text[begin : generic.start].strip(" *_`([|<>/b"):
        return _after(text, generic, found)
    return _before(text, begin, generic, found)


def titled(text: str, definitions: Definitions) -> Head:
    """The title and the words behind it of a head whose address stands elsewhere."""
    text = text[:LONGEST_HEAD]
    return _untied(text, _begin(text), links(text, definitions))


def _with_bare(found: list[Link], bare: Sequence[PaperAddress]) -> list[Link]:
    free = [a for a in bare if not any(link.start <= a.start < link.end for link in found)]
    return sorted(
        found + [Link(a.start, a.end, a.start, a.end, a.key, a.key) for a in free],
        key=lambda link: link.start,
    )


def _begin(text: str) -> int:
    """Where the title begins behind numbers, signs, tags and a day."""
    at = 0
    for _ in range(4):
        before = at
        at += start_of_title(text[at : at + 400])
        tag = _TAG.match(text, at)
        at = (
            tag.end()
            if tag and not _EMPHASIS.match(text, at) and not text[at:].lower().startswith("<a")
            else at
        )
        tagged = _TAGGED.match(text, at)
        if (
            tagged
            and re.search(r"\w{3}", text[tagged.end() : tagged.end() + 80])
            and not _BARE_START.match(text, at)
        ):
            at = tagged.end()
        inside = _EMPHASIS.match(text, at)
        skip = (
            inside.end()
            if inside and (day := starts_with_day(text[inside.end() : inside.end() + 60]))
            else at
        )
        at = skip + (day if skip != at else starts_with_day(text[at : at + 60]))
        if at == before:
            break
    return at


def _is_link_field(text: str, found: list[Link]) -> bool:
    """ "- **来源**: [arXiv](…) | [PDF](…)": a field whose value is nothing but links."""
    label = label_of(text)
    if not label or label.role in (Role.TITLE, Role.TEXT):
        return False
    inside = [link for link in found if link.start >= label.value]
    shifted = [
        Link(
            k.start - label.value,
            k.end - label.value,
            k.label_start - label.value,
            k.label_end - label.value,
            k.target,
            k.key,
            k.image,
        )
        for k in inside
    ]
    return bool(inside) and len(inside) == len(found) and only_links(text[label.value :], shifted)


def _leads(text: str, begin: int, link: Link) -> Use:
    """Whether a link with a title starts the head, or follows no more than a day, a tag or a label."""
    before = text[begin : link.start] if link.start > begin else ""
    label = label_of(text[: link.start]) if before else None
    if label:
        if label.role in (Role.TEXT, Role.OTHER, Role.NUMBER, Role.ELSEWHERE, Role.UPDATED):
            return Use.NONE
        before = text[max(begin, label.value) : link.start]
    for _ in range(3):
        before = _GROUP.sub("", before, count=1)
    before = before.strip(' *_`<>/bstrongiem"“《([|:：,-–—.')
    if not before:
        return Use.WEAK if label and label.role is None else Use.ENTRY
    if len(before) > SHORT or _SENTENCE.search(before):
        return Use.NONE
    return Use.WEAK


def _after(text: str, link: Link, found: list[Link]) -> Head:
    """The address comes first: "`2401.00001` | words", "[2401.00001](…) Title"."""
    at = link.end
    for other in found:
        if (
            other.start >= at
            and is_generic(label_of_link(text, other))
            and not text[at : other.start].strip(" *_`|,·()[]/")
        ):
            at = other.end
    gap = _GAPS.match(text, at)
    rest = gap.end() if gap else at
    closing = re.match(r"[)\]`*_】）]+[\s|:：–—-]*", text[rest:])
    rest += closing.end() if closing else 0
    words = text[rest:].strip()
    segment = _segment(text, rest, found)
    if segment:
        return Head(Use.ENTRY, link.key, plain_title(text[segment[0] : segment[1]]), segment[2])
    if (
        words
        and len(words) <= _LONG_TITLE
        and not _SENTENCE.search(words)
        and 2 <= len(words.split()) <= _MANY_WORDS
    ):
        end = _plain_end(text, rest)
        return Head(Use.ENTRY, link.key, plain_title(text[rest:end]), end)
    return Head(Use.ENTRY, link.key, "", rest)


def _before(text: str, begin: int, link: Link, found: list[Link]) -> Head:
    """The title comes first: "*Title* [url](…)", "**Title**, X et al., Paper: [2401.00001](…)"."""
    trailing = _ONLY_MARKS.match(_cut(text, link.start, found)) is not None
    segment = _segment(text, begin, [other for other in found if other.start < link.start])
    if segment and segment[1] <= link.start:
        between = text[segment[2] : link.start]
        labelled = re.match(r"\s*[:：]", text[segment[1] : segment[1] + 6].lstrip("*_ ")) is not None
        title = plain_title(text[segment[0] : segment[1]])
        if is_generic(title) or not title:
            return Head(Use.NONE, "", "", 0)
        near = len(between.strip(" *_([（【,，:：|-–—`")) == 0
        use = (
            Use.ENTRY
            if near or (not labelled and len(between) <= NEAR)
            else Use.WEAK
            if trailing
            else Use.NONE
        )
        return Head(use, link.key, title, segment[2])
    several = {other.key for other in found if other.key}
    label = label_of(text)
    if len(several) > 1 or (label and label.role in (Role.TEXT, Role.OTHER, Role.NUMBER)):
        return Head(Use.NONE, "", "", 0)
    quoted = _QUOTED.search(text, begin, link.start)
    if quoted:
        return Head(Use.WEAK, link.key, plain_title(quoted[1]), quoted.end(), text[begin : quoted.start()])
    end = _plain_end(text, begin)
    if end >= link.start:
        end = _behind_links(text, link, found)
    title = plain_title(text[begin:end])
    if not title or is_generic(title) or (_SENTENCE.search(text[begin : link.start]) and not trailing):
        return Head(Use.NONE, "", "", 0)
    return Head(Use.WEAK, link.key, title, end)


def _behind_links(text: str, first: Link, found: list[Link]) -> int:
    """Where a run of links that name no paper ends, with the bracket around it."""
    end = first.end
    for link in found:
        if link.start >= end and is_generic(label_of_link(text, link)) and is_generic(text[end : link.start]):
            end = link.end
    closing = re.compile(r"[\s*_]*[)\]）】]").match(text, end)
    return closing.end() if closing else end


def _untied(text: str, begin: int, found: list[Link]) -> Head:
    segment = _segment(text, begin, found)
    if segment:
        return Head(Use.NONE, "", plain_title(text[segment[0] : segment[1]]), segment[2])
    end = _plain_end(text, begin)
    return Head(Use.NONE, "", plain_title(text[begin:end]), end)


def _segment(text: str, at: int, found: list[Link]) -> tuple[int, int, int] | None:
    """The emphasised or linked words at a place: (start, end, where what follows begins)."""
    first = _emphasised(text, at) or _linked(text, at, found)
    if first and len(text[first[0] : first[1]].split()) <= 3:  # "**Best Paper** - **Title**"
        gap = _GAPS.match(text, first[1])
        second = _emphasised(text, gap.end() - _marks(text, gap.end())) if gap else None
        if (
            second
            and second[0] > first[1]
            and len(text[second[0] : second[1]]) > len(text[first[0] : first[1]])
        ):
            return second
    return first


def _marks(text: str, at: int) -> int:
    """How many marks of emphasis stand right before a place."""
    return at - len(text[:at].rstrip("*_"))


def _emphasised(text: str, at: int) -> tuple[int, int, int] | None:
    opening = _EMPHASIS.match(text, at)
    if not opening:
        return None
    mark = opening[1]
    closing = "</" + mark[1:] if mark.startswith("<") else _CLOSING.get(mark, mark)
    end = text.find(closing, opening.end(), at + 600)
    while (
        end > 0
        and closing in ("*", "_")
        and (text[end - 1 : end] == " " or text[end + 1 : end + 2].isalnum())
    ):
        end = text.find(closing, end + 1, at + 600)
    if end < 0 or end - opening.end() < 3 or not any(map(str.isalpha, text[opening.end() : end])):
        return None
    return opening.end(), end, _behind(text, end + len(closing))


def _linked(text: str, at: int, found: list[Link]) -> tuple[int, int, int] | None:
    for link in found:
        if not link.image and at <= link.start <= at + 3 and not text[at : link.start].strip("*_ "):
            label = label_of_link(text, link)
            return None if is_generic(label) else (link.label_start, link.label_end, _behind(text, link.end))
    return None


def _behind(text: str, at: int) -> int:
    """The place behind the marks that separate a title from what follows."""
    found = re.compile(r"(?:</?[a-z]{1,6}\s?/?>|[\s*_`:：,，|·–—)\]-])*").match(text, at)
    return found.end() if found else at


def _plain_end(text: str, begin: int) -> int:
    found = _PLAIN_END.search(text, begin + 8) if len(text) > begin + 8 else None
    return found.start() if found else len(text)


def _cut(text: str, at: int, found: list[Link]) -> str:
    """What follows a place, without links that name no paper."""
    out = []
    for link in found:
        if link.end <= at:
            continue
        out.append(text[at : link.start])
        out.append("" if is_generic(label_of_link(text, link)) else label_of_link(text, link))
        at = max(at, link.end)
    return "".join([*out, text[at:]])
