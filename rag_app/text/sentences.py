"""The text of a section -> the spans of its sentences.

Knows: where a sentence ends, and which full stops end none. Does not know: papers, scores, a
language's abbreviations. Rules, not a model: a quote needs the same cut every time, and 14,000
sections are cut in about a second.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from rag_app.lang import LANGUAGES, alternatives, other_scripts
from rag_app.text.cleaning import IMAGE, LINK, LITERAL, LITERAL_STRING

Span = tuple[int, int]  # start and end, in code points

# What may end a sentence: a stop before a blank; one glued to the next sentence after a letter that
# ends sentences; or a CJK stop.
_CLOSING = r"""["'”’」』)\]*_]*+"""
_LAST = "".join(one.sentence_ends for one in LANGUAGES.values())
_STOP = re.compile(
    rf"[.!?。！？…]++{_CLOSING}(?=\s|$)|(?<=[{_LAST}])[.!?]++{_CLOSING}(?=[{other_scripts()}A-Z\"'“‘(*])"
    rf"|[。！？]++{_CLOSING}"
)
# Full stops that end no sentence; looked for in the few characters before the stop.
_ABBREVIATION = re.compile(
    rf"(?:^|[^\w.])(?:{alternatives(lambda one: one.abbreviations)}|"
    r"(?:[A-Z]\.)*[A-Z])\.$|(?:^|\s)\d{1,2}\.$"  # "O.O.D.", "J.", and the "1." of an enumeration
)
_MARK = re.compile(r"\s*+(?:(?:[-*+•▪·]|\d{1,2}\.)\s++)*+")
_MEDIA = re.compile(rf"{IMAGE.pattern}|{LINK.pattern}|https?://\S++")
_FENCE = re.compile(r"\s*+(?:`{3,}|~{3,})[^\s`~]*+\s*+")
_PARENTHESIS = re.compile(r"[()（）]")
_LINE = re.compile(r"[^\n]++")


def split(text: str) -> list[Span]:
    """Sentence spans of a verbatim text: ordered, disjoint, trimmed of white space and list marks,
    2 or more long.

    Every letter and digit lies in a span, except those of list marks and of lines that are only
    images and links, or the mark of a code block ("```sh").
    """
    spans: list[Span] = []
    for at, end in _pieces(text):
        mark = _MARK.match(text, at, end)
        start = mark.end() if mark else at
        if _has_word(text[start:end]):
            spans.extend(_cut(text, start, end))
    return _joined(text, spans)


def _pieces(text: str) -> Iterator[Span]:
    """Lines, with the strings of a list or mapping literal as lines of their own."""
    for line in _LINE.finditer(text):
        at, end = line.span()
        for literal in LITERAL.finditer(text, at, end):
            if literal[2]:
                yield at, literal.start()
                yield from (
                    (item.start() + 1, item.end() - 1)
                    for item in LITERAL_STRING.finditer(text, *literal.span(1))
                )
                at = literal.end()
        yield at, end


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of one line."""
    pairs = deque(_parentheses(text, start, end))
    for stop in _STOP.finditer(text, start, end):
        while pairs and pairs[0][1] < stop.start():
            pairs.popleft()
        if (pairs and pairs[0][0] < stop.start()) or _goes_on(text, start, stop):
            continue
        yield from _trimmed(text, start, stop.end())
        start = stop.end()
    yield from _trimmed(text, start, end)


def _goes_on(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether the sentence goes on after this full stop: an abbreviation, or a small letter in English."""
    at = stop.start()
    if stop[0] == "." and _ABBREVIATION.search(text[max(start, at - 12) : at + 1]):
        return True
    return (
        stop[0][0] == "."
        and text[at - 1].isascii()
        and "a" <= text[stop.end() : stop.end() + 2].strip()[:1] <= "z"
    )


def _parentheses(text: str, start: int, end: int) -> list[Span]:
    """The outermost pairs of parentheses, in order; one that never closes is no pair."""
    opened: list[int] = []
    pairs: list[Span] = []
    for mark in _PARENTHESIS.finditer(text, start, end):
        if mark[0] in "(（":
            opened.append(mark.start())
        elif opened:
            pair = opened.pop(), mark.start()
            while pairs and pairs[-1][0] > pair[0]:
                pairs.pop()
            pairs.append(pair)
    return pairs


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end = start + len(piece.strip())
    if start < end:
        yield start, end


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """Fragments without a word of two characters join the sentence before them, or the one after."""
    joined: list[Span] = []
    held: int | None = None  # start of a fragment that waits for the sentence after it
    for start, end in spans:
        fragment = end - start < 2 or not any(map(str.isalnum, text[start:end]))
        if fragment and joined:
            joined[-1] = joined[-1][0], end
        elif fragment:
            held = start if held is None else held
        else:
            joined.append((start if held is None else held, end))
            held = None
    if held is not None and spans[-1][1] - held >= 2:
        joined.append((held, spans[-1][1]))
    return joined


def _has_word(piece: str) -> bool:
    return not _FENCE.fullmatch(piece) and any(map(str.isalnum, _MEDIA.sub("", piece)))
