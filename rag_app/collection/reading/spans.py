"""A run of words (behind a title, or in a cell) -> fields and text.

Knows: labelled parts divided by <br>, authors among other words, votes behind a title. Does not know:
lines and sections of an entry. What is kept is a verbatim slice.
"""

from __future__ import annotations

import re

from rag_app.collection.reading.authors import authors_of
from rag_app.collection.reading.days import day_in
from rag_app.collection.reading.fields import Body, Fields, Mark, within_tags, without_tags
from rag_app.collection.reading.labels import Role, label_of
from rag_app.collection.reading.markup import SourceText
from rag_app.collection.reading.titles import is_generic, links, without_links
from rag_app.collection.reading.votes import marked_votes, votes_of
from rag_app.text.cleaning import clean_line

_BREAK = re.compile(r"<br\s*/?>|</?p>", re.IGNORECASE)
_FOLD = re.compile(
    r"<details\b[^<>]{0,80}>\s*(?:<summary\b[^<>]{0,80}>[^<>]{0,200}</summary>)?\s*(?:<p>)?", re.IGNORECASE
)
_WHO = re.compile(
    r"(?:\A|[.。;；|,，·—–-]\s{0,3}|\s\s)[*_]{0,2}(?:Authors?|By|저자|作者|著者|Tác giả)\s?[:：][*_]{0,2}\s*",
    re.IGNORECASE,
)
_ET_AL = re.compile(
    r"(?:\A|[,，|;(（])\s*([^,，|;:：()\[\]<>*]{3,80}?)[,\s]+et\.?\s?al\b\.?,?", re.IGNORECASE
)
_STOP = re.compile(r"\s\|\s|;\s|；|<br|\.\s+(?=[A-Z][a-z]+ [a-z])|\s[-–—]\s")
_SEPARATORS = " \t\n-–—:：,，;；|·•*_`)]>.。"


def count_votes(text: str, fields: Fields) -> None:
    """Take the votes that a sign or word marks in a text."""
    found = marked_votes(text)
    if found and found.count is not None and fields.votes is None:
        fields.votes, fields.counted = found.count, True


def read_span(source: SourceText, start: int, end: int, name: str, body: Body) -> None:
    """Fields and text of a run of words: labelled parts divided by <br>, authors, and the rest as text."""
    at, run = start, -1
    text = source.text
    fold = _FOLD.match(text, start, end)
    at = fold.end() if fold else start
    edges = [(found.start(), found.end()) for found in _BREAK.finditer(text, at, end)]
    for stop, behind in [*edges, (end, end)]:
        piece = text[at:stop]
        first, _ = within_tags(piece)
        label = label_of(piece[first:]) if ":" in piece[first : first + 60] or "：" in piece[:60] else None
        value = at + first + label.value if label else at
        if label and _take(label.role, text[value:stop], body):
            run = _close(source, run, at, name, body)
        elif label and (label.role in (Role.TEXT, Role.OTHER) or (label.marked and label.role is None)):
            run = _close(source, run, at, name, body)
            _add(source, value, stop, clean_line(label.name) or name, body)
        elif run < 0:
            run = at
        at = behind
    _close(source, run, end, name, body)


def _close(source: SourceText, start: int, end: int, name: str, body: Body) -> int:
    """Take the authors out of a run of words, and keep the rest as text; -1 for "no open run"."""
    if start < 0:
        return -1
    words = source.text[start:end]
    gap = _authors_in(words, body.fields) if body.fields.authors is None else None
    if gap:
        _add(source, start, start + gap[0], name, body)
        _add(source, start + gap[1], end, name, body)
    else:
        _add(source, start, end, name, body)
    return -1


def _authors_in(words: str, fields: Fields) -> tuple[int, int] | None:
    """Where authors stand among other words ("Authors: ...", "X et al."); they are taken."""
    who = _WHO.search(words)
    if who:
        stop = _STOP.search(words, who.end())
        until = stop.start() if stop else len(words)
        listed = authors_of(without_tags(words[who.end() : until]))
        if listed and listed.names:
            fields.authors = listed
            return who.start() + (words[who.start()] in ".。"), until
    short = _ET_AL.search(words[:300])
    if short and (listed := authors_of(short[1] + " et al.")):
        fields.authors = listed
        return short.start(), short.end()
    return None


def _take(role: Role | None, value: str, body: Body) -> bool:
    """Whether a labelled value is a field, which is then taken."""
    plain = clean_line(value)
    if role == Role.AUTHORS and body.fields.authors is None and (listed := authors_of(value)):
        body.fields.authors = listed
        return True
    if role == Role.VOTES and (count := votes_of(plain)):
        body.fields.votes, body.fields.counted = count.count, True
        return True
    if role == Role.PUBLISHED and (day := day_in(plain)):
        body.fields.published = day
        return True
    if role in (Role.LINK, Role.ELSEWHERE):
        return is_generic(without_links(value, links(value)))
    return False


def _add(source: SourceText, start: int, end: int, name: str, body: Body) -> None:
    """A slice as text of a section, without tags and marks at its edges, if it holds words of its own."""
    raw = source.text[start:end]
    first, last = within_tags(raw)
    inner = raw[first:last].lstrip(_SEPARATORS)
    begin = last - len(inner)
    inner = inner.rstrip(" \t\n*_|,，–—-([（【")
    bare = (
        without_links(inner, links(inner, source.definitions)) if "](" in inner or "://" in inner else inner
    )
    if is_generic(bare) or not any(map(str.isalnum, bare)):
        return
    number = source.number_at(start + begin)
    body.marks += [None, Mark(number, start + begin, start + begin + len(inner), name, start + begin)]
